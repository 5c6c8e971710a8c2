"""The composition: from the settings to running parts, and back, in one place.

``running`` starts what a program consists of and stops it in the reverse order: no new requests, those under way
answered, the dispatcher's message finished, connections closed, an embedded database let go of.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Final

import structlog
from aiohttp import web
from pydantic import SecretStr

from bot.database import StartRefused, connect_database, database_address, listening_address, wait_for_database
from bot.deps import Deps
from bot.errors import DatabaseAway, OutcomeUnknown
from bot.handlers import (
    access,
    approvals,
    assignment,
    bench,
    checklists,
    completion,
    contacts,
    customer_forms,
    customers,
    details,
    duplicates,
    editing,
    erasure,
    exporting,
    files,
    filing,
    finding,
    home,
    hours,
    links,
    lists,
    mentions,
    merging,
    nudging,
    passcodes,
    people,
    person_forms,
    preferences,
    reminders,
    reopening,
    reports,
    tickets,
    timer,
    undelivered,
    undoing,
    users,
    watching,
)
from bot.http import Front, health_application, runner_for
from bot.identity import Linker, Workspace
from bot.introduction import Introduction
from bot.jobs.announcements import Tempo
from bot.jobs.supervision import keep_running
from bot.jobs.worker import jobs_running
from bot.listeners import Answer, Listeners
from bot.metrics import Metrics
from bot.pages import add_ticket_page
from bot.readiness import Readiness
from bot.routes import Routes
from bot.scraping import metrics_application
from bot.settings import Program, Settings
from bot.slack import WORKER_BUDGET, Slack
from bot.socket import SocketMode
from db.keys import encryption_keys
from db.members import claim_settings
from db.pool import Database
from db.storage import Storage, StorageAway, open_storage

FEATURES: Final = (
    lists,
    finding,
    tickets,
    filing,
    assignment,
    timer,
    bench,
    approvals,
    watching,
    nudging,
    completion,
    undoing,
    checklists,
    reopening,
    details,
    editing,
    exporting,
    files,
    passcodes,
    customers,
    contacts,
    customer_forms,
    duplicates,
    merging,
    erasure,
    reports,
    undelivered,
    people,
    users,
    person_forms,
    preferences,
    hours,
    reminders,
    access,
    home,
    links,
    mentions,
)

_FINISH_SECONDS: Final = 4.0  # for requests under way; one takes 2.5 at most
_PROBE_SECONDS: Final = 5.0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Running:
    """What has been started. Ports: where HTTP is served, None where it isn't."""

    port: int | None
    readiness: Readiness
    metrics_port: int | None = None


def routes_for(deps: Deps) -> Routes:
    """Return the routing table with every feature's handlers."""
    routes = Routes()
    for feature in FEATURES:
        feature.register(routes, deps)
    return routes


async def run(settings: Settings, program: Program, *, tempo: Tempo | None = None) -> None:
    """Run until SIGTERM or SIGINT; raises ``StartRefused``.

    After SIGTERM requests are still answered for ``DRAIN_SECONDS`` while ``/readyz`` says 503, so that a balancer
    finds out before anybody meets a closed door. After SIGINT, from a person at the keyboard, nobody waits for that,
    nor in Socket Mode, where there is no balancer; and a second signal ends the waiting.
    """
    signals: asyncio.Queue[signal.Signals] = asyncio.Queue()
    started = asyncio.Event()

    async def work() -> None:
        async with running(settings, program, tempo=tempo) as parts:
            started.set()
            asked = await signals.get()
            _log.info("stopping", signal=asked.name)
            parts.readiness.draining = True
            if asked is signal.SIGTERM and program is not Program.WORKER and settings.slack_app_token is None:
                with suppress(TimeoutError):
                    await asyncio.wait_for(signals.get(), settings.drain_seconds)

    task = asyncio.create_task(work())

    def receive(which: signal.Signals) -> None:
        if started.is_set():
            signals.put_nowait(which)
        else:
            task.cancel()

    for which in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(which, receive, which)
    with suppress(asyncio.CancelledError):
        await task


