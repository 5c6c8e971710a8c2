"""Tickets' addresses on screens, and what one shows in a conversation: what everybody there may read."""

from typing import Final

from bot.links import ticket_link
from bot.text import shorten
from bot.views.blocks import BLOCKS_MESSAGE, Message
from bot.views.kit import Markup, actions, context, join, link, markup, message, mrkdwn, section
from bot.views.phrases import PRIORITIES, category, hours, named, open_button, state
from bot.wording import worded
from db.models import CardTicket, TicketId

_ADDRESS: Final = 80  # characters; whoever copies the link gets all of it


def preview(ticket: CardTicket) -> Message:
    """Return what is shown of a ticket: no customer, nothing that was written on it, nor who filed it."""
    opening = open_button(ticket.id)
    summary = markup("Ticket {ticket}. {state}.", ticket=named(ticket), state=state(ticket))
    return message(summary, [section(mrkdwn(card_heading(ticket))), *actions([opening])])


def card_heading(ticket: CardTicket) -> Markup:
    """Return what a glance from across the shop should catch: number, title, and how things are, the state first."""
    facts = [state(ticket)]
    if ticket.completed and ticket.worker_name is not None:
        by = ticket.worker_name
        ended = (
            worded("Closed by {name}", name=by)
            if ticket.bench_status == "declined"
            else worded("Completed by {name}", name=by)
        )
        facts = [ended] if ticket.bench_status == "ready" else [*facts, ended]
    if ticket.device:
        facts.append(ticket.device)
    if ticket.actual_hours is not None:
        facts.append(hours(ticket.actual_hours))
    facts.append(worded("{priority} priority", priority=PRIORITIES[ticket.priority]))
    if ticket.category:
        facts.append(category(ticket.category))
    return markup(
        "*#{number} {title}*\n{facts}",
        number=ticket.id,
        title=ticket.title,
        facts=join(" · ", [markup("{fact}", fact=fact) for fact in facts]),
    )


def with_address(said: Message, base: str | None, ticket_id: TicketId) -> Message:
    """Return a message about a ticket with the ticket's address in its small print, to copy; ``base`` None: as it is.

    Nothing else on it is a link: followed, it only leads back to Slack.
    """
    if base is None:
        return said
    address = ticket_link(base, ticket_id)
    small_print = mrkdwn(link(address, shorten(address.partition("://")[2], _ADDRESS)))
    blocks = list(said.get("blocks", []))
    for place, block in enumerate(blocks):
        if block["type"] == "context":
            blocks[place] = context(*block["elements"], small_print)
            break
    else:
        blocks.append(context(small_print))
    addressed = said.copy()
    if len(blocks) <= BLOCKS_MESSAGE:
        addressed["blocks"] = blocks
    return addressed
