"""Where a repair is on the bench, and that it agrees with whether the ticket is completed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import get_args

import asyncpg
import pytest

from bot.errors import BenchStepForbidden
from bot.roles import Role
from db.models import BenchStatus, TicketFilter
from db.pool import Database
from db.tickets import read_list, read_ticket, reopen_ticket, set_bench_status
from tests.shop import Connection, Shop

DONE = ["ready", "collected", "declined"]


@asynccontextmanager
async def rolled_back(connection: Connection) -> AsyncIterator[None]:
    transaction = connection.transaction()
    await transaction.start()
    try:
        yield
    finally:
        await transaction.rollback()


async def test_the_web_application_that_writes_only_completed_moves_the_bench_along(shop: Shop) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    seen = []
    for completed in (True, False):
        await shop.owner.execute("UPDATE tickets SET completed = $2 WHERE id = $1", ticket, completed)
        seen.append(await shop.owner.fetchval("SELECT bench_status FROM tickets WHERE id = $1", ticket))

    assert seen == ["ready", "in_repair"]


async def test_a_ticket_reopened_into_the_queue_is_received(shop: Shop) -> None:
    ticket = await shop.add_ticket()
    await shop.owner.execute("UPDATE tickets SET completed = true WHERE id = $1", ticket)

    await shop.owner.execute("UPDATE tickets SET completed = false WHERE id = $1", ticket)

    assert await shop.owner.fetchval("SELECT bench_status FROM tickets WHERE id = $1", ticket) == "received"


async def test_a_bench_status_decides_whether_the_ticket_is_completed(shop: Shop) -> None:
    for status in ("received", "waiting_parts", "ready", "declined"):
        ticket = await shop.add_ticket(worker=shop.technician)

        await shop.owner.execute("UPDATE tickets SET bench_status = $2 WHERE id = $1", ticket, status)

        row = await shop.owner.fetchrow(
            "SELECT completed, completed_at IS NOT NULL AS timed FROM tickets WHERE id = $1", ticket
        )
        assert row is not None
        assert (row["completed"], row["timed"]) == (status in DONE, status in DONE), status


# a shop's rules in plain words, against the database's one table
OPEN = {"received", "diagnosing", "waiting_approval", "waiting_parts", "in_repair", "quality_check"}
WAITING = {"waiting_approval", "waiting_parts"}


def is_legal(before: str, after: str) -> bool:
    if after in {before, "received"}:
        return False  # nothing comes in twice
    if before not in OPEN:
        return before != "collected" and after == "collected"  # it goes home, once
    if after == "ready":
        return True  # completed from wherever it is
    if before == "quality_check":
        return after == "in_repair"  # it failed
    if after == "quality_check":
        return before == "in_repair"  # what was repaired is checked
    return after != "collected"


async def test_every_step_is_as_the_shop_goes(shop: Shop) -> None:
    taken = {}
    for before in get_args(BenchStatus):
        for after in get_args(BenchStatus):
            async with rolled_back(shop.owner):
                ticket = await shop.add_ticket(worker=shop.technician, completed=before in DONE)
                await shop.owner.execute("ALTER TABLE tickets DISABLE TRIGGER USER")
                await shop.owner.execute("UPDATE tickets SET bench_status = $2 WHERE id = $1", ticket, before)
                await shop.owner.execute("ALTER TABLE tickets ENABLE TRIGGER USER")
                try:
                    async with shop.owner.transaction():
                        await shop.owner.execute("UPDATE tickets SET bench_status = $2 WHERE id = $1", ticket, after)
                except asyncpg.ObjectNotInPrerequisiteStateError:
                    taken[before, after] = False
                else:
                    taken[before, after] = True
    wanted = {step: step[0] == step[1] or is_legal(*step) for step in taken}

    assert taken == wanted


async def test_the_likeliest_step_comes_first_and_no_step_twice(shop: Shop) -> None:
    steps = {
        status: await shop.owner.fetchval("SELECT app.bench_steps($1)", status) for status in get_args(BenchStatus)
    }

    assert {status: found[:1] for status, found in steps.items()} == {
        "received": ["diagnosing"],
        "diagnosing": ["in_repair"],
        "waiting_approval": ["in_repair"],
        "waiting_parts": ["in_repair"],
        "in_repair": ["quality_check"],
        "quality_check": ["ready"],
        "ready": ["collected"],
        "declined": ["collected"],
        "collected": [],
    }
    assert all(len(set(found)) == len(found) for found in steps.values())


async def test_a_forbidden_step_is_refused_with_those_that_are_possible(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    with pytest.raises(BenchStepForbidden) as caught:
        await set_bench_status(database, shop.technician.asker(), "key", ticket, "collected")

    assert caught.value.sentence == (
        f"Ticket #{ticket} is received, which can't become collected; nothing was changed. From here it can become "
        "diagnosing, in repair, waiting for approval, waiting for parts, ready or declined."
    )


async def test_who_filed_a_ticket_hands_its_machine_back_and_says_to_whom(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(worker=shop.technician, filer=shop.regular_user, completed=True)

    changed = await set_bench_status(
        database, shop.regular_user.asker(), "key", ticket, "collected", "Collected by her brother"
    )

    assert (changed.ticket.bench_status, changed.ticket.completed) == ("collected", True)
    assert [note.body for note in changed.ticket.notes] == ["Collected by her brother"]


async def test_who_filed_a_ticket_moves_it_in_no_other_way_by_sql_either(shop: Shop, bot: Connection) -> None:
    done = await shop.add_ticket(worker=shop.technician, filer=shop.regular_user, completed=True)
    at_work = await shop.add_ticket(worker=shop.technician, filer=shop.regular_user)
    moved = []
    for ticket, status in ((at_work, "in_repair"), (at_work, "declined"), (at_work, "ready"), (done, "collected")):
        async with rolled_back(bot):
            await bot.execute("SELECT app.set_session($1)", shop.regular_user.web_id)
            try:
                await bot.execute("UPDATE tickets SET bench_status = $2 WHERE id = $1", ticket, status)
            except asyncpg.InsufficientPrivilegeError:
                moved.append(False)
            else:
                moved.append(True)

    assert moved == [False, False, False, True]


async def test_a_declined_repair_is_closed_without_hours_and_reopens(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    asker = shop.technician.asker()

    closed = await set_bench_status(database, asker, "1", ticket, "declined")
    opened = await reopen_ticket(database, asker, "2", ticket, "They changed their mind")

    assert (closed.ticket.completed, closed.ticket.actual_hours) == (True, None)
    assert (opened.ticket.completed, opened.ticket.bench_status) == (False, "in_repair")


async def test_each_change_counts_the_version(shop: Shop) -> None:
    ticket = await shop.add_ticket()
    for title in ("one", "two"):
        await shop.owner.execute("UPDATE tickets SET title = $2 WHERE id = $1", ticket, title)

    assert await shop.owner.fetchval("SELECT version FROM tickets WHERE id = $1", ticket) == 3


async def test_other_tickets_of_a_machine_are_those_that_the_person_sees(shop: Shop, database: Database) -> None:
    written = ("PF-2X 9A", "pf2x9a", "PF/2X.9A", None, "PF2X9B", "--", " - ")
    numbers = [await shop.add_ticket(worker=shop.technician) for _ in written]
    hidden = await shop.add_ticket(worker=shop.colleague)
    for number, serial in zip((*numbers, hidden), (*written, "pf2x9a"), strict=True):
        await shop.owner.execute("UPDATE tickets SET device_serial = $2 WHERE id = $1", number, serial)
    counted = {}
    for person in (shop.technician, shop.manager):
        asker = person.asker()
        seen = [(await read_ticket(database, asker, number)).ticket.same_machine for number in numbers]
        wanted = TicketFilter(status="all", serial="pf-2x-9a")
        page = await read_list(database, asker, wanted, None)
        counted[person.role] = (seen, sorted(line.id for line in page.tickets))

    assert counted == {
        Role.TECHNICIAN: ([2, 2, 2, 0, 0, 0, 0], numbers[:3]),
        Role.MANAGER: ([3, 3, 3, 0, 0, 0, 0], [*numbers[:3], hidden]),
    }
    nothing = await read_list(database, shop.manager.asker(), TicketFilter(status="all", serial="-"), None)
    assert nothing.tickets == []
