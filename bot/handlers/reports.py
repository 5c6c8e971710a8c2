"""The shop in numbers, for those who run it."""

from datetime import date
from typing import Final

from bot.deps import Deps
from bot.routes import CommandRequest, Routes
from bot.views import summary
from bot.views.blocks import Message
from bot.views.database import database_report
from bot.views.periods import period
from db.reports import read_database, read_period, read_summary, read_team

_DAYS_AGO: Final = {"today": 0, "yesterday": 1}


def register(routes: Routes, deps: Deps) -> None:
    """Route the reports."""
    database = deps.database

    async def show_summary(request: CommandRequest) -> Message:
        wanted = request.command.text
        if wanted in {"week", "month"}:
            return period(await read_period(database, request.asker, "week" if wanted == "week" else "month"))
        if wanted in _DAYS_AGO:
            asked = await read_summary(database, request.asker, days_ago=_DAYS_AGO[wanted])
        else:
            asked = await read_summary(database, request.asker, day=date.fromisoformat(wanted))
        if asked.chart is not None and not await deps.slack.has_file(asked.chart.file):
            asked = asked.model_copy(update={"chart": None})
        return summary.summary(asked)

    async def show_team(request: CommandRequest) -> Message:
        return summary.team(await read_team(database, request.asker))

    async def show_database(request: CommandRequest) -> Message:
        return database_report((await read_database(database, request.asker)).figures)

    routes.command("summary", show_summary)
    routes.command("team", show_team)
    routes.command("database", show_database)
