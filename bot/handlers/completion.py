"""The end of a ticket's work: by command with the hours, or by a form that asks for them."""

from decimal import Decimal

from bot.deps import Deps
from bot.forms import chosen_ticket
from bot.opening import open_form
from bot.roles import Ability
from bot.routes import ActionRequest, CommandRequest, Request, Routes, UpdateView, ViewRequest
from bot.standing import refuse_unless
from bot.views import ids
from bot.views.blocks import Message
from bot.views.changes import Begun
from bot.views.completion import (
    completed_card,
    completion_form,
    read_checks,
    read_completion,
    read_offer,
    ticket_completed,
)
from bot.views.offers import completion_offer
from db.models import Ticket, TicketId
from db.tickets import complete_ticket, read_ticket


def register(routes: Routes, deps: Deps) -> None:
    """Route what completes a ticket."""
    database, slack = deps.database, deps.slack

    async def open_for(request: Request, ticket: Ticket, hours: Decimal | None, resolution: str) -> Message | None:
        form = completion_form(ticket, worked=hours, resolution=resolution)
        return await open_form(slack, request, form, completion_offer(ticket, resolution, hours))

    async def ask(request: Request, ticket_id: TicketId, hours: Decimal | None, resolution: str) -> Message | None:
        seen = await read_ticket(database, request.asker, ticket_id)
        refuse_unless(seen, Ability.COMPLETE_TICKET)
        return await open_for(request, seen.ticket, hours, resolution)

    async def done(request: CommandRequest) -> Message | None:
        command = request.command
        ticket_id = chosen_ticket(command.ticket_id)
        if command.hours is None:
            return await ask(request, ticket_id, None, command.text)
        answer = await complete_ticket(database, request.asker, request.key, ticket_id, command.hours, command.text)
        if answer.asks:
            return await open_for(request, answer.ticket, command.hours, command.text)
        return completed_card(answer)

    async def finish(request: ActionRequest) -> Message | None:
        return await ask(request, *read_offer(request.value))

    async def complete(request: ViewRequest) -> UpdateView:
        entered, ticked = read_completion(request.values), read_checks(request.values)
        begun = Begun.unpack(request.private_metadata)
        answer = await complete_ticket(
            database,
            request.asker,
            f"{request.key}:anyway" if begun.anyway else request.key,  # under the other one it was asked
            begun.id,
            entered.hours,
            entered.resolution,
            ticked=ticked,
            anyway=begun.anyway is True,
            seen=begun.seen,
        )
        if answer.asks:
            form = completion_form(answer.ticket, worked=entered.hours, resolution=entered.resolution, ticked=ticked)
            return UpdateView(form)
        return UpdateView(ticket_completed(answer))

    routes.command("done", done)
    routes.action(ids.TICKET_FINISH, Ability.COMPLETE_TICKET, finish)
    routes.view(ids.TICKET_COMPLETE, Ability.COMPLETE_TICKET, complete)
