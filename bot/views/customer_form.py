"""The form for a new customer or changes to one, its way back, and what it becomes."""

from collections.abc import Mapping
from typing import Any, Final

from bot.forms import COUNTRY_MAX, NAME_MAX, TEXT_MAX, ZIP_MAX, CustomerEntry
from bot.text import shorten
from bot.views import ids
from bot.views.blocks import Block, View
from bot.views.changes import Begun
from bot.views.entries import entered
from bot.views.kit import Markup, form, input_block, markup, mrkdwn, notice, section, text_input
from bot.views.phrases import full_name
from bot.wording import worded
from db.models import Customer, CustomerChanged

_FIELDS: Final = tuple(CustomerEntry.model_fields)
_AMOUNT: Final = 20  # characters
_CUT: Final = "Only the beginning fits here. Leave it as it is to keep the whole text."


def new_customer_form(*, ticket_form: str = "") -> View:
    """Return the empty form. ``ticket_form``: of the open form in which the customer is chosen afterwards."""
    blocks = _fields({"country": "US"}, limit=True)
    return form(ids.CUSTOMER_ADD, "New customer", "Add", blocks, private_metadata=ticket_form)


def customer_form(customer: Customer, *, limit: bool = False) -> View:
    """Return the form with what is known of the customer. Block ids are ``CustomerEntry``'s field names.

    ``limit``: with what they let the shop spend.
    """
    known = customer.model_dump(mode="json", include=set(_FIELDS))
    blocks = _fields({field: text or "" for field, text in known.items()}, limit=limit)
    begun = Begun.of(customer.id, blocks, seen=customer.updated_at)
    return form(
        ids.CUSTOMER_EDIT,
        worded("Customer {customer}", customer=customer.id),
        "Save",
        blocks,
        private_metadata=begun.pack(),
    )


def read_customer_entry(values: Mapping[str, Mapping[str, Any]]) -> CustomerEntry:
    """Return what stands in the form. Raises ``FieldsRefused``."""
    return CustomerEntry.check(**{field: entered(values, field) for field in _FIELDS})


def customer_added(changed: CustomerChanged) -> View:
    """Return what the form becomes once the customer is added."""
    return notice("Customer added", [section(mrkdwn(_known_as(changed.customer)))])


def customer_not_chosen(changed: CustomerChanged) -> View:
    """Return what the form becomes where the ticket's form below couldn't be told of the new customer."""
    name = full_name(changed.customer)
    told = markup(
        "The ticket's form could not be filled in and is as you left it: close this and look for {name} there.",
        name=name,
    )
    return notice("Customer added", [section(mrkdwn(_known_as(changed.customer))), section(mrkdwn(told))])


def customer_edited(changed: CustomerChanged) -> View:
    """Return what the form becomes once the changes are saved."""
    customer = changed.customer
    said = markup("Saved for customer {number}, {name}.", number=customer.id, name=full_name(customer))
    return notice("Customer changed", [section(mrkdwn(said))])


def nothing_edited(number: int) -> View:
    """Return what the form becomes where nothing in it was changed."""
    said = markup("Nothing in the form was different, so customer {number} stays as they were.", number=number)
    return notice("Nothing changed", [section(mrkdwn(said))])


def _known_as(customer: Customer) -> Markup:
    return markup("{name} is customer {number}.", name=full_name(customer), number=customer.id)


def _fields(known: Mapping[str, str], *, limit: bool) -> list[Block]:
    def line(field: str, label: str, *, limit: int = NAME_MAX, hint: str = "", optional: bool = False) -> Block:
        element = text_input(ids.enter(field), max_length=limit, initial=known.get(field, ""))
        return input_block(field, label, element, hint=hint, optional=optional)

    notes = known.get("notes", "")
    dollars = line(
        "approval_limit",
        "Repairs up to … dollars without asking",
        limit=_AMOUNT,
        hint="For example 200; 0: always ask. Empty: as the shop has it.",
        optional=True,
    )
    return [
        line("first_name", "First name"),
        line("last_name", "Last name"),
        line("phone", "Phone"),
        line("email", "E-mail"),
        line("address1", "Street and number"),
        line("address2", "Apartment, suite, company", optional=True),
        line("city", "City"),
        line("state", "State or province"),
        line("zip", "ZIP or postal code", limit=ZIP_MAX),
        line("country", "Country", limit=COUNTRY_MAX, hint="In short, for example US or CA"),
        input_block(
            "notes",
            "Notes",
            text_input(ids.enter("notes"), multiline=True, initial=notes),
            hint="" if shorten(notes, TEXT_MAX) == notes else _CUT,
            optional=True,
        ),
        *([dollars] if limit else []),
    ]
