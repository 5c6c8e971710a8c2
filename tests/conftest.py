"""One embedded server for the whole run (shared by xdist's workers), and a fresh database for each test that asks.

``owner_url`` and ``bot_url`` are the same migrated database as two roles; ``owner``, ``bot`` and ``database`` are
open on it; ``shop`` fills it with a few people, ``sample_loaded_at`` with the sample shop; ``wire`` counts what goes
to it. ``empty_url`` has no schema. ``grown`` is one shop of 200,000 tickets for all the tests that only read it.
"""

import asyncio
import fcntl
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import asyncpg
import psycopg
import pytest
from hypothesis import HealthCheck, settings

from bench.fill import fill
from db.embedded import OWNER, EmbeddedPostgres
from db.migrations.commands import upgrade
from db.pool import Database
from db.sample.load import load_sample
from tests.shop import GROWN_TICKETS, Connection, Shop
from tests.wire import Wire, wire_to

_HOME = pytest.StashKey[Path]()
_TEMPLATE = "template_shop"
_GROWN = "grown_shop"
_ROOM = 2 * 1024**3  # bytes
Admin: TypeAlias = "psycopg.Connection[tuple[Any, ...]]"
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
_SAMPLE_LOADED_AT = "SELECT obj_description('public'::regnamespace)"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add two options.

    ``--postgres FOLDER``: another PostgreSQL's programs for the run's server, such as /usr/lib/postgresql/15/bin.
    ``--long``: the tests marked ``long``, too, and many more of the examples that tests make up (``make test-long``).
    """
    parser.addoption("--postgres", type=Path, help="run on the PostgreSQL whose programs are in this folder")
    parser.addoption("--long", action="store_true", help="run the tests marked long, try many more examples")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests marked ``long`` where they aren't asked for: they have targets of their own."""
    if config.getoption("--long"):
        return
    left_out = [item for item in items if item.get_closest_marker("long")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("long")]


def pytest_configure(config: pytest.Config) -> None:
    """Choose the server's folder, once a run, and let no test depend on how fast the machine is."""
    settings.register_profile(
        "project",
        deadline=None,
        max_examples=1000 if config.getoption("--long") else 50,
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("project")
    worker: dict[str, Any] | None = getattr(config, "workerinput", None)
    config.stash[_HOME] = Path(worker["database_home"]) if worker else new_home()


def new_home() -> Path:
    """Make a folder for a server: in memory where there is room, since tests' databases are copied and thrown away."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK | os.X_OK) and shutil.disk_usage(memory).free > _ROOM
    home = Path(tempfile.mkdtemp(prefix="tickets-test-", dir=memory if roomy else None))
    home.chmod(0o711)  # the server's user must get through, where root runs the tests
    return home


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
    programs: Path | None = pytestconfig.getoption("--postgres")
    with EmbeddedPostgres(pytestconfig.stash[_HOME] / "postgres", _SETTINGS, programs=programs) as server:
        yield server


@pytest.fixture(scope="session")
def maker(postgres: EmbeddedPostgres) -> Iterator[Admin]:
    """The connection that makes and drops databases: one for the whole run, since logging in takes its time."""
    with psycopg.connect(postgres.dsn(OWNER), autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def new_database(maker: Admin) -> Callable[[str], str]:
    """Make a database out of the named template and return its name; all of them go with the server."""
    number = itertools.count()

    def make(template: str) -> str:
        name = f"test_{os.getpid()}_{next(number)}"
        maker.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY".encode())
        return name

    return make


@pytest.fixture(scope="session")
def template(postgres: EmbeddedPostgres) -> str:
    """The name of the database that has every migration and no rows."""
    return made_once(postgres, _TEMPLATE, "template0", upgrade)


@pytest.fixture(scope="session")
def template_with_people(postgres: EmbeddedPostgres, template: str) -> str:
    """The name of the database that has the people and customers of ``Shop`` besides."""
    return made_once(postgres, "template_people", template, _let_people_in)


@pytest.fixture(scope="session")
def template_with_sample(postgres: EmbeddedPostgres, template: str) -> str:
    """The name of the database that has the sample shop besides; its comment says as of when."""
    return made_once(postgres, "template_sample", template, _load_sample)


@pytest.fixture(scope="session")
def grown(postgres: EmbeddedPostgres, template: str) -> str:
    """The name of a database with two years of tickets (``bench.fill``), which nobody changes: it takes seconds."""
    return made_once(postgres, _GROWN, template, lambda url: fill(url, GROWN_TICKETS, talk="Repair"))


@pytest.fixture
def database_name(request: pytest.FixtureRequest, maker: Admin, new_database: Callable[[str], str]) -> Iterator[str]:
    """A fresh migrated database."""
    filled = {"shop": "template_with_people", "sample_loaded_at": "template_with_sample"}
    template = next((filled[name] for name in filled if name in request.fixturenames), "template")
    name = new_database(request.getfixturevalue(template))
    yield name
    _drop(maker, name)


@pytest.fixture
def owner_url(postgres: EmbeddedPostgres, database_name: str) -> str:
    """The test's database, as the superuser."""
    return postgres.dsn(OWNER, database_name)


@pytest.fixture
def bot_url(postgres: EmbeddedPostgres, database_name: str) -> str:
    """The test's database, as the bot's login role."""
    return postgres.dsn("repair_bot", database_name)


@pytest.fixture
def empty_url(postgres: EmbeddedPostgres, maker: Admin, new_database: Callable[[str], str]) -> Iterator[str]:
    """A fresh database without any schema, as the superuser."""
    name = new_database("template0")
    yield postgres.dsn(OWNER, name)
    _drop(maker, name)


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
    return await Shop.find(owner)


@pytest.fixture
async def sample_loaded_at(owner: Connection) -> datetime:
    """The sample shop in the test's database: as of when it was loaded."""
    return datetime.fromisoformat(await owner.fetchval(_SAMPLE_LOADED_AT))


@pytest.fixture
async def wire(bot_url: str) -> AsyncIterator[Wire]:
    """A counting proxy before the test's database: connect to ``wire.url``."""
    async with wire_to(bot_url) as proxy:
        yield proxy


def made_once(postgres: EmbeddedPostgres, name: str, template: str, prepare: Callable[[str], object]) -> str:
    """Make a database out of a template and ``prepare`` it, unless another of xdist's workers has."""
    with _locked(postgres.home / f"{name}.lock"), psycopg.connect(postgres.dsn(OWNER), autocommit=True) as admin:
        if admin.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            admin.execute(f"CREATE DATABASE {name}_unfinished TEMPLATE {template} STRATEGY FILE_COPY".encode())
            prepare(postgres.dsn(OWNER, f"{name}_unfinished"))
            admin.execute(f"ALTER DATABASE {name}_unfinished RENAME TO {name}".encode())
    return name


def _let_people_in(url: str) -> None:
    async def open_shop() -> None:
        connection = await asyncpg.connect(url)
        await Shop.open(connection)
        await connection.close()

    with ThreadPoolExecutor(1) as elsewhere:  # pytest-asyncio has this thread's loop
        elsewhere.submit(asyncio.run, open_shop()).result()


def _load_sample(url: str) -> None:
    now = datetime.now(UTC)
    with psycopg.connect(url) as connection:
        assert load_sample(connection, now)
        connection.execute(f"COMMENT ON SCHEMA public IS '{now.isoformat()}'".encode())


def _drop(maker: Admin, name: str) -> None:
    maker.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
