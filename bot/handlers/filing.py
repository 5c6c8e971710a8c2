"""A new ticket: the form, its typeahead, and what becomes of it."""

from collections.abc import Sequence

from bot.deps import Deps
from bot.forms import TITLE_MAX
from bot.opening import open_form
from bot.roles import Ability
from bot.routes import ActionRequest, CommandRequest, OptionsRequest, Request, Routes, UpdateView, ViewRequest
from bot.text import clean_line
from bot.views import ids, new_ticket
from bot.views.kit import Message, Option
from bot.views.offers import new_ticket_offer
from db.customers import suggest_customers
from db.tickets import file_ticket, read_ticket_form


def register(routes: Routes, deps: Deps) -> None:
    """Route what files a ticket."""
    database, slack = deps.database, deps.slack

    async def ask_for_ticket(request: Request, title: str) -> Message | None:
        facts = await read_ticket_form(database, request.asker)
        form = new_ticket.new_ticket_form(facts, title=title)
        return await open_form(slack, request, form, new_ticket_offer(title))

    async def new(request: CommandRequest) -> Message | None:
        return await ask_for_ticket(request, request.command.text)

    async def new_pressed(request: ActionRequest) -> Message | None:
        return await ask_for_ticket(request, request.value[:TITLE_MAX])

    async def suggest(request: OptionsRequest) -> Sequence[Option]:
        found = await suggest_customers(database, request.asker, clean_line(request.term))
        return new_ticket.customer_options(found.customers)

    async def file(request: ViewRequest) -> UpdateView:
        entered = new_ticket.read_new_ticket(request.values)
        changed = await file_ticket(database, request.asker, request.key, **entered.model_dump())
        return UpdateView(new_ticket.ticket_filed(changed))

    routes.command("new", new)
    routes.action(ids.TICKET_NEW, Ability.FILE_TICKET, new_pressed)
    routes.option(ids.CUSTOMER_CHOOSE, Ability.FIND_CUSTOMER, suggest)
    routes.view(ids.TICKET_FILE, Ability.FILE_TICKET, file)
