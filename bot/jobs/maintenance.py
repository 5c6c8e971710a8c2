"""The weekly maintenance's clock. When it is due, and that it runs once, is the database's to know."""

import asyncio
from typing import Final

import structlog

from bot.jobs.supervision import keep_time
from db.housekeeping import run_due_maintenance
from db.pool import Database

EVERY_SECONDS: Final = 300.0

_log = structlog.get_logger(__name__)


async def run_maintenance(database: Database, stopping: asyncio.Event, *, every: float = EVERY_SECONDS) -> None:
    """Do what is due, now and each ``every`` seconds, until ``stopping``."""

    async def tick() -> None:
        result = await run_due_maintenance(database)
        if result is not None:
            _log.info("maintenance done", result=result)

    await keep_time("maintenance", tick, stopping, every=every)
