"""The form that completes a ticket, its way back, and what it becomes."""

import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, Final

from bot.forms import Completion, chosen_ticket
from bot.roles import Ability
from bot.standing import possible
from bot.views import ids
from bot.views.blocks import Block, Input, Message, View
from bot.views.changes import Begun
from bot.views.entries import checked, entered
from bot.views.kit import (
    Markup,
    actions,
    button,
    checkboxes,
    form,
    input_block,
    join,
    markup,
    mrkdwn,
    notice,
    option,
    section,
    text_input,
)
from bot.views.phrases import category, hours, named
from bot.views.ticket import card
from bot.wording import worded
from db.models import CompletionUndone, Ticket, TicketChanged, TicketId

_FIELDS: Final = tuple(Completion.model_fields)
_COMMON: Final = "checks"
_OF_CATEGORY: Final = "category_checks"
_CHECK_ID: Final = re.compile(r"[1-9][0-9]{0,8}")
_OFFERED: Final = re.compile(r"(?P<hours>[0-9]{1,3}(?:\.[0-9]{1,2})?)h(?: (?P<resolution>.*))?", re.DOTALL)


def completion_form(
    ticket: Ticket, *, worked: Decimal | None = None, resolution: str = "", ticked: Collection[int] | None = None
) -> View:
    """Return the form, with what was said filled in. Block ids are ``Completion``'s field names.

    ``ticked``: the checks of a form that was sent without all of them: this one says so, and is carried out.
    """
    anyway = ticked is not None
    return form(
        ids.TICKET_COMPLETE,
        worded("Complete #{ticket}", ticket=ticket.id),
        "Complete anyway" if anyway else "Complete",
        [
            section(mrkdwn(_missing(ticket, ticked) if ticked is not None else named(ticket))),
            input_block(
                "hours",
                "Hours worked",
                text_input(ids.enter("hours"), max_length=20, initial=_number(worked) or _worked(ticket), focus=True),
                hint="For example 1.5, 1h30 or 90m",
            ),
            input_block(
                "resolution",
                "What was done",
                text_input(ids.enter("resolution"), multiline=True, initial=resolution),
                optional=True,
            ),
            *_checklist(ticket, ticked or ()),
        ],
        private_metadata=Begun.of(ticket.id, seen=ticket.updated_at, anyway=anyway or None).pack(),
    )


def _checklist(ticket: Ticket, ticked: Collection[int]) -> list[Input]:
    """Return the boxes of the checklist: those of every ticket, and those of its category."""
    of_category = category(ticket.category) if ticket.category else "this category"
    return [
        input_block(
            field,
            worded("To check: {which}", which=which),
            checkboxes(
                ids.enter(field), [option(check.text, check.id) for check in checks], initial=[str(i) for i in ticked]
            ),
            optional=True,
        )
        for field, which, checks in (
            (_COMMON, "every ticket", [check for check in ticket.checks if check.common]),
            (_OF_CATEGORY, of_category, [check for check in ticket.checks if not check.common]),
        )
        if checks
    ]


def _missing(ticket: Ticket, ticked: Collection[int]) -> Markup:
    missing = sum(check.id not in ticked for check in ticket.checks)
    every = len(ticket.checks)
    unticked = (
        markup("{number} of {all} checks isn't ticked.", number=missing, all=every)
        if missing == 1
        else markup("{number} of {all} checks aren't ticked.", number=missing, all=every)
    )
    anyway = markup("*Complete anyway* completes {ticket} all the same.", ticket=named(ticket))
    return join(" ", [unticked, anyway])


def read_checks(values: Mapping[str, Mapping[str, Any]]) -> list[int]:
    """Return the ids of what is ticked in the form."""
    found = [value for field in (_COMMON, _OF_CATEGORY) for value in checked(values, field)]
    return [int(value) for value in found if _CHECK_ID.fullmatch(value)]


def read_offer(value: str) -> tuple[TicketId, Decimal | None, str]:
    """Return the ticket, the hours and what was done that a button carries. Raises ``NoLongerThere``."""
    number, _, said = value.partition(" ")
    if (match := _OFFERED.fullmatch(said)) is None:
        return chosen_ticket(number), None, said
    return chosen_ticket(number), Decimal(match["hours"]), match["resolution"] or ""


def _worked(ticket: Ticket) -> str:
    """Return the hours booked so far, with those of a running timer; empty where there are none."""
    return _number((ticket.actual_hours or Decimal(0)) + (ticket.timer_hours or Decimal(0)))


def _number(worked: Decimal | None) -> str:
    return f"{worked.normalize():f}" if worked else ""


def read_completion(values: Mapping[str, Mapping[str, Any]]) -> Completion:
    """Return what was entered into the form. Raises ``FieldsRefused``."""
    return Completion.check(**{field: entered(values, field) for field in _FIELDS})


def ticket_completed(changed: TicketChanged) -> View:
    """Return what the form becomes once the ticket is completed."""
    ticket = changed.ticket
    undo = button("Undo", ids.TICKET_UNDO, ticket.id, spoken=worded("Undo: ticket #{ticket}", ticket=ticket.id))
    blocks: list[Block] = [section(mrkdwn(_said(ticket))), section(mrkdwn(named(ticket)))]
    return notice("Ticket completed", [*blocks, *actions([undo] if possible(changed, Ability.UNDO_COMPLETION) else [])])


def completed_card(changed: TicketChanged) -> Message:
    """Return the card of a ticket that the asker has completed by command."""
    return card(changed, said=_said(changed.ticket))


def completion_undone(undone: CompletionUndone, *, replace: bool = False) -> Message:
    """Return the card of a ticket whose completion the asker has taken back."""
    ticket = undone.ticket
    held = markup("in the queue") if ticket.worker_name is None else markup("as it was before")
    said = markup("Taken back: ticket #{number} is open, {held}.", number=ticket.id, held=held)
    if undone.timed:
        timer = markup("The timer isn't started again; what it had measured is among the hours.")
        said = join(" ", [said, timer])
    return card(undone, said=said, replace=replace)


def _said(ticket: Ticket) -> Markup:
    if ticket.actual_hours is None:
        return markup("Ticket #{number} is completed.", number=ticket.id)
    worked = hours(ticket.actual_hours)
    return markup("Ticket #{number} is completed: {worked}.", number=ticket.id, worked=worked)
