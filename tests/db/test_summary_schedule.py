"""When the daily summary is written into the outbox, for whom, and what it holds when it is claimed."""

import asyncio
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from bot.errors import DayAhead
from bot.roles import Role
from db.housekeeping import keep_house
from db.models import Chart, Notification
from db.notifications import (
    claim_notifications,
    confirm_notification,
    finish_notification,
    postpone_notification,
)
from db.pool import Database
from db.reports import attach_chart, read_summary, schedule_summaries
from tests.shop import Connection, Member, Shop

LEASE = timedelta(seconds=30)
LOS_ANGELES = ZoneInfo("America/Los_Angeles")
TICK = timedelta(minutes=15)


@pytest.fixture
async def shop(shop: Shop) -> Shop:
    """The shop in Los Angeles, its summary at eight."""
    await keep_clock(shop, "America/Los_Angeles", "08:00")
    return shop


async def keep_clock(shop: Shop, zone: str, summary_time: str) -> None:
    await shop.owner.execute(
        "INSERT INTO shop_settings VALUES ('time_zone', $1), ('summary_time', $2)"
        " ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value",
        zone,
        summary_time,
    )


def zone_where_it_is_noon() -> ZoneInfo:
    return ZoneInfo(f"Etc/GMT{datetime.now(UTC).hour - 12:+d}")  # the sign of these names is the wrong way round


async def tick(bot: Connection, now: datetime) -> int:
    written: int = await bot.fetchval("SELECT (app.schedule_summaries($1) ->> 'managers')::integer", now)
    return written


async def coming(bot: Connection, moments: Iterable[datetime]) -> list[datetime]:
    """Tick at each of the moments, one after the other; return those at which something was written."""
    rows = await bot.fetch(
        "SELECT at FROM unnest($1::timestamptz[]) AS tick (at)"
        " WHERE (app.schedule_summaries(at) ->> 'managers')::integer > 0",
        list(moments),
    )
    return [row["at"] for row in rows]


async def forget(shop: Shop) -> None:
    """Have no summary written yet."""
    await shop.owner.execute("DELETE FROM notifications")


async def written(shop: Shop) -> list[tuple[Any, ...]]:
    rows = await shop.owner.fetch("SELECT recipient_id, facts ->> 'day', state FROM notifications ORDER BY id")
    return [tuple(row) for row in rows]


async def claim(database: Database) -> list[Notification]:
    claimed = await claim_notifications(database, "C0SHOP", 10, LEASE)
    return [one for one in claimed if isinstance(one, Notification)]


def at(day: date, clock: str, zone: ZoneInfo = LOS_ANGELES) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), zone)


