import pytest

from bot.readiness import Readiness

NOW = 1000.0


def readiness() -> Readiness:
    return Readiness(clock=lambda: NOW, database_seen=NOW)


def test_nothing_wrong_is_ready() -> None:
    assert readiness().problems() == []


@pytest.mark.parametrize(("seconds", "problems"), [(29, 0), (31, 1)])
def test_database_may_be_away_for_half_a_minute(seconds: float, problems: int) -> None:
    known = readiness()
    known.database_seen = NOW - seconds

    assert len(known.problems()) == problems


@pytest.mark.parametrize(("seconds", "problems"), [(59, 0), (61, 1)])
def test_dispatcher_may_be_silent_for_a_minute(seconds: float, problems: int) -> None:
    known = readiness()
    known.heartbeat = lambda: NOW - seconds

    assert len(known.problems()) == problems


def test_every_reason_is_named() -> None:
    known = readiness()
    known.draining = True
    known.pending = ("0002", "0003")
    known.slack = "Slack refuses the token."
    known.dispatcher = lambda: "Slack token refused."
    known.socket = lambda: "No connection is open."
    known.database_seen = float("-inf")
    known.heartbeat = lambda: float("-inf")

    assert known.problems() == [
        "This process is stopping.",
        "The database lacks 2 migrations: run `python -m db upgrade`.",
        "Slack refuses the token.",
        "Slack token refused.",
        "No connection is open.",
        "The database has not answered for more than 30 seconds.",
        "The dispatcher of notifications has been silent for more than a minute.",
    ]
