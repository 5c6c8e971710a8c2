"""A few methods of Slack's Web API on loopback, that remember what was posted and fail when told to."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Fault = Callable[[], web.Response]
Message = dict[str, Any]


class Lost(Exception):
    """The connection breaks before anything is answered. ``done``: after the call was carried out."""

    def __init__(self, *, done: bool) -> None:
        super().__init__()
        self.done = done


def refused(code: str) -> Fault:
    return lambda: web.json_response({"ok": False, "error": code})


def limited(seconds: str) -> Fault:
    return lambda: web.json_response(
        {"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": seconds}
    )


def broken(status: int = 503) -> Fault:
    return lambda: web.Response(status=status, text="<html>unavailable</html>", content_type="text/html")


def lost(*, done: bool) -> Fault:
    def lose() -> web.Response:
        raise Lost(done=done)

    return lose


@dataclass
class SlackStandIn:
    """``messages``: what stands, by (channel, ts). ``faults``: what the next calls of a method meet, first come."""

    url: str = ""
    messages: dict[tuple[str, str], Message] = field(default_factory=dict)
    calls: list[tuple[str, Message]] = field(default_factory=list)
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    gate: asyncio.Event = field(default_factory=asyncio.Event)  # calls wait here
    reached: asyncio.Event = field(default_factory=asyncio.Event)  # a call has come as far as the gate
    _number: "itertools.count[int]" = field(default_factory=itertools.count)

    def called(self, method: str) -> list[Message]:
        return [arguments for name, arguments in self.calls if name == method]

    def posted_in(self, channel: str) -> list[Message]:
        """Return what stands in a channel itself; ``replies_in`` has what stands in its threads."""
        return [message for message in self._in(channel) if "thread_ts" not in message]

    def replies_in(self, channel: str) -> list[Message]:
        return [message for message in self._in(channel) if "thread_ts" in message]

    def _in(self, channel: str) -> list[Message]:
        return [message for (where, _), message in self.messages.items() if where == channel]

    def edits(self) -> int:
        return len(self.called("chat.update"))

    async def answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        is_form = request.method == "GET" or method == "upload"
        arguments = dict(request.query) if is_form else await request.json()
        self.calls.append((method, arguments))
        self.reached.set()
        await self.gate.wait()
        waiting = self.faults.get(method)
        if waiting:
            try:
                return waiting.pop(0)()
            except Lost as fault:
                if fault.done:
                    self._carry_out(method, arguments)
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
        return web.json_response(self._carry_out(method, arguments))

    def _carry_out(self, method: str, arguments: Message) -> Message:
        return {"ok": True} | METHODS[method](self, arguments)

    def post(self, arguments: Message) -> Message:
        thread_ts = arguments.get("thread_ts")
        if thread_ts is not None and (arguments["channel"], thread_ts) not in self.messages:
            return {"ok": False, "error": "thread_not_found"}
        channel, ts = _channel(arguments["channel"]), f"1790000000.{next(self._number):06d}"
        self.messages[channel, ts] = arguments
        return {"channel": channel, "ts": ts}

    def update(self, arguments: Message) -> Message:
        channel, ts = arguments["channel"], arguments["ts"]
        if (channel, ts) not in self.messages:
            return {"ok": False, "error": "message_not_found"}
        place = {"thread_ts": standing["thread_ts"]} if "thread_ts" in (standing := self.messages[channel, ts]) else {}
        self.messages[channel, ts] = arguments | place
        return {"channel": channel, "ts": ts}

    def announce_file(self, _: Message) -> Message:
        return {"upload_url": f"{self.url}upload", "file_id": "F0PICTURE"}

    def file(self, _: Message) -> Message:
        """Processed when asked for the second time."""
        return {"file": {"id": "F0PICTURE", "mimetype": "image/png" if len(self.called("files.info")) > 1 else ""}}

    def history(self, arguments: Message) -> Message:
        found = [
            {"ts": ts, "text": message["text"], "metadata": message["metadata"]}
            for (channel, ts), message in self.messages.items()
            if channel == arguments["channel"] and message.get("thread_ts") == arguments.get("ts")
        ]
        page = int(arguments.get("cursor", 0))
        more = {"response_metadata": {"next_cursor": str(page + 1)}} if len(found) > 2 * page + 2 else {}
        return {"messages": found[2 * page : 2 * page + 2]} | more


METHODS: dict[str, Callable[[SlackStandIn, Message], Message]] = {
    "auth.test": lambda _, __: {"team_id": "T0SHOP", "team": "Shop", "user_id": "U0BOT", "bot_id": "B0BOT"},
    "chat.postMessage": SlackStandIn.post,
    "chat.update": SlackStandIn.update,
    "chat.unfurl": lambda _, __: {},
    "entity.presentDetails": lambda _, __: {},
    "conversations.history": SlackStandIn.history,
    "conversations.replies": SlackStandIn.history,
    "conversations.open": lambda _, arguments: {"channel": {"id": _channel(arguments["users"])}},
    "files.completeUploadExternal": lambda _, __: {"files": []},
    "files.getUploadURLExternal": SlackStandIn.announce_file,
    "files.info": SlackStandIn.file,
    "upload": lambda _, __: {},
    "views.open": lambda _, __: {"view": {"id": "V1"}},
}


def _channel(place: str) -> str:
    return f"D{place}" if place.startswith("U") else place


@asynccontextmanager
async def slack_stand_in() -> AsyncIterator[SlackStandIn]:
    """Serve until the context ends; the gate is open."""
    stand_in = SlackStandIn()
    stand_in.gate.set()
    app = web.Application()
    app.router.add_route("*", "/api/{method}", stand_in.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    stand_in.url = f"http://{host}:{port}/api/"
    try:
        yield stand_in
    finally:
        stand_in.gate.set()
        await runner.cleanup()
