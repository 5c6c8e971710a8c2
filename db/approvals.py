"""What a customer agrees to before a repair that costs more than their limit."""

from typing import Final

from db.models import ApprovalAsked, AskedHow, Asker, TicketChanged, TicketId
from db.pool import Database

_READ: Final = "SELECT app.read_approval($1, $2, $3, $4, $5)"
_READ_OF_TICKET: Final = "SELECT app.read_approval($1, $2, $3, $4, NULL, $5)"
_DECIDE: Final = "SELECT app.decide_approval($1, $2, $3, $4, $5, $6, $7, $8, $9)"


async def read_approval(db: Database, asker: Asker, approval: int) -> ApprovalAsked:
    """Return an open request for approval. Raises ``ApprovalSettled`` or ``ApprovalGone``."""
    return await db.ask(_READ, asker, approval, answer=ApprovalAsked)


async def read_ticket_approval(db: Database, asker: Asker, ticket_id: TicketId) -> ApprovalAsked:
    """Return the open request for approval of a ticket. Raises ``ApprovalSettled``, ``ApprovalNotAsked`` and others."""
    return await db.ask(_READ_OF_TICKET, asker, ticket_id, answer=ApprovalAsked)


async def decide_approval(
    db: Database, asker: Asker, key: str, approval: int, *, approved: bool, how: AskedHow, said: str
) -> TicketChanged:
    """Note whether the customer agreed, how they were asked, and what they said, which may be empty.

    Raises:
        ApprovalSettled: somebody else was quicker, or its terms aren't the ticket's any more.
        ApprovalGone: its ticket was removed.
    """
    return await db.ask(_DECIDE, asker, key, approval, approved, how, said, answer=TicketChanged, writes=True)
