"""The database that the settings name, fit for the bot: embedded or not, migrated, and row-level security in force."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final, TypeVar
from urllib.parse import urlsplit

import asyncpg
import structlog

from bot.errors import DatabaseAway, OutcomeUnknown
from bot.settings import Settings
from db.caches import CachingDatabase
from db.embedded import BOT, OWNER, EmbeddedPostgres, usable_data_dir
from db.faults import UnfitDatabase
from db.pool import Database
from db.programs import EmbeddedPostgresError

_START_SECONDS: Final = 30.0  # for the database to answer at start
_WORKER_POOL: Final = 4  # connections beside those for requests

_POSTGRES_PORT: Final = 5432

_T = TypeVar("_T")

_log = structlog.get_logger(__name__)


class StartRefused(Exception):
    """The bot can't work like this; the message says why and what to do."""


@asynccontextmanager
async def database_address(settings: Settings, *, as_owner: bool = False) -> AsyncIterator[str]:
    """Yield the DSN of the bot's role, or its administrator's; an embedded server is started and migrated for it."""
    given = settings.database_admin_url if as_owner else settings.database_url
    if given is not None:
        yield given.get_secret_value()
        return
    if as_owner and settings.database_url is not None:
        raise StartRefused("DATABASE_ADMIN_URL: missing; this takes the login that owns the tables.")
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
        yield server.dsn(OWNER if as_owner else BOT)
    finally:
        await asyncio.to_thread(server.stop)


@asynccontextmanager
async def administered(settings: Settings) -> AsyncIterator[Database]:
    """Yield the migrated database as its administrator. What it refuses becomes a ``StartRefused``, too."""
    async with AsyncExitStack() as stack:
        dsn = await stack.enter_async_context(database_address(settings, as_owner=True))
        try:
            database = await stack.enter_async_context(Database.connect(dsn, pool_min=1, pool_max=1))
            if await database.pending_migrations():
                raise StartRefused("The database is empty or of an older version: run `python -m db upgrade` first.")
            yield database
        except UnfitDatabase as error:
            raise StartRefused(str(error)) from error
        except asyncpg.PostgresError as error:
            raise StartRefused(f"The database refuses that: {error}.") from error


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


async def connect_database(
    stack: AsyncExitStack, dsn: str, settings: Settings, *, for_requests: bool, patience: float = _START_SECONDS
) -> Database:
    """Open a pool on a database that is fit, waiting a while for one that doesn't answer. Raises ``StartRefused``."""
    return await wait_for_database(
        dsn, lambda: _connect_once(stack, dsn, settings, for_requests=for_requests), patience=patience
    )


async def wait_for_database(
    dsn: str, work: Callable[[], Awaitable[_T]], *, patience: float = _START_SECONDS, pause: float = 1
) -> _T:
    """Do what the start takes, again and again for a while where the database doesn't answer. Raises ``StartRefused``.

    ``work`` may be done twice.
    """
    end = asyncio.get_running_loop().time() + patience
    waited = False
    while True:
        try:
            return await work()
        except UnfitDatabase as error:
            raise StartRefused(str(error)) from error
        except (DatabaseAway, OutcomeUnknown) as error:
            if asyncio.get_running_loop().time() > end:
                raise StartRefused(
                    f"The database ({_place(dsn)}) does not answer. Is it running, and is DATABASE_URL right?"
                ) from error
            if not waited:
                _log.warning("waiting for the database", place=_place(dsn), seconds=patience)
            waited = True
            await asyncio.sleep(pause)


def listening_address(dsn: str, settings: Settings) -> str:
    """Return where to LISTEN, for a pool that is connected to ``dsn``."""
    given = settings.database_listen_url
    return dsn if given is None else given.get_secret_value()


def _place(dsn: str) -> str:
    """Return where the database should answer, without the log-in."""
    parts = urlsplit(dsn)
    return f"{parts.hostname}:{parts.port or _POSTGRES_PORT}" if parts.hostname else "a socket on this machine"


async def _connect_once(stack: AsyncExitStack, dsn: str, settings: Settings, *, for_requests: bool) -> Database:
    kind = CachingDatabase if for_requests and settings.caches else Database
    pool = (
        # a request's own limits hold, whatever is set for the worker
        kind.connect(dsn, pool_min=settings.db_pool_min, pool_max=settings.db_pool_max)
        if for_requests
        else kind.connect(
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
    if isinstance(database, CachingDatabase):
        await stack.enter_async_context(database.caching(listening_address(dsn, settings), settings.caches))
    return database
