"""Two people at one ticket or customer at the same moment: one wins, the other is told what happened.

The first holds its transaction open until the second waits for it, so that the two truly meet.
"""

import asyncio
from collections.abc import Awaitable
from decimal import Decimal
from typing import TypeVar

import pytest

from bot.errors import (
    CustomerExists,
    FieldRefused,
    NotTheWorker,
    TicketAlreadyCompleted,
    TicketAlreadyTaken,
    TicketChangedMeanwhile,
    TicketNotFound,
    TicketStillOpen,
)
from bot.roles import Role
from db.customers import add_customer, deactivate_customer, edit_customer
from db.models import TicketChanged
from db.pool import Database
from db.tickets import (
    add_note,
    assign_ticket,
    complete_ticket,
    edit_ticket,
    file_ticket,
    read_ticket,
    reopen_ticket,
    take_ticket,
)
from db.timers import start_timer
from tests.db.test_day_roles import NEW_CUSTOMER
from tests.db.test_requests import waiting_for_lock
from tests.shop import Connection, Member, Shop

_T = TypeVar("_T")

ASSIGN = "app.assign_ticket($1, $2, $3, 'x', 'first', $4, 'ana')"
TAKE = "app.take_ticket($1, $2, $3, 'x', 'first', $4)"
EDIT = "app.edit_ticket($1, $2, $3, 'x', 'first', $4, '{\"priority\": \"high\"}')"
REOPEN = "app.reopen_ticket($1, $2, $3, 'x', 'first', $4, 'why')"
COMPLETE = "app.complete_ticket($1, $2, $3, 'x', 'first', $4, 1, 'done')"
DEACTIVATE = "app.deactivate_customer($1, $2, $3, 'x', 'first', $4)"
BOOK = "app.stop_timer($1, $2, $3, 'x', 'first', $4, 3)"
FILE = "app.file_ticket($1, $2, $3, 'x', 'first', $4, 'No sound', 'None', 'low', NULL, NULL, 'queue')"


async def meet(bot: Connection, first: Member, call: str, number: int, second: Awaitable[_T]) -> _T:
    """Let ``first`` make the SQL call, and commit as soon as ``second`` waits for it; return the second's answer."""
    asker = first.asker()
    async with bot.transaction():
        await bot.execute(f"SELECT {call}", asker.team, asker.slack_user, asker.roles, number)
        task = asyncio.ensure_future(second)
        await waiting_for_lock(bot)
    return await task


async def test_two_managers_hand_one_ticket_to_two_people(shop: Shop, database: Database, bot: Connection) -> None:
    ticket = await shop.add_ticket(worker=shop.manager)
    other_manager = await shop.add_member("Mia Stone", Role.MANAGER)
    second = assign_ticket(database, other_manager.asker(), "second", ticket, "tom")

    with pytest.raises(TicketAlreadyTaken, match="Ana Lopez's already"):
        await meet(bot, shop.manager, ASSIGN, ticket, second)


async def test_technician_and_manager_hand_one_ticket_over(shop: Shop, database: Database, bot: Connection) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    second = assign_ticket(database, shop.technician.asker(), "second", ticket, "Maria")

    with pytest.raises(NotTheWorker, match="Ana Lopez works on"):
        await meet(bot, shop.manager, ASSIGN, ticket, second)


