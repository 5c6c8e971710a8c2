"""A month's tickets and its report, as files to a Manager."""

from datetime import date
from typing import Final

from bot.deps import Deps
from bot.routes import CommandRequest, Routes
from bot.views.blocks import Message
from bot.views.exporting import export_asked
from db.files import ask_for_export

_MONTHS_AGO: Final = {"this month": 0, "last month": 1}


def register(routes: Routes, deps: Deps) -> None:
    """Route the export."""
    database = deps.database

    async def export(request: CommandRequest) -> Message:
        asker, key, wanted = request.asker, request.key, request.command.text
        if wanted in _MONTHS_AGO:
            return export_asked(await ask_for_export(database, asker, key, months_ago=_MONTHS_AGO[wanted]))
        return export_asked(await ask_for_export(database, asker, key, month=date.fromisoformat(wanted)))

    routes.command("export", export)
