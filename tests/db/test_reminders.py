"""What people are reminded of: of what, how often, and what of it is still said."""

import asyncio
import json
from datetime import datetime, timedelta
from typing import Final, get_args
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from bot.errors import ReminderGone, RoleForbidden, TicketAlreadyCompleted, TicketNotFound, TicketNotTaken
from db.models import Notification, SnoozeUntil
from db.notifications import claim_notifications
from db.pool import Database
from db.reminders import snooze_reminders
from db.tickets import nudge_worker
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


async def test_a_manager_is_told_what_came_of_a_nudge(shop: Shop, database: Database) -> None:
    theirs, own = await shop.add_ticket(worker=shop.technician), await shop.add_ticket(worker=shop.manager)
    left = await shop.add_ticket(worker=shop.colleague)
    await shop.owner.execute("UPDATE user_permissions SET slack_user_id = NULL WHERE id = $1", shop.colleague.id)

    async def outcome(ticket: int, key: str) -> tuple[str, bool]:
        found = await nudge_worker(database, shop.manager.asker(), key, ticket)
        return found.outcome, found.repeated

    assert await outcome(theirs, "1") == ("reminded", False)
    assert await outcome(theirs, "1") == ("reminded", True)  # the same request
    assert await outcome(theirs, "2") == ("before", False)
    assert await outcome(own, "3") == ("yours", False)
    assert await outcome(left, "4") == ("unreachable", False)
    for ticket, refusal in (
        (await shop.add_ticket(), TicketNotTaken),
        (await shop.add_ticket(worker=shop.technician, completed=True), TicketAlreadyCompleted),
        (999, TicketNotFound),
    ):
        with pytest.raises(refusal):
            await nudge_worker(database, shop.manager.asker(), f"refused {ticket}", ticket)
    for person in (shop.technician, shop.regular_user, shop.viewer):
        with pytest.raises(RoleForbidden):
            await nudge_worker(database, person.asker(), "theirs", theirs)


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


MONDAY: Final = datetime(2026, 11, 23, 0, 0, tzinfo=ZoneInfo("America/Los_Angeles"))


def at(clock: str, day: int = 0) -> datetime:
    hours, minutes = map(int, clock.split(":"))
    return MONDAY + timedelta(days=day, hours=hours, minutes=minutes)


async def put(
    shop: Shop, worker: Member | None, due: datetime | None, since: datetime = MONDAY, priority: str = "low"
) -> int:
    """File a ticket that nothing has happened to ``since``."""
    ticket = await shop.add_ticket(worker=worker, priority=priority)
    await shop.owner.execute("ALTER TABLE tickets DISABLE TRIGGER USER")
    await shop.owner.execute(
        "UPDATE tickets SET due_at = $2, created_at = $3, updated_at = $3, due_by_default = false WHERE id = $1",
        ticket, due, since,
    )  # fmt: skip
    await shop.owner.execute("ALTER TABLE tickets ENABLE TRIGGER USER")
    return ticket


async def tick(bot: Connection, now: datetime) -> int:
    written: int = await bot.fetchval("SELECT app.schedule_reminders($1)", now)
    return written


async def told(shop: Shop) -> list[tuple[str, str]]:
    """Who is to be reminded of what by the messages since the last look, in words."""
    rows = await shop.owner.fetch(
        "UPDATE notifications n SET state = 'sent' FROM user_permissions u WHERE n.kind = 'reminder'"
        " AND n.state = 'waiting' AND u.id = n.recipient_id RETURNING u.display_name, n.facts, n.id"
    )
    return sorted(
        (
            row["display_name"],
            " ".join(f"{each['ticket']}:{each['why']}" for each in json.loads(row["facts"])["reminders"]),
        )
        for row in rows
    )


