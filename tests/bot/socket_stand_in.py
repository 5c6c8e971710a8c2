"""Slack's end of Socket Mode on loopback, which does what a test says."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

APP_TOKEN = "xapp-1-A0TICKETS-1-5ec4e7"
TICKET = "t1cket"


@dataclass(eq=False)
class Wire:
    """One connection as Slack sees it."""

    socket: web.WebSocketResponse
    request: web.Request
    received: list[dict[str, Any]] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, frame: object) -> None:
        await self.socket.send_str(frame if isinstance(frame, str) else json.dumps(frame))

    async def answer(self, envelope_id: str) -> dict[str, Any]:
        """Return the acknowledgement of an envelope, when it is there."""
        async with asyncio.timeout(5):
            while True:
                for document in self.received:
                    if document.get("envelope_id") == envelope_id:
                        return document
                self.news.clear()
                await self.news.wait()

    def drop(self) -> None:
        """Break the connection without a word."""
        assert self.request.transport is not None
        self.request.transport.abort()


@dataclass
class SocketStandIn:
    """``refusals``: what the next calls of apps.connections.open get, first come. ``greeting``: None for none."""

    url: str = ""
    wires: list[Wire] = field(default_factory=list)
    opened: asyncio.Condition = field(default_factory=asyncio.Condition)
    calls: list[str] = field(default_factory=list)  # their tokens
    refusals: list[web.Response] = field(default_factory=list)
    greeting: Any = field(default_factory=lambda: {"type": "hello", "num_connections": 1})
    autoping: bool = True

    async def wire(self, number: int) -> Wire:
        """Return a connection by its number, from 0, when it is there."""
        async with asyncio.timeout(5), self.opened:
            await self.opened.wait_for(lambda: len(self.wires) > number)
        return self.wires[number]

    async def open_url(self, request: web.Request) -> web.Response:
        self.calls.append(request.headers.get("Authorization", ""))
        assert APP_TOKEN not in str(request.url) + await request.text()
        if self.refusals:
            return self.refusals.pop(0)
        url = f"{self.url.replace('http', 'ws').replace('/api/', '/link')}?ticket={TICKET}"
        return web.json_response({"ok": True, "url": url})

    async def link(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(autoping=self.autoping)
        await socket.prepare(request)
        wire = Wire(socket, request)
        if self.greeting is not None:
            await wire.send(self.greeting)
        async with self.opened:
            self.wires.append(wire)
            self.opened.notify_all()
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                wire.received.append(json.loads(message.data))
                wire.news.set()
        wire.closed.set()
        return socket


@asynccontextmanager
async def socket_stand_in() -> AsyncIterator[SocketStandIn]:
    """Serve until the context ends."""
    stand_in = SocketStandIn()
    app = web.Application()
    app.router.add_post("/api/apps.connections.open", stand_in.open_url)
    app.router.add_get("/link", stand_in.link)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    stand_in.url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    try:
        yield stand_in
    finally:
        await runner.cleanup()


def refused(code: str) -> web.Response:
    return web.json_response({"ok": False, "error": code})


def limited(seconds: str) -> web.Response:
    return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": seconds})


def envelope(envelope_id: str = "e1", text: str = "mine", **changes: object) -> dict[str, Any]:
    """Return the envelope of a slash command."""
    payload = {
        "token": "deprecated",
        "team_id": "T0SHOP",
        "team_domain": "shop",
        "channel_id": "C0REPAIRS",
        "channel_name": "repairs",
        "user_id": "U0TOMREED",
        "user_name": "tom",
        "command": "/ticket",
        "text": text,
        "api_app_id": "A0TICKETS",
        "is_enterprise_install": "false",
        "response_url": "https://hooks.slack.com/commands/T0SHOP/1/abc",
        "trigger_id": f"1.2.{envelope_id}",
    }
    return {
        "envelope_id": envelope_id,
        "type": "slash_commands",
        "accepts_response_payload": True,
        "payload": payload,
        **changes,
    }
