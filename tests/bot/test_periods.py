"""What is said of a week and a month."""

from datetime import date

from bot.views.periods import period
from tests.bot.report_screens import flow
from tests.bot.report_screens import period as asked

LAST = date(2026, 11, 21)


def test_week_stands_beside_the_one_before_and_the_mean_of_four() -> None:
    shown = period(asked("week"))
    said = str(shown["blocks"])

    assert shown["text"] == "The week to Sat Nov 21: 87 opened, 57 completed, 122.5 hours. 25 open now."
    assert "*87* opened: ▼ 4 fewer than in the week before, ▼ 14.5 fewer than usual" in said
    assert "*122.5 hours*: = as much as in the week before, = as much as usual" in said
    assert "Sat Nov 21: 12 opened, 9 completed" in said
    assert said.count(" opened, ") == 7


def test_month_stands_beside_the_same_days_of_the_one_before() -> None:
    shown = period(asked("month"))
    said = str(shown["blocks"])

    assert shown["text"].startswith("November 2026, to Sat Nov 21: ")
    assert "than in the same days of October" in said
    assert "usual" not in said
    assert "Sun Nov 1: " in said
    assert "Mon Nov 16 to Sat Nov 21: " in said
    assert "October 2026: 1 opened, of which 0 are completed" in said


def test_whole_month_is_named_alone() -> None:
    whole = asked("month", first=date(2026, 10, 1), last=date(2026, 10, 31), flow=flow(date(2026, 10, 31), weeks=9))

    assert period(whole)["text"].startswith("October 2026: ")
    assert "than in the same days of September" in str(period(whole)["blocks"])


def test_shop_that_is_young_is_compared_with_what_there_was() -> None:
    assert "than" not in str(period(asked("week", flow=flow(LAST, weeks=1)))["blocks"])
    assert "usual" not in str(period(asked("week", flow=flow(LAST, weeks=3)))["blocks"])
    assert "than in the week before" in str(period(asked("week", flow=flow(LAST, weeks=3)))["blocks"])
