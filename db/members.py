"""The shop's people and their Slack accounts: one function, one statement.

Every function raises what ``db.pool.Database.ask`` raises.
"""

from datetime import datetime
from typing import Final, Literal

from bot.errors import NotLinked
from bot.roles import Role
from db.models import AccessDecided, Actor, ActorSeen, Asker, Granted, Linked
from db.pool import Database

SlackState = Literal["member", "guest", "deleted"]

ACTOR: Final = "SELECT app.read_actor($1, $2, $3, $4)"
SHOWN_ACTOR: Final = "SELECT app.read_actor($1, $2, $3, $4) AS shown"
_LINK: Final = "SELECT app.link_slack_user($1, $2, $3, $4)"
_REFRESH: Final = "SELECT app.refresh_slack_user($1, $2, $3, $4, $5)"
_CLAIM: Final = "SELECT app.claim_workspace($1)"
_CLAIM_SETTINGS: Final = "SELECT app.claim_settings($1, $2)"
_DECIDE: Final = "SELECT app.decide_access($1, $2, $3, $4, $5, $6, $7)"
_GRANT: Final = "SELECT app.grant_access($1, $2, $3)"


async def read_actor(db: Database, asker: Asker) -> ActorSeen:
    """Return who is asking."""
    return await db.ask(ACTOR, asker, answer=ActorSeen)


async def show_actor(db: Database, asker: Asker) -> ActorSeen:
    """Return who is asking, for them to read and never to decide by: ``db.caches`` may answer it."""
    return await db.ask(SHOWN_ACTOR, asker, answer=ActorSeen)


async def link_slack_user(db: Database, team: str, user: str, email: str, name: str) -> Actor:
    """Link a Slack account for good to the one person who has this confirmed e-mail address.

    Raises:
        NotLinked: nobody has it, or the person may not be linked this way; where a Manager can help, they are asked.
    """
    linked = await db.document(_LINK, team, user, email, name, answer=Linked, writes=True)
    if linked.actor is None:
        raise NotLinked(linked.reason or "unknown", linked.asked)
    return linked.actor


async def decide_access(db: Database, asker: Asker, key: str, request_id: int, role: Role | None) -> AccessDecided:
    """Let whoever made a request for access in as ``role``, or refuse it (None).

    Raises:
        AccessDecidedAlready: another Manager was quicker.
        AccessRequestGone: it isn't kept any more.
        AccessInactive: whoever has the e-mail address was switched off.
        AccessChanged: somebody else has been given the e-mail address meanwhile.
        LastManager: the address is the last active Manager's, who would become something else.
    """
    return await db.ask(_DECIDE, asker, key, request_id, role, answer=AccessDecided, writes=True)


async def refresh_slack_user(  # noqa: PLR0917 - in the order of the sentence
    db: Database, team: str, user: str, name: str, state: SlackState, told_at: datetime | None
) -> bool:
    """Keep a linked person's display name and the state of their Slack account; return whether they are linked.

    ``told_at``: when Slack said so, None for now. What is older than what was heard before changes nothing.
    """
    known: bool = await db.value(_REFRESH, team, user, name, state, told_at, writes=True)
    return known


async def claim_workspace(db: Database, team: str) -> str:
    """Store the one workspace that is served, if none is stored yet; return the stored one."""
    stored: str = await db.value(_CLAIM, team, writes=True)
    return stored


async def claim_settings(db: Database, time_zone: str, summary_time: str) -> None:
    """Store the shop's time zone and the hour of its summary, unless they are stored already."""
    await db.value(_CLAIM_SETTINGS, time_zone, summary_time, writes=True)


async def grant_access(db: Database, email: str, role: Role, slack_user: str | None) -> Granted:
    """Give somebody a role, whatever stood there before. Only the tables' owner may: not the bot's own role."""
    return await db.document(_GRANT, email, role, slack_user, answer=Granted, writes=True)
