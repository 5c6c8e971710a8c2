"""The forms that assign a ticket, change what it says, and write a note on it."""

from bot.deps import Deps
from bot.forms import chosen_ticket
from bot.opening import open_form
from bot.roles import Ability
from bot.routes import ActionRequest, Routes, UpdateView, ViewRequest
from bot.standing import refuse_unless
from bot.views import assignment, ids, note, offers
from bot.views.blocks import Message
from bot.views.changes import Begun
from bot.views.edit_ticket import edit_form, nothing_edited, read_edit, ticket_edited
from db.tickets import add_note, assign_ticket, edit_ticket, read_edit_form, read_ticket


def register(routes: Routes, deps: Deps) -> None:
    """Route what a ticket's forms do."""
    database, slack = deps.database, deps.slack

    async def ask_who(request: ActionRequest) -> Message | None:
        facts = await read_edit_form(database, request.asker, chosen_ticket(request.value))
        refuse_unless(facts, Ability.ASSIGN_TICKET)
        offer = offers.assignment_offer(facts.ticket)
        return await open_form(slack, request, assignment.assignment_form(facts), offer)

    async def assign(request: ViewRequest) -> UpdateView:
        begun = Begun.unpack(request.private_metadata)
        who = assignment.read_assignment(request.values).who
        changed = await assign_ticket(database, request.asker, request.key, begun.id, who, seen=begun.seen)
        return UpdateView(assignment.ticket_assigned(changed))

    async def ask_what(request: ActionRequest) -> Message | None:
        facts = await read_edit_form(database, request.asker, chosen_ticket(request.value))
        refuse_unless(facts, Ability.EDIT_TICKET)
        return await open_form(slack, request, edit_form(facts), offers.edit_offer(facts.ticket))

    async def edit(request: ViewRequest) -> UpdateView:
        begun = Begun.unpack(request.private_metadata)
        entered = read_edit(request.values, begun)
        if not entered.fields:
            return UpdateView(nothing_edited(begun.id))
        changed = await edit_ticket(
            database,
            request.asker,
            request.key,
            begun.id,
            entered.changes,
            seen=begun.seen,
            passcode=entered.passcode,
            keys=deps.keys,
        )
        return UpdateView(ticket_edited(changed, entered))

    async def ask_note(request: ActionRequest) -> Message | None:
        seen = await read_ticket(database, request.asker, chosen_ticket(request.value))
        refuse_unless(seen, Ability.ADD_NOTE)
        return await open_form(slack, request, note.note_form(seen.ticket), offers.note_offer(seen.ticket))

    async def write_note(request: ViewRequest) -> UpdateView:
        begun = Begun.unpack(request.private_metadata)
        body = note.read_note(request.values).body
        return UpdateView(note.note_added(await add_note(database, request.asker, request.key, begun.id, body)))

    routes.action(ids.TICKET_HAND, Ability.ASSIGN_TICKET, ask_who)
    routes.action(ids.TICKET_CHANGE, Ability.EDIT_TICKET, ask_what)
    routes.action(ids.TICKET_NOTE, Ability.ADD_NOTE, ask_note)
    routes.view(ids.TICKET_ASSIGN, Ability.ASSIGN_TICKET, assign)
    routes.view(ids.TICKET_EDIT, Ability.EDIT_TICKET, edit)
    routes.view(ids.NOTE_ADD, Ability.ADD_NOTE, write_note)
