"""A Manager lets somebody in who asked for access, or refuses it."""

from bot.deps import Deps
from bot.identity import slack_state
from bot.roles import Ability
from bot.routes import ActionRequest, Routes
from bot.views import ids
from bot.views.access import decision, read_approval, read_request
from bot.views.blocks import Message
from db.members import decide_access


def register(routes: Routes, deps: Deps) -> None:
    """Route both decisions."""
    database = deps.database

    async def approve(request: ActionRequest) -> Message:
        number, account, role = read_approval(request.value)
        # asked anew, since the event that said "a guest now" may have been lost
        asking = await deps.slack.user_info(account)
        told = slack_state(asking), asking.zone
        return decision(await decide_access(database, request.asker, request.key, number, role, account, *told))

    async def refuse(request: ActionRequest) -> Message:
        number = read_request(request.value)
        return decision(await decide_access(database, request.asker, request.key, number, None))

    routes.action(ids.ACCESS_APPROVE, Ability.DECIDE_ACCESS, approve)
    routes.action(ids.ACCESS_REFUSE, Ability.DECIDE_ACCESS, refuse)
