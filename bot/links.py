"""Addresses of tickets, below ``PUBLIC_URL``: how one is made, and which ticket an address names."""

import re

from db.models import TicketId


def ticket_link(base: str, ticket_id: TicketId) -> str:
    """Return a ticket's address. ``base``: of all of them, as ``bot.settings`` keeps it, with a slash at its end."""
    return f"{base}t/{ticket_id}"


def linked_ticket(base: str, address: str) -> int | None:
    """Return the number of the ticket that an address names; None: it is another kind of address."""
    ours = re.compile(rf"{re.escape(base)}t/([1-9][0-9]{{0,9}})/?(?:[?#].*)?", re.ASCII | re.IGNORECASE | re.DOTALL)
    found = ours.fullmatch(address)
    return int(found[1]) if found else None
