"""Making one customer of two, by a form, and undoing that."""

from bot.deps import Deps
from bot.forms import chosen_customer, chosen_merge
from bot.opening import open_form
from bot.roles import Ability
from bot.routes import ActionRequest, CommandRequest, Request, Routes, UpdateView, ViewRequest
from bot.views import customers, ids, merging, offers
from bot.views.blocks import Message
from bot.views.duplicates import read_two
from bot.views.kit import as_notice
from db.merges import merge_customers, read_pair, undo_merge


def register(routes: Routes, deps: Deps) -> None:
    """Route what merges customers."""
    database, slack = deps.database, deps.slack

    async def ask(request: Request, first: int, second: int) -> Message | None:
        pair = await read_pair(database, request.asker, first, second)
        return await open_form(slack, request, merging.merge_form(pair), offers.merge_offer(pair.first, pair.second))

    async def compare(request: ActionRequest) -> Message | None:
        return await ask(request, *read_two(request.value))

    async def compare_typed(request: CommandRequest) -> Message | None:
        command = request.command
        return await ask(request, chosen_customer(command.customer_id), chosen_customer(command.other_id))

    async def merge(request: ViewRequest) -> UpdateView:
        choice = merging.read_choice(request.values, merging.Compared.unpack(request.private_metadata))
        done = await merge_customers(
            database, request.asker, request.key, choice.kept, choice.merged, taken=choice.taken
        )
        return UpdateView(as_notice("Customers merged", customers.profile(done, said=merging.merged(done))))

    async def undo(request: ActionRequest) -> Message:
        done = await undo_merge(database, request.asker, request.key, chosen_merge(request.value))
        return customers.profile(done, said=merging.undone(done), replace=request.ephemeral)

    routes.command("merge", compare_typed)
    routes.action(ids.CUSTOMER_COMPARE, Ability.MERGE_CUSTOMERS, compare)
    routes.action(ids.MERGE_UNDO, Ability.MERGE_CUSTOMERS, undo)
    routes.view(ids.CUSTOMER_MERGE, Ability.MERGE_CUSTOMERS, merge)
