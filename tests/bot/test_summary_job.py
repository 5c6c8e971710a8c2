"""The summary's clock keeps ticking, whatever becomes of the database, and stops with its process."""

import asyncio

import pytest

from bot.errors import DatabaseAway, OutcomeUnknown
from bot.jobs import summaries
from bot.jobs.summaries import run_summaries
from db.pool import Database


async def test_absence_of_the_database_puts_it_off(monkeypatch: pytest.MonkeyPatch, database: Database) -> None:
    stopping = asyncio.Event()
    faults = iter([DatabaseAway(), OutcomeUnknown(), None])

    async def schedule(_database: Database) -> int:
        fault = next(faults)
        if fault is not None:
            raise fault
        stopping.set()
        return 1

    monkeypatch.setattr(summaries, "schedule_summaries", schedule)
    async with asyncio.timeout(10):
        await run_summaries(database, stopping, every=0.01)

    assert next(faults, "all used") == "all used"


async def test_stopping_does_not_wait_for_the_next_tick(database: Database) -> None:
    stopping = asyncio.Event()
    job = asyncio.create_task(run_summaries(database, stopping))
    await asyncio.sleep(0.1)
    stopping.set()
    async with asyncio.timeout(10):
        await job
