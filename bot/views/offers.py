"""What answers a message where a form is wanted: Slack opens a form only for a press, so here is a button."""

from typing import Final

from bot.views import ids
from bot.views.kit import Block, Button, Markup, Message, actions, button, markup, mrkdwn, private, section
from bot.views.phrases import named
from db.models import Ticket

_VALUE_MAX: Final = 2000  # characters that a button carries


def new_ticket_offer(title: str) -> Message:
    """Return the button that opens the form for a new ticket, with the title filled in if there is one."""
    said = markup("This button opens the form for a new ticket.")
    return _offer(said, button("New ticket", ids.TICKET_NEW, title, style="primary"))


def completion_offer(ticket: Ticket, resolution: str) -> Message:
    """Return the button that opens the form which asks for the hours; what was done goes with it as far as it fits."""
    said = markup("How many hours? This button opens the form that completes {ticket}.", ticket=named(ticket))
    value = f"{ticket.id} {resolution}".strip()[:_VALUE_MAX]
    return _offer(said, button("Complete", ids.TICKET_FINISH, value, style="primary"))


def _offer(said: Markup, pressed: Button) -> Message:
    blocks: list[Block] = [section(mrkdwn(said)), *actions([pressed])]
    return private(said, blocks)
