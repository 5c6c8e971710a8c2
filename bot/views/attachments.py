"""Files of a ticket: what can't be done with one is told to who asked for it."""

from collections.abc import Mapping
from typing import Final

from bot.views import ids
from bot.views.kit import Markup, Message, actions, button, markup, message, mrkdwn, section
from bot.views.phrases import named
from db.models import CardTicket, Notification, TicketId

# why a file wasn't kept or sent -> in words; the reasons are those of ``bot.jobs.files``
_REASONS: Final[Mapping[str, Markup]] = {
    "too_large": markup("it is larger than 50 MB. A smaller one can be added."),
    "empty": markup("it is empty. Add it again once something is in it."),
    "type": markup("it isn't a photo, a PDF, a video or plain text. Add a picture of it, or its text, instead."),
    "elsewhere": markup("it isn't kept in Slack itself. Download it from where it is, and add it as a file."),
    "gone": markup("it isn't in Slack any more, or not where this app can see it. Add it by the ticket's form."),
    "not_yours": markup("somebody else uploaded it. Whoever has it can add it."),
    "not_given": markup(
        "Slack didn't hand it over. Add it again; if that doesn't help, tell who looks after this app."
    ),
    "lost": markup("it isn't where it was kept. Please tell whoever looks after this app."),
    "not_taken": markup("Slack didn't take it. Please try again later."),
}


def file_refused(notification: Notification, ticket: CardTicket) -> Message:
    """Return the message to whoever wanted a file kept or sent, and why that wasn't done."""
    why = _REASONS.get(str(notification.facts.get("reason")), _REASONS["not_given"])
    if notification.facts.get("errand") == "send":
        said = markup("A file of ticket {ticket} wasn't sent to you: {why}", ticket=named(ticket), why=why)
    else:
        said = markup("A file for ticket {ticket} wasn't kept: {why}", ticket=named(ticket), why=why)
    spoken = f"Open ticket #{ticket.id}"
    opens = button("Open", ids.TICKET_OPEN, ticket.id, spoken=spoken)
    return message(said, [section(mrkdwn(said)), *actions([opens])])


def file_sent(ticket: TicketId) -> Markup:
    """Return the words beside a file that is handed to somebody."""
    return markup("From ticket #{number}, as you asked.", number=ticket)
