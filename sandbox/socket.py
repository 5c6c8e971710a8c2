"""Socket Mode: the app opens connections, each delivery goes to one of them, and the app acknowledges it there.

docs.slack.dev/apis/events-api/using-socket-mode; the shapes are those of Slack's own SDK tests.
"""

import asyncio
import uuid
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from aiohttp import WSMsgType, web

from sandbox.documents import Document, as_document, as_json
from sandbox.refusals import Refused
from sandbox.state import State

MOST: Final = 10  # connections of an app at once
REASONS: Final = ("warning", "refresh_requested", "link_disabled", "too_many_websockets")
CLOSE_SECONDS: Final = 1.0  # for the app to say goodbye, too
CONNECTION_SECONDS: Final = 18_060  # what the greeting promises, as Slack's does
_TYPES: Final = {"slash_command": "slash_commands", "event_callback": "events_api"}  # the rest is interactive
_ANSWERED: Final = {"slash_command", "view_submission", "block_suggestion"}  # their acknowledgement may say something
_REASONS_TO_REPEAT: Final = {"http_timeout": "timeout"}  # as Slack calls it here


@dataclass(eq=False, slots=True)
class Connection:
    """One open connection."""

    socket: web.WebSocketResponse
    request: web.Request

    async def disconnect(self, reason: str, seconds: float) -> None:
        """Announce the end, and close so many seconds later."""
        with suppress(ConnectionError):
            await self.socket.send_str(as_json({"type": "disconnect", "reason": reason, "debug_info": _debug_info()}))
        await asyncio.sleep(seconds)
        await self.socket.close()

    def drop(self) -> None:
        """Break it without a word."""
        if self.request.transport is not None:
            self.request.transport.abort()


@dataclass(slots=True)
class Sockets:
    """The app's connections. `enabled`: whether Socket Mode is switched on in the app's settings."""

    state: State
    enabled: bool = False
    connections: deque[Connection] = field(default_factory=deque)
    _waiting: dict[str, asyncio.Future[Document]] = field(default_factory=dict)
    _closing: set[asyncio.Task[None]] = field(default_factory=set)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until either side closes it."""
        try:
            self.state.socket_urls.use(request.query.get("ticket", ""))
        except Refused as refused:
            return web.json_response(refused.document(), status=403)
        socket = web.WebSocketResponse(timeout=CLOSE_SECONDS)
        await socket.prepare(request)
        connection = Connection(socket, request)
        if not self.enabled or len(self.connections) >= MOST:
            await connection.disconnect("too_many_websockets" if self.enabled else "link_disabled", 0)
            return socket
        self.connections.append(connection)
        try:
            await socket.send_str(as_json(self._hello()))
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledged(message.data)
        except ConnectionError:
            pass  # gone before it was greeted
        finally:
            self.connections.remove(connection)
        return socket

    async def exchange(
        self, kind: str, payload: Document, seconds: float, *, retry: int = 0, retry_reason: str | None = None
    ) -> tuple[int | None, str, str | None]:
        """Deliver to any one connection; give status, answer and error as HTTP would have them."""
        envelope_id = str(uuid.uuid4())
        kind_of_envelope = _TYPES.get(kind, "interactive")
        envelope: Document = {
            "envelope_id": envelope_id,
            "payload": payload,
            "type": kind_of_envelope,
            "accepts_response_payload": kind in _ANSWERED,
        }
        if kind_of_envelope == "events_api":
            reason = _REASONS_TO_REPEAT.get(retry_reason or "", retry_reason or "")
            envelope |= {"retry_attempt": retry, "retry_reason": reason}
        waiting = self._waiting[envelope_id] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                if not await self._send(as_json(envelope)):
                    return None, "", "connection_failed"
                answer = (await waiting).get("payload")
        except TimeoutError:
            return None, "", "http_timeout"
        finally:
            del self._waiting[envelope_id]
        return 200, as_json(answer) if answer and kind in _ANSWERED else "", None

    async def disconnect(self, reason: str, seconds: float = 0.0) -> None:
        """Announce the end of every open connection and close it so many seconds later; until then it is used."""
        ending = [asyncio.create_task(connection.disconnect(reason, seconds)) for connection in self.connections]
        self._closing.update(ending)
        for task in ending:
            task.add_done_callback(self._closing.discard)
        if ending and not seconds:
            await asyncio.wait(ending)

    def drop(self) -> None:
        """Break every open connection."""
        for connection in list(self.connections):
            connection.drop()

    async def close(self) -> None:
        """Close every connection; the workspace ends."""
        for task in self._closing:
            task.cancel()
        await asyncio.gather(*(connection.socket.close() for connection in list(self.connections)))

    async def _send(self, frame: str) -> bool:
        for _ in range(len(self.connections)):
            if not self.connections:
                break
            connection = self.connections[0]
            self.connections.rotate(-1)
            if connection.socket.closed:
                continue
            with suppress(ConnectionError):
                await connection.socket.send_str(frame)
                return True
        return False

    def _acknowledged(self, frame: str) -> None:
        document = as_document(frame) or {}
        waiting = self._waiting.get(str(document.get("envelope_id")))
        if waiting is not None and not waiting.done():
            waiting.set_result(document)

    def _hello(self) -> Document:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {**_debug_info(), "build_number": 1, "approximate_connection_time": CONNECTION_SECONDS},
            "connection_info": {"app_id": self.state.app.app_id},
        }


def _debug_info() -> Document:
    return {"host": "applink-sandbox"}
