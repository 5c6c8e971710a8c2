"""The form that writes a note on a ticket, its way back, and what it becomes."""

from collections.abc import Mapping
from typing import Any, Final

from bot.forms import NoteText
from bot.views import ids
from bot.views.blocks import View
from bot.views.changes import Begun
from bot.views.entries import entered
from bot.views.kit import Markup, form, input_block, join, markup, mrkdwn, notice, section, text_input
from bot.views.phrases import named
from bot.wording import worded
from db.models import MissedMention, NoteAdded, Ticket, TicketId

_FIELDS: Final = tuple(NoteText.model_fields)


def note_form(ticket: Ticket) -> View:
    """Return the form. Block ids are ``NoteText``'s field names."""
    return form(
        ids.NOTE_ADD,
        worded("Note on #{ticket}", ticket=ticket.id),
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


def note_added(added: NoteAdded) -> View:
    """Return what the form becomes once the note is written."""
    return notice("Note saved", [section(mrkdwn(note_saved(added))), section(mrkdwn(named(added.ticket)))])


def note_saved(added: NoteAdded) -> Markup:
    """Return that the note is there, and who was not told of it though it mentions them."""
    said = [markup("Your note is on ticket #{number}.", number=added.ticket.id)]
    said += [_missed(mention, added.ticket.id) for mention in added.missed]
    return join(" ", said)


def _missed(mention: MissedMention, number: TicketId) -> Markup:
    match mention.why:
        case "hidden":
            return markup("{name} can't see ticket #{number}, so wasn't told.", name=mention.name, number=number)
        case "unreachable":
            return markup("{name} can't be written to here, so wasn't told.", name=mention.name)
        case "unclear":
            return markup("More than one person is called {name}, so nobody of that name was told.", name=mention.name)
        case "unknown":
            return markup("@{name} has no access here, so wasn't told.", name=mention.name)
