"""Customers: one function, one statement. Every function raises what ``db.pool.Database.ask`` raises."""

from typing import Final

from db.models import Asker, CustomerOptions
from db.pool import Database

_SUGGEST: Final = "SELECT app.suggest_customers($1, $2, $3, $4, $5)"


async def suggest_customers(db: Database, asker: Asker, term: str) -> CustomerOptions:
    """Return the customers that ``term`` fits (a name's beginning, digits of the phone, e-mail), best first."""
    return await db.ask(_SUGGEST, asker, term, answer=CustomerOptions)
