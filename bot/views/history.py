"""A ticket's history in words: who did what, when, and from where."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from bot.text import shorten
from bot.views.blocks import Block, Message
from bot.views.kit import (
    Markup,
    actions,
    context,
    date,
    header,
    join,
    markup,
    mrkdwn,
    private,
    section,
    weekday,
)
from bot.views.phrases import BENCH_STATUSES, WAYS, hours, money, named, open_button
from bot.wording import worded
from db.models import Change, History, HistoryEntry

_VALUE: Final = 80  # characters of a text before and after a change
_NOTE: Final = 300

_SOURCES: Final[Mapping[str, str]] = {
    "slack:command": "by command",
    "slack:button": "by button",
    "slack:form": "in a form",
    "slack:mention": "by mention",
    "slack:message": "by message",
    "slack:thread": "in the thread",
    "web": "outside Slack",
}
_DEEDS: Final[Mapping[str, Markup]] = {
    "filed": markup("filed the ticket"),
    "undone": markup("took the completion back"),
    "accepted": markup("accepted the ticket"),
    "note": markup("wrote a note"),
    "resolution": markup("wrote what was done"),
    "revealed": markup("looked at the passcode"),
    "attached": markup("added a file"),
    "detached": markup("removed a file"),
}
_FIELDS: Final[Mapping[str, str]] = {
    "customer_id": "customer",
    "estimated_hours": "estimate",
    "actual_hours": "hours",
    "bench_status": "status",
    "device_type": "device",
    "device_model": "model",
    "device_serial": "serial number",
    "device_condition": "condition",
    "device_accessories": "accessories",
}
_HOURS: Final = frozenset({"estimated_hours", "actual_hours"})
_TEXTS: Final = frozenset({"title", "description"})


def history(facts: History, *, replace: bool = False) -> Message:
    """Return what has happened to the ticket, the newest first."""
    ticket = facts.ticket
    title = markup("History of {ticket}", ticket=named(ticket))
    blocks: list[Block] = [header(worded("History of #{ticket}", ticket=ticket.id)), context(mrkdwn(named(ticket)))]
    blocks += [section(mrkdwn(_entry(entry))) for entry in facts.entries]
    if facts.more:
        blocks.append(context(mrkdwn(markup("The newest {number}.", number=len(facts.entries)))))
    if not facts.entries:
        text = markup("{title}: nothing is known any more.", title=title)
        blocks.append(section(mrkdwn(markup("Nothing is known any more."))))
    else:
        newest = facts.entries[0]
        text = markup("{title}. {who} {deed}", title=title, who=_who(newest), deed=_deed(newest))
    blocks += actions([open_button(ticket.id)])
    return private(text, blocks, replace=replace)


def deed_on(change: Change, who: str) -> Markup:
    """Return what ``who`` did to one column of a ticket: ``changed priority from medium to high``."""
    match change.field:
        case "tech":
            return _handed(change, who)
        case "due_at":
            return _due(change)
        case _:
            return _change(change)


def _entry(entry: HistoryEntry) -> Markup:
    small = [date(entry.at)]
    if entry.source is not None and (source := _SOURCES.get(entry.source)) is not None:
        small.append(markup("{source}", source=source))
    parts = [markup("*{who}* {deed}", who=_who(entry), deed=_deed(entry))]
    if entry.body is not None:
        parts.append(markup("{body}", body=shorten(entry.body, _NOTE)))
    return join("\n", [*parts, join(" · ", small)])


def _deed(entry: HistoryEntry) -> Markup:
    """Return what somebody did: ``changed priority from medium to high``."""
    if entry.kind in {"asked", "approved", "declined", "withdrawn"}:
        return _agreement(entry)
    deeds = [_DEEDS[entry.kind]] if entry.kind in _DEEDS else _changes(entry)
    return join(", ", [*deeds[:-2], join(" and ", deeds[-2:])]) if deeds else markup("changed the ticket")


def _agreement(entry: HistoryEntry) -> Markup:
    """Return what became of the question whether the customer agrees to what the repair costs."""
    [change] = entry.changes
    cost = money(Decimal(change.new or 0))
    if entry.kind == "asked":
        limit = money(Decimal(change.old or 0))
        return markup("asked for approval of about {cost}, over the limit of {limit}", cost=cost, limit=limit)
    if entry.kind == "withdrawn":
        return markup("made the approval of about {cost} needless", cost=cost)
    facts = {"what": entry.kind, "cost": cost, "how": WAYS[change.old].lower() if change.old in WAYS else ""}
    return markup("noted that the customer {what} about {cost}, {how}", **facts)


def _who(entry: HistoryEntry) -> str:
    return "The system" if entry.who == "system" else entry.who


def _changes(entry: HistoryEntry) -> list[Markup]:
    changed = {change.field: change for change in entry.changes}
    deeds = []
    if (completed := changed.pop("completed", None)) is not None:
        worked, checks = changed.pop("actual_hours", None), changed.pop("checks", None)
        if completed.new != "true":
            deeds.append(markup("reopened the ticket"))
        elif worked is None or worked.new is None:
            deeds.append(markup("completed the ticket"))
        else:
            deeds.append(markup("completed the ticket with {hours}", hours=_value(worked.field, worked.new)))
        if checks is not None and checks.new is not None:
            deeds.append(markup("ticked {number} checks", number=checks.new))
    if (tech := changed.pop("tech", None)) is not None:
        deeds.append(_handed(tech, entry.who))
    if (passcode := changed.pop("passcode", None)) is not None:
        deeds.append(_passcode(passcode))
    if (due := changed.pop("due_at", None)) is not None:
        deeds.append(_due(due))
    return [*deeds, *map(_change, changed.values())]


def _handed(change: Change, who: str) -> Markup:
    old, new = change.old, change.new
    if new is None:
        return markup("put it back into the queue")
    if old is None:
        return markup("took it") if new == who else markup("gave it to {new}", new=new)
    if new == who:
        return markup("took it over from {old}", old=old)
    if old == who:
        return markup("handed it on to {new}", new=new)
    return markup("handed it on from {old} to {new}", old=old, new=new)


def _passcode(change: Change) -> Markup:
    if change.old is None:
        return markup("added the passcode")
    return markup("removed the passcode") if change.new is None else markup("changed the passcode")


def _due(change: Change) -> Markup:
    if change.new is None:
        return markup("took the due date away")
    return markup("made it due {moment}", moment=weekday(datetime.fromisoformat(change.new)))


def _change(change: Change) -> Markup:
    field = _FIELDS.get(change.field, change.field)
    if change.old is None and change.new is not None:
        return markup("set {field} to {new}", field=field, new=_value(change.field, change.new))
    if change.old is not None and change.new is None:
        return markup("removed {field} {old}", field=field, old=_value(change.field, change.old))
    old, new = (_value(change.field, value or "") for value in (change.old, change.new))
    return markup("changed {field} from {old} to {new}", field=field, old=old, new=new)


def _value(field: str, value: str) -> str:
    if field in _HOURS and value:
        return hours(Decimal(value))
    if field == "bench_status":
        return next((words.lower() for status, words in BENCH_STATUSES.items() if status == value), value)
    return worded("“{value}”", value=shorten(value, _VALUE)) if field in _TEXTS else value
