"""The jobs of a process: kept alive, kept house, stopped together."""

import asyncio
from datetime import UTC, datetime
from typing import TypeAlias

import asyncpg
import pytest

from bot.errors import DatabaseAway, OutcomeUnknown
from bot.jobs.housekeeping import run_housekeeping
from bot.jobs.supervision import keep_running, keep_time
from bot.jobs.worker import jobs_running
from bot.slack import Slack
from db.housekeeping import keep_house
from db.pool import Database
from tests.bot.slack_stand_in import slack_stand_in
from tests.shop import Shop

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


@pytest.mark.parametrize("ends_by", [RuntimeError("a fault"), None])
async def test_job_that_ends_is_started_again(ends_by: Exception | None) -> None:
    stopping = asyncio.Event()
    runs = 0

    async def job() -> None:
        nonlocal runs
        runs += 1
        if runs == 3:
            stopping.set()
        if ends_by:
            raise ends_by

    await keep_running("job", job, stopping, pause=0.01)

    assert runs == 3


async def test_absence_of_the_database_puts_a_job_off() -> None:
    stopping = asyncio.Event()
    faults: list[Exception] = [DatabaseAway(), OutcomeUnknown()]

    async def tick() -> None:
        if faults:
            raise faults.pop()
        stopping.set()

    await keep_time("job", tick, stopping, every=0.01)

    assert not faults


async def test_jobs_say_what_is_due_and_stop_with_their_context(
    owner: Connection, shop: Shop, database: Database, bot_url: str
) -> None:
    async with slack_stand_in() as stand_in, Slack.connect("xoxb-1", stand_in.url) as slack:
        before = asyncio.all_tasks()
        await owner.execute("DELETE FROM app.maintenance_runs")  # as if this week's maintenance hadn't run
        async with jobs_running(database, slack, dsn=bot_url, shop_channel="C0SHOP") as announcer:
            await shop.add_ticket()
            async with asyncio.timeout(10):
                while not stand_in.messages:  # noqa: ASYNC110 - another task fills it
                    await asyncio.sleep(0.01)
            assert announcer.heartbeat() > 0
            async with asyncio.timeout(10):
                while not await owner.fetchval("SELECT count(*) FROM app.maintenance_runs"):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
        left = {task.get_coro() for task in asyncio.all_tasks() - before}

    assert not [job for job in left if "Announcer" in repr(job) or "keep_running" in repr(job)]
    assert await owner.fetchval("SELECT state FROM notifications WHERE kind = 'card'") == "sent"  # a summary may come


async def test_housekeeping_removes_what_has_expired(owner: Connection, database: Database) -> None:
    await owner.execute(
        "INSERT INTO app.request_keys (key, user_id, result, created_at)"
        " VALUES ('old', 'u', '{}', now() - interval '25 hours'), ('new', 'u', '{}', now() - interval '23 hours')"
    )
    await owner.execute(
        """
        INSERT INTO user_permissions (id, kinde_user_id, email) VALUES (900, 'k', 'k@shop.example');
        INSERT INTO notifications (kind, ticket_id, recipient_id, dedupe_key, state, updated_at)
        SELECT kind, 1, CASE WHEN kind <> 'card' THEN 900 END, key, state, now() - age
          FROM (VALUES ('completed', 'sent, old', 'sent', interval '31 days'),
                       ('completed', 'sent, new', 'sent', interval '29 days'),
                       ('completed', 'dropped, old', 'dropped', interval '31 days'),
                       ('completed', 'dead, new', 'dead', interval '89 days'),
                       ('completed', 'dead, old', 'dead', interval '91 days'),
                       ('completed', 'waiting', 'waiting', interval '91 days'),
                       ('card', 'card', 'sent', interval '91 days')) AS v (kind, key, state, age)
        """
    )
    kept = await keep_house(database)
    left = await owner.fetch("SELECT dedupe_key FROM notifications")

    assert (kept.request_keys, kept.notifications) == (1, 3)
    assert {row["dedupe_key"] for row in left} == {"sent, new", "dead, new", "waiting", "card"}


async def test_housekeeping_prepares_the_audit_trails_next_months(owner: Connection, database: Database) -> None:
    partitions = "SELECT c.relname FROM pg_class c WHERE c.relname ~ '^activity_log_y' AND c.relkind = 'r'"
    for row in await owner.fetch(partitions):
        await owner.execute(f"DROP TABLE {row['relname']}")
    kept = await keep_house(database)
    this_month = f"activity_log_y{datetime.now(UTC):%Ym%m}"

    assert kept.partitions_made == 4
    assert this_month in {row["relname"] for row in await owner.fetch(partitions)}
    assert (await keep_house(database)).partitions_made == 0


async def test_housekeeping_ends_when_the_process_stops(owner: Connection, database: Database) -> None:
    stopping = asyncio.Event()
    job = asyncio.create_task(run_housekeeping(database, stopping, every=60))
    await owner.execute("SELECT 1")
    stopping.set()

    await asyncio.wait_for(job, 10)


async def test_stopping_does_not_wait_for_the_next_tick() -> None:
    stopping, begun = asyncio.Event(), asyncio.Event()

    async def tick() -> None:
        begun.set()

    job = asyncio.create_task(keep_time("job", tick, stopping, every=3600))
    await begun.wait()
    stopping.set()

    await asyncio.wait_for(job, 10)
