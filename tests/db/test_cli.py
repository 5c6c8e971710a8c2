import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from db.__main__ import main
from db.embedded import OWNER, EmbeddedPostgres

NOWHERE = "postgresql://postgres@127.0.0.1:1/shop"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings but the test's own."""
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "DATABASE_ADMIN_URL", "DATA_DIR", "LOG_LEVEL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch, empty_url: str) -> str:
    monkeypatch.setenv("DATABASE_ADMIN_URL", empty_url)
    return empty_url


@pytest.fixture
def data_dir(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A DATA_DIR that the server's user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="tickets-test-"))
    folder.chmod(0o711)
    monkeypatch.setenv("DATA_DIR", str(folder / "the data"))
    yield folder / "the data"
    shutil.rmtree(folder)


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> tuple[str, str]:
    assert main(arguments) == code
    out, err = capsys.readouterr()
    return out, err


@pytest.mark.usefixtures("empty")
def test_the_schema_goes_up_and_down_and_says_where_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "current") == ("none (pending: 0001)\n", "")
    assert said(capsys, "upgrade") == ("The schema is at 0001, was at none.\n", "")
    assert said(capsys, "upgrade") == ("The schema is at 0001, as before.\n", "")
    assert said(capsys, "current") == ("0001 (head)\n", "")
    assert said(capsys, "downgrade", "base") == ("The schema is at none, was at 0001.\n", "")


def test_upgrade_gives_the_bot_the_password_of_its_address_and_sends_only_the_verifier(
    empty: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://repair_bot:a%20good%20one@db.example:5432/tickets")

    out, err = said(capsys, "upgrade")

    assert "repair_bot logs in with the password in DATABASE_URL." in out
    assert "a good one" not in out + err
    with psycopg.connect(empty) as connection:
        row = connection.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'repair_bot'").fetchone()
    assert row is not None
    assert row[0].startswith("SCRAM-SHA-256$")


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["check"], "The schema is at none"),
        (["stats"], "The schema isn't up to date"),
        (["maintain"], "There is no shop in this database"),
        (["rotate-key"], "The schema isn't up to date"),
        (["backup", "empty.backup"], "There is no shop in this database"),
        (["sample"], "The schema isn't up to date"),
    ],
)
def test_before_there_is_a_schema_each_command_says_so_and_does_nothing(
    capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str, tmp_path: Path
) -> None:
    out, err = said(capsys, *arguments, code=1)

    assert (out, err[: len(complaint)], err.count("\n")) == ("", complaint, 1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("empty")
def test_an_unknown_revision_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    out, err = said(capsys, "downgrade", "9999", code=1)

    assert (out, err.count("\n")) == ("", 1)
    assert "9999" in err


def test_the_sample_is_loaded_once(capsys: pytest.CaptureFixture[str], empty: str) -> None:
    assert said(capsys, "sample", code=1)[1] == "The schema isn't up to date: run `python -m db upgrade` first.\n"
    said(capsys, "upgrade")

    assert said(capsys, "sample") == ("The sample shop is loaded.\n", "")
    assert said(capsys, "sample") == ("The shop isn't empty; it was left as it is.\n", "")
    with psycopg.connect(empty) as connection:
        assert connection.execute("SELECT count(*) FROM tickets").fetchone() == (150,)


def test_addresses_that_are_set_are_printed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://repair_bot@db/shop")
    monkeypatch.setenv("DATABASE_ADMIN_URL", "postgresql://admin@db/shop")

    assert said(capsys, "url") == ("postgresql://repair_bot@db/shop\n", "")
    assert said(capsys, "url", "--admin") == ("postgresql://admin@db/shop\n", "")


def test_the_embedded_databases_address_is_printed_while_it_runs(
    capsys: pytest.CaptureFixture[str], data_dir: Path
) -> None:
    with EmbeddedPostgres.in_data_dir(data_dir, {"fsync": "off"}) as server:
        assert said(capsys, "url") == (server.dsn() + "\n", "")
        assert said(capsys, "url", "--admin") == (server.dsn(OWNER) + "\n", "")
        with psycopg.connect(server.dsn(OWNER)) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.usefixtures("data_dir")
def test_the_address_of_an_embedded_database_at_rest_says_so_and_starts_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out, err = said(capsys, "url", code=1)

    assert out.startswith("postgresql://repair_bot@/")
    assert "isn't running" in err


def test_a_command_starts_the_embedded_database_for_its_own_time(
    capsys: pytest.CaptureFixture[str], data_dir: Path
) -> None:
    assert said(capsys, "current") == ("none (pending: 0001)\n", "")

    assert not EmbeddedPostgres.in_data_dir(data_dir).is_running()


def test_each_wrong_setting_is_one_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_ADMIN_URL", "mysql://x")
    monkeypatch.setenv("LOG_LEVEL", "LOUD")

    out, err = said(capsys, "current", code=1)

    assert out == ""
    assert [line.partition(":")[0] for line in err.splitlines()] == ["DATABASE_ADMIN_URL", "LOG_LEVEL"]


def test_the_bots_address_alone_is_not_enough(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", NOWHERE)

    _, err = said(capsys, "upgrade", code=1)

    assert err.startswith("DATABASE_ADMIN_URL: missing")


@pytest.mark.parametrize("command", ["current", "upgrade", "sample"])
def test_a_database_that_is_away_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("DATABASE_ADMIN_URL", NOWHERE)

    out, err = said(capsys, command, code=1)

    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("The database doesn't let us in")


def test_an_unknown_command_shows_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["backwards"])

    assert ended.value.code == 2
    assert "usage: python -m db" in capsys.readouterr().err
