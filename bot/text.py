"""Text that people typed: what of it is kept, and how it is shortened.

Nothing here knows Slack or the database. Lengths are UTF-16 units, because Slack doesn't say whether it counts those
or code points, and the larger of the two is safe under both.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

ELLIPSIS: Final = "…"
_WORD_BACK: Final = 24  # how far a cut steps back to the end of a word
_QUOTED: Final = 40  # enough of what was typed to recognise it

# marks that turn the direction of what follows, beyond the text that they stand in; LRM and RLM stay, they don't
_TURNING: Final = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# looks empty, though Unicode calls it a letter or symbol
_BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_DROPPED: Final = re.compile(f"[\\x00-\\x08\\x0e-\\x1f\\x7f-\\x84\\x86-\\x9f\ud800-\udfff\ufffe\uffff{_TURNING}]")
_LINE_ENDS: Final = re.compile(r"\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_GAPS: Final = re.compile(r"\s+")
_FORMAT: Final = re.compile(r"[\u200b-\u200f\u2060-\u2064\ufeff]")
_QUOTES: Final = "\"'`\u00ab\u00bb\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f"
_REGIONAL: Final = range(0x1F1E6, 0x1F200)
_JOINER: Final = "\u200d"


def printable(text: str) -> str:
    """Return the text without what can't be stored or shown.

    Dropped: control characters (NUL too, which PostgreSQL refuses), lone surrogates, which no encoding carries, and
    the marks that turn the direction of the text around them.
    """
    return _DROPPED.sub("", text)


def clean_lines(typed: str) -> str:
    r"""Return what is ``printable`` of the text in NFC, trimmed, with ``\n`` between lines."""
    return unicodedata.normalize("NFC", printable(_LINE_ENDS.sub("\n", typed))).strip()


def clean_line(typed: str) -> str:
    """Return the text as ``clean_lines`` does, on one line with single spaces."""
    return _GAPS.sub(" ", clean_lines(typed)).strip()


def clean_word(typed: str) -> str:
    """Return a word or number for comparison: full-width forms made plain, without invisible marks and quotes."""
    text = _FORMAT.sub("", unicodedata.normalize("NFKC", clean_line(typed)))
    return text.strip(_QUOTES)


def is_blank(text: str) -> bool:
    """Tell whether nothing of the text can be seen."""
    return all(char in _BLANK or unicodedata.category(char)[0] in "ZC" for char in text)


def length(text: str) -> int:
    """Return the length in UTF-16 units."""
    return len(text) + sum(char > "\uffff" for char in text)


def shorten(text: str, limit: int) -> str:
    """Return the text, or as much of it as fits into ``limit`` with an ellipsis, cut after a word where one ends near.

    A character is never parted from its accents, joiners or flag.
    """
    return text if 2 * len(text) <= limit else shorten_pieces(list(text), limit)


def shorten_pieces(pieces: Sequence[str], limit: int) -> str:
    """Shorten as ``shorten`` does, where ``pieces`` may not be cut: characters, or longer (an escaped ``&amp;``)."""
    used, end = 0, 0
    for at, piece in enumerate(pieces):
        used += length(piece)
        if used > limit:
            break
        if used < limit:  # room for the ellipsis
            end = at + 1
    else:
        return "".join(pieces)
    while end and not _may_cut(pieces, end):
        end -= 1
    for back in range(end, max(end - _WORD_BACK, 0), -1):
        if pieces[back].isspace():
            end = back
            break
    return "".join(pieces[:end]).rstrip() + ELLIPSIS


def quoted(typed: str) -> str:
    """Return what somebody typed, so short and clean that a sentence can hold it: ``“…”``."""
    line = _FORMAT.sub("", clean_line(typed)).replace("`", "'")
    shown = "".join(char if char.isprintable() else "\ufffd" for char in line)
    return f"“{shorten(shown, _QUOTED)}”"


def _may_cut(pieces: Sequence[str], at: int) -> bool:
    """Tell whether a new grapheme begins at ``at``: near enough to UAX #29 for a cut that nobody notices."""
    after, before = pieces[at][0], pieces[at - 1][-1]
    if _JOINER in (before, after) or unicodedata.category(after)[0] == "M":
        return False
    if "\U0001f3fb" <= after <= "\U0001f3ff":  # skin tones
        return False
    if ord(after) in _REGIONAL and ord(before) in _REGIONAL:
        start = at
        while start and ord(pieces[start - 1][-1]) in _REGIONAL:
            start -= 1
        return (at - start) % 2 == 0
    return True
