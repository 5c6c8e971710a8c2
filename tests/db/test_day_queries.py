"""How many times a day's queries go to the database, and what plain SQL may do of it."""

from collections.abc import Awaitable, Callable
from decimal import Decimal

import pytest

from bot.roles import Ability, Role, may
from db.completions import undo_completion
from db.customers import (
    add_customer,
    deactivate_customer,
    edit_customer,
    find_customers,
    reactivate_customer,
    read_customer,
)
from db.models import Asker, Row, TicketFilter
from db.pool import Database
from db.tickets import (
    add_note,
    assign_ticket,
    complete_ticket,
    edit_ticket,
    read_edit_form,
    read_history,
    read_list,
    reopen_ticket,
    search,
)
from tests.db.sessions import try_as
from tests.db.test_day_roles import NEW_CUSTOMER
from tests.db.test_policies import EDIT, NOTE, REOPEN
from tests.db.test_roles import CELLS, WORKERS, person_of, relations_of, ticket_of
from tests.shop import Connection, Shop
from tests.wire import Wire

Query = Callable[[Database, Asker, str], Awaitable[Row]]
# in an order that can be gone through again and again; the string is a request's key
QUERIES: dict[str, Query] = {
    "list": lambda db, asker, _: read_list(db, asker, TicketFilter(status="all", worker="tom", words="laptop"), None),
    "search": lambda db, asker, _: search(db, asker, "laptop"),
    "history": lambda db, asker, _: read_history(db, asker, 1),
    "edit form": lambda db, asker, _: read_edit_form(db, asker, 1),
    "find": lambda db, asker, _: find_customers(db, asker, "grace"),
    "customer": lambda db, asker, _: read_customer(db, asker, 1),
    "assign": lambda db, asker, key: assign_ticket(db, asker, key, 1, "ana"),
    "assign to me": lambda db, asker, key: assign_ticket(db, asker, key, 1, "me"),
    "assign automatically": lambda db, asker, key: assign_ticket(db, asker, key, 1, "auto"),
    "edit": lambda db, asker, key: edit_ticket(db, asker, key, 1, {"title": key}),
    "note": lambda db, asker, key: add_note(db, asker, key, 1, "Called."),
    "complete": lambda db, asker, key: complete_ticket(db, asker, key, 1, Decimal(1), "Done."),
    "undo": lambda db, asker, key: undo_completion(db, asker, key, 1),
    "complete again": lambda db, asker, key: complete_ticket(db, asker, key, 1, Decimal(1), "Done."),
    "reopen": lambda db, asker, key: reopen_ticket(db, asker, key, 1, "Again."),
    "hand back": lambda db, asker, key: assign_ticket(db, asker, key, 1, "me"),
    "add customer": lambda db, asker, key: add_customer(
        db, asker, key, NEW_CUSTOMER | {"email": f"{key.replace(' ', '.')}@example.com"}
    ),
    "edit customer": lambda db, asker, key: edit_customer(db, asker, key, 1, {"city": key}),
    "deactivate": lambda db, asker, key: deactivate_customer(db, asker, key, 2),
    "reactivate": lambda db, asker, key: reactivate_customer(db, asker, key, 2),
}


async def test_each_query_is_one_round_trip(shop: Shop, wire: Wire) -> None:
    await shop.add_ticket(worker=shop.manager)
    trips = {}
    async with Database.connect(wire.url, pool_min=1, pool_max=1, statement_timeout=20, command_timeout=20) as database:
        for attempt in ("first", "second"):  # the first prepares the statements
            for name, query in QUERIES.items():
                wire.reset()
                await query(database, shop.manager.asker(), f"{name} {attempt}")
                trips[name] = wire.round_trips

    assert trips == dict.fromkeys(QUERIES, 1)


STATEMENTS = {
    EDIT: (Ability.EDIT_TICKET, (False, True)),
    NOTE: (Ability.ADD_NOTE, (False, True)),
    REOPEN: (Ability.REOPEN_TICKET, (True,)),
}


@pytest.mark.parametrize("role", Role)
async def test_plain_sql_may_do_what_the_table_of_roles_says(role: Role, shop: Shop, bot: Connection) -> None:
    """Row-level security and the guard trigger, without the functions, agree with the table."""
    person = person_of(shop, role)
    wrong = {}
    for statement, (ability, states) in STATEMENTS.items():
        for completed in states:
            for cell in CELLS[:-1]:
                if "own" in cell and role not in WORKERS:
                    continue
                ticket = await ticket_of(shop, cell, person, completed=completed)
                want = may(role, ability, relations_of(cell, completed=completed))
                if bool(await try_as(bot, person, statement, ticket)) is not want:
                    wrong[statement, cell, completed] = want
    edit = "UPDATE customers SET city = 'Berkeley' WHERE id = $1"
    if bool(await try_as(bot, person, edit, 1)) is not may(role, Ability.EDIT_CUSTOMER):
        wrong[edit, "", False] = may(role, Ability.EDIT_CUSTOMER)

    assert wrong == {}
