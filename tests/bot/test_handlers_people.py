from typing import Any

import pytest

from bot.errors import NotLinked, RoleForbidden
from bot.grammar import COMMANDS
from bot.roles import Role, may
from tests.bot.desk import Desk
from tests.shop import TEAM, Shop


def changed_user(user_id: str | None, **changed: Any) -> dict[str, Any]:  # noqa: ANN401 - Slack's user object
    user = {
        "id": user_id,
        "team_id": TEAM,
        "name": "tom",
        "profile": {"display_name": "Tommy", "real_name": "Tom Reed"},
    }
    return {"type": "user_change", "user": user | changed}


async def test_whoami_says_name_and_role(desk: Desk, shop: Shop) -> None:
    shown = await desk.see(shop.technician, "whoami")

    assert shown["text"].startswith("You are Tom Reed (tom.reed@shop.example). Your role is Technician.")


@pytest.mark.parametrize("role", Role)
async def test_help_on_a_verb_is_given_to_who_may_use_it(desk: Desk, shop: Shop, role: Role) -> None:
    who = next(person for person in shop.people if person.role is role)
    for verb in COMMANDS:
        if may(role, verb.ability):
            assert verb.summary in (await desk.see(who, f"help {verb.verb}"))["text"]
        else:
            with pytest.raises(RoleForbidden):
                await desk.type(who, f"help {verb.verb}")


async def test_role_taken_away_counts_at_the_next_request(desk: Desk, shop: Shop) -> None:
    await desk.see(shop.technician, "queue")
    await shop.owner.execute("UPDATE user_permissions SET role = 'Regular User' WHERE id = $1", shop.technician.id)

    with pytest.raises(RoleForbidden):
        await desk.type(shop.technician, "queue")
    assert "`take`" not in (await desk.see(shop.technician, "whoami"))["text"]


async def test_name_follows_slack(desk: Desk, shop: Shop) -> None:
    await desk.happen(changed_user(shop.technician.slack_user_id))

    assert "You are Tommy" in (await desk.see(shop.technician, "whoami"))["text"]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [({"deleted": True}, "deleted"), ({"is_restricted": True}, "guest"), ({"is_ultra_restricted": True}, "guest")],
)
async def test_who_leaves_or_becomes_a_guest_loses_access(
    desk: Desk, shop: Shop, changed: dict[str, bool], reason: str
) -> None:
    await desk.happen(changed_user(shop.technician.slack_user_id, **changed))
    with pytest.raises(NotLinked) as caught:
        await desk.type(shop.technician, "whoami")

    assert caught.value.reason == reason


async def test_who_comes_back_has_access_again(desk: Desk, shop: Shop) -> None:
    await desk.happen(changed_user(shop.technician.slack_user_id, deleted=True))
    await desk.happen(changed_user(shop.technician.slack_user_id, deleted=False))

    await desk.see(shop.technician, "whoami")


async def test_late_news_do_not_undo_newer_ones(desk: Desk, shop: Shop) -> None:
    guest = changed_user(shop.technician.slack_user_id, is_restricted=True)
    member = changed_user(shop.technician.slack_user_id)
    await desk.happen({**guest, "event_ts": "1790000300.000200"})
    await desk.happen({**member, "event_ts": "1790000060.000100"})

    with pytest.raises(NotLinked):
        await desk.type(shop.technician, "whoami")


async def test_change_of_a_stranger_changes_nothing(desk: Desk, shop: Shop) -> None:
    before = await shop.owner.fetch("SELECT * FROM user_permissions ORDER BY id")
    await desk.happen(changed_user("U0STRANGER"))

    assert await shop.owner.fetch("SELECT * FROM user_permissions ORDER BY id") == before
