"""The end of a ticket's work: by command with the hours, or by a form that asks for them; and that taken back."""

from bot.deps import Deps
from bot.forms import chosen_ticket
from bot.opening import open_form
from bot.roles import Ability
from bot.routes import ActionRequest, CommandRequest, Request, Routes, UpdateView, ViewRequest
from bot.standing import refuse_unless
from bot.views import ids
from bot.views.completion import (
    completed_card,
    completion_form,
    completion_undone,
    read_completion,
    ticket_completed,
)
from bot.views.kit import Message
from bot.views.offers import completion_offer
from db.completions import undo_completion
from db.models import TicketId
from db.tickets import complete_ticket, read_ticket


def register(routes: Routes, deps: Deps) -> None:
    """Route what completes a ticket, and takes that back."""
    database, slack = deps.database, deps.slack

    async def ask_hours(request: Request, ticket_id: TicketId, resolution: str) -> Message | None:
        seen = await read_ticket(database, request.asker, ticket_id)
        refuse_unless(seen, Ability.COMPLETE_TICKET)
        form = completion_form(seen.ticket, resolution=resolution)
        return await open_form(slack, request, form, completion_offer(seen.ticket, resolution))

    async def done(request: CommandRequest) -> Message | None:
        command = request.command
        ticket_id = chosen_ticket(command.ticket_id)
        if command.hours is None:
            return await ask_hours(request, ticket_id, command.text)
        return completed_card(
            await complete_ticket(database, request.asker, request.key, ticket_id, command.hours, command.text)
        )

    async def finish(request: ActionRequest) -> Message | None:
        number, _, resolution = request.value.partition(" ")
        return await ask_hours(request, chosen_ticket(number), resolution)

    async def complete(request: ViewRequest) -> UpdateView:
        entered = read_completion(request.values)
        ticket_id = chosen_ticket(request.private_metadata)
        changed = await complete_ticket(
            database, request.asker, request.key, ticket_id, entered.hours, entered.resolution
        )
        return UpdateView(ticket_completed(changed))

    async def undo(request: CommandRequest) -> Message:
        ticket_id = chosen_ticket(request.command.ticket_id)
        return completion_undone(await undo_completion(database, request.asker, request.key, ticket_id))

    async def undo_pressed(request: ActionRequest) -> Message:
        undone = await undo_completion(database, request.asker, request.key, chosen_ticket(request.value))
        return completion_undone(undone, replace=request.ephemeral)

    routes.command("done", done)
    routes.command("undo", undo)
    routes.action(ids.TICKET_UNDO, Ability.UNDO_COMPLETION, undo_pressed)
    routes.action(ids.TICKET_FINISH, Ability.COMPLETE_TICKET, finish)
    routes.view(ids.TICKET_COMPLETE, Ability.COMPLETE_TICKET, complete)