@asynccontextmanager
async def running(settings: Settings, program: Program, *, tempo: Tempo | None = None) -> AsyncIterator[Running]:
    """Run the parts of ``program`` for as long as the context lasts; raises ``StartRefused``.

    ``tempo``: of the dispatcher, other than its own, for who tries it in a hurry.
    """
    front = program is not Program.WORKER
    readiness, metrics = Readiness(), Metrics()
    async with AsyncExitStack() as stack:
        dsn = await stack.enter_async_context(database_address(settings))
        token = _secret(settings.slack_bot_token)
        slack = await stack.enter_async_context(Slack.connect(token, settings.slack_api_url))
        database = await connect_database(stack, dsn, settings, for_requests=front)
        workspace = Workspace()
        introduction = Introduction(slack, database, workspace, readiness, settings.slack_team_id)
        zone, summary_time = settings.shop_timezone.key, f"{settings.summary_time:%H:%M}"
        await wait_for_database(dsn, lambda: claim_settings(database, zone, summary_time))
        await introduction.attempt()
        readiness.database_seen = readiness.clock()
        await stack.enter_async_context(_kept_going("introduction", introduction.watch))
        await stack.enter_async_context(_kept_going("probe", partial(_probe, database, readiness)))
        if program is not Program.WEB:
            jobs = database if not front else await connect_database(stack, dsn, settings, for_requests=False)
            channel, listen = settings.tickets_channel, listening_address(dsn, settings)
            announcer = await stack.enter_async_context(
                jobs_running(
                    jobs,
                    slack,
                    dsn=listen,
                    shop_channel=channel,
                    base=settings.public_url,
                    team=lambda: workspace.team_id,
                    tempo=tempo,
                    metrics=metrics,
                    storage=_storage(settings),
                )
            )
            readiness.heartbeat, readiness.dispatcher = announcer.heartbeat, announcer.problem
            metrics.watch_dispatcher(hears=lambda: announcer.hears, stopped=lambda: announcer.problem() is not None)
            metrics.watch_pool("worker", in_use=lambda: jobs.in_use, size=lambda: jobs.size)
        if front:
            keys = encryption_keys(settings)
            deps = Deps(settings=settings, database=database, slack=slack, now=_now, keys=keys)
            listeners = Listeners(routes_for(deps), slack, Linker(slack, database), workspace, metrics)
            metrics.watch_pool("requests", in_use=lambda: database.in_use, size=lambda: database.size)
            port = await _let_in(stack, listeners.answer, slack, settings, readiness, workspace=workspace)
        else:
            port = await _serve(stack, health_application(readiness.problems), _front(settings), must=False)
        measured = None
        if settings.metrics_port is not None:
            application = metrics_application(metrics, database)
            place = _Place(settings.metrics_host, settings.metrics_port, "METRICS_HOST and METRICS_PORT")
            measured = await _serve(stack, application, place, must=False)
        yield Running(port, readiness, measured)


async def _let_in(
    stack: AsyncExitStack,
    answer: Answer,
    slack: Slack,
    settings: Settings,
    readiness: Readiness,
    *,
    workspace: Workspace,
) -> int | None:
    """Let Slack's deliveries in until the stack is left, by Socket Mode or by HTTP; return the port of the routes."""
    if settings.slack_app_token is None:
        secret = _secret(settings.slack_signing_secret)
        application = Front(answer, signing_secret=secret, problems=readiness.problems).application()
        return await _serve(stack, _with_pages(application, settings, workspace), _front(settings), must=True)
    app_token = _secret(settings.slack_app_token)
    sockets = SocketMode(answer, partial(slack.with_budget(WORKER_BUDGET).open_socket, app_token))
    readiness.socket = sockets.problem
    application = _with_pages(health_application(readiness.problems), settings, workspace)
    port = await _serve(stack, application, _front(settings), must=False)
    await stack.enter_async_context(sockets.connected())
    return port


async def _probe(database: Database, readiness: Readiness) -> None:
    while True:
        with suppress(DatabaseAway, OutcomeUnknown):
            readiness.pending = await database.pending_migrations()
            readiness.database_seen = readiness.clock()
        await asyncio.sleep(_PROBE_SECONDS)


@asynccontextmanager
async def _kept_going(name: str, work: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Keep ``work`` going for as long as the context lasts."""
    task = asyncio.create_task(keep_running(name, work, asyncio.Event()))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@dataclass(frozen=True, slots=True)
class _Place:
    """Where to listen, and by which settings that is said."""

    host: str
    port: int
    settings: str


def _front(settings: Settings) -> _Place:
    return _Place(settings.host, settings.port, "HOST and PORT")


def _with_pages(application: web.Application, settings: Settings, workspace: Workspace) -> web.Application:
    if settings.public_url is not None:
        add_ticket_page(application, workspace)
    return application


async def _serve(stack: AsyncExitStack, application: web.Application, place: _Place, *, must: bool) -> int | None:
    """Listen until the stack is left; return the port, None where it is taken and need not be had."""
    runner = runner_for(application, finish_seconds=_FINISH_SECONDS)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    try:
        await web.TCPSite(runner, place.host, place.port).start()
    except OSError as error:
        reason = f"{place.host}:{place.port} can't be listened on ({error.strerror}): set {place.settings}."
        if must:
            raise StartRefused(reason) from error
        _log.warning("not listening", reason=reason)
        return None
    port: int = runner.addresses[0][1]
    _log.info("listening", host=place.host, port=port)
    return port


def _storage(settings: Settings) -> Storage:
    try:
        return open_storage(settings)
    except StorageAway as error:
        raise StartRefused(f"Files can't be kept ({error}): correct FILES_URL, or DATA_DIR.") from error


def _secret(value: SecretStr | None) -> str:
    return value.get_secret_value() if value is not None else ""


def _now() -> datetime:
    return datetime.now(UTC)
