"""That somebody spoke with a customer: noted by one press, or in a form with what was said."""

from bot.deps import Deps
from bot.forms import chosen_customer
from bot.opening import open_form
from bot.roles import Ability
from bot.routes import ActionRequest, Routes, UpdateView, ViewRequest
from bot.views import contacts, customers, ids, offers
from bot.views.blocks import Message
from bot.views.changes import Begun
from db.customers import add_contact, read_customer


def register(routes: Routes, deps: Deps) -> None:
    """Route what notes a contact."""
    database, slack = deps.database, deps.slack

    async def note(request: ActionRequest) -> Message:
        way = contacts.WAYS[request.action]
        changed = await add_contact(database, request.asker, request.key, chosen_customer(request.value), way)
        return customers.profile(changed, said=contacts.noted(changed, way), replace=request.ephemeral)

    async def ask(request: ActionRequest) -> Message | None:
        seen = await read_customer(database, request.asker, chosen_customer(request.value))
        return await open_form(slack, request, contacts.contact_form(seen), offers.contact_offer(seen.customer))

    async def add(request: ViewRequest) -> UpdateView:
        begun = Begun.unpack(request.private_metadata)
        entry = contacts.read_contact(request.values)
        changed = await add_contact(
            database,
            request.asker,
            request.key,
            begun.id,
            entry.way,
            body=entry.body,
            ticket_id=entry.ticket_id,
            at=entry.at,
        )
        return UpdateView(contacts.contact_noted(changed))

    for action in contacts.WAYS:
        routes.action(action, Ability.NOTE_CONTACT, note)
    routes.action(ids.CONTACT_WRITE, Ability.NOTE_CONTACT, ask)
    routes.view(ids.CONTACT_ADD, Ability.NOTE_CONTACT, add)
