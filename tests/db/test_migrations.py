"""Migrations: they make what ``db/sql`` says, by whoever may run them, and can be taken back."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from alembic.script import ScriptDirectory

import db.migrations
from db.catalogue import Definition, Key, read_catalogue
from db.drift import CheckRefused, find_drift
from db.embedded import OWNER, EmbeddedPostgres
from db.maintenance import maintain
from db.migrations import commands
from db.pool import Database
from db.schema import present_state
from db.stats import read_figures

_HERE = Path(db.migrations.__file__).parent


@pytest.fixture
def second_empty_url(postgres: EmbeddedPostgres, new_database: Callable[[str], str]) -> str:
    return postgres.dsn(OWNER, new_database("template0"))


def run(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def catalogue(url: str) -> dict[Key, Definition]:
    with psycopg.connect(url) as connection:
        return read_catalogue(connection)


def made_directly(url: str) -> dict[Key, Definition]:
    with psycopg.connect(url) as connection:
        connection.execute(present_state().encode())
    return catalogue(url)


def test_migrated_database_is_what_the_files_say(empty_url: str, second_empty_url: str) -> None:
    """If this fails after a change under db/sql: make the revision's file anew, see db/schema.py."""
    commands.upgrade(empty_url)
    migrated, direct = catalogue(empty_url), made_directly(second_empty_url)
    differing = {key for key in migrated.keys() | direct.keys() if migrated.get(key) != direct.get(key)}

    assert differing == set()
    assert len(migrated) > 400


def test_alembic_sees_no_drift(empty_url: str) -> None:
    commands.upgrade(empty_url)
    commands.check(empty_url)  # raises if it does


def test_downgrade_leaves_nothing_but_roles_and_up_again_works(empty_url: str) -> None:
    before = everything(empty_url)
    commands.upgrade(empty_url)
    once = catalogue(empty_url)
    commands.downgrade(empty_url, "base")

    assert everything(empty_url) == before
    assert commands.current(empty_url) is None
    commands.upgrade(empty_url)
    assert catalogue(empty_url) == once


def everything(url: str) -> dict[str, list[object]]:
    """Return what stands in a database, whoever made it, alembic's own table apart."""
    queries = {
        "relations": "SELECT oid::regclass::text FROM pg_class WHERE relnamespace >= 16384 OR relnamespace = 2200",
        "functions": "SELECT oid::regprocedure::text FROM pg_proc WHERE oid >= 16384",
        "schemas": "SELECT nspname, nspacl::text FROM pg_namespace WHERE nspname !~ '^pg_'",
        "extensions": "SELECT extname FROM pg_extension",
        "default privileges": "SELECT defaclacl::text FROM pg_default_acl",
        "settings": "SELECT setconfig::text FROM pg_db_role_setting s JOIN pg_database d ON d.oid = setdatabase"
        " WHERE datname = current_database()",
        "rights": "SELECT COALESCE(datacl, acldefault('d', datdba))::text FROM pg_database"
        " WHERE datname = current_database()",
        "types": "SELECT typname FROM pg_type WHERE oid >= 16384",
    }
    with psycopg.connect(url) as connection:
        found = {what: connection.execute(f"{query} ORDER BY 1".encode()).fetchall() for what, query in queries.items()}
    return {what: [row for row in rows if "alembic_version" not in str(row)] for what, rows in found.items()}


def test_upgrade_twice_changes_nothing(empty_url: str) -> None:
    commands.upgrade(empty_url)
    once = catalogue(empty_url)
    commands.upgrade(empty_url)

    assert catalogue(empty_url) == once


