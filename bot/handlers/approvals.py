"""A Manager notes whether a customer agreed to what a repair costs."""

from bot.deps import Deps
from bot.forms import chosen_ticket
from bot.opening import open_form
from bot.roles import Ability
from bot.routes import ActionRequest, CommandRequest, Request, Routes, UpdateView, ViewRequest
from bot.views import approvals, ids
from bot.views.blocks import Message
from db.approvals import decide_approval, read_approval, read_ticket_approval
from db.models import ApprovalAsked, AskedHow


def register(routes: Routes, deps: Deps) -> None:
    """Route the two verbs and buttons, which open a form, and the form."""
    database, slack = deps.database, deps.slack

    async def open_for(
        request: Request, asked: ApprovalAsked, how: AskedHow | None, said: str, *, approved: bool
    ) -> Message | None:
        form = approvals.decision_form(asked, approved=approved, how=how, said=said)
        return await open_form(slack, request, form, approvals.offer(asked, approved=approved, how=how, said=said))

    async def ask(request: ActionRequest) -> Message | None:
        number, how, said = approvals.read_offer(request.value)
        asked = await read_approval(database, request.asker, number)
        return await open_for(request, asked, how, said, approved=request.action == ids.APPROVAL_APPROVE)

    async def ask_by_command(request: CommandRequest) -> Message | None:
        command = request.command
        asked = await read_ticket_approval(database, request.asker, chosen_ticket(command.ticket_id))
        return await open_for(request, asked, command.how, command.text, approved=command.verb == "approve")

    async def decide(request: ViewRequest) -> UpdateView:
        number, approved = approvals.read_choice(request.private_metadata)
        entry = approvals.read_decision(request.values)
        changed = await decide_approval(
            database, request.asker, request.key, number, approved=approved, how=entry.how, said=entry.said
        )
        return UpdateView(approvals.decided(changed, approved=approved))

    for verb in ("approve", "decline"):
        routes.command(verb, ask_by_command)
    for identifier in (ids.APPROVAL_APPROVE, ids.APPROVAL_DECLINE):
        routes.action(identifier, Ability.DECIDE_APPROVAL, ask)
    routes.view(ids.APPROVAL_DECIDE, Ability.DECIDE_APPROVAL, decide)
