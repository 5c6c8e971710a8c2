"""What somebody else changed of people, the shop, a checklist or one's settings, in words, old and new."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date as day
from datetime import time
from typing import Annotated, Any, Final

from pydantic import Field, TypeAdapter, ValidationError

from bot.errors import FormValue, Overwritten
from bot.opening_hours import Hours, write_holidays, write_hours
from bot.text import shorten
from bot.views.kit import Markup, date, join, markup
from bot.views.preferences import KINDS
from db.models import Holiday

_LONGEST: Final = 80  # characters of a line or a value
_MOST: Final = 5  # lines that are named
_NOTHING: Final = "off"  # how a setting says so


def overwritten(change: Overwritten) -> Markup:
    """Return who changed something, from what to what, and when."""
    deed = _lines_changed(change) if change.field in _LINES else _value_changed(change)
    if change.who is None:
        said = markup("Elsewhere you {deed} meanwhile", deed=deed)
    else:
        said = markup("*{who}* {deed} meanwhile", who=shorten(change.who, _LONGEST), deed=deed)
    return join(" · ", [said, *([date(change.at)] if change.at else [])])


def _value_changed(change: Overwritten) -> Markup:
    if change.field == "slack_user_id":
        return _account_changed(change)
    old, new = (_spoken(change.field, value) for value in (change.old, change.new))
    return markup("changed this from {old} to {new}", old=old, new=new)


def _account_changed(change: Overwritten) -> Markup:
    """Return it without the accounts' names: no screen mentions anybody, and the field has the account."""
    if change.new is None:
        return markup("removed the Slack account")
    return markup("linked a Slack account") if change.old is None else markup("linked another Slack account")


def _spoken(field: str, value: FormValue) -> Markup:
    if value in (None, _NOTHING):
        return markup("nothing")
    if isinstance(value, bool):
        words = ("ticked", "not ticked") if field == "urgent_passes" else ("on", "switched off")
        return markup("{word}", word=words[0] if value else words[1])
    if field == "quiet_hours" and isinstance(value, list):
        return markup("{hours}", hours="-".join(map(_clock, value)))
    word = _clock(str(value)) if field == "summary_at" else str(value)
    return markup("“{word}”", word=shorten(word, _LONGEST))


def _clock(value: str) -> str:
    return value[:5]  # without seconds


def _lines_changed(change: Overwritten) -> Markup:
    """Return which lines of a list were removed and added; all of them where the form couldn't carry the old ones."""
    old, new = _written(change.field, change.old), _written(change.field, change.new) or []
    if old is None:
        return markup("made it {lines}", lines=_named(new))
    gone, come = [line for line in old if line not in new], [line for line in new if line not in old]
    deeds = [
        *([markup("removed {lines}", lines=_named(gone))] if gone else []),
        *([markup("added {lines}", lines=_named(come))] if come else []),
    ]
    return join(" and ", deeds) if deeds else markup("put it into another order")


def _named(lines: Sequence[str]) -> Markup:
    if not lines:
        return markup("empty")
    named = join(", ", [markup("“{line}”", line=shorten(line, _LONGEST)) for line in lines[:_MOST]])
    return markup("{named} and {more} more", named=named, more=len(lines) - _MOST) if len(lines) > _MOST else named


def _written(field: str, value: FormValue) -> list[str] | None:
    """Return a list's lines, None for what is none: a form may carry a mark of it, or what a client put there."""
    read, write = _LINES[field]
    try:
        return write(read.validate_python(value))
    except ValidationError:
        return None


def _hours(hours: Hours) -> list[str]:
    return write_hours(hours).splitlines()


def _holidays(holidays: Mapping[day, str]) -> list[str]:
    return write_holidays([Holiday(day=on, name=name) for on, name in sorted(holidays.items())]).splitlines()


def _kinds(heard: Sequence[str]) -> list[str]:
    return [words for kind, words in KINDS.items() if kind in heard]


_Weekday = Annotated[int, Field(ge=1, le=7)]
_LINES: Final[Mapping[str, tuple[TypeAdapter[Any], Callable[[Any], list[str]]]]] = {
    "hours": (TypeAdapter(dict[_Weekday, tuple[time, time]]), _hours),
    "holidays": (TypeAdapter(dict[day, str]), _holidays),
    "heard": (TypeAdapter(list[str]), _kinds),
    "items": (TypeAdapter(list[str]), list),
}
