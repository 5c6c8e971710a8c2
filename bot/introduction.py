"""Who we are to Slack, found out once at start: whose token it is, and which workspace this database belongs to."""

import asyncio
from typing import Final

import structlog

from bot.errors import DatabaseAway, OutcomeUnknown
from bot.identity import Workspace
from bot.readiness import Readiness
from bot.slack import TOKEN_REFUSED, Slack, SlackError, SlackRefused
from db.members import claim_workspace
from db.notifications import revive_notifications
from db.pool import Database

_FIRST_WAIT: Final = 1.0  # seconds, doubled up to
_LONGEST_WAIT: Final = 60.0
_CHECK_EVERY: Final = 300.0  # seconds between checks of a token that worked
_log = structlog.get_logger(__name__)


class Introduction:
    """Asks Slack who we are until it says so; what stands in the way meanwhile is in ``readiness.slack``."""

    def __init__(
        self, slack: Slack, database: Database, workspace: Workspace, readiness: Readiness, team_id: str | None
    ) -> None:
        self._slack = slack
        self._database = database
        self._workspace = workspace
        self._readiness = readiness
        self._expected = team_id
        self._known = False

    async def watch(self) -> None:
        """Ask again until everything is known, then now and again whether the token still holds. Never returns."""
        wait = _FIRST_WAIT
        while True:
            await asyncio.sleep(_CHECK_EVERY if self._known else wait)
            await self.attempt()
            wait = _FIRST_WAIT if self._known else min(2 * wait, _LONGEST_WAIT)

    async def attempt(self) -> None:
        """Ask once."""
        self._known = False
        try:
            problem = await self._ask()
            self._known = problem is None and self._workspace.bot_user_id is not None
        except SlackRefused as error:
            problem = (
                f"Slack refuses the token ({error.code}): set SLACK_BOT_TOKEN to the one under OAuth & Permissions."
            )
        except (DatabaseAway, OutcomeUnknown):
            problem = "The database has not said yet which workspace it belongs to."
        if problem is not None and problem != self._readiness.slack:
            _log.error("not ready", problem=problem)
        self._readiness.slack = problem

    async def _ask(self) -> str | None:
        try:
            me = await self._slack.auth_test()
        except SlackRefused:
            raise
        except SlackError:
            return await self._do_without()
        if self._expected is not None and me.team_id != self._expected:
            return f"SLACK_TEAM_ID is {self._expected}, but the token belongs to {me.team_id}: change one of them."
        if problem := await self._claim(me.team_id):
            return problem
        if self._workspace.bot_user_id is None:
            _log.info("known to Slack", team=me.team_id)
            # of a token that has been replaced meanwhile
            await revive_notifications(self._database, errors=TOKEN_REFUSED)
        self._workspace.bot_user_id = me.user_id
        self._workspace.bot_id = me.bot_id
        self._workspace.url = me.url
        self._workspace.team_id = me.team_id
        return None

    async def _do_without(self) -> str | None:
        """Serve the workspace that the operator named while Slack is away; without a name, wait for Slack."""
        if self._workspace.team_id is not None:
            return None
        if self._expected is None:
            return "Slack has not said yet which workspace the token belongs to: it can't be reached."
        if problem := await self._claim(self._expected):
            return problem
        self._workspace.team_id = self._expected
        return None

    async def _claim(self, team: str) -> str | None:
        stored = await claim_workspace(self._database, team)
        if stored != team:
            return f"This database belongs to the workspace {stored}, not to {team}: set another DATABASE_URL."
        return None
