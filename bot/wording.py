"""How a text of ours is made: one whole template whose facts have names, and lists of words.

Every text that a person reads begins here or in ``bot.views.kit.markup``, which escapes its facts and then comes here:
so this is the one place where a translation would look a template up.
"""

from collections.abc import Sequence
from datetime import date
from typing import Literal, LiteralString


def worded(template: LiteralString, /, **facts: str | int) -> str:
    """Return the template with its ``{facts}`` filled in. Plain text: whoever puts it into markup escapes it."""
    return template.format_map(facts)


def listed(words: Sequence[str], last: Literal["and", "or"] = "and") -> str:
    """Return "a", "a and b", "a, b and c"."""
    if len(words) <= 1:
        return "".join(words)
    most = commas(words[:-1])
    if last == "or":
        return worded("{most} or {last}", most=most, last=words[-1])
    return worded("{most} and {last}", most=most, last=words[-1])


def commas(words: Sequence[str]) -> str:
    """Return "a, b, c"."""
    return ", ".join(words)


def month_name(day: date) -> str:
    """Return "November"."""
    return f"{day:%B}"


def weekday_name(day: date) -> str:
    """Return "Friday"."""
    return f"{day:%A}"


def day_words(day: date) -> str:
    """Return a day as "November 3"."""
    return worded("{month} {day}", month=month_name(day), day=day.day)


def weekday_words(day: date) -> str:
    """Return a day as "Friday, November 27"."""
    return worded("{weekday}, {day}", weekday=weekday_name(day), day=day_words(day))


def weekday_and_date(day: date) -> str:
    """Return a day as "Sat Nov 21"."""
    return worded("{weekday} {month} {day}", weekday=f"{day:%a}", month=f"{day:%b}", day=day.day)


def month_words(month: date) -> str:
    """Return a month as "November 2026"."""
    return worded("{month} {year}", month=month_name(month), year=month.year)
