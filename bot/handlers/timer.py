"""The labour timer: started on a ticket, stopped, kept running, or switched from one ticket to another."""

from bot.deps import Deps
from bot.forms import chosen_ticket
from bot.roles import Ability
from bot.routes import ActionRequest, CommandRequest, Routes
from bot.views import ids, timer
from bot.views.blocks import Message
from db.timers import keep_timer, start_timer, stop_timer


def register(routes: Routes, deps: Deps) -> None:
    """Route what starts and stops timers."""
    database = deps.database

    async def start(request: CommandRequest) -> Message:
        ticket_id = chosen_ticket(request.command.ticket_id)
        return timer.started(await start_timer(database, request.asker, request.key, ticket_id))

    async def start_pressed(request: ActionRequest) -> Message:
        answer = await start_timer(
            database,
            request.asker,
            request.key,
            chosen_ticket(request.value),
            switch=request.action == ids.TIMER_SWITCH,
        )
        return timer.started(answer, replace=request.ephemeral)

    async def stop(request: CommandRequest) -> Message:
        return timer.stopped(await stop_timer(database, request.asker, request.key, hours=request.command.hours))

    async def stop_pressed(request: ActionRequest) -> Message:
        answer = await stop_timer(database, request.asker, request.key, chosen_ticket(request.value))
        return timer.stopped(answer, replace=request.ephemeral)

    async def keep(request: ActionRequest) -> Message:
        return timer.kept(await keep_timer(database, request.asker, request.key, chosen_ticket(request.value)))

    routes.command("start", start)
    routes.command("stop", stop)
    for identifier in (ids.TIMER_START, ids.TIMER_SWITCH):
        routes.action(identifier, Ability.RUN_TIMER, start_pressed)
    routes.action(ids.TIMER_STOP, Ability.RUN_TIMER, stop_pressed)
    routes.action(ids.TIMER_KEEP, Ability.RUN_TIMER, keep)
