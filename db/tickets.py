"""Tickets: one function, one statement, one round trip. Who may do what is decided in the database.

Every function raises what ``db.pool.Database.ask`` raises.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from pydantic import SecretStr

from bot.errors import TicketNotFound
from db.keys import Hidden, Keys, hidden
from db.models import (
    Asker,
    BenchStatus,
    CardsSeen,
    Cursor,
    History,
    NoteAdded,
    Nudged,
    Panel,
    PasscodesFound,
    PasscodeShown,
    TicketChanged,
    TicketCompleted,
    TicketEditFacts,
    TicketFilter,
    TicketFormFacts,
    TicketHits,
    TicketId,
    TicketList,
    TicketPage,
    TicketSeen,
)
from db.pool import Database

_LAST_ID: Final = 2**31 - 1  # tickets.id is an integer: no ticket can have a higher number

_PANEL: Final = "SELECT app.read_panel($1, $2, $3, $4)"
TICKET: Final = "SELECT app.read_ticket($1, $2, $3, $4, $5)"
_CARDS: Final = "SELECT app.read_cards($1, $2, $3, $4, $5)"
_MINE: Final = "SELECT app.read_my_tickets($1, $2, $3, $4, $5, $6, $7, $8)"
_QUEUE: Final = "SELECT app.read_queue($1, $2, $3, $4, $5, $6, $7, $8)"
_FORM: Final = "SELECT app.read_ticket_form($1, $2, $3, $4)"
_FILE: Final = "SELECT app.file_ticket($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)"
_TAKE: Final = "SELECT app.take_ticket($1, $2, $3, $4, $5, $6)"
_ACCEPT: Final = "SELECT app.accept_ticket($1, $2, $3, $4, $5, $6)"
_WATCH: Final = "SELECT app.watch_ticket($1, $2, $3, $4, $5, $6, $7)"
_NUDGE: Final = "SELECT app.nudge_worker($1, $2, $3, $4, $5, $6)"
_RELEASE: Final = "SELECT app.release_ticket($1, $2, $3, $4, $5, $6)"
_COMPLETE: Final = "SELECT app.complete_ticket($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
_LIST: Final = "SELECT app.read_list($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
_SEARCH: Final = "SELECT app.search($1, $2, $3, $4, $5)"
_HISTORY: Final = "SELECT app.read_history($1, $2, $3, $4, $5)"
_EDIT_FORM: Final = "SELECT app.read_edit_form($1, $2, $3, $4, $5)"
_STATUS: Final = "SELECT app.set_bench_status($1, $2, $3, $4, $5, $6, $7, $8)"
_ASSIGN: Final = "SELECT app.assign_ticket($1, $2, $3, $4, $5, $6, $7, $8)"
_REOPEN: Final = "SELECT app.reopen_ticket($1, $2, $3, $4, $5, $6, $7)"
_NOTE: Final = "SELECT app.add_note($1, $2, $3, $4, $5, $6, $7)"
_EDIT: Final = "SELECT app.edit_ticket($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
_PASSCODE: Final = "SELECT app.show_passcode($1, $2, $3, $4, $5, $6)"
_PASSCODES: Final = "SELECT app.count_passcodes($1)"


async def read_panel(db: Database, asker: Asker) -> Panel:
    """Return what the bare ``/ticket`` shows."""
    return await db.ask(_PANEL, asker, answer=Panel)


async def read_ticket(db: Database, asker: Asker, ticket_id: int) -> TicketSeen:
    """Return one ticket; a hidden one raises the same ``TicketNotFound`` as a missing one."""
    return await db.ask(TICKET, asker, _possible(ticket_id), answer=TicketSeen)


async def read_cards(db: Database, asker: Asker, ticket_ids: Iterable[int]) -> CardsSeen:
    """Return what everybody may read of those tickets that the asker sees. The rest may be hidden or missing."""
    possible = [number for number in ticket_ids if 0 < number <= _LAST_ID]
    return await db.ask(_CARDS, asker, possible, answer=CardsSeen)


async def read_my_tickets(db: Database, asker: Asker, cursor: Cursor | None) -> TicketPage:
    """Return a page of the open tickets that the asker works on or filed; the first one without a cursor."""
    return await db.ask(_MINE, asker, *_edge(cursor), answer=TicketPage)


async def read_queue(db: Database, asker: Asker, cursor: Cursor | None) -> TicketPage:
    """Return a page of the open tickets that are nobody's; the first one without a cursor."""
    return await db.ask(_QUEUE, asker, *_edge(cursor), answer=TicketPage)


