"""Socket Mode: the front without a public address. Slack's envelopes come over connections that this process opens.

slack_sdk's client closes a connection before it opens the next, lets work pile up without bound, waits the same time
after each failure and writes bodies into its log; hence this one. A few connections are kept open. One that Slack is
about to close is replaced first and read to its end; after a failure the wait grows. What is answered, and within
which time, is as over HTTP; an event that could not be dealt with stays unacknowledged, and Slack sends it again.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

import structlog
from aiohttp import ClientWebSocketResponse, WSMessage, WSMsgType

from bot.attending import REQUEST_SECONDS
from bot.envelopes import Disconnect, Envelope, Frame, Hello, read_frame
from bot.jobs.supervision import keep_running
from bot.listeners import Answer, Reply
from bot.payloads import Malformed, RateLimitNotice, UrlVerification
from bot.slack import SlackError, SlackLimited, SlackRefused

CONNECTIONS: Final = 2  # of at most ten for all processes of an app: where one breaks, the other goes on
AT_WORK: Final = 100  # envelopes at once; while there are as many, nothing more is read
ABSENT_SECONDS: Final = 30.0  # without any connection, until the process counts as not ready

_COMPLAINTS: Final = 100  # different ones, until no more are logged
_REFUSALS: Final = {
    "too_many_websockets": "ten connections of this app are open already, so another process has to be stopped",
    "link_disabled": "Socket Mode is switched off in the app's settings",
}

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """Waiting times in seconds."""

    first_wait: float = 1.0  # doubled with each failure, less a random part, up to
    longest_wait: float = 30.0
    steady: float = 10.0  # a connection that lasted as long is replaced at once, or
    refreshed: float = 1.0  # as long, if Slack announced its end
    hello: float = 10.0  # for Slack to greet
    linger: float = 60.0  # for Slack to close what it announced to close
    finish: float = 4.0  # for what is at work when the process stops

    def wait(self, failures: int) -> float:
        """Return how long to wait after so many failures in a row."""
        if failures == 0:
            return 0.0
        longest = min(self.longest_wait, self.first_wait * 2.0 ** min(failures - 1, 30))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311  so that processes don't come in step


@dataclass(eq=False, slots=True)
class _Link:
    """One connection. ``leaving`` is set when another has to be opened in its place; ``announced``: Slack said so."""

    socket: ClientWebSocketResponse
    opened_at: float
    greeted: bool = False
    announced: bool = False
    leaving: asyncio.Event = field(default_factory=asyncio.Event)


class SocketMode:
    """Keeps connections open and has what comes over them answered. ``connect`` opens one or raises ``SlackError``."""

    def __init__(
        self,
        answer: Answer,
        connect: Callable[[], Awaitable[ClientWebSocketResponse]],
        *,
        connections: int = CONNECTIONS,
        at_work: int = AT_WORK,
        pace: Pace | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._answer = answer
        self._connect = connect
        self._connections = connections
        self._pace = pace or Pace()
        self._clock = clock
        self._room = asyncio.Semaphore(at_work)
        self._links: set[_Link] = set()  # greeted and not closed
        self._readers: set[asyncio.Task[None]] = set()
        self._at_work: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()
        self._connected_at = float("-inf")  # when a connection was last known to be open
        self._trouble = "it is just being made"
        self._complaints: set[str] = set()

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Receive for as long as the context lasts; then take nothing more, finish what is at work, and close."""
        keepers = [
            asyncio.create_task(keep_running("socket mode", self._keep_connected, self._stopping))
            for _ in range(self._connections)
        ]
        try:
            yield
        finally:
            self._stopping.set()
            await _end(keepers)
            if self._at_work:
                await asyncio.wait(self._at_work, timeout=self._pace.finish)
            await _end([*self._at_work, *self._readers])

    def problem(self) -> str | None:
        """Say why nothing can arrive, if that has been so for a while."""
        if self._links or self._clock() - self._connected_at < ABSENT_SECONDS:
            return None
        return f"No Socket Mode connection to Slack is open: {self._trouble}."

    async def _keep_connected(self) -> None:
        """Keep one connection open: opened again when it breaks, and another in its place before Slack closes it."""
        failures = 0
        while True:
            await asyncio.sleep(self._pace.wait(failures))
            try:
                link = _Link(await self._connect(), self._clock())
            except SlackError as error:
                failures += 1
                self._note(_reason(error))
                if isinstance(error, SlackLimited):
                    await asyncio.sleep(error.retry_after)
                continue
            self._start(self._readers, self._read(link))
            await link.leaving.wait()
            enough = self._pace.refreshed if link.announced else self._pace.steady
            failures = 0 if link.greeted and self._clock() - link.opened_at >= enough else failures + 1

    async def _read(self, link: _Link) -> None:
        """Read a connection to its end."""
        limit = asyncio.timeout(self._pace.hello)
        try:
            async with limit:
                async for message in link.socket:
                    match self._understand(message):
                        case Hello(num_connections=connections):
                            _log.info("connected to Slack", connections=connections)
                            limit.reschedule(None)
                            link.greeted = True
                            self._links.add(link)
                        case Disconnect(reason=reason):
                            _log.info("Slack ends a connection", reason=reason)
                            if reason in _REFUSALS:
                                self._note(_REFUSALS[reason])
                                return
                            limit.reschedule(asyncio.get_running_loop().time() + self._pace.linger)
                            link.announced = True
                            link.leaving.set()
                        case Envelope() as envelope:
                            await self._take(link, envelope)
                        case None:
                            pass
        except TimeoutError:
            _log.info("a connection was given up", greeted=link.greeted)
        finally:
            if link in self._links:
                self._links.remove(link)
                self._connected_at = self._clock()
            link.leaving.set()
            await link.socket.close()

    def _understand(self, message: WSMessage) -> Frame | None:
        if message.type is not WSMsgType.TEXT:
            self._complain(f"of type {message.type.name}")
            return None
        try:
            return read_frame(message.data)
        except Malformed as error:
            self._complain(str(error))
            return None

    async def _take(self, link: _Link, envelope: Envelope) -> None:
        """Set to work on an envelope, as soon as there is room."""
        if self._stopping.is_set():
            return
        deadline = asyncio.get_running_loop().time() + REQUEST_SECONDS
        await self._room.acquire()
        self._start(self._at_work, self._work(link, envelope, deadline))

    async def _work(self, link: _Link, envelope: Envelope, deadline: float) -> None:
        try:
            reply = await self._reply(envelope, deadline)
            if reply.status == HTTPStatus.OK:
                await self._acknowledge(link, envelope.acknowledgement(reply.body))
        except Malformed as error:
            self._complain(str(error))
        except Exception as error:  # noqa: BLE001  the front's own faults: what handlers raise has become an answer
            _log.error("an envelope was not dealt with", kind=envelope.type, exc_info=error)
        finally:
            self._room.release()

    async def _reply(self, envelope: Envelope, deadline: float) -> Reply:
        if envelope.retry_attempt:
            _log.info("an event comes again", attempt=envelope.retry_attempt)
        match envelope.read():
            case UrlVerification() | RateLimitNotice():
                return Reply(HTTPStatus.OK, "")
            case payload:
                return await self._answer(payload, deadline)

    async def _acknowledge(self, link: _Link, acknowledgement: str) -> None:
        """Answer over the envelope's connection, or over another one if that is closed meanwhile."""
        for one in (link, *self._links):
            if not one.socket.closed:
                try:
                    await one.socket.send_str(acknowledgement)
                except ConnectionError:
                    continue
                return
        _log.warning("an acknowledgement was not delivered: no connection is open")

    def _start(self, tasks: set[asyncio.Task[None]], work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    def _note(self, trouble: str) -> None:
        if trouble != self._trouble:
            _log.warning("no connection to Slack", reason=trouble)
        self._trouble = trouble

    def _complain(self, reason: str) -> None:
        if reason not in self._complaints and len(self._complaints) < _COMPLAINTS:
            self._complaints.add(reason)
            _log.warning("ignored a frame", reason=reason)


def _reason(error: SlackError) -> str:
    match error:
        case SlackRefused():
            return (
                f"Slack refuses SLACK_APP_TOKEN ({error.code}); a token with connections:write is wanted "
                "(Basic Information, App-Level Tokens)"
            )
        case SlackLimited():
            return "Slack asks for patience"
        case _:
            return "Slack can't be reached"


async def _end(tasks: Collection[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
