"""Panes of details that people open from a preview: filled as they see the ticket, and for the others with why not."""

from functools import partial

from bot.attending import Attendant
from bot.errors import Refusal
from bot.roles import Ability
from bot.routes import DetailsHandler, DetailsRequest, EventRequest
from bot.slack import Slack
from bot.views.entities import Entity, refused_entity


class Panes:
    """Presents the Work Object that somebody has opened."""

    def __init__(self, slack: Slack, attendant: Attendant) -> None:
        self._slack = slack
        self._attendant = attendant

    async def present(self, event: EventRequest, handler: DetailsHandler, deadline: float) -> None:
        """Show what the handler says, before Slack's trigger is void."""
        user, trigger_id, address = (event.event.get(name) for name in ("user", "trigger_id", "entity_url"))
        if not (isinstance(user, str) and isinstance(trigger_id, str) and isinstance(address, str)):
            return

        async def work() -> Entity:
            asker = self._attendant.asker(event.team, user, Ability.SEE_TICKET, "slack:link")
            request = DetailsRequest(
                asker=asker, key=f"{event.team}:{event.event_id}", trigger_id=trigger_id, address=address
            )
            return await self._attendant.as_linked(asker, partial(handler, request))

        answer = await self._attendant.settle("details", "entity_details_requested", deadline, work)
        if isinstance(answer, Refusal):
            show = partial(self._slack.refuse_details, trigger_id, refused_entity(answer.sentence))
        else:
            show = partial(self._slack.present_details, trigger_id, answer)
        await self._attendant.tell("details", deadline, show)
