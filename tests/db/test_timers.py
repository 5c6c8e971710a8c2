"""The labour timer: one running a person, booked when it stops, by whatever stops it."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.errors import (
    NotTheWorker,
    RoleForbidden,
    TicketAlreadyCompleted,
    TicketNotFound,
    TicketNotTaken,
    TimerNotRunning,
)
from db.pool import Database
from db.tickets import assign_ticket, complete_ticket, read_panel, read_ticket
from db.timers import ask_about_timers, keep_timer, start_timer, stop_timer
from tests.shop import Connection, Member, Shop


async def went_by(shop: Shop, worked: timedelta) -> None:
    """Let every running timer have run for so long."""
    await shop.owner.execute(
        "UPDATE labour_entries SET started_at = now() - $1::interval WHERE stopped_at IS NULL", worked
    )


async def start(shop: Shop, database: Database, key: str = "start", worker: Member | None = None) -> int:
    worker = worker or shop.technician
    ticket = await shop.add_ticket(worker=worker)
    await start_timer(database, worker.asker(), key, ticket)
    return ticket


async def test_a_stopped_timer_books_its_time_rounded_up(shop: Shop, database: Database) -> None:
    for worked, booked in (
        (timedelta(seconds=20), "0.00"),
        (timedelta(minutes=1), "0.10"),
        (timedelta(minutes=6, seconds=20), "0.10"),
        (timedelta(minutes=61), "1.10"),
        (timedelta(days=60), "999.99"),
    ):
        await start(shop, database, f"start {worked}")
        await went_by(shop, worked)

        answer = await stop_timer(database, shop.technician.asker(), f"stop {worked}")

        assert answer.booked == Decimal(booked), worked
        assert answer.ticket.actual_hours == (Decimal(booked) or None), worked
        assert answer.ticket.timer_since is None, worked


async def test_a_ticket_without_a_timer_offers_no_hours(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)

    seen = await read_ticket(database, shop.technician.asker(), ticket)

    assert (seen.ticket.timer_hours, seen.ticket.actual_hours) == (None, None)


async def test_rounding_is_a_setting_of_the_shop(shop: Shop, database: Database) -> None:
    await shop.owner.execute("UPDATE shop_settings SET value = '15' WHERE key = 'labour_rounding_minutes'")
    await start(shop, database)
    await went_by(shop, timedelta(minutes=16))

    assert (await stop_timer(database, shop.technician.asker(), "stop")).booked == Decimal("0.50")


async def test_what_a_person_says_is_booked_in_place_of_the_timer(shop: Shop, database: Database) -> None:
    await start(shop, database)
    await went_by(shop, timedelta(hours=9))

    answer = await stop_timer(database, shop.technician.asker(), "stop", hours=Decimal("1.25"))

    assert (answer.booked, answer.ticket.actual_hours) == (Decimal("1.25"), Decimal("1.25"))


async def test_a_second_stint_adds_to_the_first(shop: Shop, database: Database) -> None:
    ticket = await start(shop, database)
    asker = shop.technician.asker()
    await went_by(shop, timedelta(minutes=30))
    await stop_timer(database, asker, "one")
    await start_timer(database, asker, "again", ticket)
    await went_by(shop, timedelta(minutes=60))

    assert (await stop_timer(database, asker, "two")).ticket.actual_hours == Decimal("1.50")


async def test_a_start_elsewhere_asks_and_switching_books_the_first_one(shop: Shop, database: Database) -> None:
    asker = shop.technician.asker()
    first = await start(shop, database)
    second = await shop.add_ticket(worker=shop.technician)
    await went_by(shop, timedelta(minutes=12))

    asked = await start_timer(database, asker, "ask", second)
    panel = await read_panel(database, asker)
    switched = await start_timer(database, asker, "switch", second, switch=True)

    assert (asked.asks, asked.ticket.timer_since, asked.booked) == (True, None, None)
    assert panel.timer is not None
    assert panel.timer.ticket.id == first
    assert switched.booked == Decimal("0.20")
    assert switched.ticket.timer_since is not None
    assert (await read_ticket(database, asker, first)).ticket.actual_hours == Decimal("0.20")


async def test_a_second_start_on_the_same_ticket_says_that_it_runs(shop: Shop, database: Database) -> None:
    ticket = await start(shop, database)

    again = await start_timer(database, shop.technician.asker(), "again", ticket)

    assert (again.ran_already, again.asks) == (True, False)
    assert await shop.owner.fetchval("SELECT count(*) FROM labour_entries") == 1


async def test_two_starts_at_once_leave_one_timer(shop: Shop, database: Database) -> None:
    tickets = [await shop.add_ticket(worker=shop.technician) for _ in range(2)]

    answers = await asyncio.gather(
        *(start_timer(database, shop.technician.asker(), f"start {ticket}", ticket) for ticket in tickets)
    )

    assert sorted(answer.asks for answer in answers) == [False, True]
    assert await shop.owner.fetchval("SELECT count(*) FROM labour_entries WHERE stopped_at IS NULL") == 1


async def test_the_same_stop_twice_books_once(shop: Shop, database: Database) -> None:
    await start(shop, database)
    await went_by(shop, timedelta(minutes=30))

    first = await stop_timer(database, shop.technician.asker(), "stop")
    second = await stop_timer(database, shop.technician.asker(), "stop")

    assert (first.repeated, second.repeated, second.booked) == (False, True, Decimal("0.50"))
    assert await shop.owner.fetchval("SELECT actual_hours FROM tickets") == Decimal("0.50")


async def test_an_old_buttons_stop_leaves_the_timer_of_another_ticket_alone(shop: Shop, database: Database) -> None:
    ticket = await start(shop, database)

    with pytest.raises(TimerNotRunning):
        await stop_timer(database, shop.technician.asker(), "stop", ticket + 1)

    assert await shop.owner.fetchval("SELECT stopped_at IS NULL FROM labour_entries")


async def test_completing_with_hours_books_what_was_said_and_stops_the_timer(shop: Shop, database: Database) -> None:
    ticket = await start(shop, database)
    await went_by(shop, timedelta(hours=5))

    answer = await complete_ticket(database, shop.technician.asker(), "done", ticket, Decimal(2), "")

    assert answer.ticket.actual_hours == Decimal(2)
    assert await shop.owner.fetchval("SELECT stopped_at IS NOT NULL FROM labour_entries")


async def test_the_web_application_that_completes_a_ticket_books_the_timer(shop: Shop, database: Database) -> None:
    await start(shop, database)
    await went_by(shop, timedelta(minutes=30))

    await shop.owner.execute("UPDATE tickets SET completed = true")

    assert await shop.owner.fetchval("SELECT actual_hours FROM tickets") == Decimal("0.50")


async def test_handing_a_ticket_on_stops_and_books_its_timer(shop: Shop, database: Database) -> None:
    other = await shop.add_member("Bo Chen", shop.technician.role)
    ticket = await start(shop, database)
    await went_by(shop, timedelta(minutes=30))

    await assign_ticket(database, shop.manager.asker(), "assign", ticket, str(other.id))

    row = await shop.owner.fetchrow(
        "SELECT actual_hours, stopped_at IS NOT NULL AS stopped FROM tickets, labour_entries"
    )
    assert row is not None
    assert tuple(row) == (Decimal("0.50"), True)


async def test_a_changed_address_lets_the_timer_run(shop: Shop, database: Database, owner: Connection) -> None:
    await start(shop, database)

    async with owner.transaction():
        await owner.execute("SELECT set_config('app.user_role', 'Manager', true)")
        await owner.execute("SELECT change_user_email($1, 'new@shop.example')", shop.technician.web_id)

    assert await owner.fetchval("SELECT stopped_at IS NULL FROM labour_entries")


async def test_only_who_works_on_an_open_ticket_starts_a_timer_on_it(shop: Shop, database: Database) -> None:
    other = await shop.add_member("Bo Chen", shop.technician.role)
    queued, hers = await shop.add_ticket(), await shop.add_ticket(worker=shop.technician)
    done = await shop.add_ticket(worker=shop.technician, completed=True)
    for who, ticket, refusal in [
        (shop.technician, queued, TicketNotTaken),
        (shop.manager, hers, NotTheWorker),
        (other, hers, TicketNotFound),
        (shop.technician, done, TicketAlreadyCompleted),
        (shop.regular_user, hers, RoleForbidden),
        (shop.viewer, hers, RoleForbidden),
    ]:
        with pytest.raises(refusal):
            await start_timer(database, who.asker(), f"{who.id} {ticket}", ticket)

    assert await shop.owner.fetchval("SELECT count(*) FROM labour_entries") == 0


async def test_who_may_have_forgotten_a_timer_is_asked_three_times_and_told_when_it_is_stopped(
    shop: Shop, database: Database
) -> None:
    ticket = await start(shop, database)
    asked = [await ask_about_timers(database)]
    for _ in range(4):
        await shop.owner.execute("UPDATE labour_entries SET ask_at = now() WHERE ask_at IS NOT NULL")
        asked.append(await ask_about_timers(database))
    await shop.owner.execute("UPDATE notifications SET state = 'sent', ts = '1.0', channel = 'D1' WHERE kind = 'timer'")
    await keep_timer(database, shop.technician.asker(), "keep", ticket)
    kept = await shop.owner.fetchval("SELECT ask_at > now() + interval '3 hours' FROM labour_entries")
    await stop_timer(database, shop.technician.asker(), "stop", hours=Decimal(1))

    assert asked == [0, 1, 1, 1, 0]
    assert kept
    told = await shop.owner.fetch("SELECT state, facts ->> 'hours' FROM notifications WHERE kind = 'timer'")
    assert [tuple(row) for row in told] == [("waiting", "1.00")] * 3
    with pytest.raises(TimerNotRunning):
        await keep_timer(database, shop.technician.asker(), "late", ticket)


async def test_two_workers_ask_once(shop: Shop, database: Database) -> None:
    await start(shop, database)
    await shop.owner.execute("UPDATE labour_entries SET ask_at = now()")

    assert sum(await asyncio.gather(*(ask_about_timers(database) for _ in range(4)))) == 1
