"""Managers say what is to be checked before a ticket is completed."""

from bot.deps import Deps
from bot.opening import open_form
from bot.roles import Ability
from bot.routes import ActionRequest, CommandRequest, Request, Routes, UpdateView, ViewRequest
from bot.views import ids
from bot.views.blocks import Message
from bot.views.changes import Shown
from bot.views.checklist import checklist_form, checklist_saved, read_category, read_checklist_entry
from bot.views.offers import checklist_offer
from db.completions import read_checklist, save_checklist
from db.models import Category


def register(routes: Routes, deps: Deps) -> None:
    """Route the checklists' form."""
    database, slack = deps.database, deps.slack

    async def ask(request: Request, category: Category | None) -> Message | None:
        checklist = (await read_checklist(database, request.asker, category)).checklist
        return await open_form(slack, request, checklist_form(checklist), checklist_offer(checklist))

    async def checklist(request: CommandRequest) -> Message | None:
        return await ask(request, read_category(request.command.text))

    async def checklist_pressed(request: ActionRequest) -> Message | None:
        return await ask(request, read_category(request.value))

    async def save(request: ViewRequest) -> UpdateView:
        items = read_checklist_entry(request.values).items
        shown = Shown.unpack(request.private_metadata)
        return UpdateView(
            checklist_saved(
                await save_checklist(database, request.asker, request.key, shown.category, items, shown.seen)
            )
        )

    routes.command("checklist", checklist)
    routes.action(ids.CHECKLIST_OPEN, Ability.EDIT_CHECKLISTS, checklist_pressed)
    routes.view(ids.CHECKLIST_SAVE, Ability.EDIT_CHECKLISTS, save)
