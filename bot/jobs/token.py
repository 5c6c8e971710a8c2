"""Whether Slack takes the app's token: a refusal concerns every message, so it must not bury them one by one."""

import time
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from bot.slack import Slack, SlackError, SlackRefused

_FIRST_WAIT: Final = 1.0  # seconds between two questions, doubled up to
_LONGEST_WAIT: Final = 60.0

_log = structlog.get_logger(__name__)


class TokenWatch:
    """Asks ``auth.test`` once a message met a refusal of the token, until the token holds.

    ``revive`` is awaited when it holds again after ``auth.test``, too, had been refused: what died of it gets another
    try. Where ``auth.test`` never was, one call alone was refused, and its message stays dead.
    """

    def __init__(self, slack: Slack, revive: Callable[[], Awaitable[object]], *, wait: float = _FIRST_WAIT) -> None:
        self._slack = slack
        self._revive = revive
        self._first_wait = self._wait = wait
        self._code: str | None = None  # of the refusal that has to be looked into
        self._confirmed = False  # by auth.test
        self._ask_at = 0.0

    def doubt(self, code: str) -> None:
        """Take note that a message was refused by ``code``, one of ``bot.slack.TOKEN_REFUSED``."""
        self._code = code

    @property
    def in_doubt(self) -> bool:
        """Whether ``holds`` would have to ask Slack."""
        return self._code is not None

    def problem(self) -> str | None:
        """Say what is wrong with the token, None where nothing is known to be."""
        if not self._confirmed:
            return None
        return f"Slack token refused ({self._code}): set SLACK_BOT_TOKEN to the one under OAuth & Permissions."

    async def holds(self) -> bool:
        """Tell whether messages may be sent, asking Slack where that is in doubt and it is time."""
        if self._code is None:
            return True
        if time.monotonic() < self._ask_at:
            return False
        try:
            await self._slack.auth_test()
        except SlackRefused as refused:
            if not self._confirmed:
                _log.error("messages wait: Slack refuses the token", code=refused.code)
            self._code, self._confirmed = refused.code, True
        except SlackError as error:
            _log.warning("can't ask whether the token holds", reason=str(error))
        else:
            if self._confirmed:
                await self._revive()
                _log.info("messages go on: Slack takes the token again")
            self._code, self._confirmed, self._wait = None, False, self._first_wait
            return True
        self._ask_at = time.monotonic() + self._wait
        self._wait = min(2 * self._wait, _LONGEST_WAIT)
        return False
