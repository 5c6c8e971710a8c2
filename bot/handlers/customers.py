"""Customers: finding one, seeing one, filing a ticket for one, and switching one off and on."""

from bot.deps import Deps
from bot.forms import chosen_customer
from bot.opening import open_form
from bot.roles import Ability
from bot.routes import ActionRequest, CommandRequest, Routes
from bot.views import customers, ids
from bot.views.blocks import Message
from bot.views.new_ticket import new_ticket_form
from bot.views.offers import new_ticket_offer
from db.customers import deactivate_customer, find_customers, reactivate_customer, read_customer
from db.tickets import read_ticket_form


def register(routes: Routes, deps: Deps) -> None:
    """Route what concerns customers."""
    database, slack = deps.database, deps.slack

    async def find(request: CommandRequest) -> Message:
        term = request.command.text
        return customers.hits(await find_customers(database, request.asker, term), term)

    async def show(request: CommandRequest) -> Message:
        customer_id = chosen_customer(request.command.customer_id)
        return customers.profile(await read_customer(database, request.asker, customer_id))

    async def open_customer(request: ActionRequest) -> Message:
        seen = await read_customer(database, request.asker, chosen_customer(request.value))
        return customers.profile(seen, replace=request.ephemeral)

    async def file_for(request: ActionRequest) -> Message | None:
        facts = await read_ticket_form(database, request.asker)
        form = new_ticket_form(facts, customer=customers.for_new_ticket(request.value))
        return await open_form(slack, request, form, new_ticket_offer(""))

    async def deactivate(request: ActionRequest) -> Message:
        customer_id = chosen_customer(request.value)
        changed = await deactivate_customer(database, request.asker, request.key, customer_id)
        return customers.switched(changed, replace=request.ephemeral)

    async def reactivate(request: ActionRequest) -> Message:
        customer_id = chosen_customer(request.value)
        changed = await reactivate_customer(database, request.asker, request.key, customer_id)
        return customers.switched(changed, replace=request.ephemeral)

    routes.command("find", find)
    routes.command("customer", show)
    routes.action(ids.CUSTOMER_OPEN, Ability.SEE_CUSTOMER_CONTACT, open_customer)
    routes.action(ids.CUSTOMER_TICKET, Ability.FILE_TICKET, file_for)
    routes.action(ids.CUSTOMER_DEACTIVATE, Ability.DEACTIVATE_CUSTOMER, deactivate)
    routes.action(ids.CUSTOMER_REACTIVATE, Ability.DEACTIVATE_CUSTOMER, reactivate)
