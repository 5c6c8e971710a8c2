"""Erasing a customer's personal data, by a form that says what goes and what stays."""

from bot.deps import Deps
from bot.forms import chosen_customer
from bot.opening import open_form
from bot.roles import Ability
from bot.routes import ActionRequest, CommandRequest, Request, Routes, UpdateView, ViewRequest
from bot.views import ids, offers
from bot.views.blocks import Message
from bot.views.changes import Begun
from bot.views.erasure import customer_erased, erasure_form, read_erasure_entry
from db.erasure import erase_customer, read_erasure


def register(routes: Routes, deps: Deps) -> None:
    """Route what erases a customer."""
    database, slack = deps.database, deps.slack

    async def ask(request: Request, customer_id: int) -> Message | None:
        facts = await read_erasure(database, request.asker, customer_id)
        return await open_form(slack, request, erasure_form(facts), offers.erasure_offer(facts.customer))

    async def ask_typed(request: CommandRequest) -> Message | None:
        return await ask(request, chosen_customer(request.command.customer_id))

    async def ask_pressed(request: ActionRequest) -> Message | None:
        return await ask(request, chosen_customer(request.value))

    async def erase(request: ViewRequest) -> UpdateView:
        entry = read_erasure_entry(request.values, Begun.unpack(request.private_metadata).id)
        erased = await erase_customer(
            database, request.asker, request.key, entry.customer_id, texts=entry.texts, reason=entry.reason
        )
        return UpdateView(customer_erased(erased))

    routes.command("erase", ask_typed)
    routes.action(ids.CUSTOMER_FORGET, Ability.ERASE_CUSTOMER, ask_pressed)
    routes.view(ids.CUSTOMER_ERASE, Ability.ERASE_CUSTOMER, erase)
