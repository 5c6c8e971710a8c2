"""Customers: one function, one statement. Every function raises what ``db.pool.Database.ask`` raises.

Columns that are filled from forms: first_name, last_name, email, phone, address1, address2, city, state, zip,
country, notes.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from bot.errors import CustomerNotFound
from db.models import (
    Asker,
    ContactWay,
    CustomerChanged,
    CustomerHits,
    CustomerId,
    CustomerOptions,
    CustomerSeen,
    TicketId,
)
from db.pool import Database

_LAST_ID: Final = 2**31 - 1  # customers.id is an integer: no customer can have a higher number

SUGGEST: Final = "SELECT app.suggest_customers($1, $2, $3, $4, $5)"
_FIND: Final = "SELECT app.find_customers($1, $2, $3, $4, $5)"
CUSTOMER: Final = "SELECT app.read_customer($1, $2, $3, $4, $5)"
_ADD: Final = "SELECT app.add_customer($1, $2, $3, $4, $5, $6)"
_EDIT: Final = "SELECT app.edit_customer($1, $2, $3, $4, $5, $6, $7, $8)"
_ADD_CONTACT: Final = "SELECT app.add_contact($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
_DEACTIVATE: Final = "SELECT app.deactivate_customer($1, $2, $3, $4, $5, $6)"
_REACTIVATE: Final = "SELECT app.reactivate_customer($1, $2, $3, $4, $5, $6)"


async def suggest_customers(db: Database, asker: Asker, term: str) -> CustomerOptions:
    """Return the customers that ``term`` fits (a name's beginning, digits of the phone, e-mail), best first."""
    return await db.ask(SUGGEST, asker, term, answer=CustomerOptions)


async def find_customers(db: Database, asker: Asker, term: str) -> CustomerHits:
    """Return the ten customers that ``term`` fits best; a blank one fits nobody."""
    return await db.ask(_FIND, asker, term, answer=CustomerHits)


async def read_customer(db: Database, asker: Asker, customer_id: int) -> CustomerSeen:
    """Return one customer; a hidden one raises the same ``CustomerNotFound`` as a missing one."""
    return await db.ask(CUSTOMER, asker, possible(customer_id), answer=CustomerSeen)


async def add_customer(db: Database, asker: Asker, key: str, values: Mapping[str, str | None]) -> CustomerChanged:
    """Add a customer. ``address2``, ``country`` and ``notes`` may be left out.

    Raises:
        CustomerExists: somebody, perhaps deactivated, has this e-mail address.
    """
    return await db.ask(_ADD, asker, key, json.dumps(values), answer=CustomerChanged, writes=True)


async def edit_customer(
    db: Database,
    asker: Asker,
    key: str,
    customer_id: int,
    values: Mapping[str, str | None],
    *,
    seen: datetime | None = None,
) -> CustomerChanged:
    """Change the columns of a customer that ``values`` has. ``seen``: ``updated_at`` of what the asker looked at.

    Raises:
        CustomerChangedMeanwhile: somebody has changed the same columns since ``seen``.
        CustomerExists: as ``add_customer``.
    """
    changes = json.dumps(values)
    return await db.ask(_EDIT, asker, key, possible(customer_id), changes, seen, answer=CustomerChanged, writes=True)


async def add_contact(
    db: Database,
    asker: Asker,
    key: str,
    customer_id: int,
    way: ContactWay,
    *,
    body: str = "",
    ticket_id: TicketId | None = None,
    at: datetime | None = None,
) -> CustomerChanged:
    """Note that the asker spoke with a customer, now unless ``at`` says when.

    ``repeated``: the asker has noted just that within the last minute.
    """
    values = (possible(customer_id), way, body, ticket_id, at)
    return await db.ask(_ADD_CONTACT, asker, key, *values, answer=CustomerChanged, writes=True)


async def deactivate_customer(db: Database, asker: Asker, key: str, customer_id: int) -> CustomerChanged:
    """Switch a customer off; not one with open tickets: ``success`` and ``message`` say what came of it."""
    return await db.ask(_DEACTIVATE, asker, key, possible(customer_id), answer=CustomerChanged, writes=True)


async def reactivate_customer(db: Database, asker: Asker, key: str, customer_id: int) -> CustomerChanged:
    """Switch a customer on again."""
    return await db.ask(_REACTIVATE, asker, key, possible(customer_id), answer=CustomerChanged, writes=True)


def possible(customer_id: int) -> CustomerId:
    """Return a number that a customer can have. Raises ``CustomerNotFound``."""
    if not 0 < customer_id <= _LAST_ID:
        raise CustomerNotFound(customer_id)
    return CustomerId(customer_id)
