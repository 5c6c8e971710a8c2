"""Customers who look like the same person: a list of pairs, all or of one customer, and telling two apart."""

from bot.deps import Deps
from bot.forms import chosen_customer
from bot.roles import Ability
from bot.routes import ActionRequest, CommandRequest, Routes
from bot.views import ids
from bot.views.blocks import Message
from bot.views.duplicates import duplicates, read_last, read_two
from db.merges import read_duplicates, tell_customers_apart


def register(routes: Routes, deps: Deps) -> None:
    """Route the list and what tells two apart."""
    database = deps.database

    async def show(request: CommandRequest) -> Message:
        return duplicates(await read_duplicates(database, request.asker, None, None))

    async def turn(request: ActionRequest) -> Message:
        found = await read_duplicates(database, request.asker, None, read_last(request.value))
        return duplicates(found, replace=request.ephemeral)

    async def show_of_one(request: ActionRequest) -> Message:
        return duplicates(await read_duplicates(database, request.asker, chosen_customer(request.value), None))

    async def tell_apart(request: ActionRequest) -> Message:
        one, other = read_two(request.value)
        left = await tell_customers_apart(database, request.asker, request.key, one, other)
        return duplicates(left, replace=request.ephemeral)

    routes.command("duplicates", show)
    for identifier in (ids.DUPLICATES_PAGE, ids.DUPLICATES_BACK):
        routes.action(identifier, Ability.MERGE_CUSTOMERS, turn)
    routes.action(ids.DUPLICATES_OF, Ability.MERGE_CUSTOMERS, show_of_one)
    routes.action(ids.CUSTOMER_APART, Ability.MERGE_CUSTOMERS, tell_apart)
