"""What has to be thrown away or prepared from time to time; any number of processes may do it."""

import asyncio
from typing import Final

import structlog

from bot.jobs.supervision import keep_time
from db.housekeeping import keep_house
from db.pool import Database

EVERY_SECONDS: Final = 3600.0

_log = structlog.get_logger(__name__)


async def run_housekeeping(database: Database, stopping: asyncio.Event, *, every: float = EVERY_SECONDS) -> None:
    """Keep house now and each ``every`` seconds, until ``stopping``."""

    async def tick() -> None:
        kept = await keep_house(database)
        _log.info("kept house", **kept.model_dump())

    await keep_time("housekeeping", tick, stopping, every=every)
