"""Keeping the jobs of a process alive, and on time, until it stops."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import structlog

from bot.errors import DatabaseAway, OutcomeUnknown

RESTART_SECONDS: Final = 1.0

_log = structlog.get_logger(__name__)


async def keep_running(
    name: str, job: Callable[[], Awaitable[None]], stopping: asyncio.Event, *, pause: float = RESTART_SECONDS
) -> None:
    """Run ``job``, and again ``pause`` seconds after it ended, for an error or without one, until ``stopping``."""
    while not stopping.is_set():
        try:
            await job()
        except Exception as error:  # noqa: BLE001 - whatever it was, the job goes on
            _log.error("a job failed", job=name, exc_info=error)
        if not stopping.is_set():
            _log.warning("a job ended and is started again", job=name)
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), pause)


async def keep_time(name: str, tick: Callable[[], Awaitable[None]], stopping: asyncio.Event, *, every: float) -> None:
    """Run ``tick`` now and each ``every`` seconds, until ``stopping``. While the database is away it is put off."""
    while not stopping.is_set():
        try:
            await tick()
        except (DatabaseAway, OutcomeUnknown) as error:
            _log.warning("put off", job=name, error=type(error).__name__)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), every)
