"""Keeps the Homes that people have open true, when tickets or people's access change, whoever changed them."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import structlog

from bot.errors import NotLinked
from bot.jobs.supervision import keep_time
from bot.roles import Ability, roles_with
from bot.slack import Slack, SlackError, SlackRefused
from bot.views.home import closed_home, home
from db.home import claim_stale_homes, forget_home, read_home
from db.models import Asker
from db.pool import Database

EVERY_SECONDS: Final = 2.0
_AT_ONCE: Final = 10
_LATELY: Final = timedelta(hours=12)  # a working day: Slack doesn't say when a Home is left
_PACE: Final = timedelta(seconds=10)  # for one person; Slack allows about 100 publications a minute to the whole app

_log = structlog.get_logger(__name__)


async def run_homes(
    database: Database,
    slack: Slack,
    team: Callable[[], str | None],
    stopping: asyncio.Event,
    *,
    every: float = EVERY_SECONDS,
    pace: timedelta = _PACE,
) -> None:
    """Publish what is out of date, each ``every`` seconds, until ``stopping``. ``team``: the workspace, once known."""

    async def tick() -> None:
        if (workspace := team()) is not None:
            for user in await claim_stale_homes(database, _AT_ONCE, _LATELY, pace):
                await _publish(database, slack, workspace, user)

    await keep_time("homes", tick, stopping, every=every)


async def _publish(database: Database, slack: Slack, team: str, user: str) -> None:
    """Publish one Home, to who has lost their access a closed one. A failure waits for its next change or opening."""
    roles = tuple(sorted(roles_with(Ability.SEE_HOME)))
    asker = Asker(team=team, slack_user=user, roles=roles, source="worker:home")
    try:
        try:
            await slack.publish_home(user, home(await read_home(database, asker, opened=False)))
        except NotLinked as refusal:
            await slack.publish_home(user, closed_home(refusal.sentence))
            await forget_home(database, user)
    except SlackRefused as error:
        _log.info("a Home is let go of", error=type(error).__name__)
        await forget_home(database, user)
    except SlackError as error:
        _log.warning("a Home was not published", error=type(error).__name__)
