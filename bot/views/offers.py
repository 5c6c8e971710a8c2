"""What answers where a form is wanted and can't be opened: Slack opens one only for a press, and soon after it."""

from decimal import Decimal
from typing import Final

from bot.text import shorten
from bot.views import ids
from bot.views.blocks import Block, Button, Message
from bot.views.kit import Markup, actions, button, markup, mrkdwn, private, section
from bot.views.phrases import named
from db.models import Checklist, Customer, PersonFacts, Ticket

_NAME: Final = 80  # characters: Slack's own limit for names
_VALUE_MAX: Final = 2000  # characters that a button carries


def new_ticket_offer(title: str, description: str = "") -> Message:
    """Return the button that opens the form for a new ticket; what is known goes with it as far as it fits."""
    said = markup("This button opens the form for a new ticket.")
    value = shorten(f"{title}\n{description}".rstrip(), _VALUE_MAX)
    return _offer(said, button("New ticket", ids.TICKET_NEW, value, style="primary"))


def completion_offer(ticket: Ticket, resolution: str, worked: Decimal | None = None) -> Message:
    """Return the button that opens the form which asks for the hours, and for the checklist if there is one.

    What was said already goes with it, as far as it fits.
    """
    if worked is None:
        said = markup("How many hours? This button opens the form that completes {ticket}.", ticket=named(ticket))
    else:
        said = markup("There is a checklist: this button opens the form that completes {ticket}.", ticket=named(ticket))
    value = f"{ticket.id} {'' if worked is None else f'{worked:f}h '}{resolution}".strip()[:_VALUE_MAX]
    return _offer(said, button("Complete", ids.TICKET_FINISH, value, style="primary"))


def assignment_offer(ticket: Ticket) -> Message:
    """Return the button that opens the form which asks who gets the ticket."""
    said = markup("Who should work on it? This button opens the form that assigns {ticket}.", ticket=named(ticket))
    return _offer(said, button("Assign", ids.TICKET_HAND, ticket.id, style="primary"))


def reopening_offer(ticket: Ticket) -> Message:
    """Return the button that opens the form which asks why the ticket is opened again."""
    said = markup("Why is it opened again? This button opens the form that reopens {ticket}.", ticket=named(ticket))
    return _offer(said, button("Reopen", ids.TICKET_REOPEN, ticket.id, style="primary"))


def edit_offer(ticket: Ticket) -> Message:
    """Return the button that opens the form for changes."""
    said = markup("This button opens the form that changes {ticket}.", ticket=named(ticket))
    return _offer(said, button("Edit", ids.TICKET_CHANGE, ticket.id, style="primary"))


def note_offer(ticket: Ticket) -> Message:
    """Return the button that opens the form for a note."""
    said = markup("This button opens the form for a note on {ticket}.", ticket=named(ticket))
    return _offer(said, button("Write a note", ids.TICKET_NOTE, ticket.id, style="primary"))


def files_offer(ticket: Ticket) -> Message:
    """Return the button that opens the form for files."""
    said = markup("This button opens the form that adds files to {ticket}.", ticket=named(ticket))
    return _offer(said, button("Add files", ids.TICKET_ATTACH, ticket.id, style="primary"))


def customer_offer(customer: Customer) -> Message:
    """Return the button that opens the form for changes to a customer."""
    said = markup("This button opens the form that changes customer {number}.", number=customer.id)
    return _offer(said, button("Edit", ids.CUSTOMER_CHANGE, customer.id, style="primary"))


def contact_offer(customer: Customer) -> Message:
    """Return the button that opens the form which notes a contact with a customer."""
    said = markup("This button opens the form for a contact with customer {number}.", number=customer.id)
    return _offer(said, button("Note a contact", ids.CONTACT_WRITE, customer.id, style="primary"))


def erasure_offer(customer: Customer) -> Message:
    """Return the button that opens the form which erases a customer's personal data."""
    said = markup("This button opens the form that erases customer {number}.", number=customer.id)
    return _offer(said, button("Erase", ids.CUSTOMER_FORGET, customer.id, style="danger"))


def merge_offer(first: Customer, second: Customer) -> Message:
    """Return the button that opens the form which merges two customers."""
    said = markup(
        "This button opens the form that merges customers {first} and {second}.", first=first.id, second=second.id
    )
    return _offer(said, button("Compare", ids.CUSTOMER_COMPARE, f"{first.id} {second.id}", style="primary"))


def new_customer_offer() -> Message:
    """Return the button that opens the form for a new customer."""
    said = markup("This button opens the form for a new customer.")
    return _offer(said, button("New customer", ids.CUSTOMER_NEW, style="primary"))


def checklist_offer(checklist: Checklist) -> Message:
    """Return the button that opens the form for a checklist."""
    said = markup("This button opens the form for the checklist.")
    return _offer(said, button("Checklist", ids.CHECKLIST_OPEN, checklist.category or "", style="primary"))


def person_offer(person: PersonFacts) -> Message:
    """Return the button that opens the form for somebody's access."""
    said = markup("This button opens the form for {name}'s access.", name=shorten(person.name, _NAME))
    return _offer(said, button("Open", ids.PERSON_OPEN, person.id, style="primary"))


def new_person_offer(account: str) -> Message:
    """Return the button that opens the form for somebody new."""
    said = markup("Nobody here has this Slack account. This button opens the form that gives it access.")
    return _offer(said, button("Add somebody", ids.PERSON_NEW, account, style="primary"))


def hours_offer() -> Message:
    """Return the button that opens the form for the shop's hours."""
    said = markup("This button opens the shop's hours and reminders.")
    return _offer(said, button("Hours", ids.HOURS_OPEN, style="primary"))


def settings_offer() -> Message:
    """Return the button that opens the form for a person's own settings."""
    said = markup("This button opens your settings.")
    return _offer(said, button("Settings", ids.SETTINGS_OPEN, style="primary"))


def too_late(offer: Message) -> Message:
    """Return an offer under the reason why the form is not open already."""
    late = markup("That took too long, so Slack no longer opened the form. Nothing was changed; please try again.")
    return {**offer, "text": f"{late} {offer['text']}", "blocks": [section(mrkdwn(late)), *offer.get("blocks", [])]}


def _offer(said: Markup, pressed: Button) -> Message:
    blocks: list[Block] = [section(mrkdwn(said)), *actions([pressed])]
    return private(said, blocks)
