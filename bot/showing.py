"""Showing what came of a press or a shortcut, which Slack doesn't read from the acknowledgement: where it was made."""

from collections.abc import Awaitable, Callable
from typing import Final

from bot.errors import Refusal
from bot.payloads import BlockActions, Shortcut
from bot.slack import Slack, SlackRefused
from bot.views.blocks import Message, View
from bot.views.kit import as_notice
from bot.views.refusals import refusal_message

_TITLE: Final = "Tickets"  # of an answer that is shown in a modal


class Showing:
    """Answers by a call of its own. Every method raises ``SlackError``."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    async def answer_press(self, delivered: BlockActions, answer: Message) -> None:
        """Answer where the button is: beside its message, over its form, in its modal, or in one over the Home."""
        view = delivered.view
        if delivered.response_url is not None:
            shown = {"response_type": "ephemeral", "replace_original": False, **answer}
            await self._slack.respond(delivered.response_url, shown)
        elif view is None or view.type != "modal":
            await self._in_modal(self._slack.open_view, delivered, answer)
        elif view.callback_id:
            await self._in_modal(self._slack.push_view, delivered, answer)  # what was typed stays below
        else:
            await self._slack.update_view(view.id, as_notice(_TITLE, answer))

    async def answer_shortcut(self, delivered: Shortcut, answer: Message | Refusal) -> None:
        """Answer what may have been chosen anywhere: a refusal in a modal, the rest by direct message."""
        if isinstance(answer, Refusal):
            await self._in_modal(self._slack.open_view, delivered, refusal_message(answer.sentence))
        else:
            await self._directly(delivered, answer)

    async def _in_modal(
        self, show: Callable[[str, View], Awaitable[None]], delivered: BlockActions | Shortcut, answer: Message
    ) -> None:
        try:
            await show(delivered.trigger_id, as_notice(_TITLE, answer))
        except SlackRefused as error:
            if not error.is_late:
                raise
            await self._directly(delivered, answer)

    async def _directly(self, delivered: BlockActions | Shortcut, answer: Message) -> None:
        content = {"text": answer["text"], "blocks": answer.get("blocks", [])}
        await self._slack.post_message(delivered.user_id, content, key=f"answer:{delivered.trigger_id}")
