"""The composition: from the settings to running parts, and back, in one place.

``running`` starts what a program consists of and stops it in the reverse order: no new requests, those under way
answered, the dispatcher's message finished, connections closed, an embedded database let go of.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Final

import asyncpg
import structlog
from aiohttp import web
from pydantic import SecretStr

from bot.deps import Deps
from bot.errors import DatabaseAway, OutcomeUnknown
from bot.handlers import completion, filing, lists, people, tickets
from bot.http import Front, health_application, runner_for
from bot.identity import Linker, Workspace
from bot.introduction import Introduction
from bot.jobs.supervision import keep_running
from bot.jobs.worker import jobs_running
from bot.listeners import Listeners
from bot.readiness import Readiness
from bot.roles import Role
from bot.routes import Routes
from bot.settings import Program, Settings
from bot.slack import Slack
from db.embedded import OWNER, EmbeddedPostgres, usable_data_dir
from db.faults import UnfitDatabase
from db.members import claim_settings, grant_access
from db.pool import Database
from db.programs import EmbeddedPostgresError

FEATURES: Final = (lists, tickets, filing, completion, people)

_FINISH_SECONDS: Final = 4.0  # for requests under way; one takes 2.5 at most
_START_SECONDS: Final = 30.0  # for the database to answer at start
_PROBE_SECONDS: Final = 5.0
_WORKER_POOL: Final = 4  # connections beside those for requests

_log = structlog.get_logger(__name__)


class StartRefused(Exception):
    """The bot can't work like this; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Running:
    """What has been started. ``port``: where HTTP is served; None where the port was taken and nobody needs it."""

    port: int | None
    readiness: Readiness


def routes_for(deps: Deps) -> Routes:
    """Return the routing table with every feature's handlers."""
    routes = Routes()
    for feature in FEATURES:
        feature.register(routes, deps)
    return routes


async def run(settings: Settings, program: Program) -> None:
    """Run until SIGTERM or SIGINT; raises ``StartRefused``.

    After SIGTERM requests are still answered for ``DRAIN_SECONDS`` while ``/readyz`` says 503, so that a balancer
    finds out before anybody meets a closed door. After SIGINT, from a person at the keyboard, nobody waits for that,
    and a second signal ends the waiting.
    """
    signals: asyncio.Queue[signal.Signals] = asyncio.Queue()
    started = asyncio.Event()

    async def work() -> None:
        async with running(settings, program) as parts:
            started.set()
            asked = await signals.get()
            _log.info("stopping", signal=asked.name)
            parts.readiness.draining = True
            if asked is signal.SIGTERM and program is not Program.WORKER:
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


async def grant(settings: Settings, email: str, role: Role, slack_user: str | None) -> str:
    """Give somebody a role as the database's administrator; return the sentence to print. Raises ``StartRefused``."""
    async with AsyncExitStack() as stack:
        dsn = await stack.enter_async_context(_database_address(settings, as_owner=True))
        try:
            database = await stack.enter_async_context(Database.connect(dsn, pool_min=1, pool_max=1))
            granted = await grant_access(database, email, role, slack_user)
        except UnfitDatabase as error:
            raise StartRefused(str(error)) from error
        except asyncpg.PostgresError as error:
            raise StartRefused(f"The database refuses that: {error}.") from error
    account = f", Slack account {granted.slack_user_id}" if granted.slack_user_id else ", no Slack account linked yet"
    return f"{granted.email} {'is new here and' if granted.created else 'now'} has the role {granted.role}{account}."


@asynccontextmanager
async def running(settings: Settings, program: Program) -> AsyncIterator[Running]:
    """Run the parts of ``program`` for as long as the context lasts; raises ``StartRefused``."""
    front = program is not Program.WORKER
    readiness = Readiness()
    async with AsyncExitStack() as stack:
        dsn = await stack.enter_async_context(_database_address(settings))
        token = _secret(settings.slack_bot_token)
        slack = await stack.enter_async_context(Slack.connect(token, settings.slack_api_url))
        database = await _connect(stack, dsn, settings, for_requests=front)
        workspace = Workspace()
        introduction = Introduction(slack, database, workspace, readiness, settings.slack_team_id)
        await claim_settings(database, settings.shop_timezone.key, f"{settings.summary_time:%H:%M}")
        await introduction.attempt()
        readiness.database_seen = readiness.clock()
        await stack.enter_async_context(_kept_going("introduction", introduction.watch))
        await stack.enter_async_context(_kept_going("probe", partial(_probe, database, readiness)))
        if program is not Program.WEB:
            jobs = database if not front else await _connect(stack, dsn, settings, for_requests=False)
            channel = settings.tickets_channel
            announcer = await stack.enter_async_context(jobs_running(jobs, slack, dsn=dsn, shop_channel=channel))
            readiness.heartbeat = announcer.heartbeat
        application = health_application(readiness.problems)
        if front:
            deps = Deps(settings=settings, database=database, slack=slack, now=_now)
            listeners = Listeners(routes_for(deps), slack, Linker(slack, database), workspace)
            secret = _secret(settings.slack_signing_secret)
            application = Front(listeners.answer, signing_secret=secret, problems=readiness.problems).application()
        port = await _serve(stack, application, settings, must=front)
        yield Running(port, readiness)


