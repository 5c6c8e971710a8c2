"""The day's figures: by the shop's clock, the same as counting by hand, and only for who may have them."""

import dataclasses
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Literal
from zoneinfo import ZoneInfo

import pytest

from bot.errors import RoleForbidden
from bot.roles import Ability, Role, roles_with
from db.models import Asker, DayReport, Row
from db.pool import Database
from db.reports import read_period, read_summary, read_team
from tests.db.sessions import acting_as
from tests.shop import Connection, Member, Shop

# where and when the clocks change: at two in the morning, by half an hour, and at midnight itself
CHANGES = [
    ("America/Los_Angeles", date(2026, 3, 8)),
    ("America/Los_Angeles", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Asia/Beirut", date(2026, 3, 29)),
    ("Asia/Beirut", date(2026, 10, 24)),
    ("Asia/Kolkata", date(2026, 2, 28)),  # never: a month's end, half an hour off
]
AT_WORK = ("received", "diagnosing", "waiting_approval", "waiting_parts", "in_repair", "quality_check")
DONE = ("ready", "collected", "declined")
DAYS_AROUND = (-2, -1, 0, 1, 2)


@dataclass(frozen=True)
class Filed:
    """A ticket, as far as it is counted."""

    id: int
    tech: str
    urgent: bool
    created_at: datetime
    completed_at: datetime | None
    hours: Decimal | None
    bench_status: str
    due_at: datetime | None


async def keep_clock(owner: Connection, zone: str) -> None:
    await owner.execute(
        "INSERT INTO shop_settings VALUES ('time_zone', $1) ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value",
        zone,
    )


def tickets_around(day: date, zone: ZoneInfo, techs: list[str], chance: random.Random) -> list[Filed]:
    """Return tickets of a few days, some of them to the microsecond at a local midnight."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone)
    edges = [
        (datetime(d.year, d.month, d.day, tzinfo=zone)).astimezone(UTC) + timedelta(microseconds=offset)
        for d in (day + timedelta(days=n) for n in DAYS_AROUND)
        for offset in (-1, 0, 1)
    ]

    def moment() -> datetime:
        if chance.random() < 0.3:
            return chance.choice(edges)
        return noon.astimezone(UTC) + timedelta(seconds=chance.uniform(-1, 1) * 3 * 86400)

    tickets = []
    for number in range(1, 251):
        created, ended = sorted((moment(), moment()))
        done = chance.random() < 0.6
        tickets.append(
            Filed(
                id=number,
                tech=chance.choice([*techs, "unassigned"]),
                urgent=chance.random() < 0.2,
                created_at=created,
                completed_at=ended if done else None,
                hours=Decimal(chance.randrange(1, 2000)) / 100 if done and chance.random() < 0.9 else None,
                bench_status=chance.choice(DONE if done else AT_WORK),
                due_at=moment() + timedelta(days=chance.choice((0, 9999))) if chance.random() < 0.3 else None,
            )
        )
    return tickets


async def insert(shop: Shop, tickets: list[Filed]) -> None:
    await shop.owner.execute("SET session_replication_role = replica")
    await shop.owner.executemany(
        "INSERT INTO tickets (id, customer_id, title, description, tech, priority, created_at, completed, completed_at,"
        " actual_hours, bench_status, due_at) VALUES ($1, $2, 'x', 'x', $3, $4, $5, $6, $7, $8, $9, $10)",
        [
            (
                *(ticket.id, shop.customers[0], ticket.tech, "urgent" if ticket.urgent else "low"),
                *(ticket.created_at, ticket.completed_at is not None, ticket.completed_at, ticket.hours),
                *(ticket.bench_status, ticket.due_at),
            )
            for ticket in tickets
        ],
    )
    await shop.owner.execute("RESET session_replication_role")


def counted(tickets: list[Filed], day: date, zone: ZoneInfo, people: list[Member]) -> dict[str, object]:
    """Return the figures by plain counting: a moment's date is what the shop's calendar shows then."""

    def on_that_day(moment: datetime | None) -> bool:
        return moment is not None and moment.astimezone(zone).date() == day

    done = [ticket for ticket in tickets if on_that_day(ticket.completed_at)]
    still_open = [ticket for ticket in tickets if ticket.completed_at is None]
    queue = [ticket for ticket in still_open if ticket.tech == "unassigned"]
    now = datetime.now(UTC)
    late = [ticket for ticket in still_open if ticket.due_at and ticket.due_at <= now]
    held_up = [ticket for ticket in still_open if ticket.bench_status.startswith("waiting")]
    by_person = {}
    for person in sorted(people, key=lambda person: person.name.lower()):
        theirs = [ticket for ticket in done if ticket.tech == person.email]
        has = sum(ticket.tech == person.email for ticket in still_open)
        if person.role is Role.TECHNICIAN or theirs or has:
            by_person[person.name] = (len(theirs), sum((t.hours or Decimal(0) for t in theirs), Decimal(0)), has)
    return {
        "day": day,
        "opened": sum(on_that_day(ticket.created_at) for ticket in tickets),
        "completed": len(done),
        "hours": sum((ticket.hours or Decimal(0) for ticket in done), Decimal(0)),
        "open": len(still_open),
        "unassigned": sum(ticket.tech == "unassigned" for ticket in still_open),
        "urgent": sum(ticket.urgent for ticket in still_open),
        "overdue": len(late),
        "waiting": len(held_up),
        "past_due": [ticket.id for ticket in sorted(late, key=lambda t: (t.due_at or now, t.id))[:5]],
        "held_up": [ticket.id for ticket in sorted(held_up, key=lambda t: (t.created_at, t.id))[:5]],
        "oldest": [min(still_open, key=lambda ticket: (ticket.created_at, ticket.id)).id],
        "queue": [ticket.id for ticket in sorted(queue, key=lambda t: (not t.urgent, t.created_at, t.id))[:5]],
        "flow": flow_counted(tickets, day, zone),
        "open_week_ago": sum(is_open_at(ticket, now - timedelta(days=7)) for ticket in tickets),
        "technicians": by_person,
    }


def is_open_at(ticket: Filed, moment: datetime) -> bool:
    return ticket.created_at < moment and (ticket.completed_at is None or ticket.completed_at >= moment)


def flow_counted(
    tickets: list[Filed], day: date, zone: ZoneInfo, *, days: int = 28
) -> list[tuple[date, int, int, Decimal]]:
    """Return so many days and the day, from the shop's first day on: what was opened and completed, and its hours."""
    opened = Counter(ticket.created_at.astimezone(zone).date() for ticket in tickets)
    done = [(t.completed_at.astimezone(zone).date(), t.hours or Decimal(0)) for t in tickets if t.completed_at]
    first = min(max(min(opened), day - timedelta(days=days)), day)
    return [
        (
            each,
            opened[each],
            sum(when == each for when, _ in done),
            sum((spent for when, spent in done if when == each), Decimal(0)),
        )
        for each in (first + timedelta(days=n) for n in range((day - first).days + 1))
    ]


def as_counted(figures: DayReport) -> dict[str, object]:
    shown = figures.model_dump(
        exclude={"today", "taken_at", "missed", "oldest", "queue", "past_due", "held_up", "flow", "technicians"}
    )
    shown["oldest"] = [line.id for line in figures.oldest]
    shown["queue"] = [line.id for line in figures.queue]
    shown["past_due"] = [line.id for line in figures.past_due]
    shown["held_up"] = [line.id for line in figures.held_up]
    shown["flow"] = [(one.day, one.opened, one.completed, one.hours) for one in figures.flow]
    shown["technicians"] = {line.name: (line.completed, line.hours, line.open) for line in figures.technicians}
    return shown


async def figures_of(bot: Connection, person: Member, day: date | None) -> DayReport:
    async with acting_as(bot, person):
        return DayReport.model_validate_json(await bot.fetchval("SELECT app.day_report(app.day_figures($1))", day))


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(("zone", "day"), CHANGES)
async def test_figures_are_those_that_counting_by_hand_gives(
    shop: Shop, bot: Connection, zone: str, day: date, seed: int
) -> None:
    chance = random.Random(f"{zone} {day} {seed}")  # noqa: S311 - no secret
    clock = ZoneInfo(zone)
    people = [shop.manager, shop.technician, shop.colleague]
    tickets = tickets_around(day, clock, [person.email for person in people], chance)
    await keep_clock(shop.owner, zone)
    await insert(shop, tickets)

    for near in (day + timedelta(days=n) for n in DAYS_AROUND):
        expected = counted(tickets, near, clock, people)
        assert as_counted(await figures_of(bot, shop.viewer, near)) == expected
        async with acting_as(bot, shop.viewer):
            row = await bot.fetchrow("SELECT * FROM daily_summary($1)", near)
        assert row is not None
        assert tuple(row) == tuple(
            expected[name] for name in ("day", "opened", "completed", "open", "unassigned", "urgent", "hours")
        )


async def test_summary_is_of_yesterday_or_today_by_the_shops_clock(
    shop: Shop, bot: Connection, database: Database
) -> None:
    asker = shop.viewer.asker(*roles_with(Ability.SEE_SUMMARY))
    for zone in ("Pacific/Kiritimati", "Pacific/Niue"):  # never the same date
        await keep_clock(shop.owner, zone)
        before = datetime.now(ZoneInfo(zone)).date()
        today = (await read_summary(database, asker, days_ago=0)).figures
        yesterday = (await read_summary(database, asker, days_ago=1)).figures
        unsaid = await figures_of(bot, shop.viewer, None)
        after = datetime.now(ZoneInfo(zone)).date()

        assert before <= today.day <= after
        assert [(f.today - f.day).days for f in (today, yesterday, unsaid)] == [0, 1, 1]


async def test_empty_shop_has_figures_too(shop: Shop, database: Database) -> None:
    figures = (await read_summary(database, shop.manager.asker(), days_ago=1)).figures

    assert figures.oldest == figures.queue == figures.past_due == figures.held_up == []
    assert figures.open_week_ago is None
    assert [(one.opened, one.completed, one.hours) for one in figures.flow] == [(0, 0, Decimal(0))]
    assert (figures.opened, figures.completed, figures.hours, figures.open) == (0, 0, Decimal(0), 0)
    assert [line.name for line in figures.technicians] == ["Ana Lopez", "Tom Reed"]


async def test_technician_who_left_is_shown_for_what_they_completed(shop: Shop, database: Database) -> None:
    await shop.add_ticket(worker=shop.colleague, completed=True, actual_hours=Decimal("1.5"))
    await shop.owner.execute("UPDATE user_permissions SET is_active = false WHERE id <> $1", shop.manager.id)
    figures = (await read_summary(database, shop.manager.asker(), days_ago=0)).figures

    assert [(line.name, line.completed, line.hours) for line in figures.technicians] == [
        ("Ana Lopez", 1, Decimal("1.5"))
    ]


@pytest.mark.parametrize("read", [partial(read_summary, days_ago=1), partial(read_period, kind="month"), read_team])
async def test_only_managers_and_viewers_get_reports(
    shop: Shop, database: Database, read: Callable[[Database, Asker], Awaitable[Row]]
) -> None:
    """Whatever roles the request names: the database's own check."""
    told = set()
    for person in shop.people:
        with suppress(RoleForbidden):
            await read(database, person.asker())
            told.add(person.role)

    assert told == roles_with(Ability.SEE_SUMMARY) == roles_with(Ability.SEE_TEAM)


async def test_team_is_the_view_with_names(shop: Shop, database: Database) -> None:
    filed = datetime.now(UTC) - timedelta(hours=10)
    await shop.add_ticket(worker=shop.technician, created_at=filed)
    await shop.add_ticket(worker=shop.technician, created_at=filed, completed=True, actual_hours=Decimal(2))
    await shop.add_ticket(worker=shop.colleague, created_at=filed - timedelta(days=40))
    await shop.add_ticket()
    for person in (shop.manager, shop.viewer):
        [tom] = (await read_team(database, person.asker())).technicians

        assert (tom.name, tom.total_tickets, tom.completed_tickets, tom.open_tickets) == ("Tom Reed", 2, 1, 1)
        assert (tom.completion_rate, tom.avg_hours_per_ticket) == (Decimal(50), Decimal(2))
        assert tom.avg_completion_time_hours == pytest.approx(Decimal(10), abs=Decimal("0.1"))


@pytest.mark.parametrize("kind", ["week", "month"])
async def test_period_is_what_counting_by_hand_gives(
    shop: Shop, database: Database, kind: Literal["week", "month"]
) -> None:
    zone = ZoneInfo("Australia/Lord_Howe")
    await keep_clock(shop.owner, zone.key)
    today = datetime.now(zone).date()
    last = today - timedelta(days=1)
    first = last - timedelta(days=6) if kind == "week" else last.replace(day=1)
    begin = first - timedelta(days=28) if kind == "week" else (first - timedelta(days=1)).replace(day=1)
    chance = random.Random(kind)  # noqa: S311 - no secret
    people = [shop.manager, shop.technician, shop.colleague]
    techs = [person.email for person in people]
    tickets = [one for ago in (2, 9, 40) for one in tickets_around(last - timedelta(days=ago), zone, techs, chance)]
    tickets = [dataclasses.replace(ticket, id=number) for number, ticket in enumerate(tickets, 1)]
    await insert(shop, tickets)
    report = (await read_period(database, shop.viewer.asker(), kind)).report

    assert (report.first, report.last) == (first, last)
    counted_flow = {day: rest for day, *rest in flow_counted(tickets, last, zone, days=(last - begin).days)}
    assert {one.day: [one.opened, one.completed, one.hours] for one in report.flow} == counted_flow
    assert report.backlog.open == sum(ticket.completed_at is None for ticket in tickets)
    during = [t for t in tickets if t.completed_at and first <= t.completed_at.astimezone(zone).date() <= last]
    assert [(line.name, line.completed, line.hours) for line in report.technicians] == [
        (
            person.name,
            sum(ticket.tech == person.email for ticket in during),
            sum((ticket.hours or Decimal(0) for ticket in during if ticket.tech == person.email), Decimal(0)),
        )
        for person in sorted(people, key=lambda person: person.name.lower())
    ]
    assert (len(report.months) > 0) == (kind == "month")
    if kind == "month":
        filed = Counter(ticket.created_at.astimezone(zone).date().replace(day=1) for ticket in tickets)
        assert {line.month: line.filed for line in report.months} == filed
