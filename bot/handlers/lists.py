"""Lists of tickets: the panel, what is mine, the queue."""

from bot.deps import Deps
from bot.roles import Ability
from bot.routes import ActionRequest, CommandRequest, Routes
from bot.views import ids, lists
from bot.views.blocks import Message
from bot.views.panel import panel
from db.tickets import read_my_tickets, read_panel, read_queue


def register(routes: Routes, deps: Deps) -> None:
    """Route what lists tickets."""
    database = deps.database

    async def show_panel(request: CommandRequest) -> Message:
        return panel(await read_panel(database, request.asker))

    async def show_mine(request: CommandRequest) -> Message:
        return lists.mine(await read_my_tickets(database, request.asker, None))

    async def turn_mine(request: ActionRequest) -> Message:
        page = await read_my_tickets(database, request.asker, lists.unpack_cursor(request.value))
        return lists.mine(page, replace=request.ephemeral)

    async def show_queue(request: CommandRequest) -> Message:
        return lists.queue(await read_queue(database, request.asker, None))

    async def turn_queue(request: ActionRequest) -> Message:
        page = await read_queue(database, request.asker, lists.unpack_cursor(request.value))
        return lists.queue(page, replace=request.ephemeral)

    routes.command("panel", show_panel)
    routes.command("mine", show_mine)
    routes.command("queue", show_queue)
    for identifier in (ids.MINE_PAGE, ids.MINE_BACK):
        routes.action(identifier, Ability.SEE_MINE, turn_mine)
    for identifier in (ids.QUEUE_PAGE, ids.QUEUE_BACK):
        routes.action(identifier, Ability.SEE_QUEUE, turn_queue)
