"""A completed ticket is opened again: by command with the reason, or by a form that asks for it."""

from bot.deps import Deps
from bot.forms import chosen_ticket
from bot.opening import open_form
from bot.roles import Ability
from bot.routes import ActionRequest, CommandRequest, Request, Routes, UpdateView, ViewRequest
from bot.standing import refuse_unless
from bot.views import ids
from bot.views.blocks import Message
from bot.views.offers import reopening_offer
from bot.views.reopening import read_reopening, reopened_card, reopening_form, ticket_reopened
from db.models import TicketId
from db.tickets import read_ticket, reopen_ticket


def register(routes: Routes, deps: Deps) -> None:
    """Route what opens a completed ticket again."""
    database, slack = deps.database, deps.slack

    async def ask_why(request: Request, ticket_id: TicketId) -> Message | None:
        seen = await read_ticket(database, request.asker, ticket_id)
        refuse_unless(seen, Ability.REOPEN_TICKET)
        return await open_form(slack, request, reopening_form(seen.ticket), reopening_offer(seen.ticket))

    async def reopen(request: CommandRequest) -> Message | None:
        ticket_id, why = chosen_ticket(request.command.ticket_id), request.command.text
        if not why:
            return await ask_why(request, ticket_id)
        return reopened_card(await reopen_ticket(database, request.asker, request.key, ticket_id, why))

    async def reopen_pressed(request: ActionRequest) -> Message | None:
        return await ask_why(request, chosen_ticket(request.value))

    async def open_again(request: ViewRequest) -> UpdateView:
        why = read_reopening(request.values).why
        ticket_id = chosen_ticket(request.private_metadata)
        return UpdateView(ticket_reopened(await reopen_ticket(database, request.asker, request.key, ticket_id, why)))

    routes.command("reopen", reopen)
    routes.action(ids.TICKET_REOPEN, Ability.REOPEN_TICKET, reopen_pressed)
    routes.view(ids.TICKET_OPEN_AGAIN, Ability.REOPEN_TICKET, open_again)
