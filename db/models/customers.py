"""Customers."""

from decimal import Decimal

from db.models.base import Actor, CustomerId, Row
from db.models.tickets import TicketLine


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


class CustomerHits(Row):
    """``/ticket find``: best first, at most 10; ``more``: there are others. For Managers deactivated ones come last."""

    actor: Actor
    customers: list[CustomerOption]
    more: bool


class CustomerSeen(Row):
    """A customer, their newest tickets (at most 10, only those that the asker may see), and who is looking."""

    actor: Actor
    customer: Customer
    tickets: list[TicketLine]


class CustomerChanged(CustomerSeen):
    """A write's answer. ``message``: what ``deactivate_customer`` says; ``success`` False: nothing changed."""

    repeated: bool
    success: bool = True
    message: str | None = None
