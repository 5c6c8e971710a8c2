"""Contacts with a customer: the buttons and the form that note one, its way back, and how they read on the profile."""

from collections.abc import Mapping
from typing import Any, Final, get_args

from bot.forms import ContactEntry
from bot.text import shorten
from bot.views import ids
from bot.views.blocks import Block, Button, View
from bot.views.changes import Begun
from bot.views.entries import entered, entered_moment
from bot.views.kit import (
    Markup,
    button,
    context,
    date,
    form,
    input_block,
    join,
    markup,
    moment_picker,
    mrkdwn,
    notice,
    option,
    section,
    select,
    text_input,
)
from bot.views.phrases import TITLE_IN_LIST, full_name
from bot.wording import worded
from db.models import Contact, ContactWay, Customer, CustomerChanged, CustomerSeen

_BODY: Final = 500  # characters of what was said, on the profile
_WHO: Final = 80
_LABELS: Final[Mapping[ContactWay, str]] = {"called": "Called", "e-mailed": "E-mailed", "came by": "Came by"}
WAYS: Final[Mapping[str, ContactWay]] = {  # of the buttons that note it at once
    ids.CONTACT_CALLED: "called",
    ids.CONTACT_MAILED: "e-mailed",
    ids.CONTACT_CAME: "came by",
}


def contact_buttons(customer: Customer) -> list[Button]:
    """Return a button for each way of being in contact, and the one that opens the form."""
    at_once = [
        button(
            _LABELS[way],
            action,
            customer.id,
            spoken=worded("Note: {way}, customer {customer}", way=way, customer=customer.id),
        )
        for action, way in WAYS.items()
    ]
    written = button(
        "Write down",
        ids.CONTACT_WRITE,
        customer.id,
        spoken=worded("Write down a contact, customer {customer}", customer=customer.id),
    )
    return [*at_once, written]


def contacts(known: list[Contact]) -> list[Block]:
    """Return the newest contacts, or nothing."""
    return [section(mrkdwn(join("\n", map(_line, known))))] if known else []


def contact_form(seen: CustomerSeen) -> View:
    """Return the form. Block ids are ``ContactEntry``'s field names."""
    ways = [option(_LABELS[way], way) for way in get_args(ContactWay)]
    blocks: list[Block] = [
        section(mrkdwn(_whom(seen.customer))),
        input_block("way", "How", select(ids.enter("way"), ways, initial="called")),
        input_block("body", "What was said", text_input(ids.enter("body"), multiline=True, focus=True), optional=True),
        input_block("at", "When", moment_picker(ids.enter("at")), hint="Empty: just now", optional=True),
    ]
    if seen.tickets:
        about = [option(f"#{ticket.id} {shorten(ticket.title, TITLE_IN_LIST)}", ticket.id) for ticket in seen.tickets]
        chosen = select(ids.enter("ticket_id"), about, placeholder="None in particular")
        blocks.append(input_block("ticket_id", "About which ticket", chosen, optional=True))
    blocks.append(context(mrkdwn(markup("Whoever may see this customer reads it; Viewers don't."))))
    begun = Begun.of(seen.customer.id)
    return form(ids.CONTACT_ADD, "Note a contact", "Save", blocks, private_metadata=begun.pack())


def read_contact(values: Mapping[str, Mapping[str, Any]]) -> ContactEntry:
    """Return what stands in the form. Raises ``FieldsRefused``."""
    return ContactEntry.check(
        way=entered(values, "way"),
        body=entered(values, "body"),
        ticket_id=entered(values, "ticket_id"),
        at=entered_moment(values, "at"),
    )


def contact_noted(changed: CustomerChanged) -> View:
    """Return what the form becomes once the contact is noted."""
    blocks: list[Block] = [section(mrkdwn(_whom(changed.customer))), *contacts(changed.contacts[:1])]
    return notice("Contact noted", blocks)


def noted(changed: CustomerChanged, way: ContactWay) -> Markup:
    """Return that the contact is noted, or was just before."""
    if changed.repeated:
        return markup("That is noted already: {way}, a moment ago.", way=way)
    return markup("Noted: {way}.", way=way)


def _whom(customer: Customer) -> Markup:
    name = full_name(customer)
    return markup("Customer {number}, {name}", number=customer.id, name=name)


def _line(contact: Contact) -> Markup:
    facts = [markup("*{way}*", way=_LABELS[contact.way]), date(contact.happened_at)]
    facts.append(markup("{who}", who=shorten(contact.who, _WHO)))
    if contact.ticket_id is not None:
        facts.append(markup("#{number}", number=contact.ticket_id))
    line = join(" · ", facts)
    if not contact.body:
        return line
    return join("\n", [line, markup("{body}", body=shorten(contact.body, _BODY))])
