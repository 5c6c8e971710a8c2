"""What a command, a button or a form carries: the number of a ticket, a customer, a merge or a file."""

from typing import Annotated

from pydantic import BeforeValidator

from bot.forms.base import Entered, read_id
from db.models import CustomerId, TicketId


class _TicketChosen(Entered):
    ticket_id: Annotated[
        TicketId, BeforeValidator(read_id("That isn't a ticket's number. `/ticket mine` lists your tickets."))
    ]


def chosen_ticket(value: int | str | None) -> TicketId:
    """Return the ticket that a command, a button or a form carries. Raises ``FieldsRefused``."""
    return _TicketChosen.check(ticket_id=value).ticket_id


class _CustomerChosen(Entered):
    customer_id: Annotated[
        CustomerId, BeforeValidator(read_id("That isn't a customer's number. `/ticket find` looks for a customer."))
    ]


def chosen_customer(value: int | str | None) -> CustomerId:
    """Return the customer whom a command or a button carries. Raises ``FieldsRefused``."""
    return _CustomerChosen.check(customer_id=value).customer_id


class _MergeChosen(Entered):
    merge: Annotated[
        int, BeforeValidator(read_id("That button is out of date. `/ticket customer` shows the customer."))
    ]


def chosen_merge(value: str) -> int:
    """Return the merge that a button carries. Raises ``FieldsRefused``."""
    return _MergeChosen.check(merge=value).merge


class _FileChosen(Entered):
    file_id: Annotated[int, BeforeValidator(read_id("That isn't a file's number."))]


def chosen_file(value: str) -> int:
    """Return the number of the file that a button carries. Raises ``FieldsRefused``."""
    return _FileChosen.check(file_id=value).file_id