def ticks(first: date, days: int, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield moments, a quarter of an hour apart, from the midnight of ``first`` on."""
    start = at(first, "00:00", zone).astimezone(UTC)
    end = at(first + timedelta(days=days), "00:00", zone).astimezone(UTC)
    while start < end:
        yield start
        start += TICK


CLOCKS_CHANGES = (
    ("America/Los_Angeles", date(2026, 3, 8), "08:00"),
    ("America/Los_Angeles", date(2026, 3, 8), "02:30"),  # skipped
    ("America/Los_Angeles", date(2026, 11, 1), "08:00"),
    ("America/Los_Angeles", date(2026, 11, 1), "01:30"),  # twice
    ("Australia/Lord_Howe", date(2026, 10, 4), "02:15"),  # skipped, by half an hour
    ("Asia/Beirut", date(2026, 3, 29), "00:30"),  # skipped: the date begins at one
    ("Asia/Beirut", date(2026, 10, 24), "23:30"),  # twice, across midnight
)


async def test_each_local_date_has_one_summary_whatever_the_clocks_do(shop: Shop, bot: Connection) -> None:
    for case in CLOCKS_CHANGES:
        zone, changes, summary_time = case
        await forget(shop)
        await keep_clock(shop, zone, summary_time)
        clock, wanted = ZoneInfo(zone), time.fromisoformat(summary_time)
        first = changes - timedelta(days=1)
        await tick(bot, at(first - timedelta(days=1), "23:59", clock))  # what the date before has coming
        came = [now.astimezone(clock) for now in await coming(bot, ticks(first, 3, clock))]

        days = [first + timedelta(days=n) for n in range(3)]
        assert [now.date() for now in came] == days, case
        assert (await written(shop))[-3:] == [
            (shop.manager.id, str(day - timedelta(days=1)), "waiting" if day == days[-1] else "dropped") for day in days
        ], case
        for now in came:
            late = timedelta(hours=now.hour - wanted.hour, minutes=now.minute - wanted.minute)
            assert timedelta(0) <= late <= (timedelta(hours=1) if now.date() == changes else timedelta(0)), case


async def test_time_that_is_skipped_across_midnight_is_said_once_nevertheless(shop: Shop, bot: Connection) -> None:
    await keep_clock(shop, "America/Nuuk", "23:30")  # where 22:59 on March 28 is followed by midnight
    clock = ZoneInfo("America/Nuuk")
    await tick(bot, at(date(2026, 3, 26), "23:59", clock))
    came = [now.astimezone(clock) for now in await coming(bot, ticks(date(2026, 3, 27), 4, clock))]

    assert [f"{now:%d %H:%M}" for now in came] == ["27 23:30", "29 00:30", "29 23:30", "30 23:30"]
    assert [day for _, day, _ in await written(shop)] == [f"2026-03-{day}" for day in range(25, 30)]


async def test_written_at_its_time_and_not_before(shop: Shop, bot: Connection) -> None:
    day = date(2026, 11, 22)

    assert await tick(bot, at(day, "07:59:59")) == 0
    assert await tick(bot, at(day, "08:00")) == 1
    assert await tick(bot, at(day, "08:00:20")) == 0
    assert await tick(bot, at(day, "23:59:59")) == 0
    assert await written(shop) == [(shop.manager.id, "2026-11-21", "waiting")]


async def test_two_workers_write_one_a_manager(shop: Shop, bot_url: str) -> None:
    for number in range(8):
        await shop.add_member(f"Boss {number}", Role.MANAGER)
    now = at(date(2026, 11, 22), "09:00")
    workers = [await asyncpg.connect(bot_url) for _ in range(4)]
    try:
        counts = await asyncio.gather(*(tick(worker, now) for worker in workers))
    finally:
        await asyncio.gather(*(worker.close() for worker in workers))

    assert sum(counts) == len(await written(shop)) == 9


async def test_key_does_not_depend_on_a_sessions_settings(shop: Shop, bot: Connection) -> None:
    now = at(date(2026, 11, 22), "09:00")
    await tick(bot, now)
    await bot.execute("SET DateStyle = 'German, DMY'; SET TimeZone = 'Asia/Tokyo'")

    assert await tick(bot, now) == 0
    key = await shop.owner.fetchval("SELECT dedupe_key FROM notifications")
    assert key == f"summary:{shop.manager.id}:2026-11-22"


async def test_only_managers_who_can_be_written_to_are_told(shop: Shop, bot: Connection) -> None:
    await shop.add_member("Una Linked", Role.MANAGER, linked=False)
    await shop.add_member("Ina Active", Role.MANAGER, active=False)
    await shop.add_member("Gus Guest", Role.MANAGER, slack_state="guest")
    await tick(bot, at(date(2026, 11, 22), "09:00"))

    assert [recipient for recipient, _, _ in await written(shop)] == [shop.manager.id]


async def test_manager_linked_after_the_hour_is_told_at_once_and_nobody_twice(shop: Shop, bot: Connection) -> None:
    await shop.owner.execute("UPDATE user_permissions SET slack_user_id = NULL")
    day = date(2026, 11, 22)

    assert await tick(bot, at(day, "08:00")) == 0

    await shop.owner.execute("UPDATE user_permissions SET slack_user_id = 'U0M' WHERE id = $1", shop.manager.id)

    assert await tick(bot, at(day, "15:00")) == 1

    await shop.add_member("Second Boss", Role.MANAGER)

    assert await tick(bot, at(day, "15:01")) == 1
    assert await tick(bot, at(day, "15:02")) == 0


async def wants(shop: Shop, person: Member, at: str | None, zone: str | None = None, *, said: datetime) -> None:
    """Have somebody say, at a moment, at which hour they want their summary."""
    await shop.owner.execute(
        "INSERT INTO preferences (user_id, summary_at, time_zone, updated_at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (user_id) DO UPDATE SET summary_at = $2, time_zone = $3",
        person.id,
        at and time.fromisoformat(at),
        zone,
        said,
    )
    await shop.owner.execute("SET session_replication_role = replica")  # the trigger would say now
    await shop.owner.execute("UPDATE preferences SET updated_at = $2 WHERE user_id = $1", person.id, said)
    await shop.owner.execute("RESET session_replication_role")


LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


OWN_HOURS: tuple[tuple[str | None, str | None, str], ...] = (  # hour, clock, when it comes
    ("06:30", None, "06:30"),
    ("17:00", None, "17:00"),
    (None, "Asia/Tokyo", "08:00"),  # the shop's hour is by the shop's clock
    ("08:00", "Asia/Tokyo", "15:00"),  # of the day before in the shop
    ("15:30", "Asia/Kolkata", "02:00"),
)


async def test_manager_gets_it_at_their_own_hour_by_their_own_clock(shop: Shop, bot: Connection) -> None:
    day = date(2026, 11, 20)
    for own_hour, zone, comes in OWN_HOURS:
        await forget(shop)
        await wants(shop, shop.manager, own_hour, zone, said=LONG_AGO)
        await tick(bot, at(day, "00:00") - timedelta(seconds=1))
        came = await coming(bot, ticks(day, 2, LOS_ANGELES))

        assert came == [at(day, comes), at(day + timedelta(days=1), comes)], (own_hour, zone)
        assert [row[1] for row in await written(shop)][-2:] == ["2026-11-19", "2026-11-20"], (own_hour, zone)


async def test_own_hour_comes_once_a_day_across_both_clocks_changes(shop: Shop, bot: Connection) -> None:
    """Los Angeles changes its clocks on March 8, London on March 29: what was 8:00 there is another hour here."""
    first = date(2026, 3, 7)
    hours = [now for now in ticks(first, 24, LOS_ANGELES) if now.minute == 0]
    for zone in ("America/Los_Angeles", "Europe/London"):
        await forget(shop)
        await wants(shop, shop.manager, "08:00", zone, said=LONG_AGO)
        await tick(bot, at(first, "00:00") - timedelta(seconds=1))
        came = [now.astimezone(ZoneInfo(zone)) for now in await coming(bot, hours)]

        assert [f"{now:%H:%M}" for now in came] == ["08:00"] * 24, zone
        days = [date.fromisoformat(row[1]) for row in await written(shop)]
        assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(days)), zone


CHANGED_HOURS = (  # the hour, when it is changed, to which
    ("08:00", "12:00", "17:00"),  # later: today's came already
    ("08:00", "07:00", "17:00"),  # later: today's comes then
    ("17:00", "12:00", "08:00"),  # earlier, and past: comes at once
    ("23:30", "22:00", "06:00"),  # earlier by more than 12 hours
    ("06:00", "22:00", "23:30"),
)


async def test_changing_the_hour_sends_no_day_twice_and_skips_none(shop: Shop, bot: Connection) -> None:
    day = date(2026, 11, 20)
    moments = list(ticks(day - timedelta(days=1), 3, LOS_ANGELES))
    for case in CHANGED_HOURS:
        before, changed, after = case
        then = at(day, changed)
        await forget(shop)
        await wants(shop, shop.manager, before, said=LONG_AGO)
        await coming(bot, [now for now in moments if now < then])
        await wants(shop, shop.manager, after, said=then)
        await coming(bot, [now for now in moments if now >= then])

        days = [date.fromisoformat(row[1]) for row in await written(shop)]
        assert days == [days[0] + timedelta(days=n) for n in range(len(days))], case
        assert days[-1] == day, case


async def test_downtime_is_made_up_for_within_twelve_hours(shop: Shop, bot: Connection) -> None:
    for hours, made_up_for in ((11.9, True), (12.1, False)):
        await forget(shop)
        now = at(date(2026, 11, 21), "08:00") + timedelta(hours=hours)

        assert await tick(bot, now) == made_up_for, hours
        assert await tick(bot, now) == 0, hours
        assert [about for _, about, _ in await written(shop)] == ["2026-11-20"] * made_up_for, hours


async def test_downtime_across_midnight_is_made_up_for(shop: Shop, bot: Connection) -> None:
    await keep_clock(shop, "America/Los_Angeles", "23:30")
    for day, resumed, made_up_for in (
        (21, "23:50", True),
        (22, "00:10", True),
        (22, "11:29", True),
        (22, "11:31", False),
    ):
        await forget(shop)
        now = at(date(2026, 11, day), resumed)

        assert await tick(bot, now) == made_up_for, now
        assert await tick(bot, now) == 0, now
        assert [about for _, about, _ in await written(shop)] == ["2026-11-20"] * made_up_for, now


async def test_after_downtime_of_days_only_the_latest_is_said(shop: Shop, bot: Connection) -> None:
    await tick(bot, at(date(2026, 11, 19), "08:00"))
    await tick(bot, at(date(2026, 11, 22), "14:00"))

    assert [row[1:] for row in await written(shop)] == [("2026-11-18", "dropped"), ("2026-11-21", "waiting")]


async def test_summary_that_may_have_arrived_is_not_dropped(shop: Shop, bot: Connection, database: Database) -> None:
    await tick(bot, at(date(2026, 11, 21), "08:00"))
    [claimed] = await claim(database)
    await confirm_notification(database, claimed, LEASE)
    await tick(bot, at(date(2026, 11, 22), "08:00"))

    assert [row[1:] for row in await written(shop)] == [("2026-11-20", "waiting"), ("2026-11-21", "waiting")]


async def test_without_a_summary_time_nothing_is_written(shop: Shop, bot: Connection) -> None:
    await shop.owner.execute("DELETE FROM shop_settings WHERE key = 'summary_time'")

    assert await tick(bot, at(date(2026, 11, 22), "09:00")) == 0


async def test_clock_is_the_databases_where_none_is_given(shop: Shop, database: Database) -> None:
    await keep_clock(shop, zone_where_it_is_noon().key, "11:00")

    assert (await schedule_summaries(database)).managers == 1
    assert (await schedule_summaries(database)).managers == 0


async def test_housekeeping_leaves_the_ledger_for_longer_than_it_is_needed(
    shop: Shop, bot: Connection, database: Database
) -> None:
    now = at(date(2026, 11, 22), "09:00")
    await tick(bot, now)
    for state in ("sent", "dropped", "dead"):
        await shop.owner.execute(
            "UPDATE notifications SET state = $1, updated_at = now() - interval '12 months'", state
        )
        await keep_house(database)

        assert await tick(bot, now) == 0
    await shop.owner.execute("UPDATE notifications SET updated_at = now() - interval '13 months 1 day'")
    await keep_house(database)

    assert await written(shop) == []


async def test_claim_takes_the_figures_as_they_are_then(shop: Shop, bot: Connection, database: Database) -> None:
    await tick(bot, at(date(2026, 11, 22), "08:00"))
    ticket = await shop.add_ticket(priority="urgent", created_at=at(date(2026, 11, 21), "23:59"))
    summary = next(claimed for claimed in await claim(database) if claimed.kind == "summary")

    assert summary.recipient_slack_user_id == shop.manager.slack_user_id
    figures = summary.figures
    assert figures is not None
    assert (figures.day, figures.opened, figures.open, figures.urgent) == (date(2026, 11, 21), 1, 1, 1)
    assert [(line.id, line.customer_name) for line in figures.oldest] == [(ticket, "Grace Hill")]


async def say(database: Database, claimed: Notification, ts: str = "1.0") -> None:
    assert await confirm_notification(database, claimed, LEASE)
    assert await finish_notification(database, claimed, "D0BOSS", ts, timedelta(0))


async def test_what_was_said_is_read_again_to_the_figure_with_tickets_as_they_are(
    shop: Shop, database: Database
) -> None:
    zone = zone_where_it_is_noon()
    await keep_clock(shop, zone.key, "11:00")
    today = datetime.now(zone).date()
    ticket = await shop.add_ticket(created_at=datetime.now(UTC) - timedelta(days=1))
    await shop.owner.execute("UPDATE notifications SET state = 'dropped'")
    await schedule_summaries(database)
    [told] = await claim(database)
    await say(database, told)
    await shop.owner.execute("UPDATE tickets SET priority = 'urgent', tech = $1", shop.technician.email)
    await shop.add_ticket(created_at=datetime.now(UTC) - timedelta(days=1))
    for person, days_ago, day in (
        (shop.manager, 1, None),
        (shop.viewer, 0, today - timedelta(days=1)),  # who gets none reads what a Manager got
    ):
        seen = (await read_summary(database, person.asker(), days_ago=days_ago, day=day)).figures

        assert told.figures is not None
        lines = {"queue", "oldest"}
        assert seen.model_dump(exclude=lines) == told.figures.model_dump(exclude=lines)
        assert [(line.id, line.worker_name) for line in seen.queue] == [(ticket, "Tom Reed")]
    now = (await read_summary(database, shop.manager.asker(), day=today)).figures
    assert (now.open, now.urgent, now.taken_at) == (2, 1, None)


async def test_what_was_kept_holds_nothing_of_a_customer(shop: Shop, bot: Connection, database: Database) -> None:
    await shop.add_ticket(title="Grace's laptop")
    await tick(bot, at(date(2026, 11, 22), "08:00"))
    await claim(database)
    kept = await shop.owner.fetchval("SELECT facts::text FROM notifications WHERE kind = 'summary'")

    assert "figures" in kept
    assert "Grace" not in kept


async def test_figures_stay_once_they_may_have_arrived(shop: Shop, bot: Connection, database: Database) -> None:
    await tick(bot, at(date(2026, 11, 22), "08:00"))
    said = []
    for uncertain in (False, True, True):
        await shop.add_ticket()
        [claimed] = [one for one in await claim(database) if one.kind == "summary"]
        assert claimed.figures is not None
        said.append(claimed.figures.open)
        await confirm_notification(database, claimed, LEASE)
        await postpone_notification(
            database, claimed, timedelta(0), "unreachable", uncertain=uncertain, destination_too=True
        )

    assert said == [1, 2, 2]


async def test_summary_waits_for_its_picture_and_goes_with_it(shop: Shop, database: Database) -> None:
    await keep_clock(shop, zone_where_it_is_noon().key, "11:00")
    [wanted] = (await schedule_summaries(database, patience=60)).charts
    assert await claim(database) == []

    assert await attach_chart(database, wanted.day - timedelta(days=1), None) == 0
    assert await attach_chart(database, wanted.day, Chart(file="F1", words="Bars.")) == 1
    assert await attach_chart(database, wanted.day, Chart(file="F2", words="Bars.")) == 0  # it goes with one
    [claimed] = await claim(database)
    assert claimed.chart == Chart(file="F1", words="Bars.")
    assert wanted.flow[-1].day == wanted.day
    await say(database, claimed)
    assert (await read_summary(database, shop.viewer.asker(), day=wanted.day)).chart == claimed.chart


async def test_summary_goes_without_a_picture_that_does_not_come(shop: Shop, database: Database) -> None:
    await keep_clock(shop, zone_where_it_is_noon().key, "11:00")
    [wanted] = (await schedule_summaries(database, patience=60)).charts
    assert await attach_chart(database, wanted.day, None) == 1

    [claimed] = await claim(database)
    assert claimed.chart is None


async def test_day_ahead_has_no_summary(shop: Shop, database: Database) -> None:
    with pytest.raises(DayAhead, match="still to come"):
        await read_summary(database, shop.manager.asker(), days_ago=-1)


@pytest.mark.usefixtures("shop")
async def test_days_that_were_passed_over_are_named_in_the_next(bot: Connection, database: Database) -> None:
    for day in (16, 17, 20):  # of 17 was said; then nobody called for two days, and Slack was away on the 20th
        await tick(bot, at(date(2026, 11, day), "08:00"))
        if day != 20:
            [claimed] = await claim(database)
            await say(database, claimed)
    await tick(bot, at(date(2026, 11, 21), "08:00"))
    [claimed] = await claim(database)

    assert claimed.figures is not None
    assert claimed.figures.missed == [date(2026, 11, day) for day in (17, 18, 19)]


@pytest.mark.usefixtures("shop")
async def test_first_summary_misses_none(bot: Connection, database: Database) -> None:
    await tick(bot, at(date(2026, 11, 21), "08:00"))
    [claimed] = await claim(database)

    assert claimed.figures is not None
    assert claimed.figures.missed == []


@pytest.mark.parametrize(("minutes", "late"), [(29, False), (31, True)])
async def test_claim_says_whether_it_is_late(
    shop: Shop, bot: Connection, database: Database, minutes: int, late: bool
) -> None:
    await tick(bot, at(date(2026, 11, 22), "08:00"))
    await shop.owner.execute(
        "UPDATE notifications SET facts = facts || jsonb_build_object('due_at', now() - $1::interval)",
        timedelta(minutes=minutes),
    )
    [summary] = await claim(database)

    assert bool(summary.facts["late"]) is late


async def test_who_is_no_manager_any_more_gets_none(shop: Shop, bot: Connection, database: Database) -> None:
    await shop.add_member("Second Boss", Role.MANAGER)
    await tick(bot, at(date(2026, 11, 22), "08:00"))
    await shop.owner.execute("UPDATE user_permissions SET role = 'Technician' WHERE id = $1", shop.manager.id)
    claimed = [told for told in await claim(database) if told.kind == "summary"]

    assert [told.recipient_id != shop.manager.id for told in claimed] == [True]
    assert (shop.manager.id, "2026-11-21", "dropped") in await written(shop)
