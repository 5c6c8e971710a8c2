"""What was to be said and didn't reach Slack: a Manager sees why, and has it tried again."""

from bot.deps import Deps
from bot.roles import Ability
from bot.routes import ActionRequest, CommandRequest, Routes
from bot.views import ids
from bot.views.blocks import Message
from bot.views.undelivered import read_number, undelivered
from db.notifications import read_undelivered, retry_notification


def register(routes: Routes, deps: Deps) -> None:
    """Route the list and both ways to retry."""
    database = deps.database

    async def show(request: CommandRequest) -> Message:
        return undelivered(await read_undelivered(database, request.asker, None))

    async def turn(request: ActionRequest) -> Message:
        before = read_number(request.value) if request.value else None
        page = await read_undelivered(database, request.asker, before)
        return undelivered(page, replace=request.ephemeral)

    async def retry(request: ActionRequest) -> Message:
        number = read_number(request.value)
        left = await retry_notification(database, request.asker, request.key, number)
        return undelivered(left, replace=request.ephemeral)

    async def retry_all(request: ActionRequest) -> Message:
        left = await retry_notification(database, request.asker, request.key, None)
        return undelivered(left, replace=request.ephemeral)

    routes.command("undelivered", show)
    for identifier in (ids.UNDELIVERED_PAGE, ids.UNDELIVERED_FIRST):
        routes.action(identifier, Ability.SEE_UNDELIVERED, turn)
    routes.action(ids.UNDELIVERED_RETRY, Ability.SEE_UNDELIVERED, retry)
    routes.action(ids.UNDELIVERED_RETRY_ALL, Ability.SEE_UNDELIVERED, retry_all)
