"""The shop's hours, holidays and what is counted in them, as Managers write them."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FieldsRefused
from bot.opening_hours import read_holidays, read_hours, write_holidays, write_hours
from bot.views.hours import hours_form, read_hours_form
from db.models import Holiday
from tests.bot.desk import state_of
from tests.bot.settings_screens import shop_hours

CLOCKS = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
OPEN = st.tuples(CLOCKS, CLOCKS).map(lambda two: (min(two), max(two))).filter(lambda two: two[0] < two[1])


@given(st.dictionaries(st.integers(1, 7), st.one_of(OPEN, st.just((time(9), time(18))))))
def test_hours_are_read_as_they_are_written(hours: dict[int, tuple[time, time]]) -> None:
    assert read_hours(write_hours(hours)) == hours


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("Monday to Friday 9 - 18\nSat 10:00–16:00", "Mon-Fri 09:00-18:00\nSat 10:00-16:00"),
        ("mon, wed-thu: 9am-5:30pm", "Mon 09:00-17:30\nWed-Thu 09:00-17:30"),
        ("Sun 12pm-11:59 pm", "Sun 12:00-23:59"),
        ("  \n", ""),
    ],
)
def test_hours_may_be_written_in_many_ways(typed: str, written: str) -> None:
    assert write_hours(read_hours(typed)) == written


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("always", "Write it like Mon-Fri 9:00-18:00"),
        ("Mon 18:00-9:00", "close later than it opens"),
        ("Mon 9-24", "before midnight"),
        ("Fri-Mon 9-18", "Monday first"),
        ("Mo 9-18", "name days as"),
        ("Mon 9-18\nmonday 9-18", "Monday stands there twice"),
        ("Mon 13pm-2pm", "close later"),
    ],
)
def test_hours_that_cannot_be_are_refused_with_the_line(typed: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_hours(typed)


def test_holidays_are_read_as_they_are_written() -> None:
    days = [Holiday(day=date(2026, 12, 25), name="Christmas"), Holiday(day=date(2027, 1, 1), name="新年 & co")]

    assert read_holidays(write_holidays(days)) == {holiday.day: holiday.name for holiday in days}


@pytest.mark.parametrize(
    "typed",
    [
        "Christmas",
        "2026-12-25",
        "2026-02-30 x",
        "0001-01-01 x",
        "25.12. x",
        "2026-12-25 a\n2026-12-25 b",
        "2026-12-25 " + "x" * 101,
    ],
)
def test_holidays_that_cannot_be_are_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"Write it like|no such day|before 1970|twice|too long"):
        read_holidays(typed)


def test_form_gives_back_what_it_began_with() -> None:
    facts = shop_hours()
    read = read_hours_form(state_of(hours_form(facts), {}))

    assert read.hours == facts.hours
    assert read.holidays == {holiday.day: holiday.name for holiday in facts.holidays}
    assert read.settings == facts.settings


def test_price_stands_in_the_form_with_its_cents() -> None:
    facts = shop_hours()
    priced = facts.model_copy(update={"settings": {**facts.settings, "hourly_rate": "80.5", "approval_limit": "150"}})
    shown = {
        block["block_id"]: block["element"].get("initial_value")
        for block in hours_form(priced)["blocks"]
        if block["type"] == "input"
    }

    assert (shown["hourly_rate"], shown["approval_limit"]) == ("80.50", "150")
    assert read_hours_form(state_of(hours_form(priced), {})).settings == priced.settings


def test_each_wrong_number_is_refused_at_its_field() -> None:
    wrong = {
        "due_hours_high": "0",
        "due_hours_low": "1001",
        "remind_silent": "soon",
        "remind_most": "1.5",
        "hours": "x",
        "hourly_rate": "much",
        "approval_limit": "-1",
        "labour_rounding_minutes": "0",
        "labour_ask_hours": "",
        "time_zone": "Mars",
    }

    with pytest.raises(FieldsRefused) as caught:
        read_hours_form(state_of(hours_form(shop_hours()), wrong))
    assert caught.value.messages.keys() == wrong.keys()
    assert caught.value.messages["hourly_rate"] == "Write dollars from 0 to 1,000,000."


def test_timers_round_to_whole_minutes() -> None:
    with pytest.raises(FieldsRefused) as caught:
        read_hours_form(state_of(hours_form(shop_hours()), {"labour_rounding_minutes": "7.5"}))
    assert caught.value.messages == {"labour_rounding_minutes": "Write whole minutes from 1 to 60."}


def test_numbers_may_have_a_unit_and_a_comma() -> None:
    entered = {
        "due_hours_high": "7,5 h",
        "due_hours_low": "",
        "remind_most": "03",
        "hourly_rate": "$80.50",
        "approval_limit": "",
        "time_zone": "berlin",
    }
    settings = read_hours_form(state_of(hours_form(shop_hours()), entered)).settings

    assert [settings[field] for field in entered] == ["7.5", "off", "3", "80.5", "off", "Europe/Berlin"]
