"""Attending to one request, however it came: who is asking, linking them, keeping the time, ending every exception.

Slack waits three seconds for its acknowledgement. A handler's work and its answer have ``REQUEST_SECONDS`` together.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import structlog

from bot.errors import NotLinked, Refusal, Starting
from bot.failures import explain, outcome_of
from bot.identity import Linker, Workspace
from bot.metrics import Metrics
from bot.roles import Ability, roles_with
from bot.slack import SlackError
from db.models import Asker

REQUEST_SECONDS: Final = 2.5  # from a request's arrival to its answer; Slack gives up after 3

_LAST_WORDS_SECONDS: Final = 0.3  # for telling somebody that the time was up

_T = TypeVar("_T")
_log = structlog.get_logger(__name__)


class Attendant:
    """What commands, buttons, forms and messages have in common on their way to a handler and back."""

    def __init__(self, linker: Linker, workspace: Workspace, metrics: Metrics) -> None:
        self._metrics = metrics
        self._linker = linker
        self._workspace = workspace

    def asker(self, team: str, user: str, ability: Ability, source: str) -> Asker:
        """Say who is asking, and which roles may. Raises ``Starting`` before the workspace is known."""
        if self._workspace.team_id is None:
            raise Starting
        return Asker(team=team, slack_user=user, roles=tuple(sorted(roles_with(ability))), source=source)

    async def as_linked(self, asker: Asker, work: Callable[[], Awaitable[_T]]) -> _T:
        """Do the work; if the database doesn't know the account, or not as a member, ask Slack and try once more."""
        try:
            return await work()
        except NotLinked as error:
            match error.reason:
                case "unknown":
                    ask = self._linker.link
                case "guest" | "deleted":
                    ask = self._linker.look_again
                case _:
                    raise
        await ask(asker.team, asker.slack_user)
        return await work()

    async def settle(self, kind: str, name: str, deadline: float, work: Callable[[], Awaitable[_T]]) -> _T | Refusal:
        """Do the work within its time. Whatever goes wrong comes back as the refusal that the person reads."""
        started = time.perf_counter()
        limit = asyncio.timeout_at(deadline)
        try:
            async with limit:
                answer = await work()
        except Exception as error:  # noqa: BLE001  the one place where exceptions end
            late = isinstance(error, TimeoutError) and limit.expired()
            refusal = explain(error, late=late, kind=kind, name=name, ms=_since(started))
            self._metrics.answered(kind, outcome_of(refusal), time.perf_counter() - started)
            return refusal
        _log.debug("answered", kind=kind, name=name, ms=_since(started))
        self._metrics.answered(kind, "answered", time.perf_counter() - started)
        return answer

    async def tell(self, kind: str, deadline: float, send: Callable[[], Awaitable[object]]) -> None:
        """Show an answer by a call of its own. What had to happen is done already, so a failure is only logged."""
        limit = max(deadline, asyncio.get_running_loop().time() + _LAST_WORDS_SECONDS)
        try:
            async with asyncio.timeout_at(limit):
                await send()
        except (SlackError, TimeoutError) as error:
            _log.warning("an answer was not delivered", kind=kind, error=type(error).__name__)


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)
