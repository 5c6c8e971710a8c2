"""Messages wait for the end of their reader's quiet hours, by the reader's clock, and what nobody wants isn't said."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Final, get_args
from zoneinfo import ZoneInfo

import asyncpg
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.roles import Role
from bot.views.preferences import KINDS
from db.models import Asker, MutableKind, Notification
from db.notifications import claim_notifications, finish_notification, next_notification_due, postpone_notification
from db.pool import Database
from db.preferences import read_settings, save_settings
from tests.shop import TEAM, Connection, Member, Shop

ZONES: Final = ("America/Los_Angeles", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Beirut", "Asia/Kolkata", "UTC")
END: Final = "SELECT app.quiet_end($1, $2, $3, $4)"
DAY: Final = timedelta(days=1)


async def end(owner: Connection, hours: tuple[str, str], zone: str, moment: str) -> str | None:
    """When the quiet hours end in which a moment lies, in UTC."""
    found = await owner.fetchval(
        END, *map(time.fromisoformat, hours), zone, datetime.fromisoformat(moment).replace(tzinfo=UTC)
    )
    return None if found is None else f"{found.astimezone(UTC):%m-%d %H:%M}"


async def test_hours_begin_and_end_by_the_wall_clock_over_midnight(owner: Connection) -> None:
    night, zone = ("22:00", "07:00"), "Europe/Berlin"  # an hour before UTC in winter, two in summer

    assert await end(owner, night, zone, "2026-01-10 20:59:59") is None
    assert await end(owner, night, zone, "2026-01-10 21:00") == "01-11 06:00"
    assert await end(owner, night, zone, "2026-01-11 05:59:59") == "01-11 06:00"
    assert await end(owner, night, zone, "2026-01-11 06:00") is None
    assert await end(owner, night, zone, "2026-07-10 20:00") == "07-11 05:00"
    assert await end(owner, ("12:00", "13:00"), zone, "2026-07-10 10:30") == "07-10 11:00"
    assert await end(owner, ("12:00", "13:00"), zone, "2026-07-10 11:00") is None


async def test_hours_end_by_the_wall_clock_on_both_days_on_which_it_changes(owner: Connection) -> None:
    zone = "America/Los_Angeles"

    assert await end(owner, ("22:00", "07:00"), zone, "2026-03-08 06:00") == "03-08 14:00"  # eight hours of quiet
    assert await end(owner, ("22:00", "07:00"), zone, "2026-11-01 05:00") == "11-01 15:00"  # ten
    assert await end(owner, ("22:00", "02:30"), zone, "2026-03-08 09:00") == "03-08 10:30"  # skipped: half past three
    assert await end(owner, ("02:10", "02:50"), zone, "2026-03-08 10:20") == "03-08 10:50"  # skipped altogether
    assert await end(owner, ("22:00", "01:30"), zone, "2026-11-01 08:40") == "11-01 09:30"  # twice: the second time
    assert await end(owner, ("01:30", "03:00"), zone, "2026-11-01 08:45") is None  # the first half past one
    assert await end(owner, ("01:30", "03:00"), zone, "2026-11-01 09:30") == "11-01 11:00"


def moment_of(day: datetime, clock: time, zone: ZoneInfo) -> datetime:
    """When a clock on the wall shows that time: skipped by the old offset, twice the second time."""
    local = datetime.combine(day, clock)
    early, late = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return max(early, late)


def recomputed(hours: tuple[time, time], zone: ZoneInfo, moment: datetime) -> datetime | None:
    today = moment.astimezone(zone).replace(tzinfo=None)
    over_midnight = timedelta(hours[1] < hours[0])
    windows = [
        (moment_of(day, hours[0], zone), moment_of(day + over_midnight, hours[1], zone))
        for day in (today - DAY, today, today + DAY)
    ]
    return max((last for first, last in windows if first <= moment < last), default=None)


CLOCKS: Final = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
# near the changes of the clocks, and anywhere
MOMENTS: Final = st.one_of(
    *(
        st.datetimes(datetime.fromisoformat(day), datetime.fromisoformat(day) + timedelta(days=days))
        for day, days in (
            ("2026-01-01", 700),
            ("2026-03-07", 2),
            ("2026-03-28", 2),
            ("2026-04-04", 2),
            ("2026-10-03", 2),
            ("2026-10-24", 2),
            ("2026-10-31", 2),
        )
    ),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.tuples(CLOCKS, CLOCKS).filter(lambda hours: hours[0] != hours[1]), st.sampled_from(ZONES), MOMENTS)
def test_end_is_what_the_wall_clock_says(
    sql: "psycopg.Connection[tuple[datetime | None]]", hours: tuple[time, time], zone: str, at: datetime
) -> None:
    moment = at.replace(tzinfo=UTC)
    (found,) = sql.execute("SELECT app.quiet_end(%s, %s, %s, %s)", (*hours, zone, moment)).fetchone() or (None,)

    assert found == recomputed(hours, ZoneInfo(zone), moment)
    assert found is None or found > moment


@pytest.fixture
def sql(owner_url: str) -> Iterator["psycopg.Connection[tuple[datetime | None]]"]:
    """One connection for all examples."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        yield connection


