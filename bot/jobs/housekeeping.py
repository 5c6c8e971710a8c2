"""What has to be thrown away or prepared from time to time; any number of processes may do it."""

import asyncio
from contextlib import suppress
from typing import Final

import structlog

from bot.errors import DatabaseAway, OutcomeUnknown
from db.housekeeping import keep_house
from db.pool import Database

EVERY_SECONDS: Final = 3600.0

_log = structlog.get_logger(__name__)


async def run_housekeeping(database: Database, stopping: asyncio.Event, *, every: float = EVERY_SECONDS) -> None:
    """Keep house now and each ``every`` seconds, until ``stopping``."""
    while not stopping.is_set():
        try:
            kept = await keep_house(database)
        except (DatabaseAway, OutcomeUnknown) as error:
            _log.warning("housekeeping put off", error=type(error).__name__)
        else:
            _log.info("kept house", **kept.model_dump())
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), every)
