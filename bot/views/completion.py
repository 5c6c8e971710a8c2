"""The form that completes a ticket, its way back, and what it becomes."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from bot.forms import Completion
from bot.roles import Ability
from bot.standing import possible
from bot.views import ids
from bot.views.kit import (
    Block,
    Markup,
    Message,
    View,
    actions,
    button,
    entered,
    form,
    input_block,
    join,
    markup,
    mrkdwn,
    notice,
    section,
    text_input,
)
from bot.views.phrases import hours, named
from bot.views.ticket import card
from db.models import CompletionUndone, Ticket, TicketChanged

_FIELDS: Final = tuple(Completion.model_fields)


def completion_form(ticket: Ticket, *, resolution: str = "") -> View:
    """Return the form, with what was done filled in if it was said. Block ids are ``Completion``'s field names."""
    return form(
        ids.TICKET_COMPLETE,
        f"Complete #{ticket.id}",
        "Complete",
        [
            section(mrkdwn(named(ticket))),
            input_block(
                "hours",
                "Hours worked",
                text_input(ids.enter("hours"), max_length=20, initial=_worked(ticket), focus=True),
                hint="For example 1.5, 1h30 or 90m",
            ),
            input_block(
                "resolution",
                "What was done",
                text_input(ids.enter("resolution"), multiline=True, initial=resolution),
                optional=True,
            ),
        ],
        private_metadata=str(ticket.id),
    )


def _worked(ticket: Ticket) -> str:
    """Return the hours booked so far, with those of a running timer; empty where there are none."""
    worked = (ticket.actual_hours or Decimal(0)) + (ticket.timer_hours or Decimal(0))
    return f"{worked.normalize():f}" if worked else ""


def read_completion(values: Mapping[str, Mapping[str, Any]]) -> Completion:
    """Return what was entered into the form. Raises ``FieldsRefused``."""
    return Completion.check(**{field: entered(values, field) for field in _FIELDS})


def ticket_completed(changed: TicketChanged) -> View:
    """Return what the form becomes once the ticket is completed."""
    ticket = changed.ticket
    undo = button("Undo", ids.TICKET_UNDO, ticket.id, spoken=f"Undo: ticket #{ticket.id}")
    blocks: list[Block] = [section(mrkdwn(_said(ticket))), section(mrkdwn(named(ticket)))]
    return notice("Ticket completed", [*blocks, *actions([undo] if possible(changed, Ability.UNDO_COMPLETION) else [])])


def completed_card(changed: TicketChanged) -> Message:
    """Return the card of a ticket that the asker has completed by command."""
    return card(changed, said=_said(changed.ticket))


def completion_undone(undone: CompletionUndone, *, replace: bool = False) -> Message:
    """Return the card of a ticket whose completion the asker has taken back."""
    ticket = undone.ticket
    held = markup("in the queue") if ticket.worker_name is None else markup("as it was before")
    said = markup("The completion of ticket #{number} is taken back: it is open, {held}.", number=ticket.id, held=held)
    if undone.timed:
        timer = markup("The timer isn't started again; what it had measured is among the hours.")
        said = join(" ", [said, timer])
    return card(undone, said=said, replace=replace)


def _said(ticket: Ticket) -> Markup:
    if ticket.actual_hours is None:
        return markup("Ticket #{number} is completed.", number=ticket.id)
    worked = hours(ticket.actual_hours)
    return markup("Ticket #{number} is completed: {worked}.", number=ticket.id, worked=worked)
