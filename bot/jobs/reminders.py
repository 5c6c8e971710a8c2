"""The reminders' clock. Who is to be reminded of what, and that it is said once, is the database's to know."""

import asyncio
from typing import Final

import structlog

from bot.jobs.supervision import keep_time
from db.pool import Database
from db.reminders import schedule_reminders

EVERY_SECONDS: Final = 60.0

_log = structlog.get_logger(__name__)


async def run_reminders(database: Database, stopping: asyncio.Event, *, every: float = EVERY_SECONDS) -> None:
    """Write what is due into the outbox, now and each ``every`` seconds, until ``stopping``."""

    async def tick() -> None:
        written = await schedule_reminders(database)
        if written:
            _log.info("reminders due", people=written)

    await keep_time("reminders", tick, stopping, every=every)
