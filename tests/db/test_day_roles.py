"""Role x ability x relation for what a day's work adds, cell by cell; expected from ``bot.roles.TABLE``."""

import itertools
import re

import asyncpg
import pytest

from bot.errors import (
    BenchStepForbidden,
    NotTheWorker,
    Refusal,
    RoleForbidden,
    TicketAlreadyCompleted,
    TicketNotFound,
    TicketNotTaken,
    TicketStillOpen,
)
from bot.roles import Ability, Relation, Role, may, roles_with
from db.customers import (
    add_contact,
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
    edit_ticket,
    read_edit_form,
    read_history,
    read_list,
    reopen_ticket,
    search,
    set_bench_status,
)
from tests.db.test_roles import CELLS, MISSING, WORKERS, Verb, person_of, relations_of, ticket_of
from tests.shop import Connection, Shop

NEW_CUSTOMER = {
    "first_name": "Nora",
    "last_name": "Quill",
    "email": "nora.quill@example.com",
    "phone": "(510) 555-0199",
    "address1": "4 Elm St",
    "city": "Oakland",
    "state": "CA",
    "zip": "94607",
}


async def assign(db: Database, asker: Asker, ticket: int) -> Row:
    return await assign_ticket(db, asker, "key", ticket, "Ida Stone")


async def reopen(db: Database, asker: Asker, ticket: int) -> Row:
    return await reopen_ticket(db, asker, "key", ticket, "It is back.")


async def move(db: Database, asker: Asker, ticket: int) -> Row:
    return await set_bench_status(db, asker, "key", ticket, "in_repair")


async def hand_over(db: Database, asker: Asker, ticket: int) -> Row:
    return await set_bench_status(db, asker, "key", ticket, "collected")


async def edit(db: Database, asker: Asker, ticket: int) -> Row:
    return await edit_ticket(db, asker, "key", ticket, {"title": "Something else", "priority": "high"})


async def note(db: Database, asker: Asker, ticket: int) -> Row:
    return await add_note(db, asker, "key", ticket, "Called back.")


VERBS: dict[Ability, Verb] = {
    Ability.SEE_HISTORY: read_history,
    Ability.SEE_TICKET: read_edit_form,
    Ability.ASSIGN_TICKET: assign,
    Ability.REOPEN_TICKET: reopen,
    Ability.CHANGE_STATUS: move,
    Ability.HAND_OVER: hand_over,
    Ability.EDIT_TICKET: edit,
    Ability.ADD_NOTE: note,
}
READS = frozenset({Ability.SEE_HISTORY, Ability.SEE_TICKET})
STATE = (
    "SELECT tech, completed, bench_status, title, priority,"
    " (SELECT count(*) FROM ticket_notes WHERE ticket_id = t.id) FROM tickets t WHERE id = $1"
)


def expected(role: Role, ability: Ability, cell: str, *, completed: bool) -> type[Refusal] | None:
    """Return the refusal that the rules ask for, None where it must work."""
    relations = relations_of(cell, completed=completed)
    in_this_order: tuple[tuple[bool, type[Refusal] | None], ...] = (
        (role not in roles_with(ability), RoleForbidden),
        (cell == "missing" or not may(role, Ability.SEE_TICKET, relations), TicketNotFound),
        (ability is Ability.ASSIGN_TICKET and completed, TicketAlreadyCompleted),
        (ability is Ability.REOPEN_TICKET and not completed, TicketStillOpen),
        (ability is Ability.HAND_OVER and may(role, ability, relations) and not completed, BenchStepForbidden),
        (ability is Ability.CHANGE_STATUS and may(role, ability, relations) and completed, BenchStepForbidden),
        (may(role, ability, relations), None),
        (Relation.QUEUE in relations, TicketNotTaken),
        (True, NotTheWorker),
    )
    return next(outcome for holds, outcome in in_this_order if holds)


@pytest.mark.parametrize("trusting", [False, True], ids=["as the bot asks", "with every role let in"])
@pytest.mark.parametrize("role", Role)
async def test_role_verb_and_relation(
    *, role: Role, trusting: bool, shop: Shop, database: Database, owner: Connection
) -> None:
    person = person_of(shop, role)
    await shop.add_member("Ida Stone", Role.TECHNICIAN)
    wrong = {}
    for ability, cell, completed in itertools.product(VERBS, CELLS, (False, True)):
        asker = person.asker(*(() if trusting else roles_with(ability)))
        if "own" in cell and role not in WORKERS:
            continue
        ticket = await ticket_of(shop, cell, person, completed=completed)
        before = await owner.fetchrow(STATE, ticket)
        got: type[Exception] | None = None
        try:
            await VERBS[ability](database, asker, ticket)
        except Refusal as refusal:
            got = type(refusal)
        after = await owner.fetchrow(STATE, ticket)
        await owner.execute("DELETE FROM app.request_keys")
        want = expected(role, ability, cell, completed=completed)
        changes = want is None and ability not in READS
        if got is not want or (before != after) is not changes:
            wrong[ability, cell, completed] = (want, got, before, after)

    assert wrong == {}


