"""When the shop is open, its holidays, and what is counted in its hours: the Managers' form."""

from bot.deps import Deps
from bot.opening import open_form
from bot.roles import Ability
from bot.routes import ActionRequest, CommandRequest, Request, Routes, UpdateView, ViewRequest
from bot.views import ids
from bot.views.blocks import Message
from bot.views.changes import Shown
from bot.views.hours import hours_form, hours_saved, read_hours_form
from bot.views.offers import hours_offer
from db.hours import read_hours, save_hours


def register(routes: Routes, deps: Deps) -> None:
    """Route the shop's hours."""
    database, slack = deps.database, deps.slack

    async def ask(request: Request) -> Message | None:
        found = await read_hours(database, request.asker)
        return await open_form(slack, request, hours_form(found), hours_offer())

    async def hours(request: CommandRequest) -> Message | None:
        return await ask(request)

    async def hours_pressed(request: ActionRequest) -> Message | None:
        return await ask(request)

    async def save(request: ViewRequest) -> UpdateView:
        wanted = read_hours_form(request.values)
        saved = await save_hours(
            database,
            request.asker,
            request.key,
            seen=Shown.unpack(request.private_metadata).seen,
            hours=wanted.hours,
            holidays=wanted.holidays,
            settings=wanted.settings,
        )
        return UpdateView(hours_saved(saved))

    routes.command("hours", hours)
    routes.action(ids.HOURS_OPEN, Ability.CHANGE_HOURS, hours_pressed)
    routes.view(ids.HOURS_SAVE, Ability.CHANGE_HOURS, save)
