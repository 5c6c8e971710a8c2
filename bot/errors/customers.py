"""What can go wrong with customers."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from bot.errors.base import FieldRefused, Overwritten, Refusal
from bot.wording import listed, worded


class CustomerNotFound(Refusal):
    """There is no such customer, or this person may not see them: the two must read alike."""

    def __init__(self, customer_id: int | str) -> None:
        self.customer_id = customer_id
        self.sentence = worded(
            "There is no customer {customer} that you can see. "
            "Check the number; `/ticket find` looks for a name, a phone number or an e-mail address.",
            customer=customer_id,
        )


class CustomerChangedMeanwhile(Refusal):
    """Somebody else has changed the same ``fields`` (columns of the customer) since the person looked at them.

    ``changes`` and ``seen`` as for a ticket.
    """

    COLUMNS: ClassVar[dict[str, str]] = {
        "first_name": "first name",
        "last_name": "last name",
        "email": "e-mail address",
        "phone": "phone number",
        "address1": "street",
        "address2": "further address",
        "zip": "ZIP code",
        "approval_limit": "limit",
    }

    def __init__(
        self,
        customer_id: int,
        who: str,
        fields: Sequence[str],
        changes: Sequence[Overwritten] = (),
        seen: datetime | None = None,
    ) -> None:
        self.customer_id = customer_id
        self.fields = tuple(fields)
        self.changes = tuple(changes)
        self.seen = seen
        what = listed([self.COLUMNS.get(field, field) for field in fields])
        self.sentence = worded(
            "{who} has changed the {what} of customer {customer} meanwhile, so nothing was overwritten. "
            "`/ticket customer {customer}` shows how they are now.",
            who=who,
            what=what,
            customer=customer_id,
        )


class CustomerInactive(Refusal):
    """A ticket can't be open while its customer is switched off."""

    def __init__(self, ticket_id: int, customer_id: int) -> None:
        self.ticket_id = ticket_id
        self.customer_id = customer_id
        self.sentence = worded(
            "The customer of ticket #{ticket} is no longer active, so it stays as it is. "
            "A Manager can make customer {customer} active again.",
            ticket=ticket_id,
            customer=customer_id,
        )


class CustomerHasOpenTickets(Refusal):
    """Open tickets can't be worked on without knowing whose they are."""

    SHOWN: ClassVar[int] = 10

    def __init__(self, customer_id: int, tickets: Sequence[int]) -> None:
        self.customer_id = customer_id
        numbers = [f"#{number}" for number in tickets[: self.SHOWN]]
        more = len(tickets) - len(numbers)
        open_ones = listed([*numbers, worded("{more} more", more=more)] if more else numbers)
        self.sentence = worded(
            "Customer {customer} has open tickets: {open_ones}. "
            "Complete them, or give them to another customer, first. Nothing was erased.",
            customer=customer_id,
            open_ones=open_ones,
        )


class CustomerIsErased(Refusal):
    """There is nothing left of the customer's data, and none is added."""

    def __init__(self, customer_id: int) -> None:
        self.customer_id = customer_id
        self.sentence = worded(
            "The personal data of customer {customer} has been erased, so nothing was changed. "
            "If they are back, add them as a new customer.",
            customer=customer_id,
        )


class RequestErased(Refusal):
    """The same request was carried out before; its answer is gone, since it was about a customer who was erased."""

    sentence = "That was done already, and what it was about has been erased since. `/ticket` shows how things are."


class CustomersNotTwo(Refusal):
    """Two active customers are merged, and no customer with themselves."""

    def __init__(self, customer_id: int) -> None:
        self.customer_id = customer_id
        self.sentence = worded(
            "Customer {customer} can't be merged: only two different customers who are both active can. "
            "Nothing was changed.",
            customer=customer_id,
        )


class CustomersChanged(Refusal):
    """One of two customers was changed since somebody chose what to keep of them."""

    sentence = (
        "One of the two customers has been changed meanwhile, so nothing was merged. "
        "Close this and compare them once more."
    )


class MergeUndone(Refusal):
    """There is nothing to undo."""

    sentence = "That merge has been undone already, or can't be any more; nothing was changed."


class MergeNotLast(Refusal):
    """Who stayed has been merged into somebody else since."""

    def __init__(self, customer_id: int) -> None:
        self.customer_id = customer_id
        self.sentence = worded(
            "Customer {customer} has been merged into another one since. "
            "Undo that first: `/ticket customer {customer}` shows whom. Nothing was changed.",
            customer=customer_id,
        )


class CustomerExists(FieldRefused):
    """Another customer has this e-mail address."""

    def __init__(self, customer_id: int, name: str) -> None:
        super().__init__(
            "email",
            worded(
                "Customer {customer}, {name}, has this e-mail address already. Choose them, or give another address.",
                customer=customer_id,
                name=name,
            ),
        )
        self.customer_id = customer_id
        self.name = name
