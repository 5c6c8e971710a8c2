import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import asyncpg
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from db.backups import BackupRefused, back_up, restore
from db.drift import find_drift
from db.embedded import OWNER, EmbeddedPostgres
from db.members import read_actor
from db.pool import Database
from tests.conftest import Admin
from tests.shop import Connection, Shop


async def counts(connection: Connection) -> dict[str, int]:
    tables = await connection.fetch(
        "SELECT oid::regclass::text AS name FROM pg_class WHERE relkind = 'r'"
        " AND relnamespace IN ('public'::regnamespace, 'app'::regnamespace)"
    )
    names = [row["name"] for row in tables]
    return {name: await connection.fetchval(f"SELECT count(*) FROM {name}") for name in names}  # noqa: S608 - its own


@pytest.fixture
def empty_name(new_database: Callable[[str], str]) -> str:
    """The name of a database without any schema."""
    return new_database("template0")


async def test_backup_restores_every_row_and_who_may_see_it(
    shop: Shop, owner_url: str, postgres: EmbeddedPostgres, empty_name: str, tmp_path: Path
) -> None:
    await shop.add_ticket(worker=shop.technician, title="Ünïcode ✓")
    size = back_up(owner_url, tmp_path / "shop.backup")

    restore(postgres.dsn(OWNER, empty_name), tmp_path / "shop.backup")

    copy = await asyncpg.connect(postgres.dsn(OWNER, empty_name))
    try:
        assert await counts(copy) == await counts(shop.owner)
        assert await copy.fetchval("SELECT title FROM tickets") == "Ünïcode ✓"
    finally:
        await copy.close()
    async with Database.connect(postgres.dsn("repair_bot", empty_name), pool_min=1, pool_max=1) as database:
        await database.check_security()
        assert await database.pending_migrations() == ()
        seen = await read_actor(database, shop.technician.asker())
        assert seen.actor.name == "Tom Reed"
        assert await database.value("SELECT count(*) FROM tickets") == 0  # nobody asks: row-level security holds
    assert find_drift(postgres.dsn(OWNER, empty_name))[0] == []
    assert size > 1000


def test_backup_is_readable_by_its_owner_alone(owner_url: str, tmp_path: Path) -> None:
    back_up(owner_url, tmp_path / "shop.backup")

    assert stat.S_IMODE((tmp_path / "shop.backup").stat().st_mode) == 0o600


def test_backup_never_overwrites(owner_url: str, tmp_path: Path) -> None:
    (tmp_path / "shop.backup").write_text("precious")

    with pytest.raises(BackupRefused, match="exists already"):
        back_up(owner_url, tmp_path / "shop.backup")

    assert (tmp_path / "shop.backup").read_text() == "precious"


def test_a_backup_that_is_stopped_leaves_nothing(owner_url: str, maker: Admin, tmp_path: Path) -> None:
    """By SIGTERM, as a timer or a container does it; pg_dump ends with it."""
    name = conninfo_to_dict(owner_url)["dbname"]
    dumping = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND application_name = 'pg_dump'"
    with psycopg.connect(owner_url) as owner:
        owner.execute("LOCK TABLE tickets")  # pg_dump waits for it
        backup = subprocess.Popen(
            [sys.executable, "-m", "db", "backup", str(tmp_path / "shop.backup")],
            env={**os.environ, "DATABASE_ADMIN_URL": owner_url},
            stderr=subprocess.PIPE,
        )
        wait_for(lambda: maker.execute(f"{dumping} AND wait_event_type = 'Lock'", [name]).fetchone() == (1,))
        backup.send_signal(signal.SIGTERM)
        _, complaint = backup.communicate()
    wait_for(lambda: maker.execute(dumping, [name]).fetchone() == (0,))

    assert (backup.returncode, complaint) == (1, b"Stopped before the end; it can be run again.\n")
    assert list(tmp_path.iterdir()) == []


def wait_for(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_backup_leaves_nothing_beside_its_file(owner_url: str, tmp_path: Path) -> None:
    back_up(owner_url, tmp_path / "shop.backup")

    assert [path.name for path in tmp_path.iterdir()] == ["shop.backup"]


def test_backup_that_fails_leaves_no_file(bot_url: str, tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="pg_dump failed"):
        back_up(bot_url, tmp_path / "shop.backup")  # whom the database doesn't show everything

    assert list(tmp_path.iterdir()) == []


def test_restore_refuses_a_database_that_holds_something(owner_url: str, tmp_path: Path) -> None:
    back_up(owner_url, tmp_path / "shop.backup")

    with pytest.raises(BackupRefused, match="isn't empty"):
        restore(owner_url, tmp_path / "shop.backup")


def test_restore_of_a_broken_file_changes_nothing(empty_url: str, tmp_path: Path) -> None:
    (tmp_path / "broken").write_bytes(b"PGDMP nonsense")

    with pytest.raises(BackupRefused, match="pg_restore failed"):
        restore(empty_url, tmp_path / "broken")
