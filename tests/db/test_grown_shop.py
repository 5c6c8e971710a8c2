"""A shop of 200,000 tickets: what its pages read, by which index, and that nothing is left out where they end early."""

import json
from bisect import bisect_left, bisect_right
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import NamedTuple

import asyncpg
import pytest

from bench.fill import RARE, TEAM
from bench.queries import QUERIES, at
from bot.roles import Role
from db.embedded import BOT, EmbeddedPostgres
from tests.shop import GROWN_TICKETS, Connection

pytestmark = pytest.mark.timeout(300)  # the shop is filled for the first that asks
HEAP = 8_000  # pages of the table of tickets, roughly
READ_AS_ROWS = """
SELECT COALESCE(sum(seq_tup_read), 0)::int FROM pg_stat_xact_user_tables WHERE relname IN ('tickets', 'customers')
"""
SCANS = """
SELECT i.indexrelid::regclass::text, pg_stat_get_xact_numscans(i.indexrelid)::int
  FROM pg_index i WHERE i.indrelid IN ('tickets'::regclass, 'customers'::regclass)
"""
# what is asked most: by these indexes, and no more than so many pages of 8 kB, those of the catalogue included
HOT = {
    "my open tickets": ({"tickets_status_tech_idx", "tickets_open_filed_idx"}, 700),
    "queue": ({"tickets_queue_idx"}, 700),
    "panel": ({"tickets_due_at_idx"}, 2_000),
    "one ticket": ({"tickets_pkey", "customers_pkey"}, 700),
    "list, newest, Manager": ({"tickets_created_at_idx"}, 400),
    "list, from the middle on, Manager": ({"tickets_created_at_idx"}, 400),
    "list, newest, new Regular User": ({"tickets_created_at_idx"}, 400),
    "list, a rare category": ({"tickets_created_at_idx", "tickets_category_idx"}, 2_000),
    "list with a word of every ticket, Manager": ({"tickets_created_at_idx"}, 400),
    "search for a word of every ticket, Manager": ({"tickets_created_at_idx"}, 700),
    "search for a serial number, Manager": ({"tickets_created_at_idx", "tickets_search_idx"}, 2_000),
    "customers by a rare name": ({"customers_search_idx"}, 700),
    "customers by a phone number": ({"customers_trgm_idx"}, 700),
    # 200 are looked up twice: themselves, and who stays where they were merged
    "customers by what is in every address": ({"customers_created_at_idx"}, 2_000),
    # four weeks of tickets one by one: each is a page to the server's count, though few of them are different ones
    "daily summary": ({"tickets_completed_at_idx", "tickets_created_at_idx"}, 9_000),
    "technicians' performance": ({"tickets_created_at_idx"}, 1_200),
}


class Read(NamedTuple):
    """What one call took: rows read without an index, pages of 8 kB, and the indexes that it went by."""

    rows: int
    pages: int
    indexes: set[str]


@pytest.fixture
async def reader(postgres: EmbeddedPostgres, grown: str) -> AsyncIterator[Connection]:
    """The bot's connection to the grown shop."""
    connection = await asyncpg.connect(postgres.dsn(BOT, grown))
    yield connection
    await connection.close()


async def scanned(reader: Connection) -> dict[str, int]:
    return {str(row[0]): int(row[1]) for row in await reader.fetch(SCANS)}


