"""The weekly maintenance, when it runs and that it runs once; `python -m db maintain`, while the shop goes on."""

import asyncio
import re
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from db.__main__ import main
from db.embedded import EmbeddedPostgres
from db.housekeeping import run_due_maintenance
from db.maintenance import MaintenanceRefused, maintain
from db.pool import Database
from db.tickets import file_ticket
from tests.shop import Connection, Shop


@pytest.fixture
async def overdue(owner: Connection) -> None:
    """No Sunday's maintenance has run, not even those before the schema was made."""
    await owner.execute("DELETE FROM app.maintenance_runs")


async def test_a_new_database_needs_none(database: Database) -> None:
    assert await run_due_maintenance(database) is None


async def keep_clock(owner: Connection, zone: str) -> None:
    await owner.execute(
        "INSERT INTO shop_settings VALUES ('time_zone', $1) ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value",
        zone,
    )


@pytest.mark.parametrize(
    ("zone", "sunday", "due"),
    [
        ("America/Los_Angeles", date(2026, 11, 22), "2026-11-22 10:00"),
        ("America/Los_Angeles", date(2026, 3, 8), "2026-03-08 10:00"),  # two o'clock is skipped
        ("Europe/Berlin", date(2026, 10, 25), "2026-10-25 01:00"),  # two o'clock comes twice
        ("Pacific/Kiritimati", date(2026, 11, 22), "2026-11-21 12:00"),
    ],
)
async def test_it_is_due_on_sundays_at_two_by_the_shops_clock(
    owner: Connection, zone: str, sunday: date, due: str
) -> None:
    await keep_clock(owner, zone)
    moment = datetime.fromisoformat(due).replace(tzinfo=UTC)
    later = (timedelta(minutes=-1), timedelta(0), timedelta(hours=2), timedelta(days=6, hours=22), timedelta(days=8))
    found = [await owner.fetchval("SELECT app.maintenance_sunday($1)", moment + by) for by in later]

    week = timedelta(days=7)
    assert found == [sunday - week, sunday, sunday, sunday, sunday + week]


@pytest.mark.usefixtures("overdue")
async def test_replicas_that_wake_together_run_it_once(database: Database, owner: Connection) -> None:
    results = await asyncio.gather(*(run_due_maintenance(database) for _ in range(5)))

    assert sum(result is not None for result in results) == 1
    logged = "SELECT count(*) FROM activity_log WHERE action = 'MAINTENANCE'"
    assert await owner.fetchval(logged) == 1
    assert await run_due_maintenance(database) is None


@pytest.mark.usefixtures("overdue")
async def test_after_downtime_the_latest_one_alone_is_made_up_for(database: Database, owner: Connection) -> None:
    latest = await owner.fetchval("SELECT app.maintenance_sunday(now())")
    await owner.execute("INSERT INTO app.maintenance_runs VALUES ($1, now(), '')", latest - timedelta(days=28))
    await run_due_maintenance(database)
    ledger = await owner.fetch("SELECT due_on FROM app.maintenance_runs ORDER BY 1")

    assert [row[0] for row in ledger] == [latest - timedelta(days=28), latest]
    assert await run_due_maintenance(database) is None


@pytest.mark.usefixtures("overdue")
async def test_what_fails_leaves_the_week_open(database: Database, bot: Connection, owner: Connection) -> None:
    await owner.execute("ALTER MATERIALIZED VIEW customer_ticket_stats RENAME TO away")
    with pytest.raises(Exception, match="customer_ticket_stats"):
        await bot.fetchval("SELECT app.run_due_maintenance()")
    await owner.execute("ALTER MATERIALIZED VIEW away RENAME TO customer_ticket_stats")

    assert await run_due_maintenance(database) is not None


@pytest.mark.usefixtures("overdue")
async def test_it_waits_while_the_operators_runs(database: Database, owner: Connection) -> None:
    await owner.execute("SELECT pg_advisory_lock(hashtext('perform_maintenance'))")
    assert await run_due_maintenance(database) is None
    await owner.execute("SELECT pg_advisory_unlock(hashtext('perform_maintenance'))")
    assert await run_due_maintenance(database) is not None


def test_the_command_does_each_statement_and_clears_up(
    owner_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A unique index that can't be finished stays behind invalid, as one does after a broken REINDEX CONCURRENTLY."""
    monkeypatch.setenv("DATABASE_ADMIN_URL", owner_url)
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("SET ROLE repair_owner")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("CREATE UNIQUE INDEX CONCURRENTLY half_ccnew ON shop_settings ((1))")

    assert main(["maintain"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(": ")[2] for line in lines] == ["done"] * len(lines)
    assert lines[0] == "VACUUM (ANALYZE) public.customers: done"
    assert lines[-1] == "DROP INDEX CONCURRENTLY IF EXISTS public.half_ccnew: done"
    with psycopg.connect(owner_url) as connection:
        assert connection.execute("SELECT to_regclass('half_ccnew')").fetchone() == (None,)
        vacuumed = "SELECT count(*) FROM pg_stat_user_tables WHERE vacuum_count = 1"
        assert connection.execute(vacuumed).fetchone() == (6,)


def test_what_somebody_works_on_is_put_off(owner_url: str) -> None:
    said: list[str] = []
    with psycopg.connect(owner_url) as other:
        other.execute("LOCK TABLE customers IN SHARE UPDATE EXCLUSIVE MODE")
        put_off = maintain(owner_url, said.append, patience="50ms")

    late = [line for line in said if "customers" in line]
    assert put_off == len(late) == 2
    assert all(line.endswith("put off, something else works on it or a transaction stays open") for line in late)
    assert all(line.endswith(": done") for line in said if line not in late)


def test_vacuums_warnings_count_as_put_off(owner_url: str) -> None:
    """PostgreSQL only warns where somebody may not VACUUM."""
    said: list[str] = []
    with psycopg.connect(owner_url) as connection:
        connection.execute("ALTER TABLE customers OWNER TO CURRENT_USER")
    maintain(owner_url, said.append)

    # the last word before PostgreSQL 17
    assert re.match(r"VACUUM \(ANALYZE\) public\.customers: put off, (permission denied|skipping)", said[0])


def test_two_runs_at_once_are_one(owner_url: str) -> None:
    with psycopg.connect(owner_url) as other:
        other.execute("SELECT pg_advisory_lock(hashtext('perform_maintenance'))")
        with pytest.raises(MaintenanceRefused, match="running"):
            maintain(owner_url, print)


def test_whoever_may_not_become_the_role_is_told(bot_url: str) -> None:
    with pytest.raises(MaintenanceRefused, match="GRANT repair_maintenance"):
        maintain(bot_url, print)


async def test_the_shop_goes_on_meanwhile(shop: Shop, database: Database, postgres: EmbeddedPostgres) -> None:
    """As the maintenance role itself. Tickets are filed until it has ended."""
    said: list[str] = []
    row = await shop.owner.fetchval("SELECT current_database()")
    url = postgres.dsn("repair_maintenance", row)
    running = asyncio.create_task(asyncio.to_thread(maintain, url, said.append, patience="60s"))
    filed = 0
    while not running.done():
        for person in (shop.manager, shop.technician, shop.regular_user):
            await file_ticket(
                database,
                person.asker(),
                f"key {filed}",
                customer_id=shop.customers[0],
                title="No sound",
                description="None at all",
                priority="low",
                category=None,
                estimated_hours=None,
                assign="queue",
            )
            filed += 1

    assert await running == 0
    assert await shop.owner.fetchval("SELECT count(*) FROM tickets") == filed >= 3
