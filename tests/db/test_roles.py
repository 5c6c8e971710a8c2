"""Role x verb x relation, cell by cell, through the functions that the bot calls; expected from ``bot.roles.TABLE``."""

import itertools
import re
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import TypeAlias

import asyncpg
import pytest

from bot.errors import (
    NotTheWorker,
    Refusal,
    RoleForbidden,
    TicketAlreadyCompleted,
    TicketAlreadyTaken,
    TicketNotFound,
    TicketNotTaken,
)
from bot.roles import Ability, Relation, Role, may, roles_with
from db.customers import suggest_customers
from db.members import read_actor
from db.models import Asker, Row
from db.notifications import read_undelivered
from db.pool import Database
from db.preferences import read_settings
from db.tickets import (
    accept_ticket,
    complete_ticket,
    file_ticket,
    read_my_tickets,
    read_panel,
    read_queue,
    read_ticket,
    read_ticket_form,
    release_ticket,
    take_ticket,
)
from tests.shop import Connection, Member, Shop

MISSING = 999_999
CELLS = ("own", "own filed", "another's", "filed", "queue", "filed queue", "missing")
WORKERS = frozenset({Role.MANAGER, Role.TECHNICIAN})

Verb: TypeAlias = Callable[[Database, Asker, int], Awaitable[Row]]


async def take(db: Database, asker: Asker, ticket: int) -> Row:
    return await take_ticket(db, asker, "key", ticket)


async def release(db: Database, asker: Asker, ticket: int) -> Row:
    return await release_ticket(db, asker, "key", ticket)


async def complete(db: Database, asker: Asker, ticket: int) -> Row:
    return await complete_ticket(db, asker, "key", ticket, Decimal("1.5"), "Replaced the fan.")


async def accept(db: Database, asker: Asker, ticket: int) -> Row:
    return await accept_ticket(db, asker, "key", ticket)


VERBS: dict[Ability, Verb] = {
    Ability.SEE_TICKET: read_ticket,
    Ability.ACCEPT_TICKET: accept,
    Ability.TAKE_TICKET: take,
    Ability.RELEASE_TICKET: release,
    Ability.COMPLETE_TICKET: complete,
}


def person_of(shop: Shop, role: Role) -> Member:
    return next(person for person in shop.people if person.role == role)


async def ticket_of(shop: Shop, cell: str, person: Member, *, completed: bool) -> int:
    """Make the cell's ticket and return its number."""
    if cell == "missing":
        return MISSING
    worker = person if "own" in cell else None if "queue" in cell else shop.colleague
    return await shop.add_ticket(worker=worker, filer=person if "filed" in cell else None, completed=completed)


def relations_of(cell: str, *, completed: bool) -> set[Relation]:
    found = set()
    if "filed" in cell:
        found.add(Relation.FILER)
    if "own" in cell:
        found.add(Relation.WORKER)
    elif "queue" in cell and not completed:
        found.add(Relation.QUEUE)
    else:
        found.add(Relation.OTHER)
    return found


