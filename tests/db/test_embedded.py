import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from db import embedded
from db.embedded import LOGIN_ROLES, OWNER, EmbeddedPostgres, usable_data_dir
from db.programs import EmbeddedPostgresError
from tests.conftest import new_home

QUICK = {"fsync": "off"}
USER = """
import sys
from pathlib import Path
from db.embedded import EmbeddedPostgres
with EmbeddedPostgres(Path(sys.argv[1]), {"fsync": "off"}):
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def empty_home() -> Iterator[Path]:
    """A folder with a space and a quote in its name, which the server's user can reach; nothing is in it."""
    with reachable_folder() as folder:
        yield folder / "the shop's data" / "postgres"


@pytest.fixture(scope="module")
def new_data() -> Iterator[Path]:
    """What initdb makes, which takes most of a first start: once, since it is the matter of few tests."""
    with reachable_folder() as folder:
        with EmbeddedPostgres(folder / "postgres", QUICK):
            pass
        assert ends(folder / "postgres")
        yield folder / "postgres" / "data"


@pytest.fixture
def home(empty_home: Path, new_data: Path) -> Path:
    """Such a folder with a copy of that in it."""
    return lay_out(new_data, empty_home)


def lay_out(data: Path, home: Path) -> Path:
    EmbeddedPostgres(home)._make_home()
    subprocess.run(["cp", "-a", data, home / "data"], check=True)  # they keep their owner
    return home


@contextmanager
def reachable_folder() -> Iterator[Path]:
    folder = new_home()
    yield folder
    shutil.rmtree(folder)


def query(server: EmbeddedPostgres, statement: str, role: str = OWNER) -> object:
    with psycopg.connect(server.dsn(role), autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def server_pid(home: Path) -> int:
    return int((home / "data" / "postmaster.pid").read_text().split()[0])


def ends(home: Path) -> bool:
    """Wait until no process of the server is left."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if EmbeddedPostgres(home)._is_free("server.lock", fcntl.LOCK_EX):
            return True
        time.sleep(0.02)
    return False


def start_user(home: Path) -> "subprocess.Popen[str]":
    user = subprocess.Popen(
        [sys.executable, "-c", USER, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert user.stdout is not None
    assert user.stdout.readline() == "ready\n"
    return user


def test_it_starts_in_any_folder_stops_with_its_user_and_keeps_the_data(empty_home: Path) -> None:
    server = EmbeddedPostgres(empty_home, QUICK)
    assert not server.is_running()

    with server:
        assert server.is_running()
        query(server, "CREATE TABLE kept AS SELECT 42 AS number")

    assert not server.is_running()

    with EmbeddedPostgres(empty_home, QUICK) as server:
        assert query(server, "SELECT number FROM kept") == 42


def test_it_stays_until_the_last_of_several_users_has_gone(home: Path) -> None:
    with start_user(home) as other:
        server = EmbeddedPostgres(home, QUICK)
        server.start()
        other.communicate()
        assert query(server, "SELECT 1") == 1

        assert server.stop()
    assert not server.is_running()


def test_stopping_leaves_the_server_to_the_others(home: Path) -> None:
    server = EmbeddedPostgres(home, QUICK)
    server.start()
    with start_user(home) as other:
        assert not server.stop()
        assert query(server, "SELECT 1") == 1
        other.communicate()
    with server:  # waits for the former server's end
        assert query(server, "SELECT 1") == 1


def test_it_stops_when_its_only_user_is_killed(home: Path) -> None:
    with start_user(home) as user:
        user.kill()

    assert ends(home)


def test_it_comes_back_after_a_crash(home: Path) -> None:
    server = EmbeddedPostgres(home)
    server.start()
    query(server, "CREATE TABLE kept AS SELECT 42 AS number")
    os.kill(server_pid(home), 9)
    server.stop()

    with server:
        assert query(server, "SELECT number FROM kept") == 42


def test_every_login_role_may_connect_and_nothing_listens_on_the_network(home: Path) -> None:
    with EmbeddedPostgres(home, QUICK) as server:
        for role in LOGIN_ROLES:
            if role != OWNER:
                query(server, f"CREATE ROLE {role} LOGIN")

            assert query(server, "SELECT current_user::text", role) == role
        assert query(server, "SHOW listen_addresses") == ""


def test_a_socket_too_deep_for_the_system_is_put_elsewhere(empty_home: Path, new_data: Path) -> None:
    home = lay_out(new_data, empty_home / ("deep" * 20))
    with EmbeddedPostgres(home, QUICK) as server:
        assert query(server, "SELECT 1") == 1
        elsewhere = server._socket_dir
        assert not elsewhere.is_relative_to(home)

    end = time.monotonic() + 30
    while elsewhere.exists():
        assert time.monotonic() < end, "the folder of its socket is left behind"
        time.sleep(0.02)


@pytest.mark.parametrize("trap", ["a link", "open to all"])
def test_a_socket_folder_that_somebody_else_laid_out_is_not_used(empty_home: Path, new_data: Path, trap: str) -> None:
    """In the temporary folder everybody may make one, and what root hands over to the server's user it hands over."""
    server = EmbeddedPostgres(lay_out(new_data, empty_home / ("trap" * 20)), QUICK)
    target = empty_home / "target"
    target.mkdir(mode=0o700)
    before = target.stat()
    if trap == "a link":
        server._socket_dir.symlink_to(target)
    else:
        server._socket_dir.mkdir()
        server._socket_dir.chmod(0o777)
    try:
        with pytest.raises(EmbeddedPostgresError, match="somebody else"):
            server.start()
    finally:
        server._socket_dir.unlink() if trap == "a link" else server._socket_dir.rmdir()

    assert target.stat().st_uid == before.st_uid


def test_a_lock_is_no_link(home: Path) -> None:
    with EmbeddedPostgres(home, QUICK):
        pass
    assert ends(home)
    target = home.parent / "precious"
    target.write_text("as it was")
    (home / "start.lock").unlink()
    (home / "start.lock").symlink_to(target)
    before = target.stat()

    with pytest.raises(EmbeddedPostgresError):
        EmbeddedPostgres(home, QUICK).start()

    assert (target.read_text(), target.stat().st_uid) == ("as it was", before.st_uid)


def test_data_of_another_version_is_named_not_touched(empty_home: Path) -> None:
    server = EmbeddedPostgres(empty_home, QUICK)
    (empty_home / "data").mkdir(parents=True)
    (empty_home / "data" / "PG_VERSION").write_text("9\n")

    with pytest.raises(EmbeddedPostgresError, match="holds PostgreSQL 9 data"):
        server.start()


def test_without_any_server_installed_it_says_what_to_do(empty_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> Path:
        raise EmbeddedPostgresError("no PostgreSQL server is installed")

    monkeypatch.setattr(embedded, "find_programs", none)

    with pytest.raises(EmbeddedPostgresError, match="no PostgreSQL server is installed"):
        EmbeddedPostgres(empty_home, QUICK).start()


def test_a_data_folder_out_of_reach_is_replaced_by_the_same_one_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    first, second, other = (usable_data_dir(closed / name) for name in (".data", ".data", "elsewhere"))

    assert first == second != other
    assert first.parent == embedded.FALLBACK


def test_a_data_folder_within_reach_is_used(empty_home: Path) -> None:
    assert usable_data_dir(empty_home) == empty_home.resolve()