WITHOUT_A_TICKET: dict[str, tuple[Ability, Verb]] = {
    "list": (Ability.SEE_LIST, lambda db, asker, _: read_list(db, asker, TicketFilter(), None)),
    "search": (Ability.SEE_LIST, lambda db, asker, _: search(db, asker, "laptop")),
    "find": (Ability.FIND_CUSTOMER, lambda db, asker, _: find_customers(db, asker, "grace")),
    "customer": (Ability.SEE_CUSTOMER_CONTACT, read_customer),
    "add customer": (Ability.ADD_CUSTOMER, lambda db, asker, _: add_customer(db, asker, "key", NEW_CUSTOMER)),
    "note contact": (
        Ability.NOTE_CONTACT,
        lambda db, asker, customer: add_contact(db, asker, "key", customer, "called"),
    ),
    "edit customer": (
        Ability.EDIT_CUSTOMER,
        lambda db, asker, customer: edit_customer(db, asker, "key", customer, {"city": "Berkeley"}),
    ),
    "deactivate": (
        Ability.DEACTIVATE_CUSTOMER,
        lambda db, asker, customer: deactivate_customer(db, asker, "key", customer),
    ),
    "reactivate": (
        Ability.DEACTIVATE_CUSTOMER,
        lambda db, asker, customer: reactivate_customer(db, asker, "key", customer),
    ),
}


@pytest.mark.parametrize("trusting", [False, True], ids=["as the bot asks", "with every role let in"])
@pytest.mark.parametrize("role", Role)
async def test_role_and_verb_without_a_ticket(
    *, role: Role, trusting: bool, shop: Shop, database: Database, owner: Connection
) -> None:
    wrong = {}
    for name, (ability, verb) in WITHOUT_A_TICKET.items():
        got: type[Exception] | None = None
        try:
            await verb(
                database, person_of(shop, role).asker(*(() if trusting else roles_with(ability))), shop.customers[0]
            )
        except Refusal as refusal:
            got = type(refusal)
        await owner.execute("DELETE FROM app.request_keys")
        if got is not (None if may(role, ability) else RoleForbidden):
            wrong[name] = got

    assert wrong == {}


CALLS = {
    "read_history": "SELECT app.read_history($1, $2, $3, 'test', $4)",
    "read_edit_form": "SELECT app.read_edit_form($1, $2, $3, 'test', $4)",
    "assign_ticket": "SELECT app.assign_ticket($1, $2, $3, 'test', 'key', $4, 'nobody called this')",
    "assign_ticket, automatically": "SELECT app.assign_ticket($1, $2, $3, 'test', 'key', $4, 'auto')",
    "reopen_ticket": "SELECT app.reopen_ticket($1, $2, $3, 'test', 'key', $4, 'why')",
    "set_bench_status": "SELECT app.set_bench_status($1, $2, $3, 'test', 'key', $4, 'in_repair')",
    "add_note": "SELECT app.add_note($1, $2, $3, 'test', 'key', $4, 'x')",
    "edit_ticket": "SELECT app.edit_ticket($1, $2, $3, 'test', 'key', $4, '{\"title\": \"\"}')",
}


@pytest.mark.parametrize("completed", [False, True], ids=["open", "completed"])
async def test_missing_and_hidden_tickets_give_the_same_error(
    completed: bool, shop: Shop, bot: Connection, owner: Connection
) -> None:
    """Every field of the database's error, word for word, the number apart."""
    await owner.execute("SELECT setval(pg_get_serial_sequence('tickets', 'id'), 700000)")
    hidden = await shop.add_ticket(worker=shop.colleague, completed=completed)
    asker = shop.technician.asker()
    for call in CALLS.values():
        said = []
        for ticket in (hidden, MISSING):
            with pytest.raises(asyncpg.NoDataFoundError, match="that you may see") as error:
                await bot.execute(call, asker.team, asker.slack_user, asker.roles, ticket)
            said.append({name: re.sub(str(ticket), "N", str(value)) for name, value in error.value.as_dict().items()})

        assert said[0] == said[1]


async def test_missing_and_hidden_customers_give_the_same_error(shop: Shop, bot: Connection, owner: Connection) -> None:
    await owner.execute("SELECT setval(pg_get_serial_sequence('customers', 'id'), 700000)")
    hidden = await shop.add_customer("Gone", "Away", active=False)
    asker = shop.technician.asker()
    for call in ("read_customer($1, $2, $3, 'test', $4)", "edit_customer($1, $2, $3, 'test', 'key', $4, '{}')"):
        said = []
        for customer in (hidden, MISSING):
            with pytest.raises(asyncpg.NoDataFoundError, match="that you may see") as error:
                await bot.execute(f"SELECT app.{call}", asker.team, asker.slack_user, asker.roles, customer)
            said.append({name: re.sub(str(customer), "N", str(value)) for name, value in error.value.as_dict().items()})

        assert said[0] == said[1]
