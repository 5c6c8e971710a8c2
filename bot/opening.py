"""Opening a form for somebody, and what they are offered where that can't be done at once."""

from bot.routes import Request
from bot.slack import Slack, SlackRefused
from bot.views.kit import Message, View
from bot.views.offers import too_late


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
