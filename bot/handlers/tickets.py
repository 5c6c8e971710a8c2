"""A ticket from the form to the hand that takes it: panel, lists, card, filing, taking and handing back."""

from collections.abc import Sequence

from bot.deps import Deps
from bot.forms import chosen_ticket
from bot.roles import Ability
from bot.routes import ActionRequest, CommandRequest, OptionsRequest, Request, Routes, UpdateView, ViewRequest
from bot.text import clean_line
from bot.views import ids, lists, new_ticket, ticket
from bot.views.kit import Message, Option
from bot.views.panel import panel
from db.customers import suggest_customers
from db.tickets import (
    file_ticket,
    read_my_tickets,
    read_panel,
    read_queue,
    read_ticket,
    read_ticket_form,
    release_ticket,
    take_ticket,
)


def register(routes: Routes, deps: Deps) -> None:  # noqa: C901 - a list of short handlers
    """Route what concerns tickets."""
    database, slack = deps.database, deps.slack

    async def show_panel(request: CommandRequest) -> Message:
        return panel(await read_panel(database, request.asker))

    async def show_mine(request: CommandRequest) -> Message:
        return lists.mine(await read_my_tickets(database, request.asker, None))

    async def turn_mine(request: ActionRequest) -> Message:
        page = await read_my_tickets(database, request.asker, lists.unpack_cursor(request.value))
        return lists.mine(page, replace=request.ephemeral)

    async def show_queue(request: CommandRequest) -> Message:
        return lists.queue(await read_queue(database, request.asker, None))

    async def turn_queue(request: ActionRequest) -> Message:
        page = await read_queue(database, request.asker, lists.unpack_cursor(request.value))
        return lists.queue(page, replace=request.ephemeral)

    async def show_ticket(request: CommandRequest) -> Message:
        return ticket.card(await read_ticket(database, request.asker, chosen_ticket(request.command.ticket_id)))

    async def open_ticket(request: ActionRequest) -> Message:
        return ticket.card(
            await read_ticket(database, request.asker, chosen_ticket(request.value)), replace=request.ephemeral
        )

    async def take(request: CommandRequest) -> Message:
        return ticket.taken(
            await take_ticket(database, request.asker, request.key, chosen_ticket(request.command.ticket_id))
        )

    async def take_pressed(request: ActionRequest) -> Message:
        changed = await take_ticket(database, request.asker, request.key, chosen_ticket(request.value))
        return ticket.taken(changed, replace=request.ephemeral)

    async def release(request: CommandRequest) -> Message:
        return ticket.released(
            await release_ticket(database, request.asker, request.key, chosen_ticket(request.command.ticket_id))
        )

    async def release_pressed(request: ActionRequest) -> Message:
        changed = await release_ticket(database, request.asker, request.key, chosen_ticket(request.value))
        return ticket.released(changed, replace=request.ephemeral)

    async def open_form(request: Request, title: str) -> None:
        facts = await read_ticket_form(database, request.asker)
        await slack.open_view(request.trigger_id or "", new_ticket.new_ticket_form(facts, title=title))

    async def new(request: CommandRequest) -> None:
        await open_form(request, request.command.text)

    async def new_pressed(request: ActionRequest) -> None:
        await open_form(request, "")

    async def suggest(request: OptionsRequest) -> Sequence[Option]:
        found = await suggest_customers(database, request.asker, clean_line(request.term))
        return new_ticket.customer_options(found.customers)

    async def file(request: ViewRequest) -> UpdateView:
        entered = new_ticket.read_new_ticket(request.values)
        changed = await file_ticket(database, request.asker, request.key, **entered.model_dump())
        return UpdateView(new_ticket.ticket_filed(changed))

    routes.command("panel", show_panel)
    routes.command("mine", show_mine)
    routes.command("queue", show_queue)
    routes.command("show", show_ticket)
    routes.command("take", take)
    routes.command("release", release)
    routes.command("new", new)
    for identifier in (ids.MINE_PAGE, ids.MINE_BACK):
        routes.action(identifier, Ability.SEE_MINE, turn_mine)
    for identifier in (ids.QUEUE_PAGE, ids.QUEUE_BACK):
        routes.action(identifier, Ability.SEE_QUEUE, turn_queue)
    routes.action(ids.TICKET_OPEN, Ability.SEE_TICKET, open_ticket)
    routes.action(ids.TICKET_TAKE, Ability.TAKE_TICKET, take_pressed)
    routes.action(ids.TICKET_RELEASE, Ability.RELEASE_TICKET, release_pressed)
    routes.action(ids.TICKET_NEW, Ability.FILE_TICKET, new_pressed)
    routes.option(ids.CUSTOMER_CHOOSE, Ability.FIND_CUSTOMER, suggest)
    routes.view(ids.TICKET_FILE, Ability.FILE_TICKET, file)
