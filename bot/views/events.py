"""What happened to a ticket, in sentences that a whole channel may read: neither the customer nor what was written."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby
from typing import Final, NamedTuple, get_args

from bot.text import shorten
from bot.views.kit import Markup, join, markup
from bot.views.phrases import BENCH_STATUSES, FILES, PRIORITIES, category, count, file_kind, hours, named
from bot.wording import worded
from db.models import CardTicket, EventKind, Priority, TicketEvent

_VALUE: Final = 80  # characters of a title before and after
_FIELDS: Final[dict[EventKind, str]] = {
    "title": "title",
    "description": "description",
    "priority": "priority",
    "category": "category",
    "customer": "customer",
    "estimate": "estimate",
    "hours": "time worked",
    "status": "status",
    "device": "device",
    "due": "due date",
}
_PRIORITY_NAMES: Final = get_args(Priority)


class Called(NamedTuple):
    """What the ticket is called within a sentence, and as its first word."""

    within: Markup
    first: Markup


IT: Final = Called(markup("it"), markup("It"))


def by_name(ticket: CardTicket) -> Called:
    """Return what a ticket is called where nothing else says which one is meant."""
    return Called(markup("ticket {ticket}", ticket=named(ticket)), markup("Ticket {ticket}", ticket=named(ticket)))


def sentences(events: Iterable[TicketEvent], ticket: Called = IT) -> list[Markup]:
    """Return a sentence for each event, or for several notes in a row."""
    told: list[Markup] = []
    for event, same in groupby(events):
        times = len(list(same))
        if event.event in {"file_added", "file_removed"}:
            told.append(_files(event, times))
        elif event.event == "note" and times > 1:
            told.append(_by(event, markup("wrote {times} notes", times=times), markup("{times} notes", times=times)))
        else:
            told.append(sentence_on(event, ticket))
    return told


def sentence_on(event: TicketEvent, ticket: Called) -> Markup:
    """Return what happened, and who did it where a person did."""
    match event.event:
        case "assigned":
            return _assigned(event, ticket)
        case "accepted":
            did, done = markup("accepted {it}", it=ticket.within), markup("{it} is accepted", it=ticket.first)
        case "released":
            did = markup("put {it} back into the queue", it=ticket.within)
            done = markup("{it} is back in the queue", it=ticket.first)
        case "completed" if event.old == "declined":
            did = markup("closed {it}: the repair was declined", it=ticket.within)
            done = markup("{it} is closed: the repair was declined", it=ticket.first)
        case "completed":
            after = markup(" ({hours})", hours=hours(Decimal(event.new))) if event.new else markup("")
            did = markup("completed {it}{after}", it=ticket.within, after=after)
            done = markup("{it} is completed{after}", it=ticket.first, after=after)
        case "reopened":
            did, done = markup("reopened {it}", it=ticket.within), markup("{it} is open again", it=ticket.first)
        case "undone":
            did = markup("took the completion back: {it} is open again", it=ticket.within)
            done = markup("{it} is open again: its completion was taken back", it=ticket.first)
        case "file_added" | "file_removed":
            return _files(event, 1)
        case "note":
            did, done = markup("wrote a note"), markup("A note was written")
        case _:
            return _changed(event, ticket)
    return _by(event, did, done)


def _assigned(event: TicketEvent, ticket: Called) -> Markup:
    new, old = event.new or "", event.old
    if event.actor is None:
        return markup("{ticket} is with {new} now", ticket=ticket.first, new=new)
    if event.actor == new and old is None:
        return markup("{new} took {ticket}", new=new, ticket=ticket.within)
    if event.actor == new:
        return markup("{new} took {ticket} over from {old}", new=new, ticket=ticket.within, old=old or "")
    if event.actor == old:
        return markup("{old} handed {ticket} on to {new}", old=old, ticket=ticket.within, new=new)
    return markup("{actor} gave {ticket} to {new}", actor=event.actor, ticket=ticket.within, new=new)


def _files(event: TicketEvent, times: int) -> Markup:
    """Return that files of one type came or went: their names may say more than a whole channel should read."""
    added = event.event == "file_added"
    what = file_kind((event.new if added else event.old) or "")
    some = count(times, what, FILES[what]) if times > 1 else worded("a {what}", what=what)
    did = markup("added {some}", some=some) if added else markup("removed {some}", some=some)
    first = some[0].upper() + some[1:]
    if times == 1:
        done = markup("{some} was added", some=first) if added else markup("{some} was removed", some=first)
    else:
        done = markup("{some} were added", some=first) if added else markup("{some} were removed", some=first)
    return _by(event, did, done)


def _changed(event: TicketEvent, ticket: Called) -> Markup:
    field = _FIELDS[event.event]
    if event.event == "priority" and event.new == "urgent":
        urgent = markup("made {ticket} urgent", ticket=ticket.within)
        return _by(event, urgent, markup("{ticket} is urgent now", ticket=ticket.first))
    values = markup("")
    if event.old is not None or event.new is not None:
        values = markup(": {old} → {new}", old=_value(event, event.old), new=_value(event, event.new))
    changed = markup("changed the {field}{values}", field=field, values=values)
    return _by(event, changed, markup("The {field} was changed{values}", field=field, values=values))


def _value(event: TicketEvent, value: str | None) -> str:
    if value is None:
        return "none"
    match event.event:
        case "priority":
            return next((PRIORITIES[name] for name in _PRIORITY_NAMES if name == value), value)
        case "status":
            return next((said for name, said in BENCH_STATUSES.items() if name == value), value)
        case "category":
            return category(shorten(value, _VALUE))
        case "estimate" | "hours":
            return hours(Decimal(value))
        case _:
            return shorten(value, _VALUE)


def _by(event: TicketEvent, did: Markup, done: Markup) -> Markup:
    """Return who did it and what, or, where nobody is known, what was done."""
    return done if event.actor is None else join(" ", [markup("{actor}", actor=event.actor), did])
