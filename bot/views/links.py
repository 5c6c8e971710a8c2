"""What a ticket's address shows in a conversation: what the living card shows, since whoever is there reads it."""

from bot.views.blocks import Message
from bot.views.ids import TICKET_OPEN
from bot.views.kit import actions, button, join, markup, message, mrkdwn, section
from bot.views.phrases import PRIORITIES, category, named, state
from db.models import Ticket


def preview(ticket: Ticket) -> Message:
    """Return what is shown of a ticket: no customer, nothing that was written on it, nor who filed it."""
    device = " ".join(filter(None, (ticket.device.type, ticket.device.model)))
    facts = [state(ticket), device, f"{PRIORITIES[ticket.priority]} priority", category(ticket.category or "")]
    heading = markup(
        "*#{number} {title}*\n{facts}",
        number=ticket.id,
        title=ticket.title,
        facts=join(" · ", [markup("{fact}", fact=fact) for fact in facts if fact]),
    )
    opening = button("Open", TICKET_OPEN, ticket.id, spoken=f"Open ticket #{ticket.id}")
    summary = markup("Ticket {ticket}. {state}.", ticket=named(ticket), state=state(ticket))
    return message(summary, [section(mrkdwn(heading)), *actions([opening])])
