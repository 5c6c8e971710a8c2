"""The demo's first visit says what the app understands, and waits for what the app says."""

import json
import re
from pathlib import Path
from typing import Final

import pytest

from bot.grammar import parse
from bot.views.ids import TICKET_FILE
from sandbox.tour import Done, Tour
from sandbox.workspace import Workspace

ROOT: Final = Path(__file__).parents[2]
SAMPLE: Final = ROOT / "db" / "sample"
TOUR: Final = Tour.read(SAMPLE / "tour.json", Workspace.read(SAMPLE / "workspace.json"))


def fits(pattern: str | None, said: str) -> re.Match[str] | None:
    """Search as the page does, for ticket 42."""
    return re.search((pattern or "").replace("(?<", "(?P<").replace("{ticket}", "42"), said)


def golden(name: str) -> str:
    return (ROOT / "tests" / "golden" / f"{name}.json").read_text()


@pytest.mark.parametrize(("step", "verb"), [(0, "new"), (2, "note"), (3, "done"), (4, "summary"), (5, "history")])
def test_what_it_writes_is_a_command(step: int, verb: str) -> None:
    written = (TOUR.steps[step].write or "").replace("{ticket}", "42").removeprefix("/ticket ")

    assert parse(written).verb == verb


def test_filing_is_noticed_by_the_forms_answer_and_gives_the_number() -> None:
    done = TOUR.steps[0].done
    caught = fits(done.answer, golden("filed_queue"))

    assert done.delivery == f"view_submission {TICKET_FILE}"
    assert caught is not None
    assert caught["ticket"] == "151"


@pytest.mark.parametrize(
    ("step", "screen", "others"),
    [
        (1, "told_card_taken", ["told_card_queue", "told_card_completed"]),
        (2, "told_thread_many", ["told_thread_one", "told_card_taken"]),
        (3, "told_card_completed", ["told_card_queue", "told_card_taken"]),
    ],
)
def test_what_follows_is_noticed_by_what_the_channel_reads(step: int, screen: str, others: list[str]) -> None:
    pattern = TOUR.steps[step].done.message

    assert fits(pattern, json.loads(golden(screen))["text"])
    assert not any(fits(pattern, json.loads(golden(other))["text"]) for other in others)


def test_last_steps_are_done_by_their_commands() -> None:
    assert [step.done for step in TOUR.steps[4:]] == [
        Done(delivery="slash_command /ticket summary"),
        Done(delivery="slash_command /ticket history"),
    ]
