"""A Manager notes whether a customer agreed to what a repair costs."""

from bot.deps import Deps
from bot.opening import open_form
from bot.roles import Ability
from bot.routes import ActionRequest, Routes, UpdateView, ViewRequest
from bot.views import approvals, ids
from bot.views.blocks import Message
from db.approvals import decide_approval, read_approval


def register(routes: Routes, deps: Deps) -> None:
    """Route the two buttons, which open a form, and the form."""
    database, slack = deps.database, deps.slack

    async def ask(request: ActionRequest) -> Message | None:
        asked = await read_approval(database, request.asker, approvals.read_number(request.value))
        approved = request.action == ids.APPROVAL_APPROVE
        form = approvals.decision_form(asked, approved=approved)
        return await open_form(slack, request, form, approvals.offer(asked, approved=approved))

    async def decide(request: ViewRequest) -> UpdateView:
        number, approved = approvals.read_choice(request.private_metadata)
        entry = approvals.read_decision(request.values)
        changed = await decide_approval(
            database, request.asker, request.key, number, approved=approved, how=entry.how, said=entry.said
        )
        return UpdateView(approvals.decided(changed, approved=approved))

    for identifier in (ids.APPROVAL_APPROVE, ids.APPROVAL_DECLINE):
        routes.action(identifier, Ability.DECIDE_APPROVAL, ask)
    routes.view(ids.APPROVAL_DECIDE, Ability.DECIDE_APPROVAL, decide)
