"""Hours as people write them."""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any, Final

from pydantic import BeforeValidator

from bot.text import clean_word, is_blank, quoted
from bot.wording import worded

HOURS_MAX: Final = Decimal("999.99")  # tickets.actual_hours is numeric(5,2)
_NUMBER: Final = r"(?P<sign>[-+\u2212]?)(?P<number>\d+[.,]?\d*|[.,]\d+)"
_HOURS: Final = re.compile(_NUMBER + r"\s?(?:h|hrs?|hours?)")
_MINUTES: Final = re.compile(_NUMBER + r"(?:m|\s?(?:mins?|minutes?))")  # "2 m cable" is not two minutes
_HOURS_MINUTES: Final = re.compile(r"(?P<hours>\d+)\s?h\s?(?P<minutes>[0-5]?\d)\s?(?:m|mins?|minutes?)?")
_BARE: Final = re.compile(_NUMBER)


def hours_with_unit(typed: str) -> Decimal | None:
    """Read ``1.5h``, ``1,5h``, ``1h30``, ``90m``, ``2 hours`` as decimal hours; None where it is something else.

    A number without a unit is something else: in ``done 42 2 screws replaced`` nobody worked two hours. The result may
    be out of range; ``Completion`` judges that.
    """
    word = clean_word(typed).lower()
    if match := _HOURS_MINUTES.fullmatch(word):
        return Decimal(match["hours"]) + Decimal(match["minutes"]) / 60
    if match := _HOURS.fullmatch(word):
        return _signed(match)
    if match := _MINUTES.fullmatch(word):
        return _signed(match) / 60
    return None


def _signed(match: re.Match[str]) -> Decimal:
    number = Decimal(match["number"].replace(",", "."))
    return number if match["sign"] in {"", "+"} else -number


def _read_hours(entered: Any) -> Decimal | None:  # noqa: ANN401 - whatever came in
    """Return hours to two places, rounded half up; a form's number without a unit is hours."""
    if entered is None or (isinstance(entered, str) and is_blank(entered)):
        return None
    hours = entered if isinstance(entered, Decimal) else hours_with_unit(str(entered))
    if hours is None and (match := _BARE.fullmatch(clean_word(str(entered)))):
        hours = _signed(match)
    if hours is None:
        raise ValueError(
            worded("{entered} can't be read as hours. Write them as 1.5, 1h30 or 90m.", entered=quoted(str(entered)))
        )
    if hours <= 0 or hours >= HOURS_MAX + Decimal("0.005"):
        raise ValueError(
            worded(
                "{entered} is out of range: hours must be more than 0 and at most 999.99.", entered=quoted(str(entered))
            )
        )
    rounded = hours.quantize(Decimal("0.01"), ROUND_HALF_UP)
    if not rounded:
        raise ValueError("That is less than a hundredth of an hour; enter at least 0.01.")
    return rounded


def _required_hours(entered: Any) -> Decimal:  # noqa: ANN401 - whatever came in
    hours = _read_hours(entered)
    if hours is None:
        raise ValueError("Enter the hours worked, for example 1.5, 1h30 or 90m.")
    return hours


Hours = Annotated[Decimal, BeforeValidator(_required_hours)]
OptionalHours = Annotated[Decimal | None, BeforeValidator(_read_hours)]
