"""Who somebody is here, what they can do, and keeping their name and standing true to Slack."""

from bot.deps import Deps
from bot.errors import RoleForbidden
from bot.grammar import find_verb
from bot.identity import slack_state
from bot.roles import may
from bot.routes import CommandRequest, EventRequest, Routes
from bot.slack import SlackUser, moment_of
from bot.views import people
from bot.views.blocks import Message
from db.members import refresh_slack_user, show_actor


def register(routes: Routes, deps: Deps) -> None:
    """Route what concerns people."""
    database = deps.database

    async def whoami(request: CommandRequest) -> Message:
        return people.whoami((await show_actor(database, request.asker)).actor)

    async def explain(request: CommandRequest) -> Message:
        actor = (await show_actor(database, request.asker)).actor
        if not request.command.text:
            return people.help_on_all(actor)
        verb = find_verb(request.command.text)
        if not may(actor.role, verb.ability):
            raise RoleForbidden(actor.role)
        return people.help_on(verb)

    async def refresh(request: EventRequest) -> None:
        user = SlackUser.from_document(request.event["user"])
        told_at = moment_of(request.event.get("event_ts"))
        await refresh_slack_user(database, request.team, user.id, user.name, slack_state(user), told_at, user.zone)

    routes.command("whoami", whoami)
    routes.command("help", explain)
    routes.event("user_change", refresh)
