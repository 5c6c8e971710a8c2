"""Kept answers: dropped by any change, never another's, never past a decision, and none while nothing is heard."""

import asyncio
import random
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, TypeVar

import asyncpg
import pytest

from bot.errors import DatabaseAway, NotLinked, Refusal, RoleForbidden
from bot.roles import Role
from bot.settings import CacheName
from db.caches import _RULES, CHANNEL, LIMITS, Caches, CachingDatabase, Listener
from db.customers import read_customer, suggest_customers
from db.embedded import EmbeddedPostgres
from db.hearing import hear
from db.members import read_actor, show_actor
from db.models import Asker, Row
from db.pool import Database
from db.tickets import add_note, read_ticket
from tests.shop import Connection, Shop
from tests.wire import Wire

PATIENT: Final[dict[str, Any]] = {
    "pool_min": 1,
    "pool_max": 2,
    "acquire_timeout": 20,
    "statement_timeout": 20,
    "command_timeout": 20,
}
_M = TypeVar("_M", bound=Row)
PERSON = "UPDATE user_permissions SET {} WHERE id = $1"


@asynccontextmanager
async def caching(url: str, *names: CacheName) -> AsyncIterator[tuple[CachingDatabase, Listener]]:
    """A caching pool that already hears what is told; the caches are all on unless some are named."""
    async with (
        CachingDatabase.connect(url, **PATIENT) as database,
        database.caching(url, names or tuple(LIMITS)) as listener,
    ):
        await until_listening(listener)
        yield database, listener


async def until_listening(listener: Listener) -> None:
    for _ in range(3000):
        if listener.caches.listen():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nothing is heard")


def kept(listener: Listener) -> dict[str, int]:
    return {name: len(cache) for name, cache in listener.caches.kept.items() if cache}


@pytest.fixture
async def asked(shop: Shop, wire: Wire) -> AsyncIterator[tuple[CachingDatabase, Listener, Wire]]:  # noqa: ARG001
    async with caching(wire.url) as (database, listener):
        yield database, listener, wire


async def test_a_kept_ticket_is_given_out_after_one_trip_that_decides(
    asked: tuple[CachingDatabase, Listener, Wire], shop: Shop
) -> None:
    database, listener, wire = asked
    ticket = await shop.add_ticket()
    asker = shop.technician.asker()
    await listener.catch_up()
    await read_actor(database, asker)
    first = await read_ticket(database, asker, ticket)
    await read_actor(database, asker)
    wire.reset()

    assert await read_ticket(database, asker, ticket) is first
    assert wire.round_trips == 1
    assert kept(listener) == {"tickets": 1}


async def test_what_is_only_shown_takes_no_trip_and_what_decides_does(
    asked: tuple[CachingDatabase, Listener, Wire], shop: Shop
) -> None:
    database, _, wire = asked
    first = await show_actor(database, shop.technician.asker())
    await read_actor(database, shop.technician.asker())
    wire.reset()

    assert await show_actor(database, shop.technician.asker()) is first
    assert wire.round_trips == 0
    await read_actor(database, shop.technician.asker())
    assert wire.round_trips == 1