async def read_list(db: Database, asker: Asker, filters: TicketFilter, cursor: Cursor | None) -> TicketList:
    """Return a page of the tickets that fit all ``filters``, newest first. The cursor's rank doesn't count here.

    Raises:
        PersonUnknown: nobody is called like the worker.
        PersonAmbiguous: more than one is.
        SearchTooCommon: looking for the words took too long.
    """
    return await db.ask(
        _LIST,
        asker,
        filters.status,
        filters.worker,
        filters.priority,
        filters.category,
        filters.customer_id,
        filters.words,
        *_edge(cursor)[1:],
        filters.serial,
        filters.due,
        answer=TicketList,
    )


async def search(db: Database, asker: Asker, words: str) -> TicketHits:
    """Return the tickets with all ``words`` that they fit best, of the hundred newest that have them.

    Raises:
        SearchTooCommon: looking for them took too long.
    """
    return await db.ask(_SEARCH, asker, words, answer=TicketHits)


async def read_history(db: Database, asker: Asker, ticket_id: int) -> History:
    """Return what happened to a ticket; hidden and missing are the same, as above."""
    return await db.ask(_HISTORY, asker, _possible(ticket_id), answer=History)


async def read_ticket_form(db: Database, asker: Asker) -> TicketFormFacts:
    """Return what the new-ticket form needs."""
    return await db.ask(_FORM, asker, answer=TicketFormFacts)


async def read_edit_form(db: Database, asker: Asker, ticket_id: int) -> TicketEditFacts:
    """Return a ticket and what the forms that assign or edit it need; hidden and missing are the same, as above."""
    return await db.ask(_EDIT_FORM, asker, _possible(ticket_id), answer=TicketEditFacts)


async def file_ticket(
    db: Database,
    asker: Asker,
    key: str,
    *,
    customer_id: int,
    title: str,
    description: str,
    priority: str,
    category: str | None,
    estimated_hours: Decimal | None,
    assign: str,
    passcode: SecretStr | None = None,
    keys: Keys | None = None,
    device: Mapping[str, str | None] | None = None,
    due_at: datetime | None = None,
    files: Sequence[str] = (),
    carried_files: Sequence[str] = (),
) -> TicketChanged:
    """File a ticket. ``assign`` is 'queue', 'me', 'auto' or the id of a technician's row.

    A ``passcode`` is encrypted with the first of the ``keys`` in the same transaction. ``device``: what is known of its
    type, model, serial, condition and accessories. ``files``: what the asker uploaded to be kept with it, by Slack's
    ids; ``carried_files``: of the message that it came from.
    """
    return await db.ask(
        _FILE,
        asker,
        key,
        customer_id,
        title,
        description,
        priority,
        category,
        estimated_hours,
        assign,
        *_secret(passcode, keys),
        json.dumps(device) if device else None,
        due_at,
        list(files),
        list(carried_files),
        answer=TicketChanged,
        writes=True,
    )


async def take_ticket(db: Database, asker: Asker, key: str, ticket_id: int) -> TicketChanged:
    """Make the asker the worker of a ticket of the queue."""
    return await db.ask(_TAKE, asker, key, _possible(ticket_id), answer=TicketChanged, writes=True)


async def accept_ticket(db: Database, asker: Asker, key: str, ticket_id: int) -> TicketChanged:
    """Note that the asker has seen that the ticket is theirs."""
    return await db.ask(_ACCEPT, asker, key, _possible(ticket_id), answer=TicketChanged, writes=True)


async def watch_ticket(db: Database, asker: Asker, key: str, ticket_id: int, *, watches: bool) -> TicketChanged:
    """Tell the asker from now on of what happens to a ticket, or no longer."""
    return await db.ask(_WATCH, asker, key, _possible(ticket_id), watches, answer=TicketChanged, writes=True)


async def nudge_worker(db: Database, asker: Asker, key: str, ticket_id: int) -> Nudged:
    """Remind whoever works on a ticket of it, once a day."""
    return await db.ask(_NUDGE, asker, key, _possible(ticket_id), answer=Nudged, writes=True)


async def release_ticket(db: Database, asker: Asker, key: str, ticket_id: int) -> TicketChanged:
    """Put a ticket back into the queue."""
    return await db.ask(_RELEASE, asker, key, _possible(ticket_id), answer=TicketChanged, writes=True)


