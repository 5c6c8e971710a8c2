"""Customers who are one person: found, merged, told apart; for Managers.

Every function raises what ``db.pool.Database.ask`` raises.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from db.customers import possible
from db.models import Asker, CustomersMerged, Duplicates, Pair
from db.pool import Database

_DUPLICATES: Final = "SELECT app.read_duplicates($1, $2, $3, $4, $5, $6)"
_APART: Final = "SELECT app.tell_customers_apart($1, $2, $3, $4, $5, $6, $7)"
_PAIR: Final = "SELECT app.read_pair($1, $2, $3, $4, $5, $6)"
_MERGE: Final = "SELECT app.merge_customers($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
_UNDO: Final = "SELECT app.undo_merge($1, $2, $3, $4, $5, $6)"


async def read_duplicates(
    db: Database, asker: Asker, customer_id: int | None, after: tuple[int, int, int] | None
) -> Duplicates:
    """Return ten pairs who look alike, all of them or with one customer, from behind ``after``.

    That is how much is alike in the last pair seen, and its customers' numbers, the higher first.
    """
    about = None if customer_id is None else possible(customer_id)
    return await db.ask(_DUPLICATES, asker, about, after, answer=Duplicates)


async def tell_customers_apart(db: Database, asker: Asker, key: str, one: int, other: int) -> Duplicates:
    """Note that two customers are two people, and return the other pairs that are left."""
    return await db.ask(_APART, asker, key, possible(one), possible(other), answer=Duplicates, writes=True)


async def read_pair(db: Database, asker: Asker, first: int, second: int) -> Pair:
    """Return two customers beside each other.

    Raises:
        CustomersNotTwo: one is no longer active, or they are the same.
    """
    return await db.ask(_PAIR, asker, possible(first), possible(second), answer=Pair)


async def merge_customers(
    db: Database,
    asker: Asker,
    key: str,
    kept: tuple[int, datetime],
    merged: tuple[int, datetime],
    *,
    taken: Collection[str],
) -> CustomersMerged:
    """Merge the second customer into the first; each with the moment of the last change that the asker saw.

    ``taken``: what of the second replaces the first's: name, email, phone, address, notes, or both notes.

    Raises:
        CustomersNotTwo: as ``read_pair``.
        CustomersChanged: one of the two was changed since.
    """
    (kept_id, kept_seen), (merged_id, merged_seen) = kept, merged
    values = (possible(kept_id), possible(merged_id), list(taken), kept_seen, merged_seen)
    return await db.ask(_MERGE, asker, key, *values, answer=CustomersMerged, writes=True)


async def undo_merge(db: Database, asker: Asker, key: str, merge_id: int) -> CustomersMerged:
    """Make two of them again; what was changed since stays as it is, and the answer says what.

    Raises:
        MergeUndone: that was done already.
        MergeNotLast: who stayed has been merged into somebody else since.
    """
    return await db.ask(_UNDO, asker, key, merge_id, answer=CustomersMerged, writes=True)