CHANGES = {
    "the ticket": ("UPDATE tickets SET title = 'New' WHERE id = $1", {"ticket", "customer", "suggested"}),
    "a note": ("INSERT INTO ticket_notes (ticket_id, body) VALUES ($1, 'x')", {"ticket"}),
    "another ticket": ("UPDATE tickets SET title = 'New' WHERE id <> $1", {"suggested"}),
    "the customer": (
        "UPDATE customers SET first_name = 'Gray' WHERE id = (SELECT customer_id FROM tickets WHERE id = $1)",
        {"ticket", "customer", "suggested"},
    ),
    "the worker's name": (
        "UPDATE user_permissions SET display_name = 'T' WHERE email = (SELECT tech FROM tickets WHERE id = $1)",
        {"ticket", "customer", "suggested", "person"},  # who asks, too
    ),
    "a log-in": (
        "UPDATE user_permissions SET last_login = now() WHERE email = (SELECT tech FROM tickets WHERE id = $1)",
        set(),
    ),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_a_change_by_plain_sql_drops_what_shows_the_row(change: str, shop: Shop, bot_url: str) -> None:
    statement, dropped = CHANGES[change]
    asker = shop.technician.asker()
    ticket = await shop.add_ticket(worker=shop.technician)
    await shop.add_ticket(customer=shop.customers[1])
    async with caching(bot_url) as (database, listener):

        async def read() -> dict[str, Row]:
            return {
                "ticket": await read_ticket(database, asker, ticket),
                "customer": await read_customer(database, asker, shop.customers[0]),
                "suggested": await suggest_customers(database, asker, "grace"),
                "person": await show_actor(database, asker),
            }

        await listener.catch_up()
        before = await read()
        assert list((await read()).values()) == list(before.values())
        await shop.owner.execute(statement, ticket)
        await listener.catch_up()
        after = await read()

    assert {name for name in before if after[name] is not before[name]} == dropped


async def test_a_change_by_the_bot_is_read_at_once_here_and_once_heard_elsewhere(shop: Shop, bot_url: str) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    asker = shop.technician.asker()
    async with caching(bot_url) as (here, _), caching(bot_url) as (elsewhere, listener):
        for database in (here, elsewhere):
            assert (await read_ticket(database, asker, ticket)).ticket.notes == []
        await add_note(here, asker, "key", ticket, "The fan is loud.")

        assert len((await read_ticket(here, asker, ticket)).ticket.notes) == 1
        await listener.catch_up()
        assert len((await read_ticket(elsewhere, asker, ticket)).ticket.notes) == 1


async def test_who_lost_their_role_gets_nothing_even_before_it_is_heard(
    shop: Shop, bot_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = await shop.add_ticket(worker=shop.colleague)
    who = shop.manager
    await shop.add_member("Mo Second", Role.MANAGER)
    async with caching(bot_url) as (database, _):
        asker = who.asker()
        await read_ticket(database, asker, ticket)
        await read_customer(database, asker, shop.customers[0])
        monkeypatch.setattr(Caches, "drop", lambda _caches, _row: None)  # what is told comes late

        await shop.owner.execute(PERSON.format("role = 'Regular User'"), who.id)
        with pytest.raises(Refusal):  # hidden from who files only
            await read_ticket(database, asker, ticket)
        await shop.owner.execute(PERSON.format("role = 'Viewer'"), who.id)
        with pytest.raises(RoleForbidden):
            await read_customer(database, asker, shop.customers[0])
        await shop.owner.execute(PERSON.format("is_active = false"), who.id)
        with pytest.raises(NotLinked):
            await read_ticket(database, asker, ticket)


async def test_while_nothing_is_heard_nothing_is_kept_or_given_out(
    asked: tuple[CachingDatabase, Listener, Wire], shop: Shop
) -> None:
    database, listener, wire = asked
    ticket = await shop.add_ticket()
    asker = shop.technician.asker()
    await listener.catch_up()
    await read_ticket(database, asker, ticket)
    lost = listener.caches.lost
    assert lost is not None
    wire.fault = "lose_request"
    wire.cut()
    await lost.wait()

    assert not listener.caches.listen()
    with pytest.raises(DatabaseAway):
        await read_ticket(database, asker, ticket)
    wire.fault = None
    await shop.owner.execute("UPDATE tickets SET title = 'New' WHERE id = $1", ticket)
    assert (await read_ticket(database, asker, ticket)).ticket.title == "New"
    await until_listening(listener)
    assert (await read_ticket(database, asker, ticket)).ticket.title == "New"


async def test_behind_what_swallows_notifications_nothing_is_kept(
    shop: Shop, bot_url: str, postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.caches._ECHO_SECONDS", 0.05)
    elsewhere = postgres.dsn("repair_bot", "postgres")  # NOTIFY stays within its database
    async with (
        CachingDatabase.connect(bot_url, **PATIENT) as database,
        database.caching(elsewhere, tuple(LIMITS)) as listener,
    ):
        with pytest.raises(TimeoutError):
            await listener.catch_up()
        await show_actor(database, shop.technician.asker())

        assert not listener.caches.listen()
        assert kept(listener) == {}


class Overtaken(CachingDatabase):
    """Hears of a change between an answer and its keeping."""

    async def document(self, statement: str, *args: object, answer: type[_M], writes: bool = False) -> _M:
        found = await super().document(statement, *args, answer=answer, writes=writes)
        assert self._caches is not None
        self._caches.drop("tickets:1")
        return found


async def test_an_answer_that_a_change_overtook_is_not_kept(shop: Shop, bot_url: str) -> None:
    async with (
        Overtaken.connect(bot_url, **PATIENT) as database,
        database.caching(bot_url, tuple(LIMITS)) as listener,
    ):
        await until_listening(listener)
        await show_actor(database, shop.technician.asker())

        assert kept(listener) == {}


async def test_answers_are_those_of_an_uncached_database_whatever_changes(
    shop: Shop, bot_url: str, database: Database
) -> None:
    """Who sees what is the same with caches and without: each asker, role, ticket and customer, in any order."""
    dice = random.Random(7)  # noqa: S311
    tickets = [
        await shop.add_ticket(worker=worker, filer=filer, customer=dice.choice(shop.customers))
        for worker in (None, shop.technician, shop.colleague)
        for filer in (None, shop.regular_user)
    ]
    askers = [person.asker() for person in shop.people]
    owner_does = (
        ("UPDATE tickets SET tech = $2 WHERE id = $1", tickets, [shop.technician.email, "unassigned"]),
        ("UPDATE tickets SET created_by = $2 WHERE id = $1", tickets, [shop.regular_user.web_id, None]),
        ("UPDATE customers SET active = $2 WHERE id = $1", shop.customers, [True, False]),
        ("UPDATE customers SET phone = $2 WHERE id = $1", shop.customers, ["1", "2"]),
        (
            "UPDATE user_permissions SET role = $2 WHERE id = $1",
            [shop.viewer.id, shop.regular_user.id],
            list(Role),
        ),
    )

    async def outcome(db: Database, asker: Asker, ticket: int, customer: int) -> list[object]:
        said: list[object] = []
        for reading in (
            lambda: read_ticket(db, asker, ticket),
            lambda: read_customer(db, asker, customer),
            lambda: suggest_customers(db, asker, "grace"),
            lambda: show_actor(db, asker),
        ):
            try:
                said.append(await reading())
            except Refusal as refusal:
                said.append((type(refusal), refusal.sentence))
        return said

    async with caching(bot_url) as (cached, listener):
        for _ in range(60):
            if dice.random() < 0.3:
                statement, ids, values = dice.choice(owner_does)
                with suppress(asyncpg.PostgresError):  # what no rule allows, either
                    await shop.owner.execute(statement, dice.choice(ids), dice.choice(values))
                await listener.catch_up()
            question = (dice.choice(askers), dice.choice(tickets), dice.choice(shop.customers))
            assert await outcome(cached, *question) == await outcome(database, *question)
        assert set(kept(listener)) == set(LIMITS)


def test_caches_have_the_schema_documents_sizes_and_times() -> None:
    caches = Caches.named(tuple(LIMITS))
    for cache in caches.kept.values():
        for number in range(6000):
            cache[number] = None  # type: ignore[assignment]

    assert {name: (len(cache), cache.ttl) for name, cache in caches.kept.items()} == {
        "customers": (1000, 300),
        "tickets": (5000, 60),
        "permissions": (100, 3600),
    }


async def test_many_rows_of_one_transaction_are_told_as_all(shop: Shop, bot_url: str) -> None:
    said: list[str] = []
    told = asyncio.Event()

    def listen(payload: str) -> None:
        said.append(payload)
        if payload == "end":
            told.set()

    async with hear(bot_url, CHANNEL, listen):
        with suppress(LookupError):
            async with shop.owner.transaction():
                await shop.owner.execute("UPDATE customers SET notes = 'x'")
                raise LookupError  # rolled back: nothing happened
        async with shop.owner.transaction():
            for number in range(150):
                await shop.owner.execute("UPDATE customers SET notes = $1 WHERE id = 1", str(number))
            await shop.owner.execute("UPDATE customers SET notes = 'x' WHERE id <> 1")
        await shop.owner.execute("UPDATE customers SET notes = NULL WHERE id = 3")
        await shop.owner.execute("SELECT pg_notify($1, 'end')", CHANNEL)
        await told.wait()

    assert said == ["customers:1", "all", "customers:3", "end"]


async def test_every_table_that_a_kept_answer_is_made_from_tells_of_its_changes(owner: Connection) -> None:
    """Followed through the functions' and views' own text, from the statements that are kept."""
    texts = {
        row[0]: row[1]
        for row in await owner.fetch(
            "SELECT p.oid::regproc::text, p.prosrc FROM pg_proc p"
            " WHERE p.pronamespace IN ('public'::regnamespace, 'app'::regnamespace) UNION ALL"
            " SELECT c.oid::regclass::text, CASE c.relkind WHEN 'v' THEN pg_get_viewdef(c.oid) ELSE '' END"
            " FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v')"
        )
    }
    reached: set[str] = set()
    ahead = {name for statement in _RULES for name in re.findall(r"app\.\w+", statement)}
    while ahead:
        reached |= ahead
        words = {word for name in ahead for word in re.findall(r"(?:app\.)?\w+", texts[name])}
        ahead = (words & set(texts)) - reached
    tables = {row[0] for row in await owner.fetch("SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')")}
    telling = {
        row[0]
        for row in await owner.fetch("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'tell_caches'")
    }

    assert reached & tables == telling | {"shop_settings"}  # the workspace, which is decided by each time