@asynccontextmanager
async def _database_address(settings: Settings, *, as_owner: bool = False) -> AsyncIterator[str]:
    """Yield the DSN of the bot's role, or its administrator's; an embedded server is started and migrated for it."""
    given = settings.database_admin_url if as_owner else settings.database_url
    if given is not None:
        yield given.get_secret_value()
        return
    if as_owner and settings.database_url is not None:
        raise StartRefused("DATABASE_ADMIN_URL: missing; giving access takes the login that owns the tables.")
    try:
        folder = usable_data_dir(settings.data_dir)
        if folder != settings.data_dir.resolve():
            _log.info("DATA_DIR is out of the database server's reach, so its data is elsewhere", folder=str(folder))
        server = EmbeddedPostgres.in_data_dir(folder)
        await asyncio.to_thread(server.start)
    except EmbeddedPostgresError as error:
        raise StartRefused(str(error)) from error
    try:
        await _upgrade(settings)
        yield server.dsn(OWNER if as_owner else "repair_bot")
    finally:
        await asyncio.to_thread(server.stop)


async def _upgrade(settings: Settings) -> None:
    """Migrate in a process of its own: this one imports neither SQLAlchemy nor alembic."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "db", "upgrade"),
        env={**os.environ, "DATA_DIR": str(settings.data_dir)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    if process.returncode:
        raise StartRefused(f"`python -m db upgrade` failed: {output.decode(errors='replace').strip()[-2000:]}")


async def _connect(stack: AsyncExitStack, dsn: str, settings: Settings, *, for_requests: bool) -> Database:
    """Open a pool on a database that is fit, waiting a while for one that doesn't answer yet."""
    end = asyncio.get_running_loop().time() + _START_SECONDS
    while True:
        try:
            return await _connect_once(stack, dsn, settings, for_requests=for_requests)
        except UnfitDatabase as error:
            raise StartRefused(str(error)) from error
        except DatabaseAway as error:
            if asyncio.get_running_loop().time() > end:
                raise StartRefused("The database does not answer. Is it running, and is DATABASE_URL right?") from error
            _log.warning("waiting for the database")
            await asyncio.sleep(1)


async def _connect_once(stack: AsyncExitStack, dsn: str, settings: Settings, *, for_requests: bool) -> Database:
    pool = (
        # a request's own limits hold, whatever is set for the worker
        Database.connect(dsn, pool_min=settings.db_pool_min, pool_max=settings.db_pool_max)
        if for_requests
        else Database.connect(
            dsn,
            pool_min=1,
            pool_max=min(settings.db_pool_max, _WORKER_POOL),
            acquire_timeout=settings.db_acquire_timeout,
            statement_timeout=settings.db_statement_timeout,
            command_timeout=settings.db_statement_timeout + 1,
        )
    )
    database = await stack.enter_async_context(pool)
    await database.check_security()
    if pending := await database.pending_migrations():
        raise StartRefused(f"The database lacks {len(pending)} migrations: run `python -m db upgrade` and start again.")
    return database


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


async def _serve(stack: AsyncExitStack, application: web.Application, settings: Settings, *, must: bool) -> int | None:
    """Listen on HOST:PORT until the stack is left; return the port."""
    runner = runner_for(application, finish_seconds=_FINISH_SECONDS)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
    except OSError as error:
        reason = f"{settings.host}:{settings.port} can't be listened on ({error.strerror}): set HOST and PORT."
        if must:
            raise StartRefused(reason) from error
        _log.warning("no health routes", reason=reason)
        return None
    port: int = runner.addresses[0][1]
    _log.info("listening", host=settings.host, port=port)
    return port


def _secret(value: SecretStr | None) -> str:
    return value.get_secret_value() if value is not None else ""


def _now() -> datetime:
    return datetime.now(UTC)
