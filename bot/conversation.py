"""What people say to the app in a message, a mention or directly: understood and answered as if typed after /ticket.

The answer is for whoever spoke alone, and a convenience: what had to happen is committed before it is sent. An event
that Slack delivers again has no second effect, since its id is the request's key, and is answered once by each process.
"""

from functools import partial
from typing import Any, Final

from bot import grammar
from bot.attending import Attendant
from bot.errors import Refusal
from bot.routes import CommandRequest, EventRequest, Routes, Said
from bot.slack import Slack
from bot.views.blocks import Message
from bot.views.refusals import refusal_message

_REMEMBERED: Final = 1000  # events; Slack delivers one again at once, after a minute and after five


class Conversation:
    """Answers messages by the handlers of the commands."""

    def __init__(self, routes: Routes, slack: Slack, attendant: Attendant) -> None:
        self._routes = routes
        self._slack = slack
        self._attendant = attendant
        self._begun: dict[str, None] = {}  # event ids, the oldest first

    async def answer(self, event: EventRequest, said: Said | None, deadline: float) -> None:
        """Do what was said, and say what came of it. ``None``: nothing was said to us."""
        if said is None or not self._is_new(event.event_id):
            return

        async def work() -> Message | None:
            command = grammar.parse(said.text)
            source = "slack:message" if said.direct else "slack:mention"
            request = CommandRequest(
                asker=self._attendant.asker(event.team, said.user, command.ability, source),
                key=f"{event.team}:{event.event_id}",
                trigger_id=None,
                command=command,
                channel=said.channel,
            )
            return await self._attendant.as_linked(request.asker, partial(self._routes.commands[command.verb], request))

        answer = await self._attendant.settle("message", str(event.event["type"]), deadline, work)
        if isinstance(answer, Refusal):
            answer = refusal_message(answer.sentence)
        if answer:
            await self._attendant.tell("message", deadline, partial(self._say, said, answer, event.event_id))

    async def _say(self, said: Said, answer: Message, event_id: str) -> None:
        content: dict[str, Any] = {name: answer[name] for name in ("text", "blocks") if name in answer}
        if said.direct:
            await self._slack.post_message(said.channel, content, key=f"answer:{event_id}", thread_ts=said.thread_ts)
        else:
            await self._slack.post_ephemeral(said.channel, said.user, content, thread_ts=said.thread_ts)

    def _is_new(self, event_id: str) -> bool:
        if event_id in self._begun:
            return False
        if len(self._begun) >= _REMEMBERED:
            del self._begun[next(iter(self._begun))]
        self._begun[event_id] = None
        return True
