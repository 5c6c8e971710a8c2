"""What people are reminded of: of what, how often, and what of it is still said."""

import json
from datetime import timedelta
from typing import Final

import asyncpg
import pytest

from db.models import Notification
from db.notifications import claim_notifications
from db.pool import Database
from tests.db.sessions import acting_as
from tests.shop import Connection, Member, Shop

LEASE: Final = timedelta(seconds=30)


async def nudge(bot: Connection, who: Member, ticket: int) -> bool:
    async with acting_as(bot, who):
        written: bool = await bot.fetchval("SELECT app.nudge($1)", ticket)
    return written


async def remind(shop: Shop, who: Member, *needed: tuple[int, str]) -> None:
    """Put a reminder of tickets, and why, into the outbox."""
    told = [{"ticket": ticket, "why": why, "since": "2026-11-20T09:30:00Z"} for ticket, why in needed]
    await shop.owner.execute("UPDATE notifications SET state = 'sent' WHERE kind = 'card'")
    await shop.owner.execute(
        "INSERT INTO notifications (kind, recipient_id, facts) VALUES ('reminder', $1, $2)",
        who.id,
        json.dumps({"reminders": told}),
    )


async def said(database: Database) -> list[tuple[str | None, list[tuple[str, int]]]]:
    """What is claimed: to whom, why and of which tickets."""
    claimed = await claim_notifications(database, None, 10, LEASE)
    return [
        (one.recipient_slack_user_id, [(each.why, each.ticket.id) for each in one.reminders])
        for one in claimed
        if isinstance(one, Notification) and one.kind == "reminder"
    ]


async def test_a_manager_nudges_a_technician_once_a_day_and_ticket(
    shop: Shop, bot: Connection, database: Database
) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    await shop.owner.execute("UPDATE notifications SET state = 'sent'")

    assert [await nudge(bot, shop.manager, ticket) for _ in range(2)] == [True, False]
    assert await said(database) == [(shop.technician.slack_user_id, [("nudged", ticket)])]

    await shop.owner.execute("UPDATE app.ticket_reminders SET about = about - interval '1 day'")
    assert await nudge(bot, shop.manager, ticket)


async def test_nobody_is_nudged_about_the_queue_nor_about_what_is_done(shop: Shop, bot: Connection) -> None:
    queue, done = await shop.add_ticket(), await shop.add_ticket(worker=shop.technician, completed=True)

    assert [await nudge(bot, shop.manager, ticket) for ticket in (queue, done, 999)] == [False] * 3


async def test_only_managers_nudge(shop: Shop, bot: Connection) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)

    for person in (shop.colleague, shop.regular_user, shop.viewer):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await nudge(bot, person, ticket)


async def test_what_is_in_order_by_now_is_left_out_of_a_reminder(shop: Shop, database: Database) -> None:
    """Done, handed on, moved, taken, approved, snoozed; what is still so stays."""
    mine = [await shop.add_ticket(worker=shop.technician) for _ in range(5)]
    done, handed, moved, snoozed, late = mine
    queue = await shop.add_ticket(priority="urgent")
    await remind(shop, shop.technician, *((ticket, "overdue") for ticket in mine), (queue, "untouched"))
    await shop.owner.execute("UPDATE tickets SET due_at = now() - interval '1 hour'")
    await shop.owner.execute("UPDATE tickets SET completed = true WHERE id = $1", done)
    await shop.owner.execute("UPDATE tickets SET tech = $2 WHERE id = $1", handed, shop.colleague.email)
    await shop.owner.execute("UPDATE tickets SET due_at = now() + interval '1 day' WHERE id = $1", moved)
    await shop.owner.execute(
        "INSERT INTO app.ticket_snoozes VALUES ($1, $2, now() + interval '1 hour')", snoozed, shop.technician.id
    )
    await shop.owner.execute("UPDATE notifications SET state = 'sent' WHERE kind <> 'reminder'")

    assert await said(database) == [(shop.technician.slack_user_id, [("overdue", late)])]


async def test_a_reminder_of_nothing_is_not_said(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    await remind(shop, shop.technician, (ticket, "approval"))
    await shop.owner.execute("UPDATE notifications SET state = 'sent' WHERE kind <> 'reminder'")

    assert await said(database) == []
    error = await shop.owner.fetchval("SELECT error FROM notifications WHERE kind = 'reminder'")
    assert error == "nothing to remind of any more"
