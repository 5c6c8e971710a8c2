"""The form that makes one customer of two, its way back, and what came of it or of undoing it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import FieldRefused, NoLongerThere
from bot.text import shorten
from bot.views import ids
from bot.views.blocks import Block, Button, View
from bot.views.entries import entered
from bot.views.kit import (
    Markup,
    button,
    confirm,
    context,
    date,
    form,
    input_block,
    join,
    markup,
    mrkdwn,
    option,
    section,
    select,
)
from bot.views.phrases import count, full_name, ticket_numbers, tickets
from bot.wording import commas, worded
from db.models import Customer, CustomersMerged, Merge, Pair

_NAME: Final = 120
_BOTH: Final = "both"
_PARTS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {  # of a customer, what is kept as a whole: its columns
    "name": ("Name", ("first_name", "last_name")),
    "phone": ("Phone", ("phone",)),
    "email": ("E-mail", ("email",)),
    "address": ("Address", ("address1", "address2", "city", "state", "zip", "country")),
    "notes": ("Notes", ("notes",)),
}
_COLUMNS: Final = {"email": "e-mail", "first_name": "first name", "last_name": "last name", "address1": "street"}


class Compared(BaseModel):
    """Which two customers a form is about, and when each was changed last before it was opened."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: int
    first_seen: datetime
    second: int
    second_seen: datetime

    @property
    def seen(self) -> dict[str, tuple[int, datetime]]:
        """Return both by their number as the form's options have it."""
        both = ((self.first, self.first_seen), (self.second, self.second_seen))
        return {str(number): (number, seen) for number, seen in both}

    @classmethod
    def unpack(cls, private_metadata: str) -> "Compared":
        """Read what a form carries. Raises ``NoLongerThere``."""
        try:
            return cls.model_validate_json(private_metadata)
        except ValidationError as error:
            raise NoLongerThere from error


class Choice(BaseModel):
    """Who stays, who is merged into them, and what of the latter is kept (``db.merges.merge_customers``)."""

    model_config = ConfigDict(frozen=True)

    kept: tuple[int, datetime]
    merged: tuple[int, datetime]
    taken: tuple[str, ...]


def merge_form(pair: Pair) -> View:
    """Return the form: who stays, and where the two differ, whose is kept. At first the one with more tickets stays."""
    both = sorted((pair.first, pair.second), key=lambda each: (-each.total_tickets, each.id))
    stays = str(both[0].id)
    asked: list[Block] = []
    for part, (label, _) in _PARTS.items():
        texts = [_text(customer, part) for customer in both]
        if texts[0] == texts[1]:
            continue
        options = [option(text or "None", customer.id) for customer, text in zip(both, texts, strict=True)]
        if part == "notes" and all(texts):
            options.append(option("Both, one below the other", _BOTH))
        initial = next((each["value"] for each, text in zip(options, texts, strict=False) if text), stays)
        chosen = select(ids.enter(part), options, initial=_BOTH if len(options) > len(both) else initial)
        asked.append(input_block(part, label, chosen))
    who = [option(worded("Customer {number}, {name}", number=each.id, name=full_name(each)), each.id) for each in both]
    blocks: list[Block] = [
        *(section(mrkdwn(_line(customer))) for customer in both),
        input_block("kept", "Who stays", select(ids.enter("kept"), who, initial=stays)),
        *asked,
        context(mrkdwn(_warning(both))),
    ]
    about = Compared(
        first=pair.first.id,
        first_seen=pair.first.updated_at,
        second=pair.second.id,
        second_seen=pair.second.updated_at,
    )
    return form(ids.CUSTOMER_MERGE, "Merge customers", "Merge", blocks, private_metadata=about.model_dump_json())


def read_choice(values: Mapping[str, Mapping[str, Any]], compared: Compared) -> Choice:
    """Return what was chosen in the form. Raises ``FieldRefused``."""
    seen = compared.seen
    kept = entered(values, "kept") or ""
    if kept not in seen:
        raise FieldRefused("kept", "Choose who of the two stays.")
    merged = next(number for number in seen if number != kept)
    taken = [part for part in _PARTS if entered(values, part) == merged]
    if entered(values, "notes") == _BOTH:
        taken.append("both notes")
    return Choice(kept=seen[kept], merged=seen[merged], taken=tuple(taken))


def merged(done: CustomersMerged) -> Markup:
    """Return what came of a merge."""
    return markup(
        "Customer {merged} is merged into this one: {moved} moved.",
        merged=done.merged_id,
        moved=_tickets(done.moved),
    )


def undone(done: CustomersMerged) -> Markup:
    """Return what came of undoing a merge, and what stays where it is."""
    said = [
        markup(
            "Customers {number} and {other} are two again: {moved} moved back.",
            number=done.customer.id,
            other=done.merged_id,
            moved=_tickets(done.moved),
        )
    ]
    if done.left:
        numbers = ticket_numbers(done.left)
        said.append(markup("Changed meanwhile, so not moved: {numbers}.", numbers=numbers))
    if done.left_fields:
        fields = commas([_COLUMNS.get(field, field) for field in done.left_fields])
        said.append(
            markup(
                "Changed meanwhile, so customer {other} keeps: {fields}.",
                other=done.merged_id,
                fields=fields,
            )
        )
    said.append(markup("Tickets filed since the merge stay with customer {other}.", other=done.merged_id))
    return join(" ", said)


def merges(known: Sequence[Merge]) -> list[Block]:
    """Return who was merged into a customer, each with a button that makes them two again."""
    return [section(mrkdwn(_merge(merge)), accessory=_undo(merge)) for merge in known]


def led_here(number: int) -> Markup:
    """Return why another customer is shown than was asked for."""
    return markup("Customer {number} has been merged into this one.", number=number)


def _merge(merge: Merge) -> Markup:
    return markup(
        "*Merged* customer {number}, {name} · {phone} · {email} · {moment}",
        number=merge.customer_id,
        name=shorten(merge.name, _NAME),
        phone=shorten(merge.phone, _NAME),
        email=shorten(merge.email, _NAME),
        moment=date(merge.merged_at),
    )


def _undo(merge: Merge) -> Button:
    text = "What was moved goes back, unless it was changed since. The answer says what stays."
    asked = confirm(
        worded("Make two of them again, with customer {customer}?", customer=merge.customer_id), text, "Undo"
    )
    return button(
        "Undo",
        ids.MERGE_UNDO,
        merge.id,
        spoken=worded("Undo the merge of customer {customer}", customer=merge.customer_id),
        asked=asked,
    )


def _text(customer: Customer, part: str) -> str:
    known = customer.model_dump(include=set(_PARTS[part][1]))
    return " ".join(str(known[column]) for column in _PARTS[part][1] if known[column])


def _line(customer: Customer) -> Markup:
    return markup(
        "*Customer {number}* {name}\n{tickets}",
        number=customer.id,
        name=shorten(full_name(customer), _NAME),
        tickets=tickets(customer.total_tickets, customer.open_tickets),
    )


def _warning(both: Sequence[Customer]) -> Markup:
    one, other = both
    return markup(
        "If customer {one} stays, {others} to them; if customer {other} stays, {ones}. "
        "Contacts move, too. Who doesn't stay can't be chosen for tickets any more. It can be undone.",
        one=one.id,
        other=other.id,
        others=_move(other.total_tickets),
        ones=_move(one.total_tickets),
    )


def _move(tickets: int) -> str:
    return count(tickets, "ticket moves", "tickets move")


def _tickets(number: int) -> str:
    return count(number, "ticket")
