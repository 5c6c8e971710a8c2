"""Customers."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from db.models.base import Actor, CustomerId, Row, TicketId
from db.models.tickets import TicketLine

ContactWay = Literal["called", "e-mailed", "came by"]


class CustomerOption(Row):
    """A customer in the typeahead, where all are active, or found."""

    id: CustomerId
    name: str
    phone: str
    email: str
    total_tickets: int
    open_tickets: int
    active: bool = True


class CustomerOptions(Row):
    """The typeahead's answer, best first, at most 20."""

    actor: Actor
    customers: list[CustomerOption]


class Customer(Row):
    """A customer in full; never for a Viewer."""

    id: CustomerId
    first_name: str
    last_name: str
    email: str
    phone: str
    address1: str
    address2: str | None
    city: str
    state: str
    zip: str
    country: str
    notes: str | None
    active: bool
    total_tickets: int
    open_tickets: int
    total_hours: Decimal
    value: Decimal | None  # completed hours by the shop's hourly rate; for Managers, None without tickets


class Contact(Row):
    """That ``who`` and a customer spoke, and what was said; empty: only that it was."""

    who: str
    way: ContactWay
    body: str
    happened_at: datetime
    ticket_id: TicketId | None  # which it was about, if the asker sees it


class CustomerHits(Row):
    """``/ticket find``: best first, at most 10; ``more``: there are others. For Managers deactivated ones come last."""

    actor: Actor
    customers: list[CustomerOption]
    more: bool


class CustomerSeen(Row):
    """A customer, the newest contacts (at most 5) and tickets (at most 10, open ones first), and who is looking.

    Only the tickets that the asker may see.
    """

    actor: Actor
    customer: Customer
    contacts: list[Contact]
    tickets: list[TicketLine]


class CustomerChanged(CustomerSeen):
    """A write's answer. ``message``: what ``deactivate_customer`` says; ``success`` False: nothing changed."""

    repeated: bool
    success: bool = True
    message: str | None = None
