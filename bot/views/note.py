"""The form that writes a note on a ticket, its way back, and what it becomes."""

from collections.abc import Mapping
from typing import Any, Final

from bot.forms import NoteText
from bot.views import ids
from bot.views.changes import Begun
from bot.views.kit import View, entered, form, input_block, markup, mrkdwn, notice, section, text_input
from bot.views.phrases import named
from db.models import Ticket, TicketChanged

_FIELDS: Final = tuple(NoteText.model_fields)


def note_form(ticket: Ticket) -> View:
    """Return the form. Block ids are ``NoteText``'s field names."""
    return form(
        ids.NOTE_ADD,
        f"Note on #{ticket.id}",
        "Save",
        [
            section(mrkdwn(named(ticket))),
            input_block("body", "Note", text_input(ids.enter("body"), multiline=True, focus=True)),
        ],
        private_metadata=Begun.of(ticket.id).pack(),
    )


def read_note(values: Mapping[str, Mapping[str, Any]]) -> NoteText:
    """Return what was written into the form. Raises ``FieldsRefused``."""
    return NoteText.check(**{field: entered(values, field) for field in _FIELDS})


def note_added(changed: TicketChanged) -> View:
    """Return what the form becomes once the note is written."""
    said = markup("Your note is on ticket #{number}.", number=changed.ticket.id)
    return notice("Note saved", [section(mrkdwn(said)), section(mrkdwn(named(changed.ticket)))])
