"""Opening a form for somebody, what they are offered where that can't be done at once, and changing an open one."""

from typing import Final

import structlog

from bot.routes import Request
from bot.slack import Slack, SlackError, SlackRefused
from bot.views.blocks import Message, View
from bot.views.offers import too_late

_REFILL_SECONDS: Final = 1.0  # there is something to say where it doesn't work, and time must be left for that

_log = structlog.get_logger(__name__)


async def open_form(slack: Slack, request: Request, view: View, offer: Message) -> Message | None:
    """Open a form and return nothing, or return ``offer``, which has the button that opens it.

    Slack opens forms only for a press or a command, not for a message, and only within three seconds.
    """
    if request.trigger_id is None:
        return offer
    try:
        await slack.open_view(request.trigger_id, view)
    except SlackRefused as error:
        if not error.is_late:
            raise
        return too_late(offer)
    return None


async def refill_form(slack: Slack, view_id: str, view: View) -> bool:
    """Show something else in an open form; tell whether that worked. What it was for is done already."""
    try:
        await slack.with_budget(_REFILL_SECONDS).update_view(view_id, view)
    except SlackError as error:
        _log.warning("an open form could not be changed", error=type(error).__name__)
        return False
    return True
