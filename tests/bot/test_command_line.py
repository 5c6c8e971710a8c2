"""What is typed in a terminal: understood, refused in a line, never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from bot.__main__ import main

ROOT = Path(__file__).parents[2]


def bot(folder: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run ``python -m bot`` in a folder without ``.env``."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env={"PATH": os.defpath, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["grant", "maria@shop.example", "Boss"], "there are Manager, Technician, Regular User, Viewer"),
        (["grant", "maria", "Manager"], "no e-mail address"),
        (["grant", "maria@shop.example", "Manager", "--slack-user", "@maria"], "no Slack user id"),
        (["notifications", "--retry", "42; DROP"], "no message"),
        (["demo", "--port", "http"], "no port"),
        (["demo", "--port", "70000"], "no port"),
    ],
)
def test_what_makes_no_sense_is_said(capsys: pytest.CaptureFixture[str], arguments: list[str], words: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2
    assert words in capsys.readouterr().err


def test_wrong_word_ends_the_program_without_a_traceback(tmp_path: Path) -> None:
    result = bot(tmp_path, "dance")

    assert result.returncode == 2
    assert "invalid choice" in result.stderr
    assert "Traceback" not in result.stderr


def test_without_settings_each_missing_one_has_a_line(tmp_path: Path) -> None:
    result = bot(tmp_path)

    assert result.returncode == 1
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"]


def grant(folder: Path, url: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return bot(folder, "grant", *arguments, DATABASE_ADMIN_URL=url)


def test_first_manager_is_made(tmp_path: Path, owner_url: str) -> None:
    result = grant(tmp_path, owner_url, "Maria@Shop.example", "manager", "--slack-user", "U0MARIA")

    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "maria@shop.example is new here and has the role Manager, Slack account U0MARIA.\n"
    with psycopg.connect(owner_url) as connection:
        rows = connection.execute("SELECT email, role, slack_user_id, is_active FROM user_permissions").fetchall()
    assert rows == [("maria@shop.example", "Manager", "U0MARIA", True)]


def test_role_may_be_written_in_any_case(tmp_path: Path, owner_url: str) -> None:
    grant(tmp_path, owner_url, "rita@shop.example", "REGULAR-user")

    result = grant(tmp_path, owner_url, "rita@shop.example", "Technician")

    assert result.stdout == "rita@shop.example now has the role Technician, no Slack account linked yet.\n"


def test_slack_account_of_somebody_else_is_refused_in_a_line(tmp_path: Path, owner_url: str) -> None:
    grant(tmp_path, owner_url, "one@shop.example", "Manager", "--slack-user", "U0ONE")

    result = grant(tmp_path, owner_url, "two@shop.example", "Manager", "--slack-user", "U0ONE")

    assert result.returncode == 1
    assert result.stderr == "This account is somebody else's already.\n"
    assert "Traceback" not in result.stderr


def test_bots_own_login_gives_nobody_access(tmp_path: Path, bot_url: str, owner_url: str) -> None:
    result = grant(tmp_path, bot_url, "eve@shop.example", "Manager")

    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    with psycopg.connect(owner_url) as connection:
        assert connection.execute("SELECT count(*) FROM user_permissions").fetchone() == (0,)


def test_summary_now_is_written_for_each_manager_beside_what_comes_by_itself(tmp_path: Path, owner_url: str) -> None:
    nobody = bot(tmp_path, "summary", DATABASE_ADMIN_URL=owner_url)
    grant(tmp_path, owner_url, "maria@shop.example", "Manager", "--slack-user", "U0MARIA")

    said = [bot(tmp_path, "summary", DATABASE_ADMIN_URL=owner_url).stdout for _ in range(2)]

    assert nobody.stdout == "No Manager can be written to: none is active and linked to a Slack account.\n"
    assert said == ["The summary goes to 1 Manager as soon as a worker runs.\n"] * 2
    with psycopg.connect(owner_url) as connection:
        rows = connection.execute(
            "SELECT kind, state, (facts ->> 'day')::date = app.shop_today() - 1, dedupe_key LIKE 'summary:%:asked:%'"
            " FROM notifications"
        ).fetchall()
    assert rows == [("summary", "waiting", True, True)] * 2


def test_administrators_login_is_asked_for_where_the_bots_is_set(tmp_path: Path, bot_url: str) -> None:
    result = bot(tmp_path, "grant", "eve@shop.example", "Manager", DATABASE_URL=bot_url)

    assert result.returncode == 1
    assert result.stderr.startswith("DATABASE_ADMIN_URL: missing")


def test_nobody_there_is_said_in_a_line(tmp_path: Path) -> None:
    result = grant(tmp_path, "postgresql://nobody@127.0.0.1:9/shop", "eve@shop.example", "Manager")

    assert result.returncode == 1
    assert "database isn't answering" in result.stderr
    assert "Traceback" not in result.stderr


def test_empty_database_is_to_be_migrated_first(tmp_path: Path, empty_url: str) -> None:
    result = grant(tmp_path, empty_url, "maria@shop.example", "Manager")

    assert result.returncode == 1
    assert result.stderr == "The database is empty or of an older version: run `python -m db upgrade` first.\n"