async def keep_quiet(shop: Shop, who: Member, **others: object) -> None:
    """The person has had quiet hours for an hour, and has them for an hour more."""
    names = "".join(f", {name}" for name in others)
    values = "".join(f", ${number}" for number in range(2, len(others) + 2))
    await shop.owner.execute(
        f"INSERT INTO preferences (user_id, time_zone, quiet_from, quiet_until{names})"  # noqa: S608 - own names
        " SELECT $1, 'Asia/Kolkata', (n - interval '1 hour')::time, (n + interval '1 hour')::time"
        f"{values} FROM (SELECT now() AT TIME ZONE 'Asia/Kolkata') x (n)"
        " ON CONFLICT (user_id) DO UPDATE SET quiet_from = EXCLUDED.quiet_from, quiet_until = EXCLUDED.quiet_until",
        who.id,
        *others.values(),
    )


async def said(database: Database) -> list[tuple[str, int | None]]:
    """Claim and send what may be said now, cards and threads apart."""
    found: list[tuple[str, int | None]] = []
    while claimed := await claim_notifications(database, "C0SHOP", 10, timedelta(seconds=30)):
        for one in claimed:
            assert isinstance(one, Notification)
            await finish_notification(database, one, one.channel or "D1", str(one.id), timedelta())
            if one.kind not in {"card", "thread"}:
                found.append((one.kind, one.recipient_id))
    return found


async def test_message_waits_for_the_end_and_says_then_how_things_are(shop: Shop, database: Database) -> None:
    await keep_quiet(shop, shop.technician)
    ticket = await shop.add_ticket(worker=shop.technician)

    assert await said(database) == []
    wait = await next_notification_due(database)
    assert wait is not None
    assert 3500 < wait <= 3600

    await shop.owner.execute("UPDATE tickets SET title = 'No picture' WHERE id = $1", ticket)
    assert await said(database) == []
    await shop.owner.execute("UPDATE preferences SET quiet_from = NULL, quiet_until = NULL")
    claimed = [
        one
        for one in await claim_notifications(database, "C0SHOP", 10, timedelta(seconds=30))
        if isinstance(one, Notification) and one.kind == "assigned"
    ]
    assert [one.ticket.title for one in claimed if one.ticket] == ["No picture"]


async def test_what_was_taken_back_in_the_night_is_not_said_in_the_morning(shop: Shop, database: Database) -> None:
    await keep_quiet(shop, shop.technician)
    ticket = await shop.add_ticket(worker=shop.technician)
    assert await said(database) == []
    await shop.owner.execute("UPDATE tickets SET tech = $2 WHERE id = $1", ticket, shop.colleague.email)
    assert await said(database) == [("assigned", shop.colleague.id)]

    await shop.owner.execute("DELETE FROM preferences")
    assert await said(database) == []


