"""How a person wants to be told: the form, and what is saved of it."""

from bot.deps import Deps
from bot.opening import open_form
from bot.roles import Ability
from bot.routes import ActionRequest, CommandRequest, Request, Routes, UpdateView, ViewRequest
from bot.views import ids
from bot.views.blocks import Message
from bot.views.changes import Shown
from bot.views.offers import settings_offer
from bot.views.preferences import read_preferences, settings_form, settings_saved
from db.preferences import read_settings, save_settings


def register(routes: Routes, deps: Deps) -> None:
    """Route people's own settings."""
    database, slack = deps.database, deps.slack

    async def ask(request: Request) -> Message | None:
        found = await read_settings(database, request.asker)
        return await open_form(slack, request, settings_form(found), settings_offer())

    async def settings(request: CommandRequest) -> Message | None:
        return await ask(request)

    async def settings_pressed(request: ActionRequest) -> Message | None:
        return await ask(request)

    async def save(request: ViewRequest) -> UpdateView:
        wanted = read_preferences(request.values)
        saved = await save_settings(
            database,
            request.asker,
            request.key,
            seen=Shown.unpack(request.private_metadata).seen,
            quiet_hours=wanted.quiet_hours,
            urgent_passes=wanted.urgent_passes,
            time_zone=wanted.time_zone,
            summary_at=wanted.summary_at,
            heard=wanted.heard,
        )
        return UpdateView(settings_saved(saved))

    routes.command("settings", settings)
    routes.action(ids.SETTINGS_OPEN, Ability.CHANGE_SETTINGS, settings_pressed)
    routes.view(ids.SETTINGS_SAVE, Ability.CHANGE_SETTINGS, save)
