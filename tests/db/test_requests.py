"""Writes that come twice, or two at once."""

import asyncio
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from bot.errors import TicketAlreadyTaken, TicketNotFound
from bot.roles import Role
from db.models import TicketChanged
from db.pool import Database
from db.tickets import complete_ticket, file_ticket, release_ticket, take_ticket
from tests.shop import Connection, Member, Shop


async def file_one(database: Database, person: Member, key: str, assign: str = "queue") -> TicketChanged:
    return await file_ticket(
        database,
        person.asker(),
        key,
        customer_id=1,
        title="No sound",
        description="None at all",
        priority="high",
        category="hardware",
        estimated_hours=Decimal("0.5"),
        assign=assign,
    )


async def counts(owner: Connection) -> tuple[Any, ...]:
    row = await owner.fetchrow(
        "SELECT (SELECT count(*) FROM tickets), (SELECT count(*) FROM activity_log WHERE resource_type = 'ticket'),"
        " (SELECT count(*) FROM app.request_keys), (SELECT count(*) FROM ticket_notes)"
    )
    assert row is not None
    return tuple(row)


async def test_same_key_twice_has_one_effect_and_one_answer(shop: Shop, database: Database, owner: Connection) -> None:
    first = await file_one(database, shop.regular_user, "one")
    after_first = await counts(owner)
    second = await file_one(database, shop.regular_user, "one")

    assert await counts(owner) == after_first
    assert (first.repeated, second) == (False, first.model_copy(update={"repeated": True}))


async def test_same_key_at_the_same_moment_has_one_effect(shop: Shop, database: Database, owner: Connection) -> None:
    answers = await asyncio.gather(*(file_one(database, shop.regular_user, "one") for _ in range(5)))

    assert (await counts(owner))[0] == 1
    assert sorted(answer.repeated for answer in answers) == [False, True, True, True, True]
    assert len({answer.ticket.id for answer in answers}) == 1


@pytest.mark.parametrize("verb", ["take", "release", "complete"])
async def test_each_verb_repeats_its_answer(verb: str, shop: Shop, database: Database, owner: Connection) -> None:
    ticket = await shop.add_ticket(worker=None if verb == "take" else shop.technician)
    asker = shop.technician.asker()

    async def call() -> TicketChanged:
        if verb == "take":
            return await take_ticket(database, asker, "key", ticket)
        if verb == "release":
            return await release_ticket(database, asker, "key", ticket)
        return await complete_ticket(database, asker, "key", ticket, Decimal("1.5"), "New fan.")

    first, second = await asyncio.gather(call(), call())
    before = await counts(owner)
    third = await call()

    assert sorted([first.repeated, second.repeated]) == [False, True]
    assert third.repeated
    assert first.ticket == second.ticket == third.ticket
    assert await counts(owner) == before


async def test_refused_request_may_be_tried_again(shop: Shop, database: Database, owner: Connection) -> None:
    ticket = await shop.add_ticket(worker=shop.colleague)
    with pytest.raises(TicketNotFound):
        await take_ticket(database, shop.technician.asker(), "key", ticket)
    await owner.execute("UPDATE tickets SET tech = 'unassigned'")

    assert not (await take_ticket(database, shop.technician.asker(), "key", ticket)).repeated


async def test_key_of_another_person_answers_nothing(shop: Shop, database: Database) -> None:
    await file_one(database, shop.manager, "one")

    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="somebody else's"):
        await file_one(database, shop.technician, "one")


async def test_repeat_is_refused_to_who_lost_the_role(shop: Shop, database: Database, owner: Connection) -> None:
    await file_one(database, shop.technician, "one")
    await owner.execute("UPDATE user_permissions SET is_active = false WHERE id = $1", shop.technician.id)

    with pytest.raises(Exception, match="switched off"):
        await file_one(database, shop.technician, "one")


async def test_two_taking_at_once_one_wins(shop: Shop, database: Database, owner: Connection) -> None:
    """The one who comes second hears whose it is, though a technician doesn't see a colleague's ticket afterwards."""
    outcomes: list[tuple[str, str]] = []
    for round_ in range(8):
        ticket = await shop.add_ticket()
        got = await asyncio.gather(
            *(take_ticket(database, p.asker(), f"{round_} {p.id}", ticket) for p in (shop.technician, shop.colleague)),
            return_exceptions=True,
        )
        won = [answer for answer in got if isinstance(answer, TicketChanged)]
        lost = [answer for answer in got if isinstance(answer, TicketAlreadyTaken)]
        assert (len(won), len(lost)) == (1, 1)
        outcomes.append((won[0].actor.email, await owner.fetchval("SELECT tech FROM tickets WHERE id = $1", ticket)))

    assert all(winner == worker for winner, worker in outcomes)


async def test_loser_of_a_race_hears_who_won(shop: Shop, database: Database, bot: Connection) -> None:
    ticket = await shop.add_ticket()
    async with bot.transaction():
        asker = shop.colleague.asker()
        await bot.execute(
            "SELECT app.take_ticket($1, $2, $3, 'x', 'a', $4)", asker.team, asker.slack_user, asker.roles, ticket
        )
        slower = asyncio.create_task(take_ticket(database, shop.technician.asker(), "b", ticket))
        await waiting_for_lock(bot)

    with pytest.raises(TicketAlreadyTaken, match="Ana Lopez"):
        await slower


async def waiting_for_lock(connection: Connection, *, many: int = 1) -> None:
    """Wait until somebody, or as many as that, wait for a lock in this database."""
    for _ in range(500):
        if many <= await connection.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody waits")


async def test_automatic_assignment_is_balanced(shop: Shop, database: Database, owner: Connection) -> None:
    answers = await asyncio.gather(*(file_one(database, shop.manager, f"k{n}", "auto") for n in range(12)))

    assert all(not answer.no_technician for answer in answers)
    assert [row["n"] for row in await owner.fetch("SELECT count(*) AS n FROM tickets GROUP BY tech")] == [6, 6]


async def test_automatic_assignment_without_technicians_goes_to_the_queue(
    shop: Shop, database: Database, owner: Connection
) -> None:
    await owner.execute("UPDATE user_permissions SET is_active = false WHERE role = 'Technician'")
    answer = await file_one(database, shop.regular_user, "one", "auto")

    assert (answer.no_technician, answer.ticket.worker_name) == (True, None)


async def test_filing_to_oneself_and_to_a_colleague(shop: Shop, database: Database) -> None:
    mine = await file_one(database, shop.technician, "one", "me")
    anas = await file_one(database, shop.regular_user, "two", str(shop.colleague.id))

    assert (mine.ticket.worker_name, anas.ticket.worker_name) == ("Tom Reed", "Ana Lopez")
    assert anas.ticket.worker_slack_user_id == shop.colleague.slack_user_id
    assert anas.ticket.filed_by_name == "Rita Bell"


async def test_completing_keeps_hours_and_what_was_done(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    done = (await complete_ticket(database, shop.technician.asker(), "k", ticket, Decimal("1.25"), "New fan.")).ticket

    assert (done.completed, done.actual_hours) == (True, Decimal("1.25"))
    assert [(note.author, note.kind, note.body) for note in done.notes] == [("Tom Reed", "resolution", "New fan.")]
    assert done.completed_at is not None
    assert done.completed_at >= done.created_at


async def test_manager_completes_what_nobody_has(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket()
    done = await complete_ticket(database, shop.manager.asker(Role.MANAGER), "k", ticket, Decimal(1), "By phone.")

    assert (done.ticket.completed, done.ticket.worker_name) == (True, None)