async def test_ticket_that_was_completed_in_the_night_is_no_news_of_a_new_one(shop: Shop, database: Database) -> None:
    await keep_quiet(shop, shop.technician)
    ticket = await shop.add_ticket(worker=shop.technician)
    assert await said(database) == []
    await shop.owner.execute("UPDATE tickets SET completed = true WHERE id = $1", ticket)
    await shop.owner.execute("DELETE FROM preferences")

    assert await said(database) == []


async def test_what_is_watched_in_the_night_is_one_message_in_the_morning(shop: Shop, database: Database) -> None:
    await keep_quiet(shop, shop.viewer)
    ticket = await shop.add_ticket()
    await shop.owner.execute("INSERT INTO ticket_watchers (ticket_id, user_id) VALUES ($1, $2)", ticket, shop.viewer.id)
    for title in ("No picture", "No light", "No sound"):
        await shop.owner.execute("UPDATE tickets SET title = $2 WHERE id = $1", ticket, title)
        assert await said(database) == []
        await shop.owner.execute("UPDATE notifications SET created_at = created_at - interval '2 minutes'")
    await shop.owner.execute("DELETE FROM preferences")

    assert await said(database) == [("watched", shop.viewer.id)]
    events = "SELECT jsonb_array_length(facts -> 'events') FROM notifications WHERE kind = 'watched'"
    assert await shop.owner.fetchval(events) == 3


async def test_urgent_ticket_passes_where_its_reader_lets_it(shop: Shop, database: Database) -> None:
    await keep_quiet(shop, shop.technician)
    await keep_quiet(shop, shop.colleague, urgent_passes=False)
    one = await shop.add_ticket(worker=shop.technician)
    other = await shop.add_ticket(worker=shop.colleague, priority="urgent")
    assert await said(database) == []

    await shop.owner.execute("UPDATE tickets SET priority = 'urgent' WHERE id = $1", one)
    assert await said(database) == [("assigned", shop.technician.id)]
    await shop.owner.execute("UPDATE tickets SET priority = 'low' WHERE id = $1", other)
    await shop.owner.execute("UPDATE preferences SET urgent_passes = true")
    assert await said(database) == []
    await shop.owner.execute("UPDATE tickets SET priority = 'urgent' WHERE id = $1", other)
    assert await said(database) == [("assigned", shop.colleague.id)]


@pytest.mark.parametrize("change", ["UPDATE preferences SET quiet_from = NULL, quiet_until = NULL",
                                    "UPDATE tickets SET priority = 'urgent'"])  # fmt: skip
async def test_change_that_comes_with_a_claim_is_heeded(
    shop: Shop, database: Database, owner_url: str, change: str
) -> None:
    await keep_quiet(shop, shop.technician)
    await shop.add_ticket(worker=shop.technician)
    writer = await asyncpg.connect(owner_url)
    try:
        async with writer.transaction():
            await writer.execute(change)
            assert await said(database) == []
    finally:
        await writer.close()

    assert await said(database) == [("assigned", shop.technician.id)]


