"""Keeping the jobs of a process alive until it stops."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import structlog

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