async def test_who_comes_a_little_late_hears_who_was_quicker(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket()
    await take_ticket(database, shop.colleague.asker(), "first", ticket)

    with pytest.raises(TicketAlreadyTaken, match="Ana Lopez's already"):
        await take_ticket(database, shop.technician.asker(), "second", ticket)


async def test_whose_a_ticket_is_stays_hidden_from_who_cannot_have_seen_it(shop: Shop, database: Database) -> None:
    """Never in the queue, handed from one to another, or out of the queue for longer than a day."""
    filed, handed, old = [await shop.add_ticket(worker=worker) for worker in (shop.colleague, shop.manager, None)]
    await assign_ticket(database, shop.manager.asker(), "handed", handed, "ana")
    await take_ticket(database, shop.colleague.asker(), "old", old)
    await shop.owner.execute(
        "UPDATE ticket_events SET created_at = now() - interval '25 hours' WHERE ticket_id = $1", old
    )

    for ticket in (filed, handed, old, 999_999):
        with pytest.raises(TicketNotFound):
            await take_ticket(database, shop.technician.asker(), f"late {ticket}", ticket)


async def test_assigned_while_somebody_takes_it(shop: Shop, database: Database, bot: Connection) -> None:
    assigned, taken = await shop.add_ticket(), await shop.add_ticket()
    take = take_ticket(database, shop.technician.asker(), "second", assigned)
    with pytest.raises(TicketAlreadyTaken, match="Ana Lopez's already"):
        await meet(bot, shop.manager, ASSIGN, assigned, take)

    await shop.owner.execute("DELETE FROM app.request_keys")
    assign = assign_ticket(database, shop.manager.asker(), "third", taken, "ana")
    with pytest.raises(TicketAlreadyTaken, match="Tom Reed's already"):
        await meet(bot, shop.technician, TAKE, taken, assign)


async def test_completed_while_it_is_assigned(shop: Shop, database: Database, bot: Connection) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    second = assign_ticket(database, shop.manager.asker(), "second", ticket, "ana")

    with pytest.raises(TicketAlreadyCompleted):
        await meet(bot, shop.technician, COMPLETE, ticket, second)


async def test_completed_while_hours_are_booked_and_assigned_in_a_form_while_somebody_takes_it(
    shop: Shop, database: Database, bot: Connection
) -> None:
    """Both had the ticket before them as it was before."""
    maria, tom = shop.manager.asker(), shop.technician.asker()
    booked, taken = await shop.add_ticket(worker=shop.technician), await shop.add_ticket()
    await start_timer(database, tom, "start", booked)
    [one, two] = [(await read_ticket(database, maria, ticket)).ticket.updated_at for ticket in (booked, taken)]
    complete = complete_ticket(database, maria, "second", booked, Decimal(1), "New fan.", seen=one)
    with pytest.raises(TicketChangedMeanwhile, match="Tom Reed has changed the hours of"):
        await meet(bot, shop.technician, BOOK, booked, complete)
    assert (await read_ticket(database, maria, booked)).ticket.actual_hours == 3

    await shop.owner.execute("DELETE FROM app.request_keys")
    assign = assign_ticket(database, maria, "third", taken, "ana", seen=two)
    with pytest.raises(TicketChangedMeanwhile, match="Tom Reed has changed the technician of"):
        await meet(bot, shop.technician, TAKE, taken, assign)


async def test_automatically_assigned_twice(shop: Shop, database: Database, owner: Connection) -> None:
    for number in range(6):
        ticket = await shop.add_ticket()
        got = await asyncio.gather(
            *(assign_ticket(database, shop.manager.asker(), f"{number} {n}", ticket, "auto") for n in range(2)),
            return_exceptions=True,
        )
        assert sorted(type(outcome).__name__ for outcome in got) == ["TicketAlreadyTaken", "TicketChanged"]
    assert [row[0] for row in await owner.fetch("SELECT count(*) FROM tickets GROUP BY tech")] == [3, 3]


async def test_same_column_edited_by_two(shop: Shop, database: Database, bot: Connection, owner: Connection) -> None:
    ticket = await shop.add_ticket(filer=shop.regular_user, worker=shop.technician)
    second = edit_ticket(database, shop.regular_user.asker(), "second", ticket, {"priority": "low", "title": "Fan"})

    with pytest.raises(TicketChangedMeanwhile, match="Tom Reed has changed the priority of ticket"):
        await meet(bot, shop.technician, EDIT, ticket, second)
    assert await owner.fetchval("SELECT priority || title FROM tickets") == "highLaptop does not start"


async def test_different_columns_edited_by_two(shop: Shop, database: Database, bot: Connection) -> None:
    ticket = await shop.add_ticket(filer=shop.regular_user, worker=shop.technician)
    second = edit_ticket(database, shop.regular_user.asker(), "second", ticket, {"title": "Fan"})
    answer = await meet(bot, shop.technician, EDIT, ticket, second)

    assert (answer.ticket.title, answer.ticket.priority) == ("Fan", "high")


async def test_taken_while_a_note_is_written(shop: Shop, database: Database, bot: Connection) -> None:
    """A technician doesn't see a colleague's ticket any more; whose it is they learn."""
    ticket = await shop.add_ticket()
    second = add_note(database, shop.technician.asker(), "second", ticket, "Called.")

    with pytest.raises(TicketAlreadyTaken, match="Ana Lopez's already"):
        await meet(bot, shop.colleague, TAKE, ticket, second)


async def test_reopened_by_two(shop: Shop, database: Database, bot: Connection, owner: Connection) -> None:
    ticket = await shop.add_ticket(filer=shop.regular_user, worker=shop.technician, completed=True)
    second = reopen_ticket(database, shop.regular_user.asker(), "second", ticket, "also")

    with pytest.raises(TicketStillOpen):
        await meet(bot, shop.technician, REOPEN, ticket, second)
    assert await owner.fetchval("SELECT count(*) FROM ticket_notes") == 1


async def file_for(database: Database, person: Member, customer: int) -> TicketChanged:
    return await file_ticket(
        database,
        person.asker(),
        "second",
        customer_id=customer,
        title="No sound",
        description="None",
        priority="low",
        category=None,
        estimated_hours=None,
        assign="queue",
    )


async def test_filed_while_the_customer_is_switched_off(shop: Shop, database: Database, bot: Connection) -> None:
    with pytest.raises(FieldRefused, match="no longer active") as caught:
        await meet(bot, shop.manager, DEACTIVATE, 1, file_for(database, shop.regular_user, 1))

    assert caught.value.field == "customer_id"


async def test_switched_off_while_a_ticket_is_filed(shop: Shop, database: Database, bot: Connection) -> None:
    second = deactivate_customer(database, shop.manager.asker(), "second", 1)
    answer = await meet(bot, shop.regular_user, FILE, 1, second)

    assert (answer.success, answer.message) == (False, "Cannot deactivate customer with open tickets: 1")
    assert answer.customer.active


async def test_same_customer_added_by_two(shop: Shop, database: Database, owner: Connection) -> None:
    people = (shop.regular_user, shop.technician)
    got = await asyncio.gather(
        *(add_customer(database, person.asker(), person.name, NEW_CUSTOMER) for person in people),
        return_exceptions=True,
    )
    refused = [outcome for outcome in got if isinstance(outcome, CustomerExists)]

    assert [(refusal.field, refusal.name) for refusal in refused] == [("email", "Nora Quill")]
    assert await owner.fetchval("SELECT count(*) FROM customers WHERE email LIKE 'nora%'") == 1


async def test_two_customers_get_one_address(shop: Shop, database: Database, owner: Connection) -> None:
    got = await asyncio.gather(
        *(edit_customer(database, shop.manager.asker(), f"{n}", n, {"email": "both@example.com"}) for n in (1, 2)),
        return_exceptions=True,
    )

    assert [
        isinstance(outcome, FieldRefused) and outcome.field for outcome in got if isinstance(outcome, Exception)
    ] == ["email"]
    assert await owner.fetchval("SELECT count(*) FROM customers WHERE email = 'both@example.com'") == 1
