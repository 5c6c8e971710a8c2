"""Where a repair is on the bench: the card after a step, and the steps that a card offers."""

from typing import Final, get_args

from bot.errors import NoLongerThere
from bot.forms import chosen_ticket
from bot.views.blocks import Message
from bot.views.kit import markup
from bot.views.phrases import BENCH_STATUSES
from bot.views.ticket import card
from bot.wording import worded
from db.models import BenchStatus, TicketChanged, TicketId, TicketSeen

_STATUSES: Final[tuple[BenchStatus, ...]] = get_args(BenchStatus)


def moved(changed: TicketChanged, *, replace: bool = False) -> Message:
    """Return the card of a ticket whose repair has gone a step on."""
    number = changed.ticket.id
    match changed.ticket.bench_status:
        case "collected":
            said = markup("The machine of ticket #{number} is collected.", number=number)
        case "declined":
            said = markup("Ticket #{number} is closed: the repair was declined.", number=number)
        case "quality_check":
            said = markup("Ticket #{number} is in quality check now.", number=number)
        case status:
            said = markup("Ticket #{number} is {status} now.", number=number, status=BENCH_STATUSES[status].lower())
    return card(changed, said=said, replace=replace)


def standing(seen: TicketSeen) -> Message:
    """Return the card under a sentence on where the repair is."""
    status = BENCH_STATUSES[seen.ticket.bench_status].lower()
    return card(seen, said=markup("Ticket #{number} is {status}.", number=seen.ticket.id, status=status))


def collection_note(who: str) -> str:
    """Return the note on who collected a machine; empty where nobody said it."""
    return worded("Collected by {who}", who=who) if who else ""


def read_step(value: str) -> tuple[TicketId, BenchStatus]:
    """Return the ticket and the status that a button or select carries. Raises ``NoLongerThere``."""
    number, _, wanted = value.partition(" ")
    for status in _STATUSES:
        if status == wanted:
            return chosen_ticket(number), status
    raise NoLongerThere
