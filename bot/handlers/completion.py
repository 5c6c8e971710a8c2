"""The end of a ticket's work: by command with the hours, or by a form that asks for them."""

from bot.deps import Deps
from bot.errors import NotTheWorker, TicketAlreadyCompleted, TicketNotTaken
from bot.forms import chosen_ticket
from bot.roles import Ability
from bot.routes import ActionRequest, CommandRequest, Request, Routes, UpdateView, ViewRequest
from bot.views import ids
from bot.views.completion import completed_card, completion_form, read_completion, ticket_completed
from bot.views.kit import Message
from bot.views.offers import completion_offer
from bot.views.ticket import abilities
from db.models import TicketId, TicketSeen
from db.tickets import complete_ticket, read_ticket


def register(routes: Routes, deps: Deps) -> None:
    """Route what completes a ticket."""
    database, slack = deps.database, deps.slack

    async def open_form(request: Request, ticket_id: TicketId, resolution: str) -> Message | None:
        seen = await read_ticket(database, request.asker, ticket_id)
        refuse_completion(seen)
        if request.trigger_id is None:
            return completion_offer(seen.ticket, resolution)
        await slack.open_view(request.trigger_id, completion_form(seen.ticket, resolution=resolution))
        return None

    async def done(request: CommandRequest) -> Message | None:
        command = request.command
        ticket_id = chosen_ticket(command.ticket_id)
        if command.hours is None:
            return await open_form(request, ticket_id, command.text)
        return completed_card(
            await complete_ticket(database, request.asker, request.key, ticket_id, command.hours, command.text)
        )

    async def finish(request: ActionRequest) -> None:
        number, _, resolution = request.value.partition(" ")
        await open_form(request, chosen_ticket(number), resolution)

    async def complete(request: ViewRequest) -> UpdateView:
        entered = read_completion(request.values)
        ticket_id = chosen_ticket(request.private_metadata)
        changed = await complete_ticket(
            database, request.asker, request.key, ticket_id, entered.hours, entered.resolution
        )
        return UpdateView(ticket_completed(changed))

    routes.command("done", done)
    routes.action(ids.TICKET_FINISH, Ability.COMPLETE_TICKET, finish)
    routes.view(ids.TICKET_COMPLETE, Ability.COMPLETE_TICKET, complete)


def refuse_completion(seen: TicketSeen) -> None:
    """Spare somebody a form that could only fail: raise what its submission would raise, by the same table."""
    ticket = seen.ticket
    if ticket.completed:
        raise TicketAlreadyCompleted(ticket.id)
    if Ability.COMPLETE_TICKET in abilities(seen.actor, ticket):
        return
    if ticket.worker_name is None:
        raise TicketNotTaken(ticket.id)
    raise NotTheWorker(ticket.id, ticket.worker_name)