def expected(role: Role, ability: Ability, cell: str, *, completed: bool) -> type[Refusal] | None:
    """Return the refusal that the rules ask for, None where it must work."""
    relations = relations_of(cell, completed=completed)
    in_this_order: tuple[tuple[bool, type[Refusal] | None], ...] = (
        (role not in roles_with(ability), RoleForbidden),
        (cell == "missing" or not may(role, Ability.SEE_TICKET, relations), TicketNotFound),
        (ability is Ability.SEE_TICKET, None),
        (completed, TicketAlreadyCompleted),
        (may(role, ability, relations), None),
        (ability is Ability.TAKE_TICKET, TicketAlreadyTaken),
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
    wrong = {}
    for ability, cell, completed in itertools.product(VERBS, CELLS, (False, True)):
        # even if the bot forgot to say which roles a verb needs, the functions know
        asker = person.asker(*(() if trusting else roles_with(ability)))
        if "own" in cell and role not in WORKERS:
            continue  # nobody of these roles can be a ticket's technician
        ticket = await ticket_of(shop, cell, person, completed=completed)
        before = await owner.fetchrow("SELECT tech, completed, actual_hours FROM tickets WHERE id = $1", ticket)
        got: type[Exception] | None = None
        try:
            await VERBS[ability](database, asker, ticket)
        except Refusal as refusal:
            got = type(refusal)
        after = await owner.fetchrow("SELECT tech, completed, actual_hours FROM tickets WHERE id = $1", ticket)
        await owner.execute("DELETE FROM app.request_keys")
        want = expected(role, ability, cell, completed=completed)
        changes = want is None and ability not in {Ability.SEE_TICKET, Ability.ACCEPT_TICKET}
        if got is not want or (before != after) is not changes:
            wrong[ability, cell, completed] = (want, got, before, after)

    assert wrong == {}


LISTS: dict[Ability, Callable[[Database, Asker], Awaitable[Row]]] = {
    Ability.SEE_WHOAMI: read_actor,
    Ability.SEE_PANEL: read_panel,
    Ability.SEE_MINE: lambda db, asker: read_my_tickets(db, asker, None),
    Ability.SEE_QUEUE: lambda db, asker: read_queue(db, asker, None),
    Ability.SEE_UNDELIVERED: lambda db, asker: read_undelivered(db, asker, None),
    Ability.CHANGE_SETTINGS: read_settings,
    Ability.FIND_CUSTOMER: lambda db, asker: suggest_customers(db, asker, "grace"),
    Ability.FILE_TICKET: lambda db, asker: file_ticket(
        db,
        asker,
        f"key of {asker.slack_user}",
        customer_id=1,
        title="No sound",
        description="None at all",
        priority="low",
        category=None,
        estimated_hours=None,
        assign="queue",
    ),
}


@pytest.mark.parametrize("trusting", [False, True], ids=["as the bot asks", "with every role let in"])
async def test_role_and_verb_without_a_ticket(trusting: bool, shop: Shop, database: Database) -> None:
    got: dict[tuple[Role, Ability], type[Exception]] = {}
    for role, ability in itertools.product(Role, LISTS):
        try:
            await LISTS[ability](database, person_of(shop, role).asker(*(() if trusting else roles_with(ability))))
        except Refusal as refusal:
            got[role, ability] = type(refusal)

    refused = [pair for pair in itertools.product(Role, LISTS) if not may(*pair)]
    assert got == dict.fromkeys(refused, RoleForbidden)


async def test_form_is_refused_to_whom_the_bot_does_not_let_file(shop: Shop, database: Database) -> None:
    with pytest.raises(RoleForbidden):
        await read_ticket_form(database, shop.viewer.asker(*roles_with(Ability.FILE_TICKET)))


async def test_seen_relations_are_the_tables(shop: Shop, database: Database) -> None:
    for completed in (False, True):
        for cell in CELLS[:-1]:
            ticket = await ticket_of(shop, cell, shop.manager, completed=completed)
            seen = await read_ticket(database, shop.manager.asker(), ticket)

            assert seen.ticket.relations == relations_of(cell, completed=completed)


async def test_missing_and_hidden_tickets_give_the_same_error(shop: Shop, bot: Connection, owner: Connection) -> None:
    """Every field of the database's error, word for word, the number apart."""
    await owner.execute(
        "SELECT setval(pg_get_serial_sequence('tickets', 'id'), 700000)"
    )  # a number that is nothing else
    hidden = await shop.add_ticket(worker=shop.colleague)
    asker = shop.technician.asker()
    for call in (
        "SELECT app.read_ticket($1, $2, $3, 'test', $4)",
        "SELECT app.take_ticket($1, $2, $3, 'test', 'key', $4)",
        "SELECT app.release_ticket($1, $2, $3, 'test', 'key', $4)",
        "SELECT app.complete_ticket($1, $2, $3, 'test', 'key', $4, 1, 'done')",
    ):
        said = []
        for ticket in (hidden, MISSING):
            with pytest.raises(asyncpg.NoDataFoundError, match="that you may see") as error:
                await bot.execute(call, asker.team, asker.slack_user, asker.roles, ticket)
            fields = error.value.as_dict()
            said.append({name: re.sub(str(ticket), "N", str(value)) for name, value in fields.items()})

        assert said[0] == said[1], call


async def test_role_taken_away_counts_at_once(shop: Shop, database: Database, owner: Connection) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    asker = shop.technician.asker(*roles_with(Ability.COMPLETE_TICKET))
    await read_ticket(database, asker, ticket)
    await owner.execute("UPDATE user_permissions SET role = 'Viewer' WHERE id = $1", shop.technician.id)

    with pytest.raises(RoleForbidden):
        await complete_ticket(database, asker, "key", ticket, Decimal(1), "done")
