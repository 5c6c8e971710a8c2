"""The form that changes what a ticket says, its way back, and what it becomes."""

from collections.abc import Mapping
from typing import Any, Final, get_args

from bot.forms import NO_PASSCODE, PASSCODE_MAX, TEXT_MAX, TITLE_MAX, TicketEdit
from bot.text import shorten
from bot.views import approvals, ids
from bot.views.blocks import Block, View
from bot.views.changes import Begun
from bot.views.device import device_fields
from bot.views.kit import (
    Markup,
    external_select,
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
from bot.views.phrases import PRIORITIES, category, named, state
from bot.wording import commas, worded
from db.models import Category, Ticket, TicketChanged, TicketEditFacts

_LABELS: Final = {
    "title": "title",
    "description": "description",
    "priority": "priority",
    "category": "category",
    "estimated_hours": "estimate",
    "due_at": "due date",
    "customer_id": "customer",
    "device_type": "device",
    "device_model": "model",
    "device_serial": "serial number",
    "device_condition": "condition",
    "device_accessories": "accessories",
    "passcode": "passcode",
}
_FIRST: Final = "Kept encrypted, shown only to the technician or a Manager"
_ANOTHER: Final = worded(
    "Leave it empty to keep the present one, which is never shown here; {word} takes it away",
    word=NO_PASSCODE,
)
_CUT: Final = "Only the beginning fits here. Leave it as it is to keep the whole text."


def edit_form(facts: TicketEditFacts) -> View:
    """Return the form with what the ticket says now. Block ids are ``TicketEdit``'s field names."""
    ticket = facts.ticket
    blocks = _fields(ticket)
    begun = Begun.of(ticket.id, blocks, seen=ticket.updated_at)
    return form(
        ids.TICKET_EDIT, worded("Edit #{ticket}", ticket=ticket.id), "Save", blocks, private_metadata=begun.pack()
    )


def read_edit(values: Mapping[str, Mapping[str, Any]], begun: Begun) -> TicketEdit:
    """Return what was changed in the form, and nothing else. Raises ``FieldsRefused``."""
    return TicketEdit.check(**begun.changed(values))


def ticket_edited(changed: TicketChanged, edit: TicketEdit) -> View:
    """Return what the form becomes once the ticket is changed."""
    what = commas([label for field, label in _LABELS.items() if field in edit.fields])
    said = markup("Saved for ticket #{number}: {what}.", number=changed.ticket.id, what=what)
    if edit.fields & {"estimated_hours", "customer_id"}:
        said = join(" ", [said, *approvals.asked_for(changed.ticket)])
    return notice("Ticket changed", [section(mrkdwn(said)), section(mrkdwn(_summary(changed.ticket)))])


def nothing_edited(number: int) -> View:
    """Return what the form becomes where nothing in it was changed."""
    said = markup("Nothing in the form was different, so ticket #{number} stays as it was.", number=number)
    return notice("Nothing changed", [section(mrkdwn(said))])


def _fields(ticket: Ticket) -> list[Block]:
    priorities = [option(words, value) for value, words in PRIORITIES.items()]
    categories = [option(category(value), value) for value in get_args(Category)]
    estimate = "" if ticket.estimated_hours is None else f"{ticket.estimated_hours.normalize():f}"
    whole = shorten(ticket.description, TEXT_MAX) == ticket.description
    return [
        input_block("title", "Title", text_input(ids.enter("title"), max_length=TITLE_MAX, initial=ticket.title)),
        input_block(
            "description",
            "Description",
            text_input(ids.enter("description"), multiline=True, initial=ticket.description),
            hint="" if whole else _CUT,
        ),
        input_block("priority", "Priority", select(ids.enter("priority"), priorities, initial=ticket.priority)),
        input_block(
            "category",
            "Category",
            select(ids.enter("category"), categories, initial=ticket.category or ""),
            optional=True,
        ),
        input_block(
            "estimated_hours",
            "Estimated hours",
            text_input(ids.enter("estimated_hours"), max_length=20, initial=estimate),
            hint="For example 1.5, 1h30 or 90m",
            optional=True,
        ),
        input_block("due_at", "Due", moment_picker(ids.enter("due_at"), ticket.due_at), optional=True),
        input_block(
            "customer_id",
            "Customer",
            external_select(
                ids.CUSTOMER_CHOOSE,
                min_query_length=1,
                initial=option(ticket.customer.name, ticket.customer.id, ticket.customer.phone or ""),
                placeholder="Name, phone or e-mail",
            ),
        ),
        *device_fields(ticket.device, whole=True),
        input_block(
            "passcode",
            "Another passcode" if ticket.has_passcode else "Passcode of the device",
            text_input(ids.enter("passcode"), max_length=PASSCODE_MAX),
            hint=_ANOTHER if ticket.has_passcode else _FIRST,
            optional=True,
        ),
    ]


def _summary(ticket: Ticket) -> Markup:
    facts = markup("{state} · {priority} priority", state=state(ticket), priority=PRIORITIES[ticket.priority])
    return join("\n", [named(ticket), facts])
