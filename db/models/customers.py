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
    approval_limit: Decimal | None  # dollars that they let the shop spend without asking; None: the shop's
    spending_limit: Decimal | None  # which holds of the two; None: they are never asked
    active: bool
    total_tickets: int
    open_tickets: int
    total_hours: Decimal
    updated_at: datetime
    erased_at: datetime | None
    value: Decimal | None  # completed hours by the shop's hourly rate; for Managers, None without tickets


class Contact(Row):
    """That ``who`` and a customer spoke, and what was said; empty: only that it was."""

    who: str
    way: ContactWay
    body: str
    happened_at: datetime
    ticket_id: TicketId | None  # which it was about, if the asker sees it


class Merge(Row):
    """Who was merged into a customer, and when; ``id`` is the merge's."""

    id: int
    customer_id: CustomerId
    name: str
    phone: str
    email: str
    merged_at: datetime


class CustomerHits(Row):
    """``/ticket find``: best first, at most 10; ``more``: there are others. For Managers deactivated ones come last."""

    actor: Actor
    customers: list[CustomerOption]
    more: bool


class CustomerSeen(Row):
    """A customer, the newest contacts (at most 5) and tickets (at most 10, open ones first), and who is looking.

    Only the tickets that the asker may see. ``merges``: the last three, for Managers. ``led_from``: the number that was
    asked for, where that customer was merged into this one.
    """

    actor: Actor
    customer: Customer
    contacts: list[Contact]
    merges: list[Merge]
    tickets: list[TicketLine]
    led_from: CustomerId | None = None


class CustomerChanged(CustomerSeen):
    """A write's answer. ``message``: what ``deactivate_customer`` says; ``success`` False: nothing changed."""

    repeated: bool
    success: bool = True
    message: str | None = None


class Pair(Row):
    """Two customers who may be one person."""

    actor: Actor
    first: Customer
    second: Customer


class CustomersMerged(CustomerSeen):
    """The answer to a merge, as of who stays, or to its undoing, as of who had been merged.

    ``merged_id`` is the other one, ``moved`` how many tickets were moved. ``left`` are the tickets and
    ``left_fields`` the columns that stay as they are when a merge is undone: they were changed since.
    """

    repeated: bool
    merge_id: int
    merged_id: CustomerId
    moved: int
    left: list[TicketId]
    left_fields: list[str]


class AlikeCustomers(Row):
    """Two customers, the older one first, and what is the same: ``e-mail``, ``name``, ``phone``."""

    customers: list[CustomerOption]
    why: list[Literal["e-mail", "name", "phone"]]


class Duplicates(Row):
    """Ten pairs who look like the same person, most alike first. ``customer_id``: pairs with this customer only."""

    actor: Actor
    pairs: list[AlikeCustomers]
    total: int
    customer_id: CustomerId | None
    has_next: bool
    has_previous: bool
    repeated: bool = False


ErasedTexts = Literal["telling", "all", "none"]
ErasureReason = Literal["asked", "law", "mistake"]


class ErasureFacts(Row):
    """What there is to erase of a customer: how much of each, and which tickets (``telling``) name them in their texts.

    ``merged``: how many others were merged into them, and are erased with them.
    """

    actor: Actor
    customer: Customer
    telling: list[TicketId]
    merged: int
    contacts: int
    passcodes: int
    attachments: int


class CustomerErased(Row):
    """What was erased. ``tickets`` remain, the texts of ``blanked`` of them do not."""

    actor: Actor
    customer_id: CustomerId
    tickets: int
    blanked: int
    contacts: int
    passcodes: int
    attachments: int
    repeated: bool
