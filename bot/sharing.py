"""Files that people share in the thread of a ticket's card: kept with the ticket, if they may add to it.

Whoever shares something in another thread hears nothing. While the database is away the event isn't acknowledged:
Slack delivers it again, at once, after a minute and after five, and its id is the request's key.
"""

from functools import partial
from typing import Any

from bot.attending import Attendant
from bot.errors import DatabaseAway, OutcomeUnknown, Refusal
from bot.routes import EventRequest, Routes, Shared, SharedRequest
from bot.slack import Slack
from bot.views.blocks import Message
from bot.views.refusals import refusal_message


class Sharing:
    """Hands what was shared to its handler, and tells who shared it what came of it."""

    def __init__(self, routes: Routes, slack: Slack, attendant: Attendant) -> None:
        self._routes = routes
        self._slack = slack
        self._attendant = attendant

    def read(self, event: EventRequest) -> Shared | None:
        """Return what the event says was shared, None where that is nothing of ours."""
        share = self._routes.shares.get(str(event.event["type"]))
        return share.read(event.event) if share is not None else None

    async def take(self, event: EventRequest, shared: Shared, deadline: float) -> bool:
        """Have it kept; tell whether that is done, one way or the other."""
        share = self._routes.shares[str(event.event["type"])]

        async def work() -> Message | None:
            request = SharedRequest(
                asker=self._attendant.asker(event.team, shared.user, share.needs, "slack:thread"),
                key=f"{event.team}:{event.event_id}",
                trigger_id=None,
                shared=shared,
            )
            return await self._attendant.as_linked(request.asker, partial(share.handler, request))

        answer = await self._attendant.settle("event", "file_share", deadline, work)
        if isinstance(answer, DatabaseAway | OutcomeUnknown):
            return False
        if isinstance(answer, Refusal):
            answer = refusal_message(answer.sentence)
        if answer:
            await self._attendant.tell("event", deadline, partial(self._say, shared, answer))
        return True

    async def _say(self, shared: Shared, answer: Message) -> None:
        content: dict[str, Any] = {name: answer[name] for name in ("text", "blocks") if name in answer}
        await self._slack.post_ephemeral(shared.channel, shared.user, content, thread_ts=shared.thread_ts)
