"""Time in which the shop is open, and the due dates that are counted in it."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import FieldRefused, HoursChangedMeanwhile, RoleForbidden
from db.hours import read_hours, save_hours
from db.pool import Database
from db.tickets import edit_ticket, file_ticket
from tests.shop import TEAM, Connection, Shop

ZONES: Final = ("America/Los_Angeles", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Beirut", "UTC")
DAY: Final = timedelta(days=1)
Hours = dict[int, tuple[time, time]]


def moment_of(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """When a clock on the wall shows that time: skipped by the old offset, twice the second time."""
    local = datetime.combine(day, clock)
    return max(local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))


def open_times(day: date, step: int, hours: Hours, holidays: set[date], zone: ZoneInfo) -> Iterator[list[datetime]]:
    for n in range(1101):
        on = day + n * step * DAY
        if on not in holidays and on.isoweekday() in hours:
            yield [moment_of(on, clock, zone) for clock in hours[on.isoweekday()]]


def recomputed(
    start: datetime, lasting: timedelta, hours: Hours, holidays: set[date], zone: ZoneInfo
) -> datetime | None:
    """Minute by minute would be slow: piece by piece."""
    back = lasting < timedelta()
    left = abs(lasting)
    for opens, closes in open_times(start.astimezone(zone).date(), -1 if back else 1, hours, holidays, zone):
        first, last = (opens, min(closes, start)) if back else (max(opens, start), closes)
        if last <= first:
            continue
        if last - first >= left:
            return last - left if back else first + left
        left -= last - first
    return None


CLOCKS: Final = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
OPEN: Final = st.tuples(CLOCKS, CLOCKS).filter(lambda two: two[0] != two[1]).map(lambda two: (min(two), max(two)))
# near the changes of the clocks
MOMENTS: Final = st.one_of(
    *(
        st.datetimes(datetime.fromisoformat(day), datetime.fromisoformat(day) + 4 * DAY, timezones=st.just(UTC))
        for day in ("2026-03-06", "2026-03-27", "2026-04-03", "2026-10-02", "2026-10-23", "2026-10-30", "2026-12-23")
    )
).map(lambda moment: moment.replace(microsecond=0))


@pytest.fixture
def writer(owner_url: str) -> Iterator["psycopg.Connection[tuple[datetime | None]]"]:
    """One connection for all examples."""
    with psycopg.connect(owner_url) as connection:
        connection.execute("SET TIME ZONE 'UTC'")
        connection.execute("INSERT INTO shop_settings VALUES ('time_zone', 'UTC') ON CONFLICT DO NOTHING")
        connection.execute("ALTER TABLE shop_hours DISABLE TRIGGER USER")
        yield connection
        connection.rollback()


@given(
    hours=st.dictionaries(st.integers(1, 7), OPEN),
    near=st.sets(st.integers(-10, 10)),
    zone=st.sampled_from(ZONES),
    asked=st.tuples(MOMENTS, st.integers(-6000, 6000)),
)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_shop_time_is_what_going_day_by_day_gives(
    writer: "psycopg.Connection[tuple[datetime | None]]",
    hours: Hours,
    near: set[int],
    zone: str,
    asked: tuple[datetime, int],
) -> None:
    """Forward and back, over nights, holidays and changes of the clocks."""
    moment, minutes = asked
    holidays = {moment.date() + n * DAY for n in near}
    with writer.cursor() as cursor:
        cursor.execute("DELETE FROM shop_hours")
        cursor.execute("DELETE FROM shop_holidays")
        cursor.execute("UPDATE shop_settings SET value = %s WHERE key = 'time_zone'", [zone])
        cursor.executemany("INSERT INTO shop_hours VALUES (%s, %s, %s)", [(day, *two) for day, two in hours.items()])
        cursor.executemany("INSERT INTO shop_holidays VALUES (%s, 'Closed')", [(day,) for day in holidays])
        cursor.execute("SELECT app.shop_time(%s, make_interval(mins => %s))", [moment, minutes])
        found = cursor.fetchone()

    assert found == (recomputed(moment, timedelta(minutes=minutes), hours, holidays, ZoneInfo(zone)),)


async def due(shop: Shop, ticket: int) -> str | None:
    """When a ticket is due, by the shop's clock."""
    at = await shop.owner.fetchval("SELECT due_at FROM tickets WHERE id = $1", ticket)
    return None if at is None else f"{at.astimezone(ZoneInfo('America/Los_Angeles')):%a %m-%d %H:%M}"


FRIDAY: Final = datetime(2026, 11, 20, 16, 30, 20, tzinfo=ZoneInfo("America/Los_Angeles"))


async def test_a_ticket_is_due_by_its_priority_in_the_hours_in_which_the_shop_is_open(shop: Shop) -> None:
    await shop.keep_hours()
    await shop.owner.execute("INSERT INTO shop_holidays VALUES ('2026-11-26', 'Thanksgiving')")
    await shop.owner.execute("UPDATE shop_settings SET value = 'off' WHERE key = 'due_hours_low'")
    tickets = {
        priority: await shop.add_ticket(priority=priority, created_at=FRIDAY)
        for priority in ("urgent", "high", "medium", "low")
    }

    assert {priority: await due(shop, ticket) for priority, ticket in tickets.items()} == {
        "urgent": "Mon 11-23 11:30",
        "high": "Mon 11-23 15:30",
        "medium": "Wed 11-25 16:30",
        "low": None,
    }


