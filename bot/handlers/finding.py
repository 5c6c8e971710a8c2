"""Tickets that somebody looks for: the list with filters, and the search."""

from bot.deps import Deps
from bot.roles import Ability
from bot.routes import ActionRequest, CommandRequest, Routes
from bot.views import ids
from bot.views.blocks import Message
from bot.views.finding import Place, hits, listed
from db.tickets import read_list, search


def register(routes: Routes, deps: Deps) -> None:
    """Route what finds tickets."""
    database = deps.database

    async def show_list(request: CommandRequest) -> Message:
        wanted = request.command.filter
        return listed(await read_list(database, request.asker, wanted, None), wanted)

    async def turn_list(request: ActionRequest) -> Message:
        place = Place.unpack(request.value)
        found = await read_list(database, request.asker, place.wanted, place.cursor)
        return listed(found, place.wanted, replace=request.ephemeral)

    async def look_for(request: CommandRequest) -> Message:
        words = request.command.text
        return hits(await search(database, request.asker, words), words)

    routes.command("list", show_list)
    routes.command("search", look_for)
    for identifier in (ids.LIST_PAGE, ids.LIST_BACK):
        routes.action(identifier, Ability.SEE_LIST, turn_list)
