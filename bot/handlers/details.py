"""What a ticket says, changed in a line: a note, the priority, the category, the estimate, the due date."""

from bot.deps import Deps
from bot.forms import TicketEdit, chosen_ticket
from bot.moments import means_none, read_moment
from bot.opening import open_form
from bot.roles import Ability
from bot.routes import CommandRequest, Routes
from bot.standing import refuse_unless
from bot.views import ticket
from bot.views.blocks import Message
from bot.views.note import note_form
from bot.views.offers import note_offer
from db.preferences import read_clock
from db.tickets import add_note, edit_ticket, read_ticket


def register(routes: Routes, deps: Deps) -> None:
    """Route the verbs that change what a ticket says."""
    database, slack = deps.database, deps.slack

    async def change(request: CommandRequest) -> Message:
        ticket_id, edit = chosen_ticket(request.command.ticket_id), request.command.edit
        return ticket.changed(await edit_ticket(database, request.asker, request.key, ticket_id, edit.changes), edit)

    async def due(request: CommandRequest) -> Message:
        ticket_id, words = chosen_ticket(request.command.ticket_id), request.command.text
        when = None if means_none(words) else read_moment(words, await read_clock(database, request.asker))
        edit = TicketEdit.check(due_at=when)
        return ticket.changed(await edit_ticket(database, request.asker, request.key, ticket_id, edit.changes), edit)

    async def note(request: CommandRequest) -> Message | None:
        ticket_id, body = chosen_ticket(request.command.ticket_id), request.command.text
        if body:
            return ticket.noted(await add_note(database, request.asker, request.key, ticket_id, body))
        seen = await read_ticket(database, request.asker, ticket_id)
        refuse_unless(seen, Ability.ADD_NOTE)
        return await open_form(slack, request, note_form(seen.ticket), note_offer(seen.ticket))

    for verb in ("priority", "category", "estimate"):
        routes.command(verb, change)
    routes.command("due", due)
    routes.command("note", note)