async def complete_ticket(  # noqa: PLR0917 - in the order of the sentence
    db: Database,
    asker: Asker,
    key: str,
    ticket_id: int,
    hours: Decimal,
    resolution: str,
    *,
    ticked: Sequence[int] | None = None,
    anyway: bool = False,
    seen: datetime | None = None,
) -> TicketCompleted:
    """Complete a ticket with the hours worked and what was done.

    Where it has a checklist, nothing is changed and the answer asks, unless all of it is among the ``ticked`` ids, or
    it is to be completed ``anyway``. ``seen`` is the ``updated_at`` of the ticket that the hours were decided upon,
    such as a form's: hours that somebody booked since are not overwritten.
    """
    return await db.ask(
        _COMPLETE,
        asker,
        key,
        _possible(ticket_id),
        hours,
        resolution,
        None if ticked is None else list(ticked),
        anyway,
        seen,
        answer=TicketCompleted,
        writes=True,
    )


async def set_bench_status(  # noqa: PLR0917 - in the order of the sentence
    db: Database, asker: Asker, key: str, ticket_id: int, status: BenchStatus, note: str = ""
) -> TicketChanged:
    """Move a repair a step on. ``note``: what is to be remembered of that, such as who collected the machine.

    Raises:
        BenchStepForbidden: it can't go there from where it is.
    """
    return await db.ask(
        _STATUS, asker, key, _possible(ticket_id), status, note or None, answer=TicketChanged, writes=True
    )


async def assign_ticket(
    db: Database, asker: Asker, key: str, ticket_id: int, who: str, *, seen: datetime | None = None
) -> TicketChanged:
    """Give a ticket to somebody: 'auto' (the least busy technician), 'me', the id of their row, a Slack id or a name.

    ``seen`` is the ``updated_at`` of the ticket that the asker decided upon, such as a form's: if it has got another
    technician since, nothing is changed. Without it that holds from the moment when the request comes.
    """
    return await db.ask(_ASSIGN, asker, key, _possible(ticket_id), who, seen, answer=TicketChanged, writes=True)


async def reopen_ticket(db: Database, asker: Asker, key: str, ticket_id: int, why: str) -> TicketChanged:
    """Reopen a completed ticket; ``why`` becomes a note unless it is blank."""
    return await db.ask(_REOPEN, asker, key, _possible(ticket_id), why, answer=TicketChanged, writes=True)


async def add_note(db: Database, asker: Asker, key: str, ticket_id: int, body: str) -> NoteAdded:
    """Write a note on a ticket. Whom it mentions by ``@name`` or ``@U0...``, their Slack id, is told of it."""
    return await db.ask(_NOTE, asker, key, _possible(ticket_id), body, answer=NoteAdded, writes=True)


async def edit_ticket(
    db: Database,
    asker: Asker,
    key: str,
    ticket_id: int,
    changes: Mapping[str, str | int | Decimal | None],
    *,
    seen: datetime | None = None,
    passcode: SecretStr | None = None,
    keys: Keys | None = None,
) -> TicketChanged:
    """Change columns of a ticket.

    ``changes`` has the ones to change, of title, description, priority, category, estimated_hours, customer_id, due_at,
    device_type, device_model, device_serial, device_condition, device_accessories; None empties one that may be empty.
    ``seen`` is the ``updated_at`` of the ticket that the asker was looking at: columns that somebody else changed since
    are not overwritten. An empty ``passcode`` takes the present one away, another takes its place, under the first of
    the ``keys``.
    """
    return await db.ask(
        _EDIT,
        asker,
        key,
        _possible(ticket_id),
        json.dumps(changes, default=str),
        seen,
        *_secret(passcode, keys),
        answer=TicketChanged,
        writes=True,
    )


async def show_passcode(db: Database, asker: Asker, ticket_id: int, keys: Keys) -> PasscodeShown:
    """Return a ticket's passcode and log that it was shown, each time: there is no request key to keep it under.

    Raises:
        PasscodeUnreadable: it isn't under any of the keys.
    """
    return await db.ask(_PASSCODE, asker, _possible(ticket_id), keys.given(), answer=PasscodeShown)


async def count_passcodes(db: Database, keys: Keys) -> PasscodesFound:
    """Return how many of the passcodes, of the newest 10,000, can be read with which key."""
    return await db.document(_PASSCODES, keys.given(), answer=PasscodesFound)


def _secret(passcode: SecretStr | None, keys: Keys | None) -> tuple[Hidden | None, list[Hidden] | None]:
    """Return what the functions take; the keys go along only where there is something to encrypt."""
    if passcode is None:
        return (None, None)
    return (hidden(passcode), keys.given() if keys else None)


def _possible(ticket_id: int) -> TicketId:
    if not 0 < ticket_id <= _LAST_ID:
        raise TicketNotFound(ticket_id)
    return TicketId(ticket_id)


def _edge(cursor: Cursor | None) -> tuple[object, ...]:
    """Return what the page functions take; the rank is NULL for the first page."""
    if cursor is None:
        return (None, None, None, False)
    return (cursor.rank, cursor.created_at, cursor.id, cursor.backwards)
