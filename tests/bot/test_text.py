import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import clean_line, clean_lines, clean_word, is_blank, length, quoted, shorten

ANYTHING = st.text(st.characters())  # every code point, lone surrogates too
FAMILY = "👨\u200d👩\u200d👧"


@given(ANYTHING)
def test_cleaned_text_can_be_stored_and_sent(typed: str) -> None:
    cleaned = clean_lines(typed)

    assert "\0" not in cleaned
    cleaned.encode()
    assert cleaned == cleaned.strip()
    assert unicodedata.is_normalized("NFC", cleaned)


@given(ANYTHING)
def test_cleaning_twice_changes_nothing(typed: str) -> None:
    assert clean_lines(clean_lines(typed)) == clean_lines(typed)
    assert clean_line(clean_line(typed)) == clean_line(typed)


@given(ANYTHING)
def test_cleaned_line_is_one_line(typed: str) -> None:
    assert len(clean_line(typed).splitlines()) <= 1


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("a\x00b\x07c", "abc"),
        ("e\u0301", "é"),
        ("\u202etxt.exe\u202c", "txt.exe"),
        ("\ud83d broken", "broken"),
        ("שלום\u200f!", "שלום\u200f!"),
        (FAMILY, FAMILY),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_lines_are_cleaned(typed: str, cleaned: str) -> None:
    assert clean_lines(typed) == cleaned


@pytest.mark.parametrize(
    ("typed", "word"),
    [("#\uff14\uff12", "#42"), ("“take”", "take"), ("ta\u200bke", "take"), ("«Done»", "Done"), ("'1.5h'", "1.5h")],
)
def test_word_is_made_plain(typed: str, word: str) -> None:
    assert clean_word(typed) == word


@pytest.mark.parametrize("text", ["", " ", "\u200b", "\u2800", "\u3164", "\u00a0\n\t"])
def test_nothing_visible_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", "ا", "😀", "."])
def test_anything_visible_is_not_blank(text: str) -> None:
    assert not is_blank(text)


@given(ANYTHING, st.integers(2, 50))
def test_shortened_text_fits(text: str, limit: int) -> None:
    assert length(shorten(text, limit)) <= limit


@given(ANYTHING)
def test_text_that_fits_is_left_alone(text: str) -> None:
    assert shorten(text, length(text) or 1) == text


@pytest.mark.parametrize(
    ("text", "limit", "shortened"),
    [
        ("the quick brown fox", 12, "the quick…"),
        ("unbreakable" * 3, 12, "unbreakable…"),
        ("abcde" + FAMILY, 10, "abcde…"),
        ("abcde\u0301\u0301\u0301", 6, "abcd…"),
        ("ab🇩🇪🇫🇷", 9, "ab🇩🇪…"),
        ("ab👍🏽👍🏽", 7, "ab👍🏽…"),
        ("aaaa", 4, "aaaa"),
        ("aaaaa", 4, "aaa…"),
    ],
)
def test_cut_falls_between_words_or_characters(text: str, limit: int, shortened: str) -> None:
    assert shorten(text, limit) == shortened


def test_quoted_text_is_short_clean_and_one_line() -> None:
    assert quoted("rm\x00 -rf\n`x`\u202e") == "“rm -rf 'x'”"
    assert length(quoted("x" * 3000)) == 42
