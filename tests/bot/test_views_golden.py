"""Every screen, word by word. UPDATE_GOLDEN=1 writes the files anew: read the difference before committing it."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.roles import Role
from bot.views.blocks import TEXT_MESSAGE
from tests.bot.judges import VALIDATOR, judge_by_sdk, judge_by_validator
from tests.bot.link_screens import ADDRESS
from tests.bot.screens import screens

GOLDEN = Path(__file__).parents[1] / "golden"
SCREENS = screens()


@pytest.mark.parametrize("name", SCREENS)
def test_screen_is_as_recorded(name: str) -> None:
    file = GOLDEN / f"{name}.json"
    shown = json.dumps(SCREENS[name][1], indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(shown, encoding="utf-8")

    assert file.read_text(encoding="utf-8") == shown


def test_no_recorded_screen_is_left_over() -> None:
    assert {file.stem for file in GOLDEN.glob("*.json")} == set(SCREENS)


@pytest.mark.parametrize("name", SCREENS)
def test_slack_sdk_accepts_screen(name: str) -> None:
    judge_by_sdk(*SCREENS[name])


@pytest.mark.skipif(not VALIDATOR.exists(), reason="the stand-alone validator is not here")
def test_stand_alone_validator_accepts_every_screen() -> None:
    pytest.importorskip("jsonschema")

    assert judge_by_validator(SCREENS) == []


@pytest.mark.parametrize("name", [name for name, (kind, _) in SCREENS.items() if kind == "message"])
def test_message_has_a_text_that_stands_alone(name: str) -> None:
    text = SCREENS[name][1]["text"]

    assert text.strip()
    assert len(text) <= TEXT_MESSAGE


@pytest.mark.parametrize("name", [name for name, (kind, _) in SCREENS.items() if kind != "entity"])  # plain text
def test_no_screen_mentions_anybody(name: str) -> None:
    for text in map(_without_our_links, _mrkdwn(SCREENS[name][1])):
        for live in ("<!channel", "<!here", "<!everyone", "<!subteam", "<@", "<#", "<http", "<mailto"):
            assert live not in text


def test_every_role_has_its_own_help() -> None:
    assert len({json.dumps(SCREENS[f"help_{role.name.lower()}"][1]) for role in Role}) == len(Role)


def _without_our_links(text: str) -> str:
    """Leave out the addresses of tickets, which say what they are: nobody may write such a link."""
    return re.sub(rf"<{re.escape(ADDRESS)}\|{re.escape(ADDRESS.removeprefix('https://'))}>", "", text)


def _mrkdwn(part: Any) -> Iterator[str]:  # noqa: ANN401 - any depth of JSON
    """Yield every text that Slack would read as markup."""
    if isinstance(part, dict):
        if part.get("type") not in {"plain_text", "raw_text", "text"} and isinstance(part.get("text"), str):
            yield part["text"]
        for inner in part.values():
            yield from _mrkdwn(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _mrkdwn(inner)
