"""The catalogue has what people read: each word on a screen comes from one of its texts, or from somebody's data."""

import ast
import calendar
import json
import re
import shutil
import string
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from bot.texts import Text, catalogue, texts

HERE: Final = Path(__file__).parent
TYPED_BY_PEOPLE: Final = re.compile("hostile|longest|filled|many")  # screens full of what somebody else wrote
READ: Final = frozenset(
    {"text", "title", "fallback", "alt_text", "accessibility_label", "custom_title", "custom_message", "label"}
)
WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
MOMENT: Final = re.compile(r"<!date[^>]*>|&(?:amp|lt|gt);")  # and what is escaped
CODE: Final = re.compile(r"`[^`]*`")  # what is typed as it stands
SCREENS: Final = sorted(
    path for path in (HERE.parent / "golden").glob("*.json") if not TYPED_BY_PEOPLE.search(path.stem)
)
TEXTS: Final = texts()


def fragments() -> Mapping[str, Sequence[str]]:
    """Return what stands between the facts of all texts, by its first word, the longest first."""
    found: dict[str, set[str]] = defaultdict(set)
    for words in (each for text in TEXTS for each in (text.words, text.plural)):
        for piece, *_ in string.Formatter().parse(words):
            fragment = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", piece).casefold()
            if first := WORD.match(fragment):
                found[first[0]].add(fragment)
    return {first: sorted(among, key=len, reverse=True) for first, among in found.items()}


def data() -> set[str]:
    """Return the words of the facts that the screens are made of, and of the calendar."""
    makers = [HERE / "rows.py", *HERE.glob("*screens.py")]
    trees = [ast.parse(path.read_text("utf-8")) for path in makers]
    said = [each.value for tree in trees for each in ast.walk(tree) if isinstance(each, ast.Constant)]
    said += [each.arg for tree in trees for each in ast.walk(tree) if isinstance(each, ast.keyword)]
    known = {word for each in said if isinstance(each, str) for word in WORD.findall(each.casefold())}
    days = [name.casefold() for name in (*calendar.day_name, *calendar.day_abbr)]
    months = [name.casefold() for name in (*calendar.month_name, *calendar.month_abbr)]
    return {*known, *days, *(f"{day}s" for day in days), *months}


FRAGMENTS: Final = fragments()
DATA: Final = data()


def read(document: Any) -> Iterator[str]:  # noqa: ANN401  JSON
    if isinstance(document, dict):
        for key, value in document.items():
            if key in READ and isinstance(value, str):
                yield value
            else:
                yield from read(value)
    elif isinstance(document, list):
        for value in document:
            yield from read(value)


def unknown(shown: str) -> list[str]:
    """Return the words that are of no text and no fact. One letter over and over is a fact, too."""
    text = MOMENT.sub(" ", shown.casefold())
    rest, end = "", 0
    for word in WORD.finditer(text):
        if word.start() < end:
            continue
        among = FRAGMENTS.get(word[0], ())
        fragment = next((each for each in among if text.startswith(each, word.start())), "")
        rest += text[end : word.start()] + (" " if fragment else word[0])
        end = word.start() + len(fragment) if fragment else word.end()
    left = WORD.findall(CODE.sub(" ", rest + text[end:]))
    return [word for word in left if word.removesuffix("'s") not in DATA and len(set(word)) > 1]


@pytest.mark.parametrize("path", SCREENS, ids=lambda path: path.stem)
def test_each_word_on_a_screen_is_of_the_catalogue_or_a_fact(path: Path) -> None:
    found = {shown: unknown(shown) for shown in read(json.loads(path.read_text("utf-8")))}

    assert {shown: words for shown, words in found.items() if words} == {}


def test_what_is_in_no_text_is_found() -> None:
    assert unknown("Ticket #42 is completed already; nothing was changed.") == []
    assert unknown("Ticket #42 is bewitched already") == ["bewitched"]


def test_catalogue_has_each_text_once_with_its_places_and_plural() -> None:
    made = catalogue([Text("a.py:1", "ticket", "tickets"), Text("b.py:2", "ticket"), Text("b.py:3", 'A "{name}"')])

    assert made.split("\n\n")[1:] == [
        '#: a.py:1 b.py:2\nmsgid "ticket"\nmsgid_plural "tickets"\nmsgstr[0] ""\nmsgstr[1] ""',
        '#: b.py:3\n#, python-brace-format\nmsgid "A \\"{name}\\""\nmsgstr ""\n',
    ]


@pytest.mark.skipif(shutil.which("msgfmt") is None, reason="gettext's tools are not here")
def test_gettext_accepts_the_catalogue(tmp_path: Path) -> None:
    path = tmp_path / "texts.pot"
    path.write_text(catalogue(TEXTS), "utf-8")

    checked = subprocess.run(
        ["msgfmt", "--check-format", "-o", tmp_path / "texts.mo", path], capture_output=True, text=True, check=False
    )

    assert checked.stderr == ""
    assert checked.returncode == 0
