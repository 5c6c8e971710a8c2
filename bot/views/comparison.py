"""A day's figures beside those of the same weekday before, in words and signs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from bot.views.kit import Markup, join, markup
from bot.wording import weekday_name, worded
from db.models import DayReport, FlowDay

_WEEKS: Final = 4  # that the mean is made of, as far as there was a shop
_TENTH: Final = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Before:
    """The same weekday in the weeks before. ``last`` is a week ago; ``weeks``: of how many the means are."""

    weekday: str
    last: FlowDay
    weeks: int
    opened: Decimal
    completed: Decimal
    hours: Decimal


def before(figures: DayReport) -> Before | None:
    """Return what to compare a whole day with; None for a day that isn't over, and where there was no shop."""
    flow = {one.day: one for one in figures.flow}
    days = [flow.get(figures.day - timedelta(weeks=week)) for week in range(1, _WEEKS + 1)]
    found = [one for one in days if one is not None]
    if not found or days[0] is None or figures.day >= figures.today:
        return None
    return Before(
        weekday=weekday_name(figures.day),
        last=days[0],
        weeks=len(found),
        opened=_mean(found, lambda one: Decimal(one.opened)),
        completed=_mean(found, lambda one: Decimal(one.completed)),
        hours=_mean(found, lambda one: one.hours),
    )


def against(now: Decimal | int, then: Decimal | int, what: str, *, few: str = "fewer") -> Markup:
    """Return ``▲ 3 more than last Saturday``; ``few`` is 'less' for what isn't counted in pieces."""
    difference = (Decimal(now) - then).quantize(_TENTH) if isinstance(then, Decimal) else Decimal(now) - then
    if difference == 0:
        return markup("= as many as {what}", what=what) if few == "fewer" else markup("= as much as {what}", what=what)
    by = number(abs(difference))
    if difference > 0:
        return markup("▲ {by} more than {what}", by=by, what=what)
    if few == "fewer":
        return markup("▼ {by} fewer than {what}", by=by, what=what)
    return markup("▼ {by} less than {what}", by=by, what=what)


def compared(now: Decimal | int, then: Decimal | int, mean: Decimal, weeks: Before, *, few: str = "fewer") -> Markup:
    """Return how a figure stands to last week's, and to the mean where that is of more than one week."""
    said = [against(now, then, worded("last {weekday}", weekday=weeks.weekday), few=few)]
    if weeks.weeks > 1:
        said.append(against(now, mean, worded("usual"), few=few))
    return join(", ", said)


def usual(weeks: Before) -> Markup:
    """Return what is meant by usual."""
    return markup("Usual: the mean of the last {number} {weekday}s.", number=weeks.weeks, weekday=weeks.weekday)


def number(decimal: Decimal) -> str:
    """Return ``12``, ``0.5``."""
    return f"{decimal.normalize():f}"


def _mean(days: Sequence[FlowDay], figure: Callable[[FlowDay], Decimal]) -> Decimal:
    return sum((figure(one) for one in days), Decimal(0)) / len(days)
