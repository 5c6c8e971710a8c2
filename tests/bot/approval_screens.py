"""The screens of estimates that need the customer's approval."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from bot.forms import TicketEdit
from bot.roles import Role
from bot.views import approvals, customer_form, edit_ticket, new_ticket, ticket
from bot.views.announcements import announcement
from db.models import Approval, ApprovalAsked
from tests.bot import rows
from tests.bot.announcement_screens import HOSTILE, notification
from tests.bot.announcement_screens import ticket as shown
from tests.bot.form_screens import customer

ASKED = rows.FILED + timedelta(hours=3)
APPROVED: dict[str, Any] = {
    "state": "approved",
    "decided_by": "Maria Francisco",
    "decided_at": ASKED + timedelta(hours=2),
    "asked_how": "phone",
    "said": "Go ahead, she needs it by Friday.",
}
DECLINED = APPROVED | {"state": "declined", "asked_how": "in person", "said": None}
WITHDRAWN = APPROVED | {"state": "withdrawn", "asked_how": None, "said": None}


def approval(**changed: Any) -> Approval:  # noqa: ANN401 - any field
    facts: dict[str, Any] = {
        "id": 3,
        "ticket_id": 42,
        "hours": Decimal("2.50"),
        "amount": Decimal("187.50"),
        "limit": Decimal("150.00"),
        "state": "open",
        "requested_by": "Ana Ruiz",
        "requested_at": ASKED,
        "decided_by": None,
        "decided_at": None,
        "asked_how": None,
        "said": None,
    }
    return Approval.model_validate(facts | changed)


def waiting(role: Role = Role.TECHNICIAN, **changed: Any) -> Any:  # noqa: ANN401 - a TicketSeen
    facts: dict[str, Any] = {
        "bench_status": "waiting_approval",
        "steps": ["diagnosing", "waiting_parts", "declined"],
        "estimated_hours": Decimal("2.50"),
        "estimated_cost": Decimal("187.50"),
        "approval": approval(),
    }
    made = rows.mine if role is Role.TECHNICIAN else rows.anothers
    return rows.changed(made(**(facts | changed)), role)


def asked(number: int = 42, title: str = "Laptop won't start") -> ApprovalAsked:
    return ApprovalAsked(
        actor=rows.actor(Role.MANAGER),
        approval=approval(ticket_id=number),
        ticket=rows.ticket_line(number, title=title),
    )


def approval_screens() -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Return every screen of approvals, with its surface."""
    going_on: dict[str, Any] = {"bench_status": "in_repair", "approval": approval(**APPROVED)}
    dear = approval(**(APPROVED | {"said": "&" * 3000, "decided_by": "&" * 255, "amount": Decimal("999990000.00")}))
    longest = shown(id=2**31 - 1, title="&" * 255)
    messages: Mapping[str, Mapping[str, Any]] = {
        "approval_asked_for": ticket.changed(waiting(), TicketEdit.check(estimated_hours="2.5h")),
        "approval_waits_for_manager": ticket.card(waiting(Role.MANAGER)),
        "approval_waits_for_viewer": ticket.card(waiting(Role.VIEWER)),
        "approval_on_card": ticket.card(waiting(**going_on)),
        "approval_on_card_longest": ticket.card(waiting(**(going_on | {"approval": dear}))),
        "approval_on_card_declined": ticket.card(
            rows.seen(rows.completed(bench_status="declined", approval=approval(**(DECLINED | {"decided_by": None}))))
        ),
        "approval_offer": approvals.offer(asked(), approved=True),
        "approval_offer_longest": approvals.offer(asked(), approved=False, how="in person", said="&" * 3000),
        "told_approval_requested": announcement(notification("approval_requested", approval=approval())),
        "told_approval_requested_by_nobody": announcement(
            notification("approval_requested", approval=approval(requested_by=None))
        ),
        "told_approval_requested_hostile": announcement(
            notification("approval_requested", shown(title=HOSTILE), approval=approval(requested_by=HOSTILE))
        ),
        "told_approval_requested_longest": announcement(
            notification("approval_requested", longest, approval=approval(requested_by="&" * 255, amount=dear.amount))
        ),
        "told_approval_approved": announcement(notification("approval_requested", approval=approval(**APPROVED))),
        "told_approval_declined": announcement(notification("approval_requested", approval=approval(**DECLINED))),
        "told_approval_withdrawn": announcement(notification("approval_requested", approval=approval(**WITHDRAWN))),
        "told_approval_decided": announcement(notification("approval_decided", approval=approval(**APPROVED))),
        "told_approval_decided_no": announcement(notification("approval_decided", approval=approval(**DECLINED))),
        "told_approval_decided_hostile": announcement(
            notification("approval_decided", longest, approval=approval(**(APPROVED | {"said": HOSTILE * 60})))
        ),
    }
    ended = waiting(approval=approval(**DECLINED), completed=True, bench_status="declined")
    views: Mapping[str, Mapping[str, Any]] = {
        "form_approve": approvals.decision_form(asked(), approved=True),
        "form_approve_with_words": approvals.decision_form(
            asked(), approved=True, how="e-mail", said="Go ahead, she needs it by Friday."
        ),
        "form_decline": approvals.decision_form(asked(), approved=False),
        "form_decline_longest": approvals.decision_form(asked(2**31 - 1, "&" * 255), approved=False),
        "form_edited_over_limit": edit_ticket.ticket_edited(waiting(), TicketEdit.check(estimated_hours="2.5h")),
        "filed_over_limit": new_ticket.ticket_filed(waiting()),
        "form_customer_limit": customer_form.customer_form(customer(approval_limit=Decimal("0.00")), limit=True),
        "form_approved": approvals.decided(waiting(**going_on), approved=True),
        "form_declined": approvals.decided(ended, approved=False),
        "form_declined_open": approvals.decided(waiting(**going_on), approved=False),
    }
    return {name: ("message", screen) for name, screen in messages.items()} | {
        name: ("modal", screen) for name, screen in views.items()
    }