async def read(reader: Connection, call: str, person: str) -> Read:
    asker = (TEAM, f"U0{person.upper()}", list(Role))
    async with reader.transaction():  # what the server counts, it counts in a transaction
        rows, scans = await reader.fetchval(READ_AS_ROWS), await scanned(reader)
        plan = json.loads(await reader.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {call}", *asker))[0]["Plan"]
        after = await scanned(reader)
        rows = await reader.fetchval(READ_AS_ROWS) - rows
    pages = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    return Read(rows, pages, {index for index in after if after[index] > scans.get(index, 0)})


async def test_what_is_asked_goes_by_index_and_reads_little(reader: Connection) -> None:
    """Whatever is asked, by whomever: no row is read without an index, and a part of the table at most."""
    wrong = {}
    for query in QUERIES:
        took = await read(reader, at(query.call, GROWN_TICKETS), query.person)
        if query.name in HOT:  # again, now that the catalogue is known to this connection
            took = await read(reader, at(query.call, GROWN_TICKETS), query.person)
        indexes, pages = HOT.get(query.name, (set(), HEAP // 2))
        if took.rows or not indexes <= took.indexes or (query.bounded and took.pages > pages):
            wrong[query.name] = took

    assert wrong == {}
    assert set(HOT) <= {query.name for query in QUERIES}


class Known(NamedTuple):
    """A ticket as its table shows it under row-level security."""

    id: int
    created_at: datetime
    text: str
    open: bool
    tech: str
    category: str


class Case(NamedTuple):
    """What is asked for, and which tickets that is."""

    words: str | None
    status: str
    worker: str | None
    category: str | None
    is_meant: Callable[[Known], bool]


CASES = (
    Case(None, "all", None, None, lambda _: True),
    Case(None, "open", None, None, lambda t: t.open),
    Case(None, "all", "newtech@shop.example", None, lambda t: t.tech == "newtech@shop.example"),
    Case(None, "all", None, "HEIRLOOM", lambda t: t.category == "heirloom"),
    Case("repair", "all", None, None, lambda _: True),
    Case("laptops", "all", None, None, lambda t: "laptop" in t.text),
    Case("liquid", "all", None, None, lambda t: "liquid" in t.text),
    Case("hinge", "all", None, None, lambda t: "hinge" in t.text),
    Case("floppy", "all", None, None, lambda t: "floppy" in t.text),
    Case(f"{RARE}100001", "all", None, None, lambda t: t.id == 100_001),
    Case("repair -laptop", "all", None, None, lambda t: "laptop" not in t.text),
    Case("hinge or liquid", "all", None, None, lambda t: "hinge" in t.text or "liquid" in t.text),
    Case('"blue screen"', "all", None, None, lambda t: "blue screen" in t.text),
    Case('"screen blue"', "all", None, None, lambda _: False),
    Case("laptop", "open", None, None, lambda t: t.open and "laptop" in t.text),
    Case("floppy", "all", "tech3@shop.example", None, lambda t: "floppy" in t.text and t.tech.startswith("tech3@")),
)
SEEN = """
SELECT id, created_at, lower(title || ' ' || description), NOT completed, tech, category FROM tickets
 ORDER BY created_at DESC, id DESC
"""
PICK = "SELECT app.pick_tickets(25, websearch_to_tsquery('english', $1), $2, $3, NULL, $4, NULL, $5, $6, $7)"


@pytest.mark.parametrize("person", ["manager", "tech3", "newtech", "clerk2"])
async def test_pages_are_what_brute_force_finds(person: str, reader: Connection) -> None:
    """However far it has to look: by whom, for what, from where and in which direction makes no difference."""
    async with reader.transaction():
        await reader.execute("SELECT app.set_session($1)", f"kp_{person}")
        seen = [Known(*row) for row in await reader.fetch(SEEN)]
        middle = len(seen) // 2
        edge = (seen[middle].created_at, seen[middle].id)
        for case in CASES:
            meant = [place for place, ticket in enumerate(seen) if case.is_meant(ticket)]
            newer, older = meant[: bisect_left(meant, middle)], meant[bisect_right(meant, middle) :]
            for places, start, backwards in (
                (meant, (None, None), False),
                (older, edge, False),
                (newer[::-1], edge, True),
            ):
                found = await reader.fetch(PICK, *case[:4], *start, backwards)

                assert [row[0] for row in found] == [seen[place].id for place in places[:25]], (case, start, backwards)


class Customer(NamedTuple):
    """A customer as their table shows them under row-level security, which shows them to all but Viewers alike."""

    id: int
    name: str
    email: str
    digits: str


TERMS: dict[str, Callable[[Customer], bool]] = {
    "quixley": lambda c: "quixley" in c.name,
    "Quix": lambda c: "quix" in c.name,
    "ixle": lambda c: "ixle" in c.name,
    "will": lambda c: "will" in c.name,
    "wi": lambda c: any(word.startswith("wi") for word in c.name.split()),
    "hil gra": lambda c: c.name == "grace hill",
    "hill4321@example.com": lambda c: c.email.endswith("hill4321@example.com"),
    "l432": lambda c: "l432" in c.email,
    "example.com": lambda _: True,
    "(207) 200-5": lambda c: "2072005" in c.digits,
    "207.200.5": lambda c: "2072005" in c.digits,
    "+555": lambda c: "555" in c.digits,
}
CUSTOMERS = """
SELECT id, lower(first_name || ' ' || last_name), email, phone_digits FROM customers
 WHERE active ORDER BY created_at DESC, id DESC
"""


async def test_customers_are_whom_brute_force_finds(reader: Connection) -> None:
    """All of up to fifty; of more than two hundred, fifty of the newest two hundred."""
    async with reader.transaction():
        await reader.execute("SELECT app.set_session('kp_clerk2')")
        customers = [Customer(*row) for row in await reader.fetch(CUSTOMERS)]
        for term, is_meant in TERMS.items():
            meant = [customer.id for customer in customers if is_meant(customer)]
            found = [row[0] for row in await reader.fetch("SELECT id FROM search_customers($1)", term)]

            assert len(set(found)) == min(50, len(meant)), term
            assert set(found) <= set(meant[:200]), term


HOSTILE = (
    "", " ", "the", "'", "';--", "%", "_", "\\", "&", "| !", "<->", "(((", ":*", "a:*&b", '"', '"""', "-", "- -",
    "-the", "-repair", "zq1' OR '1'='1", "\U0001f527", "x" * 1000, "%_" * 500, "a " * 500,
    "repair or " * 100, '"blue ' * 200, "-" * 1000, "(" * 1000, "1" * 1000, "\ufeff\u202e", "e\u0301",
)  # fmt: skip


async def test_whatever_is_typed_gets_an_answer(reader: Connection) -> None:
    for person in ("manager", "newclerk"):
        for words in HOSTILE:
            for call in (
                "SELECT app.search($1, $2, $3, 'x', $4)",
                "SELECT app.read_list($1, $2, $3, 'x', 'all', NULL, NULL, NULL, NULL, $4, NULL, NULL, NULL)",
                "SELECT app.find_customers($1, $2, $3, 'x', $4)",
                "SELECT app.suggest_customers($1, $2, $3, 'x', $4)",
            ):
                document = json.loads(await reader.fetchval(call, TEAM, f"U0{person.upper()}", list(Role), words))
                found = document.get("tickets", document.get("customers"))
                only_signs = not any(letter.isalnum() for letter in words)

                assert found == [] or words.strip() == "" or not only_signs, (call, words)


async def test_words_to_leave_out_alone_are_looked_for_among_the_newest(reader: Connection) -> None:
    """No index knows where a word is not, so the search ends after the newest 10,300."""
    search = "SELECT app.search($1, $2, $3, 'x', '{}')"
    without = json.loads(await reader.fetchval(search.format("-laptop"), TEAM, "U0MANAGER", list(Role)))
    took = await read(reader, search.format("-repair"), "manager")

    assert len(without["tickets"]) == 10
    assert took.pages < HEAP // 4


async def test_a_search_that_takes_too_long_says_that_its_words_are_too_common(reader: Connection) -> None:
    """Not that the database is away. Whatever the machine's speed, some limit of time falls into the last step."""
    outcomes: list[str | None] = []
    for milliseconds in (round(5 * 1.3**n) for n in range(40)):
        async with reader.transaction():
            await reader.execute(f"SET LOCAL statement_timeout = {milliseconds}")
            with pytest.raises(asyncpg.QueryCanceledError) as canceled:
                await reader.fetchval(
                    "SELECT app.search($1, $2, $3, 'x', $4)", TEAM, "U0MANAGER", list(Role), '"screen blue" repair'
                )
        outcomes.append(canceled.value.constraint_name)
        if outcomes[-1]:
            break

    assert outcomes[-1] == "search_too_common"
