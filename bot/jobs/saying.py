"""Saying one claimed message in Slack: where it stands it is edited, else it is posted, once.

A claim is confirmed right before each call, so that two workers never call for the same message.
"""

import time
from datetime import timedelta
from typing import Final

import structlog

from bot.errors import DatabaseAway
from bot.slack import TOKEN_REFUSED, Posted, Slack, SlackRefused
from bot.views.announcements import announcement
from bot.views.blocks import Message
from db.models import Notification
from db.notifications import confirm_notification
from db.pool import Database

# Slack's words for a message that can't be edited (any more): it is posted anew
_NOT_EDITABLE: Final = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
_BAD_BLOCKS: Final = "invalid_blocks"  # among them: a picture that was deleted
_CLOCK_MARGIN: Final = timedelta(minutes=1)  # between the database's clock and Slack's
_CONFIRMATIONS: Final = 3

_log = structlog.get_logger(__name__)


class ClaimLost(Exception):
    """Another worker has the message, or nobody wants it said any more: nothing was done."""


async def say(
    notification: Notification, slack: Slack, database: Database, lease: timedelta, base: str | None = None
) -> Posted:
    """Post or edit the message, which is claimed for ``lease``; return where it stands.

    ``base``: of tickets' addresses, where they have any.

    Raises ``ClaimLost``, what ``bot.slack.Slack`` raises, and what ``db.pool.Database.value`` raises.
    """
    return await _Saying(notification, slack, database, lease, base).say()


class _Saying:
    def __init__(
        self, notification: Notification, slack: Slack, database: Database, lease: timedelta, base: str | None
    ) -> None:
        self._notification = notification
        self._slack = slack
        self._database = database
        self._base = base
        self._lease = lease

    async def say(self) -> Posted:
        notification = self._notification
        message, key = announcement(notification, self._base), notification.dedupe_key
        standing = _standing(notification) or await self._find()
        await self._confirm()
        if standing is not None:
            if (edited := await self._edit(standing, message, key)) is not None:
                return edited
            if notification.ts is not None and notification.kind != "card":
                return standing  # what was said once isn't said again because it was deleted
            standing = await self._find()
            await self._confirm()
            if standing is not None:
                return await self._slack.update_message(standing.channel, standing.ts, message, key=key)
        channel = notification.recipient_slack_user_id or notification.channel
        if channel is None:
            raise LookupError("a notification without a destination was claimed")
        if notification.kind == "thread" and notification.thread_ts is None:
            raise LookupError("a reply without a thread was claimed")
        try:
            return await self._post(channel, message, key)
        except SlackRefused as refused:
            if notification.chart is None or refused.code != _BAD_BLOCKS:
                raise
            _log.warning("said without its picture", code=refused.code, details=refused.details)
            message = announcement(notification.model_copy(update={"chart": None}), self._base)
            return await self._post(channel, message, key)

    async def _post(self, channel: str, message: Message, key: str) -> Posted:
        notification = self._notification
        return await self._slack.post_message(
            channel, message, key=key, thread_ts=notification.thread_ts, broadcast=notification.broadcast
        )

    async def _edit(self, standing: Posted, message: Message, key: str) -> Posted | None:
        """Put the message in the place of one that stands; None if that one can't be edited (any more)."""
        try:
            return await self._slack.update_message(standing.channel, standing.ts, message, key=key)
        except SlackRefused as refused:
            if refused.code not in _NOT_EDITABLE:
                raise
            return None

    async def _confirm(self) -> None:
        """Make sure that the claim holds, now: where the answer was long in coming, as after a pause, ask again."""
        for _ in range(_CONFIRMATIONS):
            asked = time.monotonic()
            if not await confirm_notification(self._database, self._notification, self._lease):
                raise ClaimLost
            if time.monotonic() - asked < self._lease.total_seconds() / 3:
                return
        raise DatabaseAway

    async def _find(self) -> Posted | None:
        """Look for what an uncertain send may have left. Where the history may not be read: None."""
        notification = self._notification
        if notification.uncertain_since is None:
            return None
        try:
            channel = notification.channel
            if channel is None and notification.recipient_slack_user_id is not None:
                await self._confirm()
                channel = await self._slack.open_conversation(notification.recipient_slack_user_id)
            if channel is None:
                return None
            since = notification.uncertain_since - _CLOCK_MARGIN
            return await self._slack.find_message(
                channel,
                notification.dedupe_key,
                since,
                thread_ts=notification.thread_ts,
                before_page=self._confirm,  # many outlast a lease
            )
        except SlackRefused as refused:
            if refused.code in TOKEN_REFUSED:
                raise
            _log.warning("the history can't be read; a message may come twice", code=refused.code)
            return None


def _standing(notification: Notification) -> Posted | None:
    if notification.channel is None or notification.ts is None:
        return None
    return Posted(notification.channel, notification.ts)
