"""Reminders put off by whom they were sent to."""

from bot.deps import Deps
from bot.roles import Ability
from bot.routes import ActionRequest, Routes
from bot.views import ids
from bot.views.blocks import Message
from bot.views.reminders import read_snooze, snoozed
from db.reminders import snooze_reminders


def register(routes: Routes, deps: Deps) -> None:
    """Route what a reminder offers."""
    database = deps.database

    async def snooze(request: ActionRequest) -> Message:
        number, until = read_snooze(request.value)
        return snoozed(await snooze_reminders(database, request.asker, request.key, number, until))

    routes.action(ids.REMINDER_SNOOZE, Ability.SNOOZE_REMINDERS, snooze)
