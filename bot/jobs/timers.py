"""Asks who may have forgotten their timer. Which one, and how often, is the database's to know."""

import asyncio
from typing import Final

import structlog

from bot.jobs.supervision import keep_time
from db.pool import Database
from db.timers import ask_about_timers

EVERY_SECONDS: Final = 60.0

_log = structlog.get_logger(__name__)


async def run_timers(database: Database, stopping: asyncio.Event, *, every: float = EVERY_SECONDS) -> None:
    """Write the questions that are due into the outbox, now and each ``every`` seconds, until ``stopping``."""

    async def tick() -> None:
        if asked := await ask_about_timers(database):
            _log.info("asked about timers", people=asked)

    await keep_time("timers", tick, stopping, every=every)
