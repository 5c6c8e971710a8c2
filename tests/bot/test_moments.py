"""When something is due, in people's own words and by their own clock."""

from contextlib import suppress
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import CommandNotUnderstood
from bot.moments import means_none, read_moment
from db.models import Clock
from tests.bot import rows

NOW = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)  # Sunday, 14:00 in Los Angeles, 23:00 in Berlin
WEEK = dict.fromkeys(range(1, 6), time(18)) | {6: time(16)}


def clock(zone: str = "America/Los_Angeles", now: datetime = NOW) -> Clock:
    return Clock(actor=rows.actor(), now=now, zone=zone, shop_zone="America/Los_Angeles", closes=WEEK)


def understood(words: str, zone: str = "America/Los_Angeles", now: datetime = NOW) -> str:
    return f"{read_moment(words, clock(zone, now)).astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("fri 17:00", "Fri 2026-11-27 17:00"),
        ("Friday at 5 pm", "Fri 2026-11-27 17:00"),
        ("fri 17.30", "Fri 2026-11-27 17:30"),
        ("17:00", "Sun 2026-11-22 17:00"),
        ("1:00", "Mon 2026-11-23 01:00"),
        ("in 90 min", "Sun 2026-11-22 15:30"),
        ("2026-11-30 9am", "Mon 2026-11-30 09:00"),
        ("tomorrow noon", "Mon 2026-11-23 12:00"),
        ("monday 9am EST", "Mon 2026-11-23 06:00"),
        ("tomorrow", "Mon 2026-11-23 18:00"),  # a day alone: until the shop closes
        ("sat", "Sat 2026-11-28 16:00"),
        ("sunday", "Sun 2026-11-29 18:00"),  # closed, so as late as on most days
        ("in 3 days", "Wed 2026-11-25 18:00"),
        ("next week", "Sun 2026-11-29 18:00"),
        ("30.11.", "Mon 2026-11-30 18:00"),
        ("11/30", "Mon 2026-11-30 18:00"),
        ("1.2.", "Mon 2027-02-01 18:00"),
        ("1/2", "Sat 2027-01-02 16:00"),
        ("29 feb", "Tue 2028-02-29 18:00"),
    ],
)
def test_words_mean(words: str, meant: str) -> None:
    assert understood(words) == meant


def test_a_time_is_by_the_writers_clock_and_a_day_ends_by_the_shops() -> None:
    assert understood("tomorrow 9am", "Europe/Berlin") == "Mon 2026-11-23 09:00"
    assert understood("tomorrow", "Europe/Berlin") == "Tue 2026-11-24 03:00"  # 18:00 on Monday in the shop
    assert understood("today 16:00", "Asia/Kolkata", NOW) == "Mon 2026-11-23 16:00"  # it is Monday there


def test_a_time_that_the_clocks_skip_is_the_same_time_by_the_old_offset() -> None:
    before = datetime(2026, 3, 7, 20, tzinfo=UTC)

    assert understood("tomorrow 2:30", now=before) == "Sun 2026-03-08 03:30"


@pytest.mark.parametrize(
    "words", ["soon", "42", "12", "17 18", "2026-11-31", "december", "2027", "9" * 80, "<b>", "\u202e", "eod"]
)
def test_what_is_no_moment_is_asked_for_again(words: str) -> None:
    with pytest.raises(CommandNotUnderstood, match="no day or time"):
        read_moment(words, clock())


def test_what_is_past_or_far_away_says_how_it_was_understood() -> None:
    with pytest.raises(CommandNotUnderstood) as past:
        read_moment("yesterday 9am", clock())
    with pytest.raises(CommandNotUnderstood) as far:
        read_moment("in 20 years at 9am", clock())

    assert past.value.sentence.startswith("“yesterday 9am” is Saturday, November 21, 2026, 09:00, which is past.")
    assert "2046" in far.value.sentence
    assert "more than five years away" in far.value.sentence


@given(st.text(max_size=70))
@settings(max_examples=60)
def test_anything_is_a_moment_to_come_or_refused(words: str) -> None:
    with suppress(CommandNotUnderstood):
        assert read_moment(words, clock()) > NOW


def test_words_that_take_the_date_away() -> None:
    assert [means_none(words) for words in ("none", " None ", "-", "noon", "")] == [True, True, True, False, False]
