"""The daily summary's clock. What is due, and that it is said once, is the database's to know."""

import asyncio
from collections.abc import Coroutine
from typing import Final

import structlog

from bot.jobs.pictures import PATIENCE, make_chart
from bot.jobs.supervision import keep_time
from bot.slack import Slack
from db.models import ChartWanted
from db.pool import Database
from db.reports import attach_chart, schedule_summaries

EVERY_SECONDS: Final = 20.0

_log = structlog.get_logger(__name__)


async def run_summaries(
    database: Database, slack: Slack, stopping: asyncio.Event, *, every: float = EVERY_SECONDS
) -> None:
    """Write what is due into the outbox, now and each ``every`` seconds, until ``stopping``; then draw its picture.

    It waits there for its picture, and goes without where this process ends before.
    """

    async def illustrate(wanted: ChartWanted) -> None:
        chart = await make_chart(slack, wanted.flow)
        await attach_chart(database, wanted.day, chart)

    async def tick() -> None:
        written = await schedule_summaries(database, patience=PATIENCE)
        if written.managers:
            _log.info("summaries due", managers=written.managers)
        for wanted in written.charts:
            await _unless(stopping, illustrate(wanted))

    await keep_time("summaries", tick, stopping, every=every)


async def _unless(stopping: asyncio.Event, work: Coroutine[None, None, None]) -> None:
    """Do the work, or as much of it as can be done before ``stopping``."""
    doing, stop = asyncio.ensure_future(work), asyncio.ensure_future(stopping.wait())
    try:
        await asyncio.wait({doing, stop}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.cancel()
        if not doing.done():
            doing.cancel()
    await asyncio.gather(stop, return_exceptions=True)
    if not stopping.is_set():
        await doing
    else:
        await asyncio.gather(doing, return_exceptions=True)
