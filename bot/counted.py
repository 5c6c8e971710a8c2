"""What Managers enter of the shop: its hours, what is counted in them, prices; as ``bot.forms`` does for the rest."""

import re
from collections.abc import Callable, Mapping
from datetime import date, time
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import BeforeValidator

from bot.clocks import find_zone
from bot.forms import Entered
from bot.opening_hours import read_holidays, read_hours
from bot.text import clean_word, is_blank, quoted
from bot.wording import worded

_HOURS_MAX: Final = 1000  # in which the shop is open: app.check_setting()
_TIMES_MAX: Final = 100  # reminders: the same
_HOURS: Final = re.compile(r"(\d{1,4}(?:[.,]\d{1,2})?)\s?(?:h|hours?)?", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[0-9]{1,7}([.,][0-9]{1,2})?")
_WHOLE: Final = re.compile(r"[0-9]{1,7}")
_OFF: Final = "off"


def _read_hours(entered: Any) -> str:  # noqa: ANN401 - pydantic hands over whatever came in
    """Return hours as the setting has them, ``off`` for none."""
    word = clean_word(entered) if isinstance(entered, str) else ""
    if is_blank(word) or word.casefold() == _OFF:
        return _OFF
    match = _HOURS.fullmatch(word)
    hours = Decimal(match[1].replace(",", ".")) if match else Decimal(0)
    if not 0 < hours <= _HOURS_MAX:
        raise ValueError(
            worded(
                "Write hours as a number up to {most}, such as 8; {word} isn't one.",
                most=f"{_HOURS_MAX:,}",
                word=quoted(word),
            )
        )
    return f"{hours.normalize():f}"


def _read_times(entered: Any) -> str:  # noqa: ANN401 - as above
    word = clean_word(entered) if isinstance(entered, str) else ""
    if is_blank(word):
        return "0"
    if not re.fullmatch(r"[0-9]{1,3}", word) or int(word) > _TIMES_MAX:
        raise ValueError(
            worded("Write a number of times up to {most}; {word} isn't one.", most=_TIMES_MAX, word=quoted(word))
        )
    return str(int(word))


def _read_number(
    low: str, high: str, what: str, *, empty: str = "", pattern: re.Pattern[str] = _NUMBER
) -> Callable[[Any], str]:
    """Return what reads a number between two, as the setting has it; ``empty`` stands for nothing, if it may be so."""

    def read(entered: Any) -> str:  # noqa: ANN401 - as above
        word = clean_word(entered).lstrip("$") if isinstance(entered, str) else ""
        if empty and (is_blank(word) or word.casefold() == empty):
            return empty
        if not pattern.fullmatch(word) or not Decimal(low) <= Decimal(word.replace(",", ".")) <= Decimal(high):
            raise ValueError(
                worded("Write {what} from {low} to {high}.", what=what, low=low, high=f"{Decimal(high):,}")
            )
        return f"{Decimal(word.replace(',', '.')).normalize():f}"

    return read


def _read_clock(entered: Any) -> str:  # noqa: ANN401 - as above
    if not isinstance(entered, str) or not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", entered):
        raise ValueError("Choose a time.")
    return entered


def _read_zone(entered: Any) -> str:  # noqa: ANN401 - as above
    zone = find_zone(entered) if isinstance(entered, str) else None
    if zone is None:
        raise ValueError("Write the shop's time zone like America/Los_Angeles; a large city's name is enough.")
    return zone


def _read_lines(read: Callable[[str], Any]) -> Callable[[Any], Any]:
    return lambda entered: read(entered if isinstance(entered, str) else "")


Counted = Annotated[str, BeforeValidator(_read_hours)]


class HoursEntry(Entered):
    """When the shop is open, its holidays, what is counted in its hours, prices; 'off' where nothing stands."""

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

    labour_rounding_minutes: Annotated[str, BeforeValidator(_read_number("1", "60", "whole minutes", pattern=_WHOLE))]
    labour_ask_hours: Annotated[str, BeforeValidator(_read_number("0.5", "24", "hours"))]
    hourly_rate: Annotated[str, BeforeValidator(_read_number("0", "1000000", "dollars"))]
    approval_limit: Annotated[str, BeforeValidator(_read_number("0", "1000000", "dollars", empty=_OFF))] = _OFF
    summary_time: Annotated[str, BeforeValidator(_read_clock)]
    time_zone: Annotated[str, BeforeValidator(_read_zone)]

    @property
    def settings(self) -> dict[str, str]:
        """Return the shop's settings among them, by their keys."""
        return self.model_dump(exclude={"hours", "holidays"})
