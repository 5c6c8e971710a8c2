"""A new ticket: the form, its typeahead, and what becomes of it."""

from collections.abc import Sequence

from bot.deps import Deps
from bot.forms import DeviceEntry
from bot.opening import open_form
from bot.roles import Ability
from bot.routes import (
    ActionRequest,
    CommandRequest,
    OptionsRequest,
    Request,
    Routes,
    ShortcutRequest,
    UpdateView,
    ViewRequest,
)
from bot.text import clean_line
from bot.views import ids, new_ticket
from bot.views.blocks import Message, Option
from bot.views.offers import new_ticket_offer
from db.customers import suggest_customers
from db.members import read_actor
from db.tickets import file_ticket, read_ticket_form


def register(routes: Routes, deps: Deps) -> None:
    """Route what files a ticket."""
    database, slack = deps.database, deps.slack

    async def ask_for_ticket(request: Request, title: str, description: str = "") -> Message | None:
        facts = await read_ticket_form(database, request.asker)
        form = new_ticket.new_ticket_form(facts, title=title, description=description)
        return await open_form(slack, request, form, new_ticket_offer(title, description))

    async def new(request: CommandRequest) -> Message | None:
        return await ask_for_ticket(request, request.command.text)

    async def new_pressed(request: ActionRequest) -> Message | None:
        title, _, description = request.value.partition("\n")
        return await ask_for_ticket(request, title, description)

    async def new_chosen(request: ShortcutRequest) -> Message | None:
        return await ask_for_ticket(request, "")

    async def message_chosen(request: ShortcutRequest) -> Message | None:
        facts = await read_ticket_form(database, request.asker)
        names = {person.slack_user_id: person.name for person in facts.technicians if person.slack_user_id}
        names[facts.actor.slack_user_id] = facts.actor.name
        title, description = new_ticket.from_message(request.text, request.link, names)
        form = new_ticket.new_ticket_form(facts, title=title, description=description, files=request.files)
        return await open_form(slack, request, form, new_ticket_offer(title, description))

    async def suggest(request: OptionsRequest) -> Sequence[Option]:
        found = await suggest_customers(database, request.asker, clean_line(request.term))
        return new_ticket.customer_options(found.customers)

    async def file(request: ViewRequest) -> UpdateView:
        entered = new_ticket.read_new_ticket(request.values)
        known = entered.model_dump(exclude=set(DeviceEntry.model_fields))
        carried = new_ticket.carried_files(request.private_metadata)
        changed = await file_ticket(
            database,
            request.asker,
            request.key,
            **known,
            device=entered.device,
            carried_files=carried,
            keys=deps.keys,
        )
        return UpdateView(new_ticket.ticket_filed(changed))

    async def show_device(request: ActionRequest) -> None:
        await read_actor(database, request.asker)
        if request.callback == ids.TICKET_FILE and request.view_id:
            await slack.update_view(request.view_id, new_ticket.unfolded_form(request.blocks, request.carried))

    routes.command("new", new)
    routes.action(ids.DEVICE_MORE, Ability.FILE_TICKET, show_device)
    routes.action(ids.TICKET_NEW, Ability.FILE_TICKET, new_pressed)
    routes.shortcut(ids.SHORTCUT_NEW, Ability.FILE_TICKET, new_chosen)
    routes.shortcut(ids.SHORTCUT_FILE, Ability.FILE_TICKET, message_chosen)
    routes.option(ids.CUSTOMER_CHOOSE, Ability.FIND_CUSTOMER, suggest)
    routes.view(ids.TICKET_FILE, Ability.FILE_TICKET, file)
