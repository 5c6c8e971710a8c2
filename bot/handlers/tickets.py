"""One ticket: its card, its history, taking it and handing it back."""

from bot.deps import Deps
from bot.forms import chosen_ticket
from bot.roles import Ability
from bot.routes import ActionRequest, CommandRequest, Routes
from bot.views import ids, ticket
from bot.views.blocks import Message
from bot.views.history import history
from bot.views.links import with_address
from db.tickets import read_history, read_ticket, release_ticket, take_ticket


def register(routes: Routes, deps: Deps) -> None:
    """Route what concerns one ticket."""
    database, base = deps.database, deps.settings.public_url

    async def show_ticket(request: CommandRequest) -> Message:
        seen = await read_ticket(database, request.asker, chosen_ticket(request.command.ticket_id))
        return with_address(ticket.card(seen), base, seen.ticket.id)

    async def open_ticket(request: ActionRequest) -> Message:
        seen = await read_ticket(database, request.asker, chosen_ticket(request.value))
        return with_address(ticket.card(seen, replace=request.ephemeral), base, seen.ticket.id)

    async def show_history(request: CommandRequest) -> Message:
        return history(await read_history(database, request.asker, chosen_ticket(request.command.ticket_id)))

    async def open_history(request: ActionRequest) -> Message:
        facts = await read_history(database, request.asker, chosen_ticket(request.value))
        return history(facts, replace=request.ephemeral)

    async def take(request: CommandRequest) -> Message:
        return ticket.taken(
            await take_ticket(database, request.asker, request.key, chosen_ticket(request.command.ticket_id))
        )

    async def take_pressed(request: ActionRequest) -> Message:
        changed = await take_ticket(database, request.asker, request.key, chosen_ticket(request.value))
        return ticket.taken(changed, replace=request.ephemeral)

    async def release(request: CommandRequest) -> Message:
        return ticket.released(
            await release_ticket(database, request.asker, request.key, chosen_ticket(request.command.ticket_id))
        )

    async def release_pressed(request: ActionRequest) -> Message:
        changed = await release_ticket(database, request.asker, request.key, chosen_ticket(request.value))
        return ticket.released(changed, replace=request.ephemeral)

    routes.command("show", show_ticket)
    routes.command("history", show_history)
    routes.command("take", take)
    routes.command("release", release)
    routes.action(ids.TICKET_OPEN, Ability.SEE_TICKET, open_ticket)
    routes.action(ids.TICKET_HISTORY, Ability.SEE_HISTORY, open_history)
    routes.action(ids.TICKET_TAKE, Ability.TAKE_TICKET, take_pressed)
    routes.action(ids.TICKET_RELEASE, Ability.RELEASE_TICKET, release_pressed)
