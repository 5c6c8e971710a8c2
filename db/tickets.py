"""Tickets: one function, one statement, one round trip. Who may do what is decided in the database.

Every function raises what ``db.pool.Database.ask`` raises.
"""

from decimal import Decimal
from typing import Final

from bot.errors import TicketNotFound
from db.models import (
    Asker,
    Cursor,
    Panel,
    TicketChanged,
    TicketFormFacts,
    TicketId,
    TicketPage,
    TicketSeen,
)
from db.pool import Database

_LAST_ID: Final = 2**31 - 1  # tickets.id is an integer: no ticket can have a higher number

_PANEL: Final = "SELECT app.read_panel($1, $2, $3, $4)"
_TICKET: Final = "SELECT app.read_ticket($1, $2, $3, $4, $5)"
_MINE: Final = "SELECT app.read_my_tickets($1, $2, $3, $4, $5, $6, $7, $8)"
_QUEUE: Final = "SELECT app.read_queue($1, $2, $3, $4, $5, $6, $7, $8)"
_FORM: Final = "SELECT app.read_ticket_form($1, $2, $3, $4)"
_FILE: Final = "SELECT app.file_ticket($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
_TAKE: Final = "SELECT app.take_ticket($1, $2, $3, $4, $5, $6)"
_RELEASE: Final = "SELECT app.release_ticket($1, $2, $3, $4, $5, $6)"
_COMPLETE: Final = "SELECT app.complete_ticket($1, $2, $3, $4, $5, $6, $7, $8)"


async def read_panel(db: Database, asker: Asker) -> Panel:
    """Return what the bare ``/ticket`` shows."""
    return await db.ask(_PANEL, asker, answer=Panel)


async def read_ticket(db: Database, asker: Asker, ticket_id: int) -> TicketSeen:
    """Return one ticket; a hidden one raises the same ``TicketNotFound`` as a missing one."""
    return await db.ask(_TICKET, asker, _possible(ticket_id), answer=TicketSeen)


async def read_my_tickets(db: Database, asker: Asker, cursor: Cursor | None) -> TicketPage:
    """Return a page of the open tickets that the asker works on or filed; the first one without a cursor."""
    return await db.ask(_MINE, asker, *_edge(cursor), answer=TicketPage)


async def read_queue(db: Database, asker: Asker, cursor: Cursor | None) -> TicketPage:
    """Return a page of the open tickets that are nobody's; the first one without a cursor."""
    return await db.ask(_QUEUE, asker, *_edge(cursor), answer=TicketPage)


async def read_ticket_form(db: Database, asker: Asker) -> TicketFormFacts:
    """Return what the new-ticket form needs."""
    return await db.ask(_FORM, asker, answer=TicketFormFacts)


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
) -> TicketChanged:
    """File a ticket. ``assign`` is 'queue', 'me', 'auto' or the id of a technician's row."""
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
        answer=TicketChanged,
        writes=True,
    )


async def take_ticket(db: Database, asker: Asker, key: str, ticket_id: int) -> TicketChanged:
    """Make the asker the worker of a ticket of the queue."""
    return await db.ask(_TAKE, asker, key, _possible(ticket_id), answer=TicketChanged, writes=True)


async def release_ticket(db: Database, asker: Asker, key: str, ticket_id: int) -> TicketChanged:
    """Put a ticket back into the queue."""
    return await db.ask(_RELEASE, asker, key, _possible(ticket_id), answer=TicketChanged, writes=True)


async def complete_ticket(  # noqa: PLR0917 - in the order of the sentence
    db: Database, asker: Asker, key: str, ticket_id: int, hours: Decimal, resolution: str
) -> TicketChanged:
    """Complete a ticket with the hours worked and what was done."""
    return await db.ask(
        _COMPLETE, asker, key, _possible(ticket_id), hours, resolution, answer=TicketChanged, writes=True
    )


def _possible(ticket_id: int) -> TicketId:
    if not 0 < ticket_id <= _LAST_ID:
        raise TicketNotFound(ticket_id)
    return TicketId(ticket_id)


def _edge(cursor: Cursor | None) -> tuple[object, ...]:
    """Return what the page functions take; the rank is NULL for the first page."""
    if cursor is None:
        return (None, None, None, False)
    return (cursor.rank, cursor.created_at, cursor.id, cursor.backwards)
