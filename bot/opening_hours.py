"""The shop's hours and holidays as people write them: a line for days with the same hours, a line for each holiday."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Final

from bot.text import clean_line, clean_lines, clean_word, is_blank, quoted
from bot.wording import worded
from db.models import Holiday

Hours = Mapping[int, tuple[time, time]]  # by day of the week: 1 is Monday

_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORT: Final = 3  # letters of a day's name that are enough
_NAME_MAX: Final = 100  # characters: shop_holidays.name
_EARLIEST: Final = 1970  # shop_holidays_day_check
_CLOCK: Final = r"(\d{1,2})(?::([0-5]\d))?\s?(am|pm)?"
_LINE: Final = re.compile(rf"([a-z ,-]+?)[\s:]+{_CLOCK}\s?-\s?{_CLOCK}")
_HOLIDAY: Final = re.compile(r"(\d{4}-\d\d-\d\d)[\s:]+(.+)")
_DASHES: Final = re.compile("[\u2010-\u2015\u2212]|\\bto\\b")
_NOON: Final = 12


def read_hours(typed: str) -> Hours:
    """Read ``Mon-Fri 9:00-18:00`` a line. Raises ``ValueError`` with what to say."""
    found: dict[int, tuple[time, time]] = {}
    for line in filter(None, map(clean_word, clean_lines(typed).splitlines())):
        match = _LINE.fullmatch(_DASHES.sub("-", line.casefold()))
        if match is None:
            raise ValueError(worded("{line} can't be read. Write it like Mon-Fri 9:00-18:00.", line=quoted(line)))
        opens, closes = _clock(match[2], match[3], match[4]), _clock(match[5], match[6], match[7])
        if opens is None or closes is None or closes <= opens:
            raise ValueError(
                worded("{line}: the shop has to close later than it opens, and before midnight.", line=quoted(line))
            )
        for day in _days(match[1], line):
            if day in found:
                raise ValueError(worded("{day} stands there twice.", day=_DAYS[day - 1].capitalize()))
            found[day] = (opens, closes)
    return found


def write_hours(hours: Hours) -> str:
    """Return hours as ``read_hours`` reads them: days in a row with the same hours are one line."""
    lines: list[tuple[int, int, tuple[time, time]]] = []
    for day in sorted(hours):
        if lines and lines[-1][1] == day - 1 and lines[-1][2] == hours[day]:
            lines[-1] = (lines[-1][0], day, hours[day])
        else:
            lines.append((day, day, hours[day]))
    return "\n".join(
        f"{_named(first)}{f'-{_named(last)}' if last > first else ''} {opens:%H:%M}-{closes:%H:%M}"
        for first, last, (opens, closes) in lines
    )


def read_holidays(typed: str) -> dict[date, str]:
    """Read ``2026-12-25 Christmas`` a line. Raises ``ValueError`` with what to say."""
    found: dict[date, str] = {}
    for line in filter(None, map(clean_line, clean_lines(typed).splitlines())):
        match = _HOLIDAY.fullmatch(line)
        if match is None or is_blank(match[2]):
            raise ValueError(worded("{line} can't be read. Write it like 2026-12-25 Christmas.", line=quoted(line)))
        if len(match[2]) > _NAME_MAX:
            raise ValueError(
                worded(
                    "{line} is too long: a holiday's name has at most {most} characters.",
                    line=quoted(line),
                    most=_NAME_MAX,
                )
            )
        try:
            day = date.fromisoformat(match[1])
        except ValueError as error:
            raise ValueError(worded("{line}: there is no such day.", line=quoted(line))) from error
        if day.year < _EARLIEST:
            raise ValueError(
                worded("{line}: the year can't be before {earliest}.", line=quoted(line), earliest=_EARLIEST)
            )
        if day in found:
            raise ValueError(worded("{day} stands there twice.", day=match[1]))
        found[day] = match[2]
    return found


def write_holidays(holidays: Sequence[Holiday]) -> str:
    """Return holidays as ``read_holidays`` reads them."""
    return "\n".join(f"{holiday.day} {holiday.name}" for holiday in holidays)


def _days(typed: str, line: str) -> list[int]:
    days: list[int] = []
    for part in filter(None, (part.strip() for part in typed.split(","))):
        first, dash, last = (word.strip() for word in part.partition("-"))
        begin, end = _day(first), _day(last if dash else first)
        if begin is None or end is None or end < begin:
            raise ValueError(worded("{line}: name days as Mon, Tue-Fri or Saturday, Monday first.", line=quoted(line)))
        days += range(begin, end + 1)
    return days


def _day(typed: str) -> int | None:
    fitting = [number for number, name in enumerate(_DAYS, 1) if len(typed) >= _SHORT and name.startswith(typed)]
    return fitting[0] if fitting else None


def _named(day: int) -> str:
    return _DAYS[day - 1][:_SHORT].capitalize()


def _clock(hour: str, minute: str | None, half: str | None) -> time | None:
    hours = int(hour)
    if half is not None:
        if not 1 <= hours <= _NOON:
            return None
        hours = hours % _NOON + (_NOON if half == "pm" else 0)
    return time(hours, int(minute or 0)) if hours <= time.max.hour else None
