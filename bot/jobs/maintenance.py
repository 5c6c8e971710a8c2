"""The weekly maintenance's clock. When it is due, and that it runs once, is the database's to know."""

import asyncio
from contextlib import suppress
from typing import Final

import structlog

from bot.errors import DatabaseAway, OutcomeUnknown
from db.housekeeping import run_due_maintenance
from db.pool import Database

EVERY_SECONDS: Final = 300.0

_log = structlog.get_logger(__name__)


async def run_maintenance(database: Database, stopping: asyncio.Event, *, every: float = EVERY_SECONDS) -> None:
    """Do what is due, now and each ``every`` seconds, until ``stopping``."""
    while not stopping.is_set():
        try:
            result = await run_due_maintenance(database)
        except (DatabaseAway, OutcomeUnknown) as error:
            _log.warning("maintenance put off", error=type(error).__name__)
        else:
            if result is not None:
                _log.info("maintenance done", result=result)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), every)
