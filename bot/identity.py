"""From a Slack account to a person of the shop: who may be linked, and how a link comes about.

Most requests never come here: the database knows the link. Only who isn't linked yet is looked up in Slack, once.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.errors import AccountRefused, NotLinked
from bot.slack import Slack, SlackUser
from db.members import link_slack_user, refresh_slack_user
from db.models import SlackState
from db.pool import Database

_REMEMBERED_SECONDS: Final = 30.0  # so that somebody who tries again and again costs one call of Slack's
_REMEMBERED_PEOPLE: Final = 1000


@dataclass(slots=True)
class Workspace:
    """The one workspace that is served, and who we are in it; unknown until Slack or the operator has said so."""

    team_id: str | None = None
    bot_user_id: str | None = None
    bot_id: str | None = None
    url: str = ""

    def link_to(self, channel: str, ts: str, thread_ts: str | None = None) -> str:
        """Return a message's address, empty where the workspace's isn't known yet.

        It is what chat.getPermalink answers (docs.slack.dev/reference/methods/chat.getPermalink), without a call while
        somebody waits for a form.
        """
        if not self.url:
            return ""
        thread = f"?thread_ts={thread_ts}&cid={channel}" if thread_ts and thread_ts != ts else ""
        return f"{self.url.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}{thread}"


def slack_state(user: SlackUser) -> SlackState:
    """Return what the database keeps of an account's standing in the workspace."""
    if user.is_deleted:
        return "deleted"
    return "guest" if user.is_guest else "member"


def refuse_unlinkable(user: SlackUser, team: str) -> str:
    """Return the confirmed e-mail address by which ``user`` may be linked; raises ``NotLinked`` saying why not."""
    if (reason := _obstacle(user, team)) is not None:
        raise NotLinked(reason)
    if not user.email:
        raise NotLinked("unknown")
    if not user.email_confirmed:
        raise NotLinked("email_unconfirmed")
    return user.email


def refuse_chosen(user: SlackUser, team: str) -> None:
    """Make sure that a Manager may link this account with somebody; raises ``AccountRefused`` saying why not."""
    if (reason := _obstacle(user, team)) is not None:
        raise AccountRefused(reason)


def address_of_chosen(user: SlackUser, team: str) -> str:
    """Return the address of an account from which a Manager adds somebody; raises ``AccountRefused``."""
    refuse_chosen(user, team)
    if not user.email or not user.email_confirmed:
        raise AccountRefused("email")
    return user.email


def _obstacle(user: SlackUser, team: str) -> str | None:
    if user.is_bot:
        return "bot"
    if user.team_id != team:
        return "other_workspace"
    state = slack_state(user)
    return None if state == "member" else state


class Linker:
    """Links a Slack account to the one person of the shop who has its confirmed e-mail address."""

    def __init__(self, slack: Slack, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._slack = slack
        self._database = database
        self._clock = clock
        self._seen: dict[str, tuple[float, SlackUser]] = {}

    async def link(self, team: str, user: str) -> None:
        """Store the link, or raise ``NotLinked`` (who may have no access, and why) or ``SlackError``."""
        account = await self._look_up(user)
        email = refuse_unlinkable(account, team)
        await link_slack_user(self._database, team, user, email, account.name, account.zone)

    async def look_again(self, team: str, user: str) -> None:
        """Let a linked person in again who is a full member by now: the event that said so may have been lost.

        Raises ``NotLinked`` where they still are not, or ``SlackError``.
        """
        seen = self._seen.get(user)
        if seen is not None and slack_state(seen[1]) == "member":
            del self._seen[user]  # from before they became something else
        account = await self._look_up(user)
        state = slack_state(account)
        if state != "member":
            raise NotLinked(state)
        await refresh_slack_user(self._database, team, user, account.name, state, None, account.zone)

    async def _look_up(self, user: str) -> SlackUser:
        now = self._clock()
        seen = self._seen.get(user)
        if seen is None or now - seen[0] > _REMEMBERED_SECONDS:
            if len(self._seen) >= _REMEMBERED_PEOPLE:
                self._seen.clear()
            seen = (now, await self._slack.user_info(user))
            self._seen[user] = seen
        return seen[1]
