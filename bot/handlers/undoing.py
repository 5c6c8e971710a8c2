"""A completion is taken back: by command, or by the button in its answer and on the card."""

from bot.deps import Deps
from bot.forms import chosen_ticket
from bot.roles import Ability
from bot.routes import ActionRequest, CommandRequest, Routes
from bot.views import ids
from bot.views.blocks import Message
from bot.views.completion import completion_undone
from db.completions import undo_completion


def register(routes: Routes, deps: Deps) -> None:
    """Route what takes a completion back."""
    database = deps.database

    async def undo(request: CommandRequest) -> Message:
        ticket_id = chosen_ticket(request.command.ticket_id)
        return completion_undone(await undo_completion(database, request.asker, request.key, ticket_id))

    async def undo_pressed(request: ActionRequest) -> Message:
        undone = await undo_completion(database, request.asker, request.key, chosen_ticket(request.value))
        return completion_undone(undone, replace=request.ephemeral)

    routes.command("undo", undo)
    routes.action(ids.TICKET_UNDO, Ability.UNDO_COMPLETION, undo_pressed)