async def test_the_technician_hears_before_the_managers_and_only_while_the_shop_is_open(
    shop: Shop, bot: Connection
) -> None:
    await shop.keep_hours()
    await put(shop, shop.technician, at("16:00"))

    heard = {}
    for day, clock in (
        (0, "08:59"),
        (0, "11:59"),
        (0, "12:00"),
        (0, "16:00"),
        (0, "18:00"),
        (1, "10:59"),
        (1, "11:00"),
    ):
        await tick(bot, at(clock, day))
        heard[day, clock] = await told(shop)
    assert {when: who for when, who in heard.items() if who} == {
        (0, "12:00"): [("Tom Reed", "1:due_soon")],
        (0, "16:00"): [("Tom Reed", "1:overdue")],
        (1, "10:59"): [("Tom Reed", "1:overdue")],
        (1, "11:00"): [("Maria Francisco", "1:overdue")],  # after four hours in which the shop was open
    }


async def test_nobodys_tickets_are_the_managers_and_news_put_off_what_waits(shop: Shop, bot: Connection) -> None:
    await shop.keep_hours()
    await put(shop, None, None, at("09:00"), priority="urgent")
    quiet = await put(shop, shop.technician, None, at("09:00", -7))
    noted = await put(shop, shop.technician, None, at("09:00", -7))
    waiting = await put(shop, shop.colleague, None, at("09:00", -1))
    await shop.owner.execute("ALTER TABLE tickets DISABLE TRIGGER USER")
    await shop.owner.execute("UPDATE tickets SET bench_status = 'waiting_approval' WHERE id = $1", waiting)
    await shop.owner.execute(
        "INSERT INTO ticket_notes (ticket_id, body, created_at) VALUES ($1, 'x', $2)", noted, MONDAY
    )

    await tick(bot, at("09:59"))
    assert await told(shop) == [("Maria Francisco", f"{quiet}:silent"), ("Tom Reed", f"{quiet}:silent")]
    await tick(bot, at("10:00"))
    assert await told(shop) == [("Maria Francisco", "1:untouched")]
    await tick(bot, at("17:59"))
    assert await told(shop) == []
    await tick(bot, at("09:00", 1))
    assert ("Ana Lopez", f"{waiting}:approval") in await told(shop)


async def test_all_for_one_person_is_one_message_with_what_still_waits(shop: Shop, bot: Connection) -> None:
    await shop.keep_hours()
    first = [await put(shop, shop.technician, at("10:00") + timedelta(minutes=n)) for n in range(3)]
    assert await tick(bot, at("10:30")) == 1
    later = await put(shop, shop.technician, at("10:31"))

    assert await tick(bot, at("10:40")) == 1
    whole = " ".join(f"{number}:overdue" for number in (later, *first))
    assert await told(shop) == [("Tom Reed", whole)]


async def test_reminders_are_capped_snoozed_and_end_with_the_ticket(shop: Shop, bot: Connection) -> None:
    await shop.keep_hours()
    capped, snoozed, done = [await put(shop, shop.technician, at("12:00")) for _ in range(3)]
    await shop.owner.execute("UPDATE shop_settings SET value = '1' WHERE key = 'remind_most'")
    await tick(bot, at("09:00"))
    await told(shop)
    await shop.owner.execute("UPDATE tickets SET completed = true WHERE id = $1", done)
    await shop.owner.execute(
        "INSERT INTO app.ticket_snoozes VALUES ($1, $2, $3)", snoozed, shop.technician.id, at("10:00", 2)
    )
    await shop.owner.execute("UPDATE shop_settings SET value = 'off' WHERE key ~ 'managers'")

    heard = []
    for day, clock in ((0, "12:00"), (1, "09:00"), (1, "17:00"), (2, "09:59"), (2, "10:00")):
        await tick(bot, at(clock, day))
        heard.append(await told(shop))
    assert heard == [
        [],  # one a day: it was due soon
        [("Tom Reed", f"{capped}:overdue")],
        [],
        [("Tom Reed", f"{capped}:overdue")],
        [("Tom Reed", f"{snoozed}:overdue")],
    ]


