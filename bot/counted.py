"""What Managers enter of the shop's hours and of what is counted in them, as ``bot.forms`` does for the rest."""

import re
from collections.abc import Callable, Mapping
from datetime import date, time
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import BeforeValidator

from bot.forms import Entered
from bot.opening_hours import read_holidays, read_hours
from bot.text import clean_word, is_blank, quoted

_HOURS_MAX: Final = 1000  # in which the shop is open: app.check_setting()
_TIMES_MAX: Final = 100  # reminders: the same
_HOURS: Final = re.compile(r"(\d{1,4}(?:[.,]\d{1,2})?)\s?(?:h|hours?)?", re.IGNORECASE)
_OFF: Final = "off"


def _read_hours(entered: Any) -> str:  # noqa: ANN401 - pydantic hands over whatever came in
    """Return hours as the setting has them, ``off`` for none."""
    word = clean_word(entered) if isinstance(entered, str) else ""
    if is_blank(word) or word.casefold() == _OFF:
        return _OFF
    match = _HOURS.fullmatch(word)
    hours = Decimal(match[1].replace(",", ".")) if match else Decimal(0)
    if not 0 < hours <= _HOURS_MAX:
        raise ValueError(f"{quoted(word)} isn't so many hours. Write a number up to {_HOURS_MAX}, such as 8.")
    return f"{hours.normalize():f}"


def _read_times(entered: Any) -> str:  # noqa: ANN401 - as above
    word = clean_word(entered) if isinstance(entered, str) else ""
    if is_blank(word):
        return "0"
    if not re.fullmatch(r"[0-9]{1,3}", word) or int(word) > _TIMES_MAX:
        raise ValueError(f"{quoted(word)} isn't so many times. Write a number up to {_TIMES_MAX}.")
    return str(int(word))


def _read_lines(read: Callable[[str], Any]) -> Callable[[Any], Any]:
    return lambda entered: read(entered if isinstance(entered, str) else "")


Counted = Annotated[str, BeforeValidator(_read_hours)]


class HoursEntry(Entered):
    """When the shop is open, its holidays, and what is counted in its hours; 'off' where nothing stands."""

    hours: Annotated[Mapping[int, tuple[time, time]], BeforeValidator(_read_lines(read_hours))]
    holidays: Annotated[Mapping[date, str], BeforeValidator(_read_lines(read_holidays))]
    due_hours_urgent: Counted = _OFF
    due_hours_high: Counted = _OFF
    due_hours_medium: Counted = _OFF
    due_hours_low: Counted = _OFF
    remind_due_soon: Counted = _OFF
    remind_untouched: Counted = _OFF
    remind_approval: Counted = _OFF
    remind_silent: Counted = _OFF
    remind_managers_after: Counted = _OFF
    remind_most: Annotated[str, BeforeValidator(_read_times)] = "0"

    @property
    def settings(self) -> dict[str, str]:
        """Return the shop's settings among them, by their keys."""
        return self.model_dump(exclude={"hours", "holidays"})
