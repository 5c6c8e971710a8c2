"""The dispatcher: says in Slack what the outbox holds.

Any number of dispatchers may run, in any number of processes. Each message is said at least once, and practically
exactly once: after a send whose outcome is unknown the channel's history is asked before posting again.
"""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

import asyncpg
import structlog

from bot.errors import DatabaseAway, OutcomeUnknown
from bot.jobs.saying import ClaimLost, say
from bot.jobs.token import TokenWatch
from bot.metrics import Metrics, Reason
from bot.slack import TOKEN_REFUSED, Slack, SlackError, SlackLimited, SlackRefused, SlackUnreachable
from db.models import Notification
from db.notifications import (
    Unreadable,
    bury_notification,
    claim_notifications,
    finish_notification,
    hear_notifications,
    next_notification_due,
    postpone_notification,
    repost_card,
    revive_notifications,
)
from db.pool import Database

# Slack's words for a reply whose thread's first message is gone
_NO_THREAD: Final = frozenset({"thread_not_found", "message_not_found", "cannot_reply_to_message"})
_NEW_CARDS: Final = 3  # postponements of a reply, after which no new card is posted for it
_DATABASE_TROUBLE: Final = (DatabaseAway, OutcomeUnknown, asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
_FAILURES: Final = 8  # of our own making, after which a message is given up: 17 minutes with the waits between
_HELD_UP: Final = 8  # failures of Slack's at a message, after which others overtake it: 8 minutes with the waits
_PAUSE: Final = 1.0  # seconds, after trouble with the database
_SHORTEST_WAIT: Final = 0.05  # seconds: what is due may be locked by a writer

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Tempo:
    """How fast, in seconds. Two thirds of ``lease`` must be longer than a call to Slack may take."""

    pace: float = 1.0  # between two messages to one destination; Slack allows about one a second
    lease: float = 8.0  # a killed worker's message goes on after it
    poll: float = 5.0  # how often the outbox is looked at without a wake-up
    deaf_poll: float = 1.0  # the same while no wake-up can be heard
    backoff: float = 2.0  # the first wait after a failure; it doubles
    longest: float = 300.0  # such wait
    grace: float = 20.0  # for what is on its way when the dispatcher stops


class Announcer:
    """One dispatcher. ``run`` until ``stop``; where ``run`` ended by an error it may be run again."""

    def __init__(
        self,
        database: Database,
        slack: Slack,
        *,
        dsn: str,
        shop_channel: str | None,
        base: str | None = None,
        concurrency: int = 10,
        tempo: Tempo | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        """Take the worker's pool and Slack, and the DSN for the connection that listens.

        ``base``: of tickets' addresses, where they have any.
        """
        self._database = database
        self._slack = slack
        self._dsn = dsn
        self._shop_channel = shop_channel
        self._base = base
        self._concurrency = concurrency
        self._tempo = tempo or Tempo()
        self._metrics = metrics or Metrics()
        self._lease = timedelta(seconds=self._tempo.lease)
        self._wake = asyncio.Event()
        self._hears = False
        revive = partial(revive_notifications, database, errors=TOKEN_REFUSED)
        self._token = TokenWatch(slack, revive, wait=self._tempo.backoff)
        self._stopping = False
        self._on_their_way: set[asyncio.Task[None]] = set()
        self._beat = time.monotonic()

    def heartbeat(self) -> float:
        """Return when the loop last went round, by ``time.monotonic``."""
        return self._beat

    def problem(self) -> str | None:
        """Say why nothing is sent, None where that isn't so."""
        return self._token.problem()

    @property
    def hears(self) -> bool:
        """Whether a wake-up would be heard."""
        return self._hears

    def stop(self) -> None:
        """Let ``run`` end, once what is on its way has been said."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Say what is due, as it becomes due."""
        listener = asyncio.create_task(self._listen())
        try:
            while not self._stopping:
                self._beat = time.monotonic()
                self._wake.clear()
                if listener.done():
                    listener.result()  # raises
                wait = await self._send_due()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), wait)
        finally:
            listener.cancel()
            await asyncio.gather(listener, return_exceptions=True)
            await self._finish_sending()

    async def _send_due(self) -> float:
        """Start sending what is due; return the seconds until there may be more."""
        poll = self._tempo.poll if self._hears else min(self._tempo.deaf_poll, self._tempo.poll)
        free = self._concurrency - len(self._on_their_way)
        if free == 0:
            return poll
        if self._token.in_doubt and self._on_their_way:
            return poll  # until the last has ended: what dies of the token is revived together
        try:
            if not await self._token.holds():
                return poll
            claimed = await claim_notifications(self._database, self._shop_channel, free, self._lease)
            for notification in claimed:
                task = asyncio.create_task(self._deliver(notification))
                self._on_their_way.add(task)
                task.add_done_callback(self._forget)
            if len(claimed) == free:
                return poll  # until one of them has ended
            due = await next_notification_due(self._database)
        except _DATABASE_TROUBLE as error:
            _log.warning("the outbox can't be read", error=type(error).__name__)
            return _PAUSE
        return poll if due is None else min(max(due, _SHORTEST_WAIT), poll)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._on_their_way.discard(task)
        self._wake.set()

    async def _finish_sending(self) -> None:
        tasks = set(self._on_their_way)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=self._tempo.grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _listen(self) -> None:
        """Wake the loop for each NOTIFY, on a connection that is made again whenever it is lost."""
        while True:
            with suppress(*_DATABASE_TROUBLE, TimeoutError):
                async with hear_notifications(self._dsn, self._wake.set) as hearing:
                    if not hearing.direct:
                        _log.warning("a pooler may keep wake-ups from here: set DATABASE_LISTEN_URL", polls_each=1)
                    self._hears = hearing.direct
                    self._wake.set()  # something may have been written while nobody listened
                    await hearing.lost.wait()
            self._hears = False
            await asyncio.sleep(_PAUSE)

    async def _deliver(self, notification: Notification | Unreadable) -> None:
        """Say one message and settle its claim."""
        log = _log_of(notification)
        if isinstance(notification, Unreadable):
            await self._retry_fault(notification, ValueError(notification.fault))
            return
        try:
            posted = await say(notification, self._slack, self._database, self._lease, self._base)
        except ClaimLost:
            log.info("claim lost")
            self._metrics.notified(notification.kind, "claim_lost")
        except _DATABASE_TROUBLE as error:
            log.warning("left to its lease", error=type(error).__name__)
        except SlackRefused as refused:
            await self._give_up(notification, refused)
        except SlackError as error:
            await self._retry(notification, error)
        except Exception as error:  # noqa: BLE001 - one message's fault must not stop the others
            await self._retry_fault(notification, error)
        else:
            edited = notification.ts == posted.ts
            lag = None if edited else (datetime.now(UTC) - notification.created_at).total_seconds()
            lag_ms = None if lag is None else round(lag * 1000, 1)
            log.info("said", channel=posted.channel, edited=edited, lag_ms=lag_ms)
            self._metrics.notified(notification.kind, "edited" if edited else "posted", seconds=lag)
            pace = timedelta(seconds=self._tempo.pace)
            await self._settle(
                lambda: finish_notification(self._database, notification, posted.channel, posted.ts, pace)
            )

    async def _give_up(self, notification: Notification, refused: SlackRefused) -> None:
        """Bury what Slack refuses for good. A reply without its card has the card posted anew, a few times."""
        log = _log_of(notification)
        if notification.thread_ts and refused.code in _NO_THREAD and notification.failures < _NEW_CARDS:
            log.info("the card is gone", code=refused.code)
            await self._settle(lambda: repost_card(self._database, notification))
            return
        if refused.code in TOKEN_REFUSED:
            self._token.doubt(refused.code)  # before the others are claimed
        log.warning("given up", code=refused.code, details=refused.details)
        await self._bury(notification, refused.code, uncertain=notification.uncertain_since is not None)

    async def _retry(self, notification: Notification, error: SlackError) -> None:
        """Try again when Slack allows it, or is back; until then its destination gets nothing else.

        What fails again and again may do so for its own sake: then others overtake it.
        """
        reason: Reason
        match error:
            case SlackLimited():
                reason, after = "limited", timedelta(seconds=error.retry_after)
            case _:
                reason, after = "unreachable", self._backoff(notification)
        holds_up = isinstance(error, SlackLimited) or notification.failures < _HELD_UP
        uncertain = notification.uncertain_since is not None or (
            isinstance(error, SlackUnreachable) and error.uncertain
        )
        self._count_retry(notification, reason)
        _log_of(notification).warning("postponed", reason=str(error), seconds=after.total_seconds())
        await self._settle(
            lambda: postpone_notification(
                self._database, notification, after, str(error), uncertain=uncertain, destination_too=holds_up
            )
        )

    async def _retry_fault(self, notification: Notification | Unreadable, error: Exception) -> None:
        """Try again a few times what failed for a reason of ours; others overtake it."""
        reference = secrets.token_hex(3)
        reason = f"{type(error).__name__}, logged as {reference}"
        _log_of(notification).error("failed", reference=reference, exc_info=error)
        if notification.failures + 1 >= _FAILURES:
            await self._bury(notification, reason, uncertain=True)
            return
        self._count_retry(notification, "fault")
        after = self._backoff(notification)
        await self._settle(
            lambda: postpone_notification(
                self._database, notification, after, reason, uncertain=True, destination_too=False
            )
        )

    def _count_retry(self, notification: Notification | Unreadable, reason: Reason) -> None:
        self._metrics.notified(notification.kind, "postponed")
        self._metrics.retried(reason)

    async def _bury(self, notification: Notification | Unreadable, reason: str, *, uncertain: bool) -> None:
        self._metrics.notified(notification.kind, "dead")
        await self._settle(lambda: bury_notification(self._database, notification, reason, uncertain=uncertain))

    def _backoff(self, notification: Notification | Unreadable) -> timedelta:
        wait = self._tempo.backoff * 2 ** min(notification.failures, 16)
        return timedelta(seconds=min(wait, self._tempo.longest))

    async def _settle(self, settle: Callable[[], Awaitable[bool]]) -> None:
        """Write down how it ended, through a short absence of the database; after a longer one the lease ends."""
        for attempt in range(5):
            try:
                if not await settle():
                    _log.info("claim lost")
            except _DATABASE_TROUBLE:
                await asyncio.sleep(0.2 * 2**attempt)
            else:
                return
        _log.warning("left to its lease")


def _log_of(notification: Notification | Unreadable) -> structlog.typing.FilteringBoundLogger:
    """Return the log with what a line about this message names: its key, and nothing that people wrote."""
    log: structlog.typing.FilteringBoundLogger = _log.bind(
        notification=notification.id,
        key=notification.dedupe_key,
        kind=notification.kind,
        ticket=notification.ticket_id,
        attempt=notification.attempts,
    )
    return log
