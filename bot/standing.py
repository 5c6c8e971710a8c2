"""What somebody may do to a ticket as it is now, and why not."""

from typing import Final

from bot.errors import ApprovalOpen, NotTheWorker, TicketAlreadyCompleted, TicketNotTaken, TicketStillOpen
from bot.roles import Ability, Relation, Role, may
from db.models import Approval, TicketSeen

_OF_OPEN_TICKETS: Final = frozenset(
    {
        Ability.TAKE_TICKET,
        Ability.RELEASE_TICKET,
        Ability.ASSIGN_TICKET,
        Ability.COMPLETE_TICKET,
        Ability.CHANGE_STATUS,
        Ability.RUN_TIMER,
    }
)
_OF_COMPLETED_TICKETS: Final = frozenset({Ability.REOPEN_TICKET, Ability.UNDO_COMPLETION})


def possible(seen: TicketSeen, ability: Ability) -> bool:
    """Tell whether the person may do this to the ticket now: the table's answer, as far as its state allows it."""
    if ability is Ability.REVEAL_PASSCODE and not seen.ticket.has_passcode:
        return False
    if ability is Ability.UNDO_COMPLETION and not seen.ticket.undoable:
        return False
    if ability is Ability.HAND_OVER and "collected" not in seen.ticket.steps:
        return False
    if ability is Ability.COMPLETE_TICKET and awaited(seen) is not None:
        return False
    never = _OF_OPEN_TICKETS if seen.ticket.completed else _OF_COMPLETED_TICKETS
    return ability not in never and may(seen.actor.role, ability, seen.ticket.relations)


def awaited(seen: TicketSeen) -> Approval | None:
    """Return the approval for which a technician has to wait before they repair or complete the ticket."""
    approval = seen.ticket.approval
    waits = approval is not None and approval.state == "open" and seen.actor.role is Role.TECHNICIAN
    return approval if waits else None


def refuse_unless(seen: TicketSeen, ability: Ability) -> None:
    """Spare somebody a form that could only fail: raise what its submission would raise, by the same table."""
    ticket = seen.ticket
    if possible(seen, ability):
        return
    if ticket.completed and ability in _OF_OPEN_TICKETS:
        raise TicketAlreadyCompleted(ticket.id)
    if not ticket.completed and ability in _OF_COMPLETED_TICKETS:
        raise TicketStillOpen(ticket.id)
    if ability is Ability.COMPLETE_TICKET and Relation.WORKER in ticket.relations and (approval := awaited(seen)):
        raise ApprovalOpen(ticket.id, approval.amount, approval.limit)
    if Relation.QUEUE in ticket.relations:
        raise TicketNotTaken(ticket.id)
    raise NotTheWorker(ticket.id, ticket.worker_name)
