"""Visits to the app's Home: shown as it is now to whoever opens it, and to those without access, why."""

from functools import partial

from bot.attending import Attendant
from bot.errors import Refusal
from bot.roles import Ability
from bot.routes import EventRequest, HomeHandler, HomeRequest
from bot.slack import Slack
from bot.views.blocks import HomeView
from bot.views.home import closed_home


class Visits:
    """Publishes the Home that somebody has opened."""

    def __init__(self, slack: Slack, attendant: Attendant) -> None:
        self._slack = slack
        self._attendant = attendant

    async def show(self, event: EventRequest, handler: HomeHandler, deadline: float) -> None:
        """Publish what the handler says. An opened conversation is no visit to the Home."""
        user = event.event.get("user")
        if event.event.get("tab") != "home" or not isinstance(user, str):
            return

        async def work() -> HomeView:
            asker = self._attendant.asker(event.team, user, Ability.SEE_HOME, "slack:home")
            request = HomeRequest(asker=asker, key=f"{event.team}:{event.event_id}", trigger_id=None)
            return await self._attendant.as_linked(asker, partial(handler, request))

        answer = await self._attendant.settle("home", "app_home_opened", deadline, work)
        view = closed_home(answer.sentence) if isinstance(answer, Refusal) else answer
        await self._attendant.tell("home", deadline, partial(self._slack.publish_home, user, view))