def test_failed_upgrade_leaves_nothing(empty_url: str) -> None:
    """An object that is in the way, made last: all that came before it is rolled back."""
    run(empty_url, "CREATE FUNCTION update_updated_at_column() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    before = everything(empty_url)
    with pytest.raises(Exception, match="update_updated_at_column"):
        commands.upgrade(empty_url)

    assert everything(empty_url) == before
    assert commands.current(empty_url) is None


def test_two_migrators_at_once(empty_url: str) -> None:
    """Replicas that start together: the second waits, and finds nothing to do."""
    program = "import sys; from db.migrations import commands; commands.upgrade(sys.argv[1])"
    running = [subprocess.Popen([sys.executable, "-c", program, empty_url]) for _ in range(2)]

    assert [process.wait(timeout=50) for process in running] == [0, 0]
    assert commands.current(empty_url) == commands.head()


def test_head_is_alembics() -> None:
    assert [commands.head()] == ScriptDirectory(str(_HERE)).get_heads()


def test_current_of_a_database_without_migrations(empty_url: str) -> None:
    assert commands.current(empty_url) is None
    commands.upgrade(empty_url)
    assert commands.current(empty_url) == commands.head()


async def test_bot_knows_what_is_pending(empty_url: str, postgres: EmbeddedPostgres) -> None:
    name = psycopg.conninfo.conninfo_to_dict(empty_url)["dbname"]
    commands.upgrade(empty_url)
    async with Database.connect(postgres.dsn("repair_bot", str(name)), pool_min=1, pool_max=1) as database:
        assert await database.pending_migrations() == ()


@pytest.fixture
def plain_owner_url(postgres: EmbeddedPostgres, empty_url: str, second_empty_url: str) -> Iterator[str]:
    """An empty database owned by a CREATEROLE role without superuser's rights, as a managed server gives."""
    name = str(psycopg.conninfo.conninfo_to_dict(empty_url)["dbname"])
    role = f"cloud_{os.getpid()}"
    members = "repair_owner, authenticated_users, repair_bot, repair_web, repair_maintenance"
    # the cluster's roles are made by the superuser here: give what their maker would have
    commands.upgrade(second_empty_url)
    run(
        postgres.dsn(OWNER),
        f"CREATE ROLE {role} LOGIN CREATEROLE",
        f"GRANT {members} TO {role} WITH ADMIN OPTION",
        f"ALTER DATABASE {name} OWNER TO {role}",
    )
    yield postgres.dsn(OWNER, name) + f"&options=-c%20role%3D{role}"
    run(postgres.dsn(OWNER), f"ALTER DATABASE {name} OWNER TO postgres")
    run(postgres.dsn(OWNER, name), f"DROP OWNED BY {role} CASCADE")
    run(postgres.dsn(OWNER), f"DROP OWNED BY {role} CASCADE", f"DROP ROLE {role}")


def test_database_owner_without_superusers_rights_migrates(plain_owner_url: str, second_empty_url: str) -> None:
    commands.upgrade(plain_owner_url)
    migrated, by_superuser = catalogue(plain_owner_url), catalogue(second_empty_url)
    differing = {key for key in migrated.keys() | by_superuser.keys() if migrated.get(key) != by_superuser.get(key)}

    assert {kind for kind, _ in differing} <= {"extension", "database setting"}  # some of these are a superuser's
    with pytest.raises(CheckRefused, match="CREATEDB"):
        find_drift(plain_owner_url)
    run(plain_owner_url, f"SET ROLE {OWNER}", f"ALTER ROLE cloud_{os.getpid()} CREATEDB")
    assert find_drift(plain_owner_url)[0] == []
    assert maintain(plain_owner_url, print) == 0
    commands.downgrade(plain_owner_url, "base")
    commands.upgrade(plain_owner_url)


def _other_postgres() -> Path | None:
    """Return a PostgreSQL 15 of this machine, where there is one."""
    folder = Path("/usr/lib/postgresql/15/bin")
    return folder if (folder / "initdb").exists() else None


@pytest.mark.skipif(_other_postgres() is None, reason="no PostgreSQL 15 on this machine")
def test_postgresql_15_too(tmp_path_factory: pytest.TempPathFactory) -> None:
    """On a cluster of its own, where a plain CREATEROLE role makes all roles itself.

    ``make test-15`` does the same as a superuser.
    """
    programs = _other_postgres()
    assert programs is not None
    home = tmp_path_factory.mktemp("pg15")
    as_server: dict[str, object] = {}
    if os.geteuid() == 0:
        as_server = {"user": "postgres", "group": "postgres", "extra_groups": []}
        home = Path("/tmp") / f"tickets-pg15-{os.getpid()}"
        home.mkdir(mode=0o700)
        shutil.chown(home, "postgres", "postgres")
    try:
        _server(
            programs, home, as_server, "initdb", "-D", f"{home}/data", "-U", "postgres", "-A", "trust", "-E", "UTF8"
        )
        options = f"-c listen_addresses='' -c unix_socket_directories={home} -c fsync=off"
        _server(
            programs, home, as_server, "pg_ctl", "-D", f"{home}/data", "-w", "-l", f"{home}/log", "-o", options, "start"
        )
        try:
            admin = f"postgresql://postgres@/postgres?host={home}"
            run(admin, "CREATE ROLE cloud LOGIN CREATEROLE CREATEDB", "CREATE DATABASE shop OWNER cloud")
            url = f"postgresql://cloud@/shop?host={home}"
            commands.upgrade(url)
            commands.check(url)
            assert find_drift(url)[0] == []
            assert maintain(url, print) == 0
            assert not read_figures(url).statements_watched  # this server doesn't load pg_stat_statements
            commands.downgrade(url, "base")
            commands.upgrade(url)
        finally:
            _server(programs, home, as_server, "pg_ctl", "-D", f"{home}/data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _server(programs: Path, home: Path, as_server: dict[str, object], program: str, *arguments: str) -> None:
    with (home / f"{program}.out").open("w") as out:
        subprocess.run(  # type: ignore[call-overload]  # user and group by name, where root runs this
            [str(programs / program), *arguments], check=True, stdout=out, stderr=out, cwd="/", **as_server
        )
