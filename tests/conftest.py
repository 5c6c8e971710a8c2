"""One embedded server for the whole run (shared by xdist's workers), and a fresh database for each test that asks.

``owner_url`` and ``bot_url`` are the same migrated database as two roles; ``owner``, ``bot`` and ``database`` are
open on it; ``shop`` fills it with a few people; ``wire`` counts what goes to it. ``empty_url`` has no schema.
``grown`` is one shop of 200,000 tickets for all the tests that only read it.
"""

import fcntl
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import psycopg
import pytest
from hypothesis import HealthCheck, settings

from bench.fill import fill
from db.embedded import OWNER, EmbeddedPostgres
from db.migrations.commands import upgrade
from db.pool import Database
from tests.shop import GROWN_TICKETS, Connection, Shop
from tests.wire import Wire, wire_to

_HOME = pytest.StashKey[Path]()
_TEMPLATE = "template_shop"
_GROWN = "grown_shop"
_ROOM = 2 * 1024**3  # bytes
# Nothing here has to survive a crash. Cloning by FILE_COPY took 19 ms, by WAL_LOG 38.
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",  # it would connect to the template while it is cloned
    "max_connections": "200",
}


def pytest_configure(config: pytest.Config) -> None:
    """Choose the server's folder, once a run, and let no test depend on how fast the machine is."""
    settings.register_profile("project", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("project")
    worker: dict[str, Any] | None = getattr(config, "workerinput", None)
    config.stash[_HOME] = Path(worker["database_home"]) if worker else _new_home()
    if worker is None:
        config.stash[_HOME].chmod(0o711)  # the server's user must get through, where root runs the tests


def _new_home() -> Path:
    """Make the server's folder: in memory where there is room, since each test's database is copied and thrown away."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK | os.X_OK) and shutil.disk_usage(memory).free > _ROOM
    return Path(tempfile.mkdtemp(prefix="tickets-test-", dir=memory if roomy else None))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # noqa: ANN401 - xdist has no types
    """Tell each of xdist's workers the folder."""
    node.workerinput["database_home"] = str(node.config.stash[_HOME])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the folder, after every worker has ended."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(config.stash[_HOME], ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> Iterator[EmbeddedPostgres]:
    """The run's server."""
    with EmbeddedPostgres(pytestconfig.stash[_HOME] / "postgres", _SETTINGS) as server:
        yield server


@pytest.fixture(scope="session")
def new_database(postgres: EmbeddedPostgres) -> Iterator[Callable[[str], str]]:
    """Make a database out of the named template and return its name; all of them go with the server."""
    number = itertools.count()
    with psycopg.connect(postgres.dsn(OWNER), autocommit=True) as admin:

        def make(template: str) -> str:
            name = f"test_{os.getpid()}_{next(number)}"
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY".encode())
            return name

        yield make


@pytest.fixture(scope="session")
def template(postgres: EmbeddedPostgres) -> str:
    """The name of the database that has every migration and no rows."""
    with _locked(postgres.home / "template.lock"), psycopg.connect(postgres.dsn(OWNER), autocommit=True) as admin:
        if admin.execute("SELECT FROM pg_database WHERE datname = %s", [_TEMPLATE]).fetchone() is None:
            admin.execute("CREATE DATABASE template_unfinished")
            upgrade(postgres.dsn(OWNER, "template_unfinished"))
            admin.execute(f"ALTER DATABASE template_unfinished RENAME TO {_TEMPLATE}".encode())
    return _TEMPLATE


@pytest.fixture(scope="session")
def grown(postgres: EmbeddedPostgres, template: str) -> str:
    """The name of a database with two years of tickets (``bench.fill``), which nobody changes: it takes seconds."""
    with _locked(postgres.home / "grown.lock"), psycopg.connect(postgres.dsn(OWNER), autocommit=True) as admin:
        if admin.execute("SELECT FROM pg_database WHERE datname = %s", [_GROWN]).fetchone() is None:
            admin.execute(f"CREATE DATABASE grown_unfinished TEMPLATE {template} STRATEGY FILE_COPY".encode())
            fill(postgres.dsn(OWNER, "grown_unfinished"), GROWN_TICKETS, talk="Repair")
            admin.execute(f"ALTER DATABASE grown_unfinished RENAME TO {_GROWN}".encode())
    return _GROWN


@pytest.fixture
def database_name(postgres: EmbeddedPostgres, new_database: Callable[[str], str], template: str) -> Iterator[str]:
    """A fresh migrated database."""
    name = new_database(template)
    yield name
    _drop(postgres, name)


@pytest.fixture
def owner_url(postgres: EmbeddedPostgres, database_name: str) -> str:
    """The test's database, as the superuser."""
    return postgres.dsn(OWNER, database_name)


@pytest.fixture
def bot_url(postgres: EmbeddedPostgres, database_name: str) -> str:
    """The test's database, as the bot's login role."""
    return postgres.dsn("repair_bot", database_name)


@pytest.fixture
def empty_url(postgres: EmbeddedPostgres, new_database: Callable[[str], str]) -> Iterator[str]:
    """A fresh database without any schema, as the superuser."""
    name = new_database("template0")
    yield postgres.dsn(OWNER, name)
    _drop(postgres, name)


@pytest.fixture
async def owner(owner_url: str) -> AsyncIterator[Connection]:
    """A connection to the test's database as the superuser."""
    connection = await asyncpg.connect(owner_url)
    yield connection
    await connection.close()


@pytest.fixture
async def bot(bot_url: str) -> AsyncIterator[Connection]:
    """A connection to the test's database as the bot's role."""
    connection = await asyncpg.connect(bot_url)
    yield connection
    await connection.close()


@pytest.fixture
async def database(bot_url: str) -> AsyncIterator[Database]:
    """The bot's pool on the test's database; its time limits are long, for a busy machine."""
    async with Database.connect(
        bot_url, pool_min=1, pool_max=5, acquire_timeout=20, statement_timeout=20, command_timeout=20
    ) as pool:
        yield pool


@pytest.fixture
async def shop(owner: Connection) -> Shop:
    """A few people and customers in the test's database."""
    return await Shop.open(owner)


@pytest.fixture
async def wire(bot_url: str) -> AsyncIterator[Wire]:
    """A counting proxy before the test's database: connect to ``wire.url``."""
    async with wire_to(bot_url) as proxy:
        yield proxy


def _drop(postgres: EmbeddedPostgres, name: str) -> None:
    with psycopg.connect(postgres.dsn(OWNER), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
