"""Where a repair is on the bench: by command, by the card's buttons, and the machine handed back."""

from bot.deps import Deps
from bot.forms import chosen_ticket
from bot.roles import Ability
from bot.routes import ActionRequest, CommandRequest, Routes
from bot.views import bench, ids
from bot.views.blocks import Message
from db.tickets import read_ticket, set_bench_status


def register(routes: Routes, deps: Deps) -> None:
    """Route what moves a repair along."""
    database = deps.database

    async def status(request: CommandRequest) -> Message:
        ticket_id, wanted = chosen_ticket(request.command.ticket_id), request.command.status
        if wanted is None:
            return bench.standing(await read_ticket(database, request.asker, ticket_id))
        return bench.moved(await set_bench_status(database, request.asker, request.key, ticket_id, wanted))

    async def step(request: ActionRequest) -> Message:
        ticket_id, wanted = bench.read_step(request.value)
        changed = await set_bench_status(database, request.asker, request.key, ticket_id, wanted)
        return bench.moved(changed, replace=request.ephemeral)

    async def collected(request: CommandRequest) -> Message:
        ticket_id, note = chosen_ticket(request.command.ticket_id), bench.collection_note(request.command.text)
        return bench.moved(await set_bench_status(database, request.asker, request.key, ticket_id, "collected", note))

    async def hand_over(request: ActionRequest) -> Message:
        ticket_id = chosen_ticket(request.value)
        changed = await set_bench_status(database, request.asker, request.key, ticket_id, "collected")
        return bench.moved(changed, replace=request.ephemeral)

    routes.command("status", status)
    routes.command("collected", collected)
    routes.action(ids.STATUS_NEXT, Ability.CHANGE_STATUS, step)
    routes.action(ids.STATUS_CHOOSE, Ability.CHANGE_STATUS, step)
    routes.action(ids.TICKET_COLLECTED, Ability.HAND_OVER, hand_over)