async def test_a_default_date_follows_the_priority_and_one_set_by_hand_stays(shop: Shop) -> None:
    await shop.keep_hours()
    defaulted, by_hand, taken_away = [await shop.add_ticket() for _ in range(3)]
    await shop.owner.execute("UPDATE tickets SET due_at = '2031-01-01T12:00Z' WHERE id = $1", by_hand)
    await shop.owner.execute("UPDATE tickets SET due_at = NULL WHERE id = $1", taken_away)
    before = await shop.owner.fetchval("SELECT due_at FROM tickets WHERE id = $1", defaulted)
    await shop.owner.execute("UPDATE tickets SET priority = 'urgent'")

    rows = await shop.owner.fetch("SELECT id, due_at, due_by_default FROM tickets ORDER BY id")
    assert rows[0]["due_at"] < before
    assert [row["due_by_default"] for row in rows] == [True, False, False]
    assert [row["due_at"] for row in rows[1:]] == [datetime(2031, 1, 1, 12, tzinfo=UTC), None]


async def test_a_date_that_is_past_is_refused_but_one_that_has_passed_stays(shop: Shop, database: Database) -> None:
    tom, past = shop.technician.asker(), datetime.now(UTC) - timedelta(minutes=1)
    ticket = await shop.add_ticket(worker=shop.technician)
    await shop.owner.execute("UPDATE tickets SET due_at = $1", past - timedelta(days=1))

    with pytest.raises(FieldRefused) as refused:
        await edit_ticket(database, tom, "back", ticket, {"due_at": past.isoformat()})
    same = {"due_at": (past - timedelta(days=1)).isoformat(), "title": "Fan is loud"}
    left = await edit_ticket(database, tom, "left", ticket, same)

    assert refused.value.field == "due_at"
    assert (left.ticket.title, left.ticket.due_at) == ("Fan is loud", past - timedelta(days=1))
    with pytest.raises(FieldRefused):
        await file_ticket(
            database,
            tom,
            "new",
            customer_id=shop.customers[0],
            title="Fan is loud",
            description="Always.",
            priority="low",
            category=None,
            estimated_hours=None,
            assign="queue",
            due_at=past,
        )


async def test_a_ticket_that_is_opened_again_gets_another_default_date(shop: Shop) -> None:
    await shop.keep_hours()
    ticket = await shop.add_ticket(created_at=FRIDAY - 30 * DAY)
    old = await shop.owner.fetchval("SELECT due_at FROM tickets")
    for completed in (True, False):
        await shop.owner.execute("UPDATE tickets SET completed = $2 WHERE id = $1", ticket, completed)

    assert await shop.owner.fetchval("SELECT due_at FROM tickets") > old


async def test_what_is_filed_as_completed_and_a_shop_without_hours_have_no_date(shop: Shop) -> None:
    tickets = [await shop.add_ticket()]
    await shop.keep_hours()
    tickets.append(await shop.add_ticket(completed=True))

    assert [await due(shop, ticket) for ticket in tickets] == [None, None]


async def test_people_change_the_hours_by_no_plain_sql(bot: Connection) -> None:
    rights = await bot.fetchval(
        "SELECT bool_or(has_table_privilege(t, p)) FROM unnest('{shop_hours,shop_holidays}'::text[]) t,"
        " unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[]) p"
    )

    assert rights is False


async def test_a_manager_changes_hours_holidays_and_what_is_counted_in_them(shop: Shop, database: Database) -> None:
    await shop.keep_hours()
    await shop.owner.execute("INSERT INTO shop_holidays VALUES ('2020-12-25', 'Long ago'), ('2999-12-25', 'Christmas')")
    manager = shop.manager.asker()
    before = await read_hours(database, manager)
    wanted: dict[str, Any] = {
        "hours": {2: (time(9), time(18)), 6: (time(10), time(16))},
        "holidays": {date(2999, 1, 1): "New Year"},
        "settings": before.settings
        | {"due_hours_low": "off", "labour_rounding_minutes": "15", "slack_team_id": "T0OTHER"},
    }
    saved, again = [await save_hours(database, manager, "k1", seen=before.shown, **wanted) for _ in range(2)]

    assert (saved.hours, saved.settings["due_hours_low"]) == (wanted["hours"], "off")
    assert saved.settings["labour_rounding_minutes"] == "15"
    assert [(holiday.day, holiday.name) for holiday in saved.holidays] == [(date(2999, 1, 1), "New Year")]
    assert await shop.owner.fetchval("SELECT count(*) FROM shop_holidays WHERE name = 'Long ago'") == 1
    assert await shop.owner.fetchval("SELECT value FROM shop_settings WHERE key = 'slack_team_id'") == TEAM
    assert again.repeated
    with pytest.raises(HoursChangedMeanwhile):
        await save_hours(database, manager, "k2", seen=before.shown, **wanted | {"holidays": {}})


async def test_only_managers_see_and_change_the_hours(shop: Shop, database: Database) -> None:
    for person in (shop.technician, shop.regular_user, shop.viewer):
        with pytest.raises(RoleForbidden):
            await read_hours(database, person.asker())
        with pytest.raises(RoleForbidden):
            await save_hours(database, person.asker(), f"{person.id}", seen={}, hours={}, holidays={}, settings={})


async def test_of_two_managers_who_save_at_once_the_second_is_told(shop: Shop, database: Database) -> None:
    shown = (await read_hours(database, shop.manager.asker())).shown
    boss = shop.manager.asker()
    rest: dict[str, Any] = {"holidays": {}, "settings": {}}
    saving = [save_hours(database, boss, f"k{n}", seen=shown, hours={n: (time(9), time(18))}, **rest) for n in (1, 2)]
    outcomes = await asyncio.gather(*saving, return_exceptions=True)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["HoursChangedMeanwhile", "HoursSaved"]
    assert await shop.owner.fetchval("SELECT count(*) FROM shop_hours") == 1
