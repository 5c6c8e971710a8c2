"""The form that opens a completed ticket again, its way back, and what it becomes."""

from collections.abc import Mapping
from typing import Any, Final

from bot.forms import Reopening
from bot.views import ids
from bot.views.blocks import Message, View
from bot.views.entries import entered
from bot.views.kit import Markup, form, input_block, markup, mrkdwn, notice, section, text_input
from bot.views.phrases import named
from bot.views.ticket import card
from bot.wording import worded
from db.models import Ticket, TicketChanged

_FIELDS: Final = tuple(Reopening.model_fields)


def reopening_form(ticket: Ticket) -> View:
    """Return the form. Block ids are ``Reopening``'s field names."""
    return form(
        ids.TICKET_OPEN_AGAIN,
        worded("Reopen #{ticket}", ticket=ticket.id),
        "Reopen",
        [
            section(mrkdwn(named(ticket))),
            input_block(
                "why",
                "Why",
                text_input(ids.enter("why"), multiline=True, focus=True),
                hint="It becomes a note on the ticket",
            ),
        ],
        private_metadata=str(ticket.id),
    )


def read_reopening(values: Mapping[str, Mapping[str, Any]]) -> Reopening:
    """Return what was entered into the form. Raises ``FieldsRefused``."""
    return Reopening.check(**{field: entered(values, field) for field in _FIELDS})


def ticket_reopened(changed: TicketChanged) -> View:
    """Return what the form becomes once the ticket is open again."""
    return notice("Ticket reopened", [section(mrkdwn(_said(changed.ticket))), section(mrkdwn(named(changed.ticket)))])


def reopened_card(changed: TicketChanged) -> Message:
    """Return the card of a ticket that the asker has opened again by command."""
    return card(changed, said=_said(changed.ticket))


def _said(ticket: Ticket) -> Markup:
    if ticket.worker_name is None:
        return markup("Ticket #{number} is open again, in the queue.", number=ticket.id)
    return markup("Ticket #{number} is open again, with {worker}.", number=ticket.id, worker=ticket.worker_name)
