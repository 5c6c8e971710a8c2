"""What people read is one voice (CONTRIBUTING.md, "Words"): golden screens and fixed sentences are read here."""

import json
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import pytest

from bot import errors

SCREENS: Final = sorted((Path(__file__).parents[1] / "golden").glob("*.json"))
TYPED_BY_PEOPLE: Final = re.compile("hostile|longest|filled")  # screens full of what somebody else wrote
READ: Final = frozenset({"text", "title", "fallback", "alt_text", "accessibility_label"})
LABEL: Final = 32  # characters of a button, as many as a phone shows
ROWS: Final = 2  # of buttons, one below the other
UNSPOKEN: Final = {
    "an exclamation": re.compile(r"\w!"),
    "an apology": re.compile(r"\b(sorry|oops|unfortunately|apolog)", re.IGNORECASE),
    "a machine's word": re.compile(
        r"\b(error|invalid|exception|null|failed to|unable to|not allowed)\b", re.IGNORECASE
    ),
    "a boast": re.compile(r"\bsuccessfully\b", re.IGNORECASE),
    "another spelling": re.compile(r"\b(email|e-Mail|Email|login|log in|setup)\b"),
    "stiff negation": re.compile(r"\b(is not|are not|do not|does not|cannot|can not|did not|was not)\b", re.IGNORECASE),
    "what lasts, as if it began now": re.compile(r"\b(runs|waits|is still|is running|There is)\b[^.:·]*\bsince\b"),
    "one of many, or many of one": re.compile(
        r"(?<![\d.,#])(1 (tickets|hours|minutes|days|people|files|photos|checks|pairs|contacts|messages)"
        r"|([02-9]|\d*[\d.,]\d) (ticket|hour|minute|day|person|file|photo|check|pair|contact|message))\b"
    ),
    "a long figure without its comma": re.compile(r"(?<![#\w.,:/-])(?<!ustomer )\d{5,} [a-z]"),
    "two blanks, or one before a stop": re.compile(r"[a-z]  [a-z]| [.,;](\s|$)"),
}
# the words of deactivate_customer() in the schema document, shown as they are
GIVEN: Final = ("Customer deactivated successfully.", "Cannot deactivate customer with open tickets: ")


def texts(document: Any) -> Iterator[str]:  # noqa: ANN401  JSON
    if isinstance(document, dict):
        for key, value in document.items():
            if key in READ and isinstance(value, str):
                yield value
            else:
                yield from texts(value)
    elif isinstance(document, list):
        for value in document:
            yield from texts(value)


def pressed(block: dict[str, Any]) -> list[dict[str, Any]]:
    accessory = [block["accessory"]] if "accessory" in block else []
    elements = block["elements"] if block["type"] == "actions" else accessory
    return [element for element in elements if element["type"] == "button"]


def named(screen: Any) -> list[str]:  # noqa: ANN401  JSON
    parts = [screen.get(part) for part in ("title", "submit", "close")] if isinstance(screen, dict) else []
    return [part["text"] for part in parts if part]


def runs(blocks: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    return [list(row) for rows, row in groupby(blocks, lambda block: block["type"] == "actions") if rows]


def faults(text: str) -> list[str]:
    for given in GIVEN:
        text = text.replace(given, "")
    text = re.sub(r"`[^`]*`|“[^”]*”|<!date[^>]*>", "…", text)  # commands, what was typed, moments
    return [f"{what} in {text!r}" for what, pattern in UNSPOKEN.items() if pattern.search(text)]


def sentences() -> Iterator[str]:
    for value in vars(errors).values():
        if isinstance(value, type) and issubclass(value, errors.Refusal):
            yield from filter(None, (vars(value).get("sentence"), vars(value).get("form_sentence")))
    yield from (errors.NotLinked(reason).sentence for reason in errors.NotLinked.REASONS)


@pytest.mark.parametrize(
    "path", [path for path in SCREENS if not TYPED_BY_PEOPLE.search(path.stem)], ids=lambda p: p.stem
)
def test_screen_speaks_with_the_one_voice(path: Path) -> None:
    assert [fault for text in texts(json.loads(path.read_text("utf-8"))) for fault in faults(text)] == []


@pytest.mark.parametrize(
    "path", [path for path in SCREENS if not re.search("hostile|longest", path.stem)], ids=lambda p: p.stem
)
def test_nothing_of_ours_is_cut_and_few_buttons_stand_together(path: Path) -> None:
    screen = json.loads(path.read_text("utf-8"))
    blocks = screen.get("blocks", []) if isinstance(screen, dict) else []
    labels = [element["text"]["text"] for block in blocks for element in pressed(block)]

    assert [label for label in [*labels, *named(screen)] if label.endswith("…")] == []
    assert [label for label in labels if len(label) > LABEL] == []
    assert max(map(len, runs(blocks)), default=0) <= ROWS


@pytest.mark.parametrize("sentence", list(sentences()))
def test_refusal_is_whole_sentences_in_the_one_voice(sentence: str) -> None:
    assert faults(sentence) == []
    assert re.fullmatch(r"[A-Z].*[.]", sentence, flags=re.DOTALL)


def test_the_voice_has_ears() -> None:
    assert faults("Sorry, an error: the email is not valid!") != []
    assert faults("1 tickets") != []
    assert faults("12 file") != []
    assert faults("12000 tickets") != []
    assert faults("Your timer runs on #42 since noon.") != []
    assert faults("1 ticket, 2.5 hours, 12,000 files of customer 10000 and #10000") == []
