"""The views' figures against plain counting: a list of all tickets, a calendar, and what each role may see."""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from bot.roles import Role
from tests.db.reference import Asking, sees_ticket
from tests.db.sessions import acting_as
from tests.db.test_summary import keep_clock
from tests.shop import Connection, Shop

ZONES = ("America/Los_Angeles", "Asia/Kolkata", "Australia/Lord_Howe")
MONTHS = 12
Fact: TypeAlias = Mapping[str, Any]  # a row of a table
Line: TypeAlias = tuple[object, ...]  # a row of a view


def months_of(zone: ZoneInfo, now: datetime) -> list[datetime]:
    """Return the local beginnings of the last months, this one first."""
    local = now.astimezone(zone)
    numbers = [local.year * 12 + local.month - 1 - n for n in range(MONTHS)]
    return [datetime(number // 12, number % 12 + 1, 1, tzinfo=zone) for number in numbers]


async def fill(shop: Shop, chance: random.Random) -> None:
    """Customers, one of them deactivated, and tickets of fourteen months: many at a month's edge, some reopened."""
    now = datetime.now(UTC)
    customers = [
        await shop.owner.fetchval("SELECT test.create_test_customer($1)", f"Customer {number}") for number in range(12)
    ]
    edges = [
        edge.astimezone(UTC) + timedelta(microseconds=offset)
        for zone in ZONES
        for edge in months_of(ZoneInfo(zone), now)
        for offset in (-1, 0, 1)
    ]
    people = [shop.technician.email, shop.colleague.email, shop.manager.email, "unassigned"]
    rows = []
    for _ in range(300):
        days = chance.choice((60, 420))
        filed = chance.choice(edges) if chance.random() < 0.4 else now - timedelta(days=chance.uniform(0, days))
        completed, hours = chance.random() < 0.6, Decimal(chance.randrange(1, 9999)) / 100
        rows.append(
            (
                chance.choice(customers[1:]),  # the first has no ticket
                chance.choice(people),
                chance.choice([shop.regular_user.web_id, shop.manager.web_id, None]),
                filed,
                completed,
                filed + timedelta(seconds=chance.uniform(0, 10 * 86400)) if completed else None,
                hours if chance.random() < (0.8 if completed else 0.2) else None,  # open with hours: reopened
            )
        )
    await shop.owner.execute("SET session_replication_role = replica")
    await shop.owner.executemany(
        "INSERT INTO tickets (customer_id, title, description, tech, created_by, created_at, completed, completed_at,"
        " actual_hours, bench_status)"
        " VALUES ($1, 'x', 'x', $2, $3, $4, $5, $6, $7, CASE WHEN $5 THEN 'ready' ELSE 'received' END)",
        rows,
    )
    await shop.owner.execute("UPDATE customers SET active = false WHERE id = $1", customers[-1])
    await shop.owner.execute("RESET session_replication_role")


def rounded(value: object, places: int = 6) -> object:
    return round(Decimal(value), places) if isinstance(value, Decimal | float) else value


def mean(values: Iterable[Decimal | float]) -> object:
    found = [Decimal(value) for value in values]
    return rounded(sum(found, Decimal(0)) / len(found)) if found else None


def hours_of(tickets: Iterable[Fact]) -> list[Decimal]:
    return [ticket["actual_hours"] for ticket in tickets if ticket["actual_hours"] is not None]


def groups(tickets: Iterable[Fact], column: str) -> Mapping[Any, list[Fact]]:
    by: dict[Any, list[Fact]] = defaultdict(list)
    for ticket in tickets:
        by[ticket[column]].append(ticket)
    return by


def done_of(tickets: Iterable[Fact]) -> list[Fact]:
    return [ticket for ticket in tickets if ticket["completed"]]


def by_technician(tickets: Iterable[Fact], now: datetime) -> set[Line]:
    lately = [t for t in tickets if t["tech"] != "unassigned" and t["created_at"] >= now - timedelta(days=30)]
    lines: set[Line] = set()
    for tech, theirs in groups(lately, "tech").items():
        done = done_of(theirs)
        took = mean((t["completed_at"] - t["created_at"]) / timedelta(hours=1) for t in done)
        rate = rounded(Decimal(100 * len(done)) / len(theirs), 2)
        lines.add((tech, len(theirs), len(done), len(theirs) - len(done), rate, mean(hours_of(done)), took))
    return lines


def by_month(tickets: Iterable[Fact], zone: ZoneInfo, now: datetime) -> list[Line]:
    months: dict[tuple[int, int], list[Fact]] = defaultdict(list)
    for ticket in tickets:
        local = ticket["created_at"].astimezone(zone)
        months[local.year, local.month].append(ticket)
    lines: list[Line] = []
    for first in months_of(zone, now):
        if found := months[first.year, first.month]:
            done, techs = done_of(found), {t["tech"] for t in found} - {"unassigned"}
            customers = {t["customer_id"] for t in found}
            lines.append((first, len(found), len(done), mean(hours_of(done)), len(customers), len(techs)))
    return lines


def by_customer(customers: Iterable[Fact], tickets: Iterable[Fact], *, contact: bool) -> set[Line]:
    of = groups(tickets, "customer_id")
    lines: set[Line] = set()
    for customer in customers:
        theirs = of[customer["id"]]
        if customer["active"]:
            names = (customer["id"], customer["first_name"], customer["last_name"])
            reach = (customer["email"], customer["phone"]) if contact else (None, None)
            last = max((t["created_at"] for t in theirs), default=None)
            open_, done = len(theirs) - len(done_of(theirs)), len(done_of(theirs))
            hours = sum(hours_of(theirs), Decimal(0))
            lines.add((*names, *reach, True, customer["created_at"], len(theirs), open_, done, last, hours))
    return lines


def by_value(customers: Iterable[Fact], tickets: Iterable[Fact], rate: Decimal, *, contact: bool) -> list[Line]:
    of = groups(tickets, "customer_id")
    lines = []
    for customer in customers:
        done = done_of(of[customer["id"]])
        if done and customer["active"]:
            hours, filed = sum(hours_of(done), Decimal(0)), [t["created_at"] for t in done]
            name = f"{customer['first_name']} {customer['last_name']}"
            email = customer["email"] if contact else None
            lines.append(
                (
                    (-hours, customer["id"]),
                    (customer["id"], name, email, len(done), hours, hours * rate, min(filed), max(filed)),
                )
            )
    return [line for _, line in sorted(lines)]


async def shown(bot: Connection, view: str) -> list[Line]:
    rows = await bot.fetch(f"SELECT * FROM {view}")  # noqa: S608 - named below
    return [tuple(map(rounded, row)) for row in rows]


async def test_every_view_is_what_counting_by_hand_gives(shop: Shop, bot: Connection, owner: Connection) -> None:
    """Each role, in each zone; customers' numbers are of all tickets, the others of those that one sees."""
    await fill(shop, random.Random("views"))  # noqa: S311 - the same shop each time
    async with acting_as(bot, shop.manager):
        await bot.execute("SELECT change_user_email($1, 'thomas@shop.example')", shop.technician.web_id)
    await owner.execute("UPDATE shop_settings SET value = '82.5' WHERE key = 'hourly_rate'")
    await owner.execute("SELECT refresh_customer_stats()")
    everything = [dict(row) for row in await owner.fetch("SELECT * FROM tickets")]
    customers = [dict(row) for row in await owner.fetch("SELECT * FROM customers")]

    for person in shop.people:
        contact, reports = person.role is not Role.VIEWER, person.role in {Role.MANAGER, Role.VIEWER}
        email = await owner.fetchval("SELECT email FROM user_permissions WHERE id = $1", person.id)
        asking = Asking(person.web_id, email, person.role.value)
        tickets = [ticket for ticket in everything if sees_ticket(asking, ticket)]
        for zone in ZONES:
            await keep_clock(owner, zone)
            async with acting_as(bot, person):
                now = await bot.fetchval("SELECT now()")
                assert await shown(bot, "monthly_performance") == by_month(tickets, ZoneInfo(zone), now)
        async with acting_as(bot, person):
            now = await bot.fetchval("SELECT now()")
            assert set(await shown(bot, "technician_performance")) == by_technician(tickets, now)
            expected = by_customer(customers, everything, contact=contact)
            assert set(await shown(bot, "customer_summary")) == expected
            assert set(await shown(bot, "customer_summary_live")) == expected
            value = by_value(customers, everything, Decimal("82.5"), contact=contact) if reports else []
            assert await shown(bot, "customer_lifetime_value") == value
