"""Whose access changed is told, by whoever changed it: the Slack account concerned, once, and nobody else."""

import json
from datetime import timedelta
from typing import Any, TypeAlias

from bot.roles import Role
from db.members import link_slack_user
from db.models import Notification
from db.notifications import claim_notifications, finish_notification
from db.pool import Database
from tests.shop import TEAM, Member, Shop

Told: TypeAlias = tuple[str | None, Any, Any, str | None]


async def change(shop: Shop, who: Member, by: Member | None = None, **columns: object) -> None:
    """Change columns of somebody's row, as a Manager or by plain SQL."""
    async with shop.owner.transaction():
        await shop.owner.execute("SELECT set_config('app.current_user_id', $1, true)", by.web_id if by else "")
        for column, value in columns.items():
            await shop.owner.execute(f"UPDATE user_permissions SET {column} = $2 WHERE id = $1", who.id, value)  # noqa: S608


async def hear(database: Database) -> list[Told]:
    """Say what is due; return to which account what was said, by whom."""
    said = []
    for claimed in await claim_notifications(database, None, 10, timedelta(seconds=30)):
        assert isinstance(claimed, Notification)
        where = f"D{claimed.recipient_slack_user_id}"
        assert claimed.channel in {None, where}
        assert await finish_notification(database, claimed, where, f"{claimed.id}.1", timedelta())
        said.append(
            (claimed.recipient_slack_user_id, claimed.facts["change"], claimed.facts["role"], claimed.actor_name)
        )
    return said


async def test_account_is_told_of_what_it_may_do_now(shop: Shop, database: Database) -> None:
    tom, maria = shop.technician, shop.manager
    await change(shop, tom, maria, role="Viewer")
    assert await hear(database) == [(tom.slack_user_id, "role", "Viewer", maria.name)]

    await change(shop, tom, is_active=False)
    assert await hear(database) == [(tom.slack_user_id, "taken", "Viewer", None)]

    await change(shop, tom, role="Technician")  # nothing that they could use
    assert await hear(database) == []

    await change(shop, tom, maria, is_active=True)
    assert await hear(database) == [(tom.slack_user_id, "given", "Technician", maria.name)]


async def test_only_the_newest_is_said(shop: Shop, database: Database) -> None:
    for role in ("Viewer", "Regular User", "Manager"):
        await change(shop, shop.technician, shop.manager, role=role)

    assert await hear(database) == [(shop.technician.slack_user_id, "role", "Manager", shop.manager.name)]


async def test_both_accounts_are_told_of_a_link_that_moves(shop: Shop, database: Database) -> None:
    tom, maria = shop.technician, shop.manager
    await change(shop, tom, maria, role="Viewer")
    await hear(database)  # tells the conversation with the account

    await change(shop, tom, maria, slack_user_id="U0SECOND")

    here = [(tom.slack_user_id, "taken", "Viewer", maria.name), ("U0SECOND", "given", "Viewer", maria.name)]
    assert [*await hear(database), *await hear(database)] == here
    states = await shop.owner.fetch("SELECT state, channel FROM notifications ORDER BY id")
    assert [tuple(row) for row in states] == [
        ("dropped", None),  # isn't edited in the former account's conversation
        ("sent", f"D{tom.slack_user_id}"),
        ("sent", "DU0SECOND"),
    ]
    assert await shop.owner.fetchval("SELECT channel FROM notification_destinations") is None


async def test_nobody_is_told_of_what_they_did_or_can_not_read(shop: Shop, database: Database) -> None:
    nora = await shop.add_member("Nora Unlinked", Role.TECHNICIAN, linked=False)
    guest = await shop.add_member("Gus Guest", Role.VIEWER, slack_state="guest")
    await change(shop, nora, shop.manager, role="Viewer")
    await change(shop, guest, shop.manager, role="Technician", is_active=False)
    await change(shop, shop.manager, shop.manager, display_name="Maria F.")
    await link_slack_user(database, TEAM, "U0NORA", nora.email, "Nora")  # by using the app

    assert json.loads(await shop.owner.fetchval("SELECT COALESCE(jsonb_agg(n.facts), '[]') FROM notifications n")) == []
