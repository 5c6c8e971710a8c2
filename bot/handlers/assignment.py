"""A ticket is given to somebody by command, without a person a form asks for one; and who got it accepts it."""

from bot.deps import Deps
from bot.forms import chosen_ticket
from bot.opening import open_form
from bot.roles import Ability
from bot.routes import ActionRequest, CommandRequest, Routes
from bot.standing import refuse_unless
from bot.views import ids, ticket
from bot.views.assignment import assigned_card, assignment_form
from bot.views.blocks import Message
from bot.views.offers import assignment_offer
from db.tickets import accept_ticket, assign_ticket, read_edit_form


def register(routes: Routes, deps: Deps) -> None:
    """Route what gives a ticket to somebody."""
    database, slack = deps.database, deps.slack

    async def assign(request: CommandRequest) -> Message | None:
        ticket_id, who = chosen_ticket(request.command.ticket_id), request.command.who
        if who:
            return assigned_card(await assign_ticket(database, request.asker, request.key, ticket_id, who))
        facts = await read_edit_form(database, request.asker, ticket_id)
        refuse_unless(facts, Ability.ASSIGN_TICKET)
        return await open_form(slack, request, assignment_form(facts), assignment_offer(facts.ticket))

    async def accept(request: ActionRequest) -> Message:
        changed = await accept_ticket(database, request.asker, request.key, chosen_ticket(request.value))
        return ticket.accepted(changed, replace=request.ephemeral)

    routes.command("assign", assign)
    routes.action(ids.TICKET_ACCEPT, Ability.ACCEPT_TICKET, accept)
