"""A month as files: what is on its way, what came, and what didn't."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from bot.views.blocks import Message
from bot.views.kit import Markup, markup, message, mrkdwn, private, section
from bot.views.phrases import count
from bot.wording import month_words
from db.models import ExportAsked, Notification

_CALLED: Final[Mapping[str, str]] = {"tickets": "The tickets", "report": "The report"}


def export_asked(answer: ExportAsked) -> Message:
    """Return what is on its way, or that there is nothing to send."""
    month = month_words(answer.month)
    if not answer.tickets:
        return private(markup("No ticket was filed or completed in {month}, so there is nothing to send.", month=month))
    tickets = markup("{tickets} of {month}", tickets=count(answer.tickets, "ticket"), month=month)
    return private(markup("{tickets} and the month's report are coming to you as files.", tickets=tickets))


def month_sent(part: str, month: date) -> Markup:
    """Return the words beside a file."""
    return markup("{part} of {month}, as you asked.", part=_CALLED[part], month=month_words(month))


def month_refused(notification: Notification) -> Message:
    """Return the message to whoever wanted a month's file that couldn't be sent."""
    month = date.fromisoformat(str(notification.facts["month"]))
    said = markup(
        "{part} of {month} didn't reach you: Slack didn't take the file. Please try `/ticket export {number}` later.",
        part=_CALLED[str(notification.facts["errand"])],
        month=month_words(month),
        number=f"{month:%Y-%m}",
    )
    return message(said, [section(mrkdwn(said))])