async def test_replicas_at_the_same_moment_remind_once(shop: Shop, bot_url: str) -> None:
    await shop.keep_hours()
    for _ in range(5):
        await put(shop, shop.technician, at("09:00"))
    async with asyncpg.create_pool(bot_url, min_size=4, max_size=4) as pool:
        written = await asyncio.gather(
            *(pool.fetchval("SELECT app.schedule_reminders($1)", at("09:30")) for _ in range(8))
        )

    assert sorted(written) == [0] * 7 + [1]
    assert len(await told(shop)) == 1


async def test_a_reminder_waits_for_the_shop_to_open_and_for_its_readers_quiet_hours(shop: Shop) -> None:
    """Said is it then as things are then, so it may be late."""
    await shop.keep_hours()
    await shop.owner.execute("DELETE FROM shop_hours")
    today = await shop.owner.fetchval("SELECT extract(isodow FROM app.shop_today())::int")
    await shop.owner.execute("INSERT INTO shop_hours VALUES ($1, '09:00', '18:00')", (today + 2) % 7 + 1)
    ticket = await shop.add_ticket(worker=shop.technician, priority="urgent")
    await remind(shop, shop.technician, (ticket, "silent"))

    until = await shop.owner.fetchval("SELECT app.quiet_until(n) FROM notifications n WHERE n.kind = 'reminder'")
    opens = await shop.owner.fetchval(
        "SELECT (app.shop_today() + 3 + '09:00'::time) AT TIME ZONE 'America/Los_Angeles'"
    )
    assert until == opens


async def test_who_was_reminded_puts_it_off_once_a_press(shop: Shop, database: Database) -> None:
    tickets = [await shop.add_ticket(worker=shop.technician, completed=done) for done in (False, False, True)]
    await remind(shop, shop.technician, *((ticket, "overdue") for ticket in tickets))
    number = await shop.owner.fetchval("SELECT id FROM notifications WHERE kind = 'reminder'")
    who = shop.technician.asker()
    first, again = [await snooze_reminders(database, who, "k1", number, "hour") for _ in range(2)]
    longer = await snooze_reminders(database, who, "k2", number, "week")
    shorter = await snooze_reminders(database, who, "k3", number, "tomorrow")

    assert (first.tickets, first.repeated, again.repeated) == (2, False, True)
    assert first.until < shorter.until <= longer.until
    kept = await shop.owner.fetch("SELECT ticket_id, snoozed_until FROM app.ticket_snoozes ORDER BY 1")
    assert [tuple(row) for row in kept] == [(ticket, longer.until) for ticket in tickets[:2]]


async def test_nobody_puts_off_anothers_reminder(shop: Shop, database: Database) -> None:
    await remind(shop, shop.technician, (await shop.add_ticket(worker=shop.technician), "overdue"))
    number = await shop.owner.fetchval("SELECT id FROM notifications WHERE kind = 'reminder'")

    for who, which in ((shop.manager, number), (shop.technician, number + 1), (shop.technician, 1)):
        with pytest.raises(ReminderGone):
            await snooze_reminders(database, who.asker(), f"{who.id} {which}", which, "hour")


async def test_snoozed_until_the_shop_opens(shop: Shop, database: Database) -> None:
    await shop.keep_hours("10:30", "18:00")
    await shop.owner.execute("INSERT INTO shop_hours VALUES (6, '10:30', '18:00'), (7, '10:30', '18:00')")
    await remind(shop, shop.technician, (await shop.add_ticket(worker=shop.technician), "overdue"))
    number = await shop.owner.fetchval("SELECT id FROM notifications WHERE kind = 'reminder'")
    found = [
        (await snooze_reminders(database, shop.technician.asker(), until, number, until)).until.astimezone(
            MONDAY.tzinfo
        )
        for until in get_args(SnoozeUntil)[1:]
    ]

    today = await shop.owner.fetchval("SELECT app.shop_today()")
    assert [f"{moment:%F %H:%M}" for moment in found] == [
        f"{today + timedelta(days=days):%F} 10:30" for days in (1, 7 - today.weekday())
    ]
