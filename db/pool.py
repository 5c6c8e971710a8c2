"""The bot's connections: one statement a call, one round trip, an answer in time or a plain refusal.

asyncpg's own pool lets newcomers overtake waiters, so a first-in, first-out semaphore stands before it. Connections
are handed on without a reset statement (it would cost a round trip): every statement here runs in a transaction of
its own and the database's functions set who is asking for that transaction only. A test holds that nothing leaks.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, Self, TypeAlias, TypeVar

import asyncpg

from bot.errors import DatabaseAway, OutcomeUnknown
from db.faults import UnfitDatabase, is_setup_fault, refusal_for
from db.models import Asker, Row
from db.revisions import revisions_after

_M = TypeVar("_M", bound=Row)
_Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
_Connection: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"

_SECURITY: Final = """
SELECT jsonb_build_object('role', session_user,
                          'failed', COALESCE(jsonb_agg(c.check_name) FILTER (WHERE NOT c.ok), '[]'))
  FROM app.security_self_check() c
"""


class _Security(Row):
    role: str
    failed: tuple[str, ...]


class Database:
    """A pool of connections as one login role. Made by ``connect``; safe for any number of tasks of one event loop."""

    def __init__(
        self,
        pool: _Pool,
        *,
        size: int,
        acquire_timeout: float,
        statement_timeout: float,
        command_timeout: float,
    ) -> None:
        self._pool = pool
        self._turns = asyncio.Semaphore(size)
        self._acquire_timeout = acquire_timeout
        self._statement_timeout = statement_timeout
        self._command_timeout = command_timeout

    @classmethod
    @asynccontextmanager
    async def connect(
        cls,
        dsn: str,
        *,
        pool_min: int = 2,
        pool_max: int = 20,
        acquire_timeout: float = 1.0,
        statement_timeout: float = 1.5,
        command_timeout: float = 2.0,
        application_name: str = "francisco-tickets",
    ) -> AsyncIterator[Self]:
        """Open the pool for as long as the context lasts. Times are seconds.

        ``acquire_timeout`` bounds the wait for one's turn and a connection, ``statement_timeout`` is kept by the
        server, ``command_timeout`` stands behind it in case the server doesn't answer at all. Whatever happens, a
        call ends within ``acquire_timeout + command_timeout``, and within ``acquire_timeout + statement_timeout``
        plus a moment if the wait was long.

        Raises:
            DatabaseAway: nobody answers there.
            UnfitDatabase: it refuses the log-in, or doesn't exist.
        """
        pool = asyncpg.create_pool(
            dsn,
            min_size=min(pool_min, pool_max),
            max_size=pool_max,
            timeout=acquire_timeout,
            command_timeout=command_timeout,
            max_cached_statement_lifetime=0,  # a statement prepared again costs a round trip
            reset=_keep_as_it_is,
            server_settings={
                "application_name": application_name,
                "statement_timeout": f"{statement_timeout * 1000:.0f}",
            },
        )
        try:
            await pool
        except BaseException as error:
            pool.terminate()
            if isinstance(error, asyncpg.PostgresError) and is_setup_fault(error):
                raise UnfitDatabase(f"The database refuses the log-in: {error}. {_advice(error)}") from error
            if isinstance(error, asyncpg.PostgresError | OSError):
                raise DatabaseAway from error
            raise
        try:
            yield cls(
                pool,
                size=pool_max,
                acquire_timeout=acquire_timeout,
                statement_timeout=statement_timeout,
                command_timeout=command_timeout,
            )
        finally:
            await _close(pool, within=command_timeout)

    async def ask(self, statement: str, asker: Asker, *args: object, answer: type[_M], writes: bool = False) -> _M:
        """Run ``SELECT app.function($1, $2, $3, $4, ...)`` for ``asker`` (the first four) and read its document.

        ``writes``: the function changes something, so a connection lost on the way leaves the outcome unknown.

        Raises:
            Refusal: what the function raised for the person, ``DatabaseAway`` or ``OutcomeUnknown``.
        """
        return await self.document(
            statement,
            asker.team,
            asker.slack_user,
            list(asker.roles),
            asker.source,
            *args,
            answer=answer,
            writes=writes,
        )

    async def document(self, statement: str, *args: object, answer: type[_M], writes: bool = False) -> _M:
        """Run a statement that yields one jsonb value, and read it as ``answer``. Raises as ``ask``."""
        return answer.model_validate_json(await self.value(statement, *args, writes=writes))

    async def value(self, statement: str, *args: object, writes: bool = False) -> Any:  # noqa: ANN401 - any SQL type
        """Run a statement in a transaction of its own and return its first row's first value. Raises as ``ask``.

        Thrown out of a ring of waiting ones (a deadlock), it is run once more: nothing of it was done.
        """
        clock = asyncio.get_running_loop().time
        deadline = clock() + self._acquire_timeout + self._statement_timeout
        connection = await self._acquire()
        try:
            timeout = min(deadline - clock(), self._command_timeout)
            try:
                return await connection.fetchval(statement, *args, timeout=timeout)
            except asyncpg.DeadlockDetectedError:
                timeout = min(deadline - clock(), self._command_timeout)
                return await connection.fetchval(statement, *args, timeout=timeout)
        except asyncpg.PostgresError as error:
            refusal = refusal_for(error, writes=writes)
            if refusal is None:
                raise
            raise refusal from error
        except asyncpg.InterfaceError as error:
            if not _is_open(connection):  # noticed before anything was sent
                raise DatabaseAway from error
            raise  # a fault in the program, such as an argument too many
        # TimeoutError is one: the server did not even stop the statement in time. And asyncpg's own fault means here
        # that the server has said goodbye, while the connection doesn't seem closed yet.
        except (OSError, asyncpg.InternalClientError) as error:
            connection.terminate()
            raise (OutcomeUnknown if writes else DatabaseAway) from error
        except BaseException:
            connection.terminate()  # given up half-way: nobody may read the rest of this answer
            raise
        finally:
            await self._release(connection)

    @property
    def size(self) -> int:
        """How many connections are open."""
        return self._pool.get_size()

    @property
    def in_use(self) -> int:
        """How many of them are at work."""
        return self._pool.get_size() - self._pool.get_idle_size()

    async def check_security(self) -> None:
        """Make sure that row-level security holds for this role; ``app.security_self_check`` says when it does.

        A database without that function is not migrated: ``pending_migrations`` tells.

        Raises:
            UnfitDatabase: the role could see or change more than the person who asks.
        """
        try:
            found = await self.document(_SECURITY, answer=_Security)
        except (asyncpg.UndefinedFunctionError, asyncpg.InvalidSchemaNameError):
            return
        except asyncpg.InsufficientPrivilegeError as error:
            raise UnfitDatabase(
                "The role of DATABASE_URL may not use the shop's functions. Let it log in as repair_bot."
            ) from error
        if found.failed:
            raise UnfitDatabase(
                f'The role {found.role} fails the check "{found.failed[0]}", so row-level security would not hold. '
                "Let DATABASE_URL log in as repair_bot, with nothing granted to it beyond what the migrations grant."
            )

    async def pending_migrations(self) -> tuple[str, ...]:
        """Return the revisions that this program knows and the database lacks, oldest first. Raises as ``value``."""
        try:
            present = await self.value("SELECT version_num FROM public.alembic_version")
        except asyncpg.UndefinedTableError:
            present = None
        return revisions_after(present)

    async def _acquire(self) -> _Connection:
        try:
            async with asyncio.timeout(self._acquire_timeout):
                await self._turns.acquire()
                try:
                    return await self._pool.acquire()
                except BaseException:
                    self._turns.release()
                    raise
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise DatabaseAway from error

    async def _release(self, connection: _Connection) -> None:
        try:
            # a connection that can't be handed back is closed by the pool, which opens another when it's wanted
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await self._pool.release(connection)
        finally:
            self._turns.release()


async def _keep_as_it_is(_connection: object) -> None:
    """Stand in for asyncpg's reset statement."""


def _is_open(connection: _Connection) -> bool:
    try:
        return not connection.is_closed()
    except asyncpg.InterfaceError:  # the pool has taken it back
        return False


async def _close(pool: _Pool, *, within: float) -> None:
    try:
        async with asyncio.timeout(within):
            await pool.close()
    except TimeoutError:
        pool.terminate()


def _advice(error: asyncpg.PostgresError) -> str:
    """Return what to do about a log-in that was refused."""
    if isinstance(error, asyncpg.InvalidCatalogNameError):
        return "Create the database, or correct its address."
    if '"repair_bot"' in str(error):
        return "Correct DATABASE_URL, or run `python -m db upgrade`, which gives repair_bot the password in it."
    return "Correct its address."
