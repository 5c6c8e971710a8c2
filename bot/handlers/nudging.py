"""A Manager has whoever works on a ticket reminded of it."""

from bot.deps import Deps
from bot.forms import chosen_ticket
from bot.roles import Ability
from bot.routes import ActionRequest, Routes
from bot.views import ids
from bot.views.blocks import Message
from bot.views.reminders import nudged
from db.tickets import nudge_worker


def register(routes: Routes, deps: Deps) -> None:
    """Route the summary's button."""
    database = deps.database

    async def nudge(request: ActionRequest) -> Message:
        return nudged(await nudge_worker(database, request.asker, request.key, chosen_ticket(request.value)))

    routes.action(ids.TICKET_NUDGE, Ability.NUDGE_WORKER, nudge)
