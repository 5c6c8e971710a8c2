"""Who wants to be told of what happens to a ticket, and who no longer does."""

from typing import Final

from bot.deps import Deps
from bot.forms import chosen_ticket
from bot.roles import Ability
from bot.routes import ActionRequest, CommandRequest, Routes
from bot.views import ids, ticket
from bot.views.blocks import Message
from db.tickets import watch_ticket

_WATCH: Final = "watch"
_UNWATCH: Final = "unwatch"


def register(routes: Routes, deps: Deps) -> None:
    """Route the verbs and buttons that watch a ticket."""
    database = deps.database

    async def watch(request: CommandRequest) -> Message:
        ticket_id, watches = chosen_ticket(request.command.ticket_id), request.command.verb == _WATCH
        return ticket.watched(await watch_ticket(database, request.asker, request.key, ticket_id, watches=watches))

    async def watch_pressed(request: ActionRequest) -> Message:
        ticket_id, watches = chosen_ticket(request.value), request.action == ids.TICKET_WATCH
        changed = await watch_ticket(database, request.asker, request.key, ticket_id, watches=watches)
        return ticket.watched(changed, replace=request.ephemeral)

    for verb in (_WATCH, _UNWATCH):
        routes.command(verb, watch)
    for action in (ids.TICKET_WATCH, ids.TICKET_UNWATCH):
        routes.action(action, Ability.WATCH_TICKET, watch_pressed)
