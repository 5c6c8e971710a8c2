"""What a ticket's address shows in a conversation: what the living card shows, since whoever is there reads it."""

from bot.views.blocks import Message
from bot.views.ids import TICKET_OPEN
from bot.views.kit import Markup, actions, button, join, markup, message, mrkdwn, section
from bot.views.phrases import PRIORITIES, category, hours, named, state
from db.models import CardTicket


def preview(ticket: CardTicket) -> Message:
    """Return what is shown of a ticket: no customer, nothing that was written on it, nor who filed it."""
    opening = button("Open", TICKET_OPEN, ticket.id, spoken=f"Open ticket #{ticket.id}")
    summary = markup("Ticket {ticket}. {state}.", ticket=named(ticket), state=state(ticket))
    return message(summary, [section(mrkdwn(card_heading(ticket))), *actions([opening])])


def card_heading(ticket: CardTicket) -> Markup:
    """Return what a glance from across the shop should catch: number, title, and how things are, the state first."""
    facts = [state(ticket)]
    if ticket.completed and ticket.worker_name is not None:
        ended = f"{'Closed' if ticket.bench_status == 'declined' else 'Completed'} by {ticket.worker_name}"
        facts = [ended] if ticket.bench_status == "ready" else [*facts, ended]
    if ticket.device:
        facts.append(ticket.device)
    if ticket.actual_hours is not None:
        facts.append(hours(ticket.actual_hours))
    facts.append(f"{PRIORITIES[ticket.priority]} priority")
    if ticket.category:
        facts.append(category(ticket.category))
    return markup(
        "*#{number} {title}*\n{facts}",
        number=ticket.id,
        title=ticket.title,
        facts=join(" · ", [markup("{fact}", fact=fact) for fact in facts]),
    )
