"""The daily summary's clock. What is due, and that it is said once, is the database's to know."""

import asyncio
from typing import Final

import structlog

from bot.jobs.supervision import keep_time
from db.pool import Database
from db.reports import schedule_summaries

EVERY_SECONDS: Final = 20.0

_log = structlog.get_logger(__name__)


async def run_summaries(database: Database, stopping: asyncio.Event, *, every: float = EVERY_SECONDS) -> None:
    """Write what is due into the outbox, now and each ``every`` seconds, until ``stopping``."""

    async def tick() -> None:
        written = await schedule_summaries(database)
        if written:
            _log.info("summaries due", managers=written)

    await keep_time("summaries", tick, stopping, every=every)
