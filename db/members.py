"""The shop's people and their Slack accounts: one function, one statement.

Every function raises what ``db.pool.Database.ask`` raises.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from bot.errors import FormValue, NotLinked
from bot.roles import Role
from db.models import (
    AccessDecided,
    Actor,
    ActorSeen,
    Asker,
    Granted,
    Linked,
    People,
    PersonChanged,
    PersonSeen,
    SlackState,
)
from db.pool import Database

ACTOR: Final = "SELECT app.read_actor($1, $2, $3, $4)"
SHOWN_ACTOR: Final = "SELECT app.read_actor($1, $2, $3, $4) AS shown"
_LINK: Final = "SELECT app.link_slack_user($1, $2, $3, $4, $5)"
_REFRESH: Final = "SELECT app.refresh_slack_user($1, $2, $3, $4, $5, $6)"
_CLAIM: Final = "SELECT app.claim_workspace($1)"
_CLAIM_SETTINGS: Final = "SELECT app.claim_settings($1, $2)"
_DECIDE: Final = "SELECT app.decide_access($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
_PEOPLE: Final = "SELECT app.read_people($1, $2, $3, $4, $5, $6, $7)"
_PERSON: Final = "SELECT app.read_person($1, $2, $3, $4, $5, $6)"
_CHANGE: Final = "SELECT app.change_person($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
_ADD: Final = "SELECT app.add_person($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
_GRANT: Final = "SELECT app.grant_access($1, $2, $3)"


async def read_actor(db: Database, asker: Asker) -> ActorSeen:
    """Return who is asking."""
    return await db.ask(ACTOR, asker, answer=ActorSeen)


async def show_actor(db: Database, asker: Asker) -> ActorSeen:
    """Return who is asking, for them to read and never to decide by: ``db.caches`` may answer it."""
    return await db.ask(SHOWN_ACTOR, asker, answer=ActorSeen)


async def link_slack_user(  # noqa: PLR0917 - in the order of the sentence
    db: Database, team: str, user: str, email: str, name: str, zone: str | None = None
) -> Actor:
    """Link a Slack account for good to the one person who has this confirmed e-mail address.

    ``zone``: the account's time zone.

    Raises:
        NotLinked: nobody has it, or the person may not be linked this way; where a Manager can help, they are asked.
    """
    linked = await db.document(_LINK, team, user, email, name, zone, answer=Linked, writes=True)
    if linked.actor is None:
        raise NotLinked(linked.reason or "unknown", linked.asked)
    return linked.actor


async def decide_access(  # noqa: PLR0917 - in the order of the sentence
    db: Database,
    asker: Asker,
    key: str,
    request_id: int,
    role: Role | None,
    account: str | None = None,
    state: SlackState | None = None,
    zone: str | None = None,
) -> AccessDecided:
    """Let whoever made a request for access in as ``role``, or refuse it (None).

    ``account``, ``state`` and ``zone``: who asked, and what Slack says of them now; a role is given to a member alone,
    and who has become something else is refused.

    Raises:
        AccessDecidedAlready: another Manager was quicker.
        AccessRequestGone: it isn't kept any more.
        AccountKnown: who had the account before has another one by now.
        AccessInactive: whoever has the e-mail address was switched off.
        AccessChanged: somebody else has been given the e-mail address meanwhile.
        LastManager: the address is the last active Manager's, who would become something else.
    """
    return await db.ask(_DECIDE, asker, key, request_id, role, account, state, zone, answer=AccessDecided, writes=True)


async def read_people(
    db: Database, asker: Asker, words: str, edge: int | None = None, *, backwards: bool = False
) -> People:
    """Return ten of the people in whose name, address or role the words stand, from after the person ``edge`` on."""
    return await db.ask(_PEOPLE, asker, words, edge, backwards, answer=People)


async def read_person(db: Database, asker: Asker, person: int | None, account: str | None = None) -> PersonSeen:
    """Return somebody by their id, or by their Slack account. Raises ``PersonGone`` for an id that nobody has."""
    return await db.ask(_PERSON, asker, person, account, answer=PersonSeen)


async def change_person(  # noqa: PLR0917 - in the order of the sentence
    db: Database,
    asker: Asker,
    key: str,
    person: int,
    seen: Mapping[str, FormValue],
    changes: Mapping[str, FormValue],
    name: str | None,
    zone: str | None = None,
) -> PersonChanged:
    """Give somebody another role, access or Slack account: ``role``, ``is_active``, ``slack_user_id``.

    ``seen``: all three, as the Manager was looking at them. ``name`` and ``zone``: of a new account.

    Raises:
        PersonGone: nobody has this id any more.
        PersonYourself: it is who asks.
        PersonChangedMeanwhile: somebody else has changed one of the three since.
        AccountKnown: somebody else has the account.
        LastManager: nobody else could let anybody in.
    """
    values = json.dumps(dict(seen)), json.dumps(dict(changes))
    return await db.ask(_CHANGE, asker, key, person, *values, name, zone, answer=PersonChanged, writes=True)


async def add_person(  # noqa: PLR0917 - as above
    db: Database, asker: Asker, key: str, account: str, name: str, email: str, role: Role, zone: str | None = None
) -> PersonChanged:
    """Add somebody from their Slack account alone. Raises ``AccountKnown``: somebody has it, or its address."""
    return await db.ask(_ADD, asker, key, account, name, email, role, zone, answer=PersonChanged, writes=True)


async def refresh_slack_user(  # noqa: PLR0917 - in the order of the sentence
    db: Database, team: str, user: str, name: str, state: SlackState, told_at: datetime | None, zone: str | None = None
) -> bool:
    """Keep what Slack says of a linked person: name, time zone, the account's state. Return whether they are linked.

    ``told_at``: when Slack said so, None for now. What is older than what was heard before changes nothing.
    """
    known: bool = await db.value(_REFRESH, team, user, name, state, told_at, zone, writes=True)
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