async def test_edit_of_what_was_said_does_not_wait(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    assert await said(database) == [("assigned", shop.technician.id)]
    await keep_quiet(shop, shop.technician, muted=["assigned"])
    await shop.owner.execute("UPDATE tickets SET tech = 'unassigned' WHERE id = $1", ticket)

    assert await said(database) == [("assigned", shop.technician.id)]
    states = await shop.owner.fetch("SELECT kind, state FROM notifications WHERE recipient_id IS NOT NULL ORDER BY id")
    assert [tuple(row) for row in states] == [("assigned", "sent"), ("unassigned", "waiting")]


async def test_retry_keeps_its_own_time_when_preferences_change(shop: Shop, database: Database) -> None:
    await shop.add_ticket(worker=shop.technician)
    claimed = await claim_notifications(database, "C0SHOP", 10, timedelta(seconds=30))
    for one in claimed:
        await postpone_notification(
            database, one, timedelta(hours=2), "ratelimited", uncertain=False, destination_too=True
        )
    await keep_quiet(shop, shop.technician)
    await shop.owner.execute("DELETE FROM preferences")

    assert await said(database) == []


async def test_summary_comes_at_its_own_hour(shop: Shop, database: Database) -> None:
    await keep_quiet(shop, shop.manager)
    await shop.owner.execute(
        "INSERT INTO notifications (kind, recipient_id, facts)"
        " VALUES ('summary', $1, jsonb_build_object('day', current_date, 'due_at', now()))",
        shop.manager.id,
    )

    assert await said(database) == [("summary", shop.manager.id)]


async def test_muted_kind_is_dropped_even_where_it_waited_already(shop: Shop, database: Database) -> None:
    await keep_quiet(shop, shop.technician)
    await shop.add_ticket(worker=shop.technician)
    assert await said(database) == []
    await shop.owner.execute("UPDATE preferences SET muted = '{assigned}', quiet_from = NULL, quiet_until = NULL")

    assert await said(database) == []
    ended = await shop.owner.fetchrow("SELECT state, error FROM notifications WHERE kind = 'assigned'")
    assert ended is not None
    assert tuple(ended) == ("dropped", "muted")


async def test_every_kind_can_be_muted_or_is_not_a_persons_to_mute(owner: Connection) -> None:
    kinds = await owner.fetchval(
        "SELECT array_agg(m[1]) FROM pg_constraint c,"
        " regexp_matches(pg_get_constraintdef(c.oid), '''(\\w+)''', 'g') m WHERE c.conname = 'notifications_kind_check'"
    )
    everybodys = {"card", "thread"}  # in the shop's channel
    awaited = {  # somebody waits for it, or has to know it
        "access_requested",
        "access_decided",
        "access_changed",
        "approval_requested",
        "approval_decided",
        "timer",
        "file_refused",
    }

    mutable = await owner.fetchval("SELECT app.kinds_told('Manager')")
    assert set(mutable) == set(kinds) - everybodys - awaited
    assert set(mutable) == set(get_args(MutableKind)) == set(KINDS)


async def test_saving_keeps_what_another_role_has_muted(shop: Shop, database: Database) -> None:
    who = Asker(team=TEAM, slack_user=str(shop.technician.slack_user_id), roles=tuple(Role), source="slack:command")
    await keep_quiet(shop, shop.technician, muted=["summary", "assigned"])
    seen = (await read_settings(database, who)).preferences.shown
    saved = await save_settings(
        database,
        who,
        "k1",
        seen=seen,
        quiet_hours=None,
        urgent_passes=True,
        time_zone=None,
        summary_at=time(6),
        heard=["assigned", "gossip"],
    )

    assert saved.preferences.muted == ["unassigned", "reminder", "completed", "reopened", "watched", "mentioned"]
    row = await shop.owner.fetchrow("SELECT quiet_from, time_zone, summary_at, muted FROM preferences")
    assert row is not None
    assert tuple(row) == (None, None, None, ["summary", *saved.preferences.muted])
    again = await save_settings(
        database,
        who,
        "k1",
        seen=seen,
        quiet_hours=(time(1), time(2)),
        urgent_passes=True,
        time_zone=None,
        summary_at=None,
        heard=[],
    )
    assert again.repeated
    assert again.preferences == saved.preferences
    assert (await read_settings(database, who)).preferences == saved.preferences


async def test_summarys_hour_is_a_managers(shop: Shop, database: Database) -> None:
    boss = shop.manager.asker()
    seen = (await read_settings(database, boss)).preferences.shown
    saved = await save_settings(
        database,
        boss,
        "k1",
        seen=seen,
        quiet_hours=None,
        urgent_passes=True,
        time_zone=None,
        summary_at=time(6, 30),
        heard=["summary"],
    )

    assert saved.preferences.summary_at == time(6, 30)
    assert (await read_settings(database, boss)).preferences.summary_at == time(6, 30)
