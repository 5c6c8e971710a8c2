"""Everything that a process does outside of requests, started and stopped together."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

from bot.jobs.announcements import Announcer, Tempo
from bot.jobs.files import run_files, run_sweep
from bot.jobs.homes import run_homes
from bot.jobs.housekeeping import run_housekeeping
from bot.jobs.maintenance import run_maintenance
from bot.jobs.reminders import run_reminders
from bot.jobs.summaries import run_summaries
from bot.jobs.supervision import keep_running
from bot.jobs.timers import run_timers
from bot.metrics import Metrics
from bot.slack import DISPATCH_BUDGET, WORKER_BUDGET, Slack
from db.pool import Database
from db.storage import Storage


@asynccontextmanager
async def jobs_running(
    database: Database,
    slack: Slack,
    *,
    dsn: str,
    shop_channel: str | None,
    base: str | None = None,
    team: Callable[[], str | None] = lambda: None,
    tempo: Tempo | None = None,
    metrics: Metrics | None = None,
    storage: Storage | None = None,
) -> AsyncIterator[Announcer]:
    """Run the jobs for as long as the context lasts; what is on its way to Slack at its end is finished first.

    ``dsn``: for the connection that listens. ``team``: the workspace, as soon as it is known; Homes wait for it.
    ``base``: of tickets' addresses, where they have any.
    ``storage``: where files are; without one nothing is done with them.
    ``tempo``: of the announcer, other than its own.
    The announcer's ``heartbeat`` says whether it is alive.
    """
    patient, unhurried = slack.with_budget(DISPATCH_BUDGET), slack.with_budget(WORKER_BUDGET)
    announcer = Announcer(
        database, patient, dsn=dsn, shop_channel=shop_channel, base=base, tempo=tempo, metrics=metrics
    )
    stopping = asyncio.Event()
    jobs = [
        asyncio.create_task(keep_running("announcements", announcer.run, stopping)),
        asyncio.create_task(keep_running("housekeeping", lambda: run_housekeeping(database, stopping), stopping)),
        asyncio.create_task(keep_running("maintenance", lambda: run_maintenance(database, stopping), stopping)),
        asyncio.create_task(keep_running("homes", lambda: run_homes(database, slack, team, stopping), stopping)),
        asyncio.create_task(keep_running("timers", lambda: run_timers(database, stopping), stopping)),
        asyncio.create_task(keep_running("reminders", lambda: run_reminders(database, stopping), stopping)),
        asyncio.create_task(keep_running("summaries", lambda: run_summaries(database, unhurried, stopping), stopping)),
    ]
    if storage is not None:
        patient = slack.with_budget(WORKER_BUDGET)
        work = partial(run_files, database, patient, storage, stopping)
        jobs.append(asyncio.create_task(keep_running("files", work, stopping)))
        jobs.append(
            asyncio.create_task(keep_running("sweep", lambda: run_sweep(database, storage, stopping), stopping))
        )
    try:
        yield announcer
    finally:
        stopping.set()
        announcer.stop()
        await asyncio.gather(*jobs)
