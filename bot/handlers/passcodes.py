"""A device's passcode, for the ticket's technician or a Manager."""

from bot.deps import Deps
from bot.forms import chosen_ticket
from bot.roles import Ability
from bot.routes import ActionRequest, Routes
from bot.views import ids
from bot.views.blocks import Message
from bot.views.passcode import passcode_shown
from db.tickets import show_passcode


def register(routes: Routes, deps: Deps) -> None:
    """Route what shows a passcode. It is entered in the forms that file and edit a ticket."""

    async def show(request: ActionRequest) -> Message:
        ticket_id = chosen_ticket(request.value)
        return passcode_shown(await show_passcode(deps.database, request.asker, ticket_id, deps.keys))

    routes.action(ids.PASSCODE_SHOW, Ability.REVEAL_PASSCODE, show)
