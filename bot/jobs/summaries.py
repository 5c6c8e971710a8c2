"""The daily summary's clock. What is due, and that it is said once, is the database's to know."""

import asyncio
from contextlib import suppress
from typing import Final

import structlog

from bot.errors import DatabaseAway, OutcomeUnknown
from db.pool import Database
from db.reports import schedule_summaries

EVERY_SECONDS: Final = 20.0

_log = structlog.get_logger(__name__)


async def run_summaries(database: Database, stopping: asyncio.Event, *, every: float = EVERY_SECONDS) -> None:
    """Write what is due into the outbox, now and each ``every`` seconds, until ``stopping``."""
    while not stopping.is_set():
        try:
            written = await schedule_summaries(database)
        except (DatabaseAway, OutcomeUnknown) as error:
            _log.warning("summaries put off", error=type(error).__name__)
        else:
            if written:
                _log.info("summaries due", managers=written)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), every)
