"""The forms for a new customer, alone or over the form for a ticket, and for changes to a customer."""

from typing import Final

from bot.deps import Deps
from bot.forms import chosen_customer
from bot.opening import open_form, refill_form
from bot.roles import Ability, may
from bot.routes import ActionRequest, Routes, UpdateView, ViewRequest
from bot.views import customer_form, ids, offers
from bot.views.blocks import Message
from bot.views.changes import Begun
from bot.views.device import is_whole
from bot.views.new_ticket import carried_files, customer_option, new_ticket_form
from db.customers import add_customer, edit_customer, read_customer
from db.members import read_actor
from db.tickets import read_ticket_form

_WHOLE: Final = "whole"


def below(request: ActionRequest) -> str:
    """Return which form for a ticket stands below, whether it shows all fields of the device, and what it carries."""
    return " ".join(filter(None, [request.view_id, _WHOLE if is_whole(request.blocks) else "", request.carried]))


def register(routes: Routes, deps: Deps) -> None:
    """Route what customers' forms do."""
    database, slack = deps.database, deps.slack

    async def ask_for_customer(request: ActionRequest) -> Message | None:
        await read_actor(database, request.asker)
        if request.callback == ids.TICKET_FILE and request.view_id and request.trigger_id:
            await slack.push_view(request.trigger_id, customer_form.new_customer_form(ticket_form=below(request)))
            return None
        return await open_form(slack, request, customer_form.new_customer_form(), offers.new_customer_offer())

    async def add(request: ViewRequest) -> UpdateView | None:
        values = customer_form.read_customer_entry(request.values).model_dump(mode="json")
        ticket_form, *carried = request.private_metadata.split() or [""]
        if not ticket_form:
            added = await add_customer(database, request.asker, request.key, values)
            return UpdateView(customer_form.customer_added(added))
        facts = await read_ticket_form(database, request.asker)
        added = await add_customer(database, request.asker, request.key, values)
        chosen = new_ticket_form(
            facts,
            customer=customer_option(added.customer),
            whole_device=_WHOLE in carried,
            files=carried_files(request.private_metadata),
        )
        if await refill_form(slack, ticket_form, chosen):
            return None
        return UpdateView(customer_form.customer_not_chosen(added))

    async def ask_for_changes(request: ActionRequest) -> Message | None:
        seen = await read_customer(database, request.asker, chosen_customer(request.value))
        form = customer_form.customer_form(seen.customer, limit=may(seen.actor.role, Ability.SET_LIMIT))
        return await open_form(slack, request, form, offers.customer_offer(seen.customer))

    async def edit(request: ViewRequest) -> UpdateView:
        begun = Begun.unpack(request.private_metadata)
        entered = customer_form.read_customer_entry(request.values)
        changes = entered.model_dump(mode="json", include=set(begun.changed(request.values)))
        if not changes:
            return UpdateView(customer_form.nothing_edited(begun.id))
        changed = await edit_customer(database, request.asker, request.key, begun.id, changes, seen=begun.seen)
        return UpdateView(customer_form.customer_edited(changed))

    routes.action(ids.CUSTOMER_NEW, Ability.ADD_CUSTOMER, ask_for_customer)
    routes.action(ids.CUSTOMER_CHANGE, Ability.EDIT_CUSTOMER, ask_for_changes)
    routes.view(ids.CUSTOMER_ADD, Ability.ADD_CUSTOMER, add)
    routes.view(ids.CUSTOMER_EDIT, Ability.EDIT_CUSTOMER, edit)
