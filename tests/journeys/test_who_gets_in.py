"""Who is let in, how an account is linked, and what the others read."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any, Final

import pytest

from bot.roles import Role
from tests.journeys.floor import STRANGER, Floor, deliver, last_delivery, open_floor
from tests.shop import Shop


def account(user: str, **facts: Any) -> dict[str, Any]:  # noqa: ANN401  what Slack says of people
    return {
        "id": user,
        "name": user.lower(),
        "real_name": user.title(),
        "email": f"{user}@shop.example".lower(),
        **facts,
    }


OTHERS: Final = [
    account("U0NEW", email="nora.new@shop.example"),
    account("U0BOSS", email="bo.boss@shop.example"),
    account("U0UNSURE", email="una.sure@shop.example", email_confirmed=False),
    account("U0GUEST", email="gus.guest@shop.example", is_restricted=True),
    account("U0ROBOT", email="rob.bot@shop.example", is_bot=True),
    account("U0GONE", email="gina.gone@shop.example", deleted=True),
    account("U0FAR", email="fay.far@shop.example", team_id="T0ELSEWHERE"),
    account("U0OFF", email="olaf.off@shop.example"),
]


@pytest.fixture
async def floor(shop: Shop, bot_url: str) -> AsyncIterator[Floor]:
    for name in ("Nora New", "Una Sure", "Gus Guest", "Rob Bot", "Gina Gone", "Fay Far"):
        await shop.add_member(name, Role.TECHNICIAN, linked=False)
    await shop.add_member("Bo Boss", Role.MANAGER, linked=False)
    await shop.add_member("Olaf Off", Role.TECHNICIAN, linked=False, active=False)
    async with open_floor(shop, bot_url, people=OTHERS) as opened:
        yield opened


async def test_account_is_linked_by_its_confirmed_email_at_the_first_word(floor: Floor) -> None:
    answer = await floor.ticket("U0NEW", "whoami")

    assert "Technician" in answer
    linked = await floor.shop.owner.fetchval(
        "SELECT slack_user_id FROM user_permissions WHERE email = 'nora.new@shop.example'"
    )
    assert linked == "U0NEW"


async def test_linking_asks_slack_once(floor: Floor) -> None:
    for _ in range(3):
        await floor.ticket("U0NEW", "mine")

    assert [call.method for call in floor.sandbox.calls].count("users.info") == 1


async def test_others_are_refused_with_words_and_nothing_is_linked(floor: Floor) -> None:
    owner = floor.shop.owner
    ticket_id = await floor.shop.add_ticket()
    for user, words in (
        (STRANGER, "isn't linked"),
        ("U0BOSS", "Manager's access"),
        ("U0UNSURE", "isn't confirmed"),
        ("U0GUEST", "Guest"),
        ("U0ROBOT", "Bots"),
        ("U0FAR", "another workspace"),
        ("U0OFF", "ask a Manager"),
    ):
        answers = [await floor.ticket(user, text) for text in ("", f"take {ticket_id}", "new", "queue", "whoami")]

        assert [words in answer for answer in answers] == [True] * 5, answers
        asks = user in {STRANGER, "U0BOSS"}
        assert ["lease ask a Manager" in answer for answer in answers] == [not asks] * 5, user
        assert ["Managers were asked" in answer for answer in answers] == [False] + [asks] * 4, user
        requests = await owner.fetch("DELETE FROM app.access_requests RETURNING slack_user_id")
        assert [row[0] for row in requests] == ([user] if asks else [])
        assert ["Laptop" in answer for answer in answers] == [False] * 5, user
        assert await owner.fetchval("SELECT count(*) FROM user_permissions WHERE slack_user_id = $1", user) == 0, user


async def test_deactivated_slack_account_is_refused_even_with_a_signed_request(floor: Floor) -> None:
    await floor.ticket(STRANGER, "whoami")

    [(status, text)] = await deliver(
        floor, {**last_delivery(floor, "command"), "user_id": "U0GONE", "trigger_id": "1.2.gone"}, times=1
    )

    assert status == HTTPStatus.OK
    assert "deactivated" in text


async def test_linked_person_who_becomes_a_guest_is_out_at_the_next_request(floor: Floor) -> None:
    tom = str(floor.shop.technician.slack_user_id)
    assert "Technician" in await floor.ticket(tom, "whoami")

    await floor.change_person(tom, is_restricted=True)

    assert "Guest" in await floor.ticket(tom, "whoami")


async def test_name_changed_in_slack_is_the_name_shown(floor: Floor) -> None:
    tom = str(floor.shop.technician.slack_user_id)
    ticket_id = await floor.shop.add_ticket(worker=floor.shop.technician)

    await floor.change_person(tom, real_name="Thomas Reed")

    assert "Thomas Reed" in await floor.ticket(floor.shop.manager, f"{ticket_id}")
