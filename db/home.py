"""The app's Home: what it shows, and whose is out of date. Every function raises what ``db.pool.Database`` raises."""

from datetime import timedelta
from typing import Final

from pydantic import TypeAdapter

from db.models import Asker, Home
from db.pool import Database

_READ: Final = "SELECT app.read_home($1, $2, $3, $4, $5)"
_CLAIM: Final = "SELECT app.claim_stale_homes($1, $2, $3)"
_FORGET: Final = "SELECT app.forget_home($1)"
_USERS: Final = TypeAdapter(list[str])


async def read_home(db: Database, asker: Asker, *, opened: bool) -> Home:
    """Return a person's Home. ``opened``: by themselves just now, so that it is kept fresh for a while."""
    return await db.ask(_READ, asker, opened, answer=Home)


async def claim_stale_homes(db: Database, limit: int, lately: timedelta, pace: timedelta) -> list[str]:
    """Return the Slack ids of those whose Home is older than the newest change, each at most once in ``pace``."""
    return _USERS.validate_json(await db.value(_CLAIM, limit, lately, pace, writes=True))


async def forget_home(db: Database, slack_user: str) -> None:
    """Publish nothing more to this person until they open their Home again."""
    await db.value(_FORGET, slack_user, writes=True)
