"""Erasing a customer's personal data, for Managers. Every function raises what ``db.pool.Database.ask`` raises."""

from typing import Final

from db.customers import possible
from db.models import Asker, CustomerErased, ErasedTexts, ErasureFacts, ErasureReason
from db.pool import Database

_FACTS: Final = "SELECT app.read_erasure($1, $2, $3, $4, $5)"
_ERASE: Final = "SELECT app.erase_customer($1, $2, $3, $4, $5, $6, $7, $8)"


async def read_erasure(db: Database, asker: Asker, customer_id: int) -> ErasureFacts:
    """Return what there is to erase.

    Raises:
        CustomerHasOpenTickets: those come first.
        CustomerIsErased: that was done before.
    """
    return await db.ask(_FACTS, asker, possible(customer_id), answer=ErasureFacts)


async def erase_customer(
    db: Database, asker: Asker, key: str, customer_id: int, *, texts: ErasedTexts, reason: ErasureReason
) -> CustomerErased:
    """Erase a customer, whoever was merged into them, and the texts of those tickets. Raises as ``read_erasure``."""
    return await db.ask(_ERASE, asker, key, possible(customer_id), texts, reason, answer=CustomerErased, writes=True)
