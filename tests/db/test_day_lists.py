"""Lists with filters and searches, against brute force over random tickets."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from bot.errors import PersonAmbiguous, PersonUnknown
from bot.roles import Ability, Relation, Role, may
from db.models import Cursor, CustomerId, DueFilter, TicketFilter, TicketLine, TicketList
from db.pool import Database
from db.tickets import read_list, read_panel, search
from tests.shop import Connection, Member, Shop

PRIORITIES = ("low", "medium", "high", "urgent")
CATEGORIES = ("hardware", "network", None)
VOCABULARY = ("printer", "router", "laptop", "keyboard", "battery")
STATUSES = ("received", "waiting_parts", "waiting_approval", "in_repair", "ready", "ready", "collected", "declined")
START = datetime(2026, 3, 1, 9, tzinfo=UTC)
FILTERS = (
    TicketFilter(),
    TicketFilter(status="completed"),
    TicketFilter(status="all"),
    TicketFilter(status="all", worker="me"),
    TicketFilter(status="waiting"),
    TicketFilter(status="in_repair", priority="high"),
    TicketFilter(status="declined"),
    TicketFilter(worker="nobody"),
    TicketFilter(status="all", worker="Ana"),
    TicketFilter(status="all", worker="U0TOMREED", priority="high"),
    TicketFilter(status="all", priority="urgent", category="Network"),
    TicketFilter(category="hardware"),
    TicketFilter(status="all", customer_id=CustomerId(2)),
    TicketFilter(status="all", words="printers"),
    TicketFilter(words="laptop battery", priority="low"),
    TicketFilter(status="all", words="the", worker="me"),
    TicketFilter(
        status="completed",
        worker="tom.reed",
        priority="low",
        category="hardware",
        customer_id=CustomerId(1),
        words="router",
    ),
)


@dataclass(frozen=True, slots=True)
class Known:
    """A ticket as the test made it."""

    id: int
    words: frozenset[str]
    title: frozenset[str]
    worker: Member | None
    filer: Member | None
    priority: str
    category: str | None
    customer: int
    status: str
    created_at: datetime

    @property
    def completed(self) -> bool:
        return self.status in {"ready", "collected", "declined"}

    def is_seen_by(self, person: Member) -> bool:
        relations = set()
        if self.filer is person:
            relations.add(Relation.FILER)
        if self.worker is person:
            relations.add(Relation.WORKER)
        elif self.worker is None and not self.completed:
            relations.add(Relation.QUEUE)
        else:
            relations.add(Relation.OTHER)
        return may(person.role, Ability.SEE_TICKET, relations)

    def stands(self, status: str) -> bool:
        match status:
            case "all":
                return True
            case "open" | "completed":
                return self.completed is (status == "completed")
            case "waiting":
                return self.status.startswith("waiting")
            case _:
                return self.status == status

    def fits(self, filters: TicketFilter, person: Member, shop: Shop) -> bool:
        workers = {
            "me": person,
            "nobody": None,
            "Ana": shop.colleague,
            "U0TOMREED": shop.technician,
            "tom.reed": shop.technician,
        }
        words = set((filters.words or "").replace("printers", "printer").split())
        return all(
            (
                self.stands(filters.status),
                filters.worker is None or self.worker is workers[filters.worker],
                filters.priority in {None, self.priority},
                filters.category is None or (self.category or "") == filters.category.lower(),
                filters.customer_id in {None, self.customer},
                words <= self.words,
            )
        )


async def fill(shop: Shop, number: int, chance: random.Random) -> list[Known]:
    """Add random tickets, several of the same moment; return them newest first."""
    known = []
    for _ in range(number):
        title = frozenset(chance.sample(VOCABULARY, 2))
        description = frozenset(chance.sample(VOCABULARY, 2))
        worker = chance.choice((shop.technician, shop.technician, shop.colleague, shop.manager, None))
        filer = chance.choice((shop.regular_user, shop.regular_user, shop.technician, shop.manager, None))
        priority, category = chance.choice(PRIORITIES), chance.choice(CATEGORIES)
        customer, status = chance.choice(shop.customers), chance.choice(STATUSES)
        created_at = START + timedelta(hours=chance.randrange(number // 2))
        ticket = await shop.add_ticket(
            title=" ".join(sorted(title)),
            description=" ".join(sorted(description)),
            worker=worker,
            filer=filer,
            priority=priority,
            category=category,
            customer=customer,
            completed=status in {"ready", "collected", "declined"},
            bench_status=status,
            created_at=created_at,
        )
        known.append(
            Known(ticket, title | description, title, worker, filer, priority, category, customer, status, created_at)
        )
    return sorted(known, key=lambda ticket: (ticket.created_at, ticket.id), reverse=True)


def ids(tickets: Iterable[TicketLine | Known]) -> list[int]:
    return [ticket.id for ticket in tickets]


def edge(page: TicketList, *, backwards: bool = False) -> Cursor:
    line = page.tickets[0 if backwards else -1]
    return Cursor(rank=0, created_at=line.created_at, id=line.id, backwards=backwards)


@pytest.mark.parametrize("role", Role)
async def test_list_is_what_brute_force_finds_forth_and_back(role: Role, shop: Shop, database: Database) -> None:
    chance = random.Random(f"list {role}")  # noqa: S311 - the same tickets each time
    tickets = await fill(shop, 120, chance)
    person = next(person for person in shop.people if person.role is role)
    asker = person.asker()
    for filters in FILTERS:
        if filters.words == "the":
            want = []  # nothing to look for is nothing found
        else:
            want = ids(t for t in tickets if t.is_seen_by(person) and t.fits(filters, person, shop))
        page = await read_list(database, asker, filters, None)
        pages, seen = [page], ids(page.tickets)
        while page.has_next:
            page = await read_list(database, asker, filters, edge(page))
            pages.append(page)
            seen += ids(page.tickets)

        assert seen == want, filters
        assert [len(p.tickets) for p in pages[:-1]] == [10] * (len(pages) - 1)
        assert [p.has_previous for p in pages] == [False, *[True] * (len(pages) - 1)]
        for earlier in reversed(pages[:-1]):
            page = await read_list(database, asker, filters, edge(page, backwards=True))
            assert (ids(page.tickets), page.has_next, page.has_previous) == (
                ids(earlier.tickets),
                True,
                earlier.has_previous,
            )


@pytest.mark.parametrize("role", Role)
async def test_search_is_what_brute_force_finds(role: Role, shop: Shop, database: Database) -> None:
    """All of them where they are at most ten, else ten of them; those with the words in the title come first."""
    tickets = await fill(shop, 60, random.Random(f"search {role}"))  # noqa: S311 - as above
    person = next(person for person in shop.people if person.role is role)
    for words in ("printer", "Keyboards", "laptop battery", "router -laptop", "nothing", "", "the", "'; --", "%"):
        wanted = {word.lower().rstrip("s") for word in words.split() if word.isalpha() and word != "the"}
        refused = {word[1:] for word in words.split() if word.startswith("-")} & set(VOCABULARY)
        fitting = [
            t for t in tickets if wanted and t.is_seen_by(person) and wanted <= t.words and refused.isdisjoint(t.words)
        ]
        hits = await search(database, person.asker(), words)

        assert (len(hits.tickets), hits.more) == (min(10, len(fitting)), len(fitting) > 10), words
        assert set(ids(hits.tickets)) <= set(ids(fitting)), words
        in_title = {t.id for t in fitting if wanted <= t.title}
        places = [ticket in in_title for ticket in ids(hits.tickets)]
        if len(wanted) == 1:
            assert places == sorted(places, reverse=True), words


async def test_search_looks_at_title_and_description(shop: Shop, database: Database) -> None:
    last = await shop.add_ticket(title="Screen", description="The hinge of the battery is loose", created_at=START)
    first = await shop.add_ticket(title="Battery", description="Empty", created_at=START - timedelta(days=9))
    await shop.add_ticket(title="Something else")

    assert ids((await search(database, shop.manager.asker(), "batteries")).tickets) == [first, last]


async def test_nobody_and_several_people_of_a_name_are_said(shop: Shop, database: Database) -> None:
    await shop.add_member("Ana Ruiz", Role.TECHNICIAN)
    asker = shop.viewer.asker()

    with pytest.raises(PersonUnknown, match="Bob"):
        await read_list(database, asker, TicketFilter(worker="Bob"), None)
    with pytest.raises(PersonAmbiguous, match="Ana Lopez or Ana Ruiz"):
        await read_list(database, asker, TicketFilter(worker="ana"), None)


async def test_list_of_somebody_who_left(shop: Shop, database: Database, owner: Connection) -> None:
    done = await shop.add_ticket(worker=shop.technician, completed=True)
    await owner.execute("UPDATE user_permissions SET is_active = false WHERE id = $1", shop.technician.id)
    page = await read_list(database, shop.manager.asker(), TicketFilter(status="all", worker="tom"), None)

    assert ids(page.tickets) == [done]


async def test_list_is_narrowed_by_when_tickets_are_due(shop: Shop, database: Database) -> None:
    """By the shop's days: today's may be over or to come."""
    await shop.keep_hours()
    await shop.owner.execute("DELETE FROM shop_hours")
    tickets = [await shop.add_ticket(worker=shop.technician) for _ in range(5)]
    moments = (
        "now() - interval '2 days'",
        "day + interval '0'",
        "day + interval '23 hours'",
        "day + interval '3 days'",
        "NULL::timestamptz",
    )
    for ticket, moment in zip(tickets, moments, strict=True):
        await shop.owner.execute(
            f"UPDATE tickets SET due_at = x.at FROM (SELECT ({moment}) AS at FROM (SELECT app.shop_today()::timestamp"  # noqa: S608
            " AT TIME ZONE 'America/Los_Angeles' AS day) d) x WHERE id = $1",
            ticket,
        )
    found = {
        due: [
            line.id
            for line in (await read_list(database, shop.technician.asker(), TicketFilter(due=due), None)).tickets
        ]
        for due in get_args(DueFilter)
    }
    panel = await read_panel(database, shop.technician.asker())

    assert set(found["today"]) == set(tickets[1:3])
    assert set(found["week"]) == set(tickets[1:4])
    assert found["overdue"][-1] == tickets[0]
    assert panel.due.overdue == len(found["overdue"])
    assert panel.due.overdue + panel.due.today == 3
