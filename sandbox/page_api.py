"""The page's own API under /-/, and the one for inspection under /-/admin. Same origin only, no token."""

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from pydantic import ValidationError

from sandbox.delivery import Deliverer
from sandbox.documents import Document, as_json
from sandbox.events import Events
from sandbox.hub import Hub
from sandbox.inputs import Values
from sandbox.interactions import Interactions
from sandbox.manifest import Manifest
from sandbox.messages import Message, MessageChange
from sandbox.refusals import Refused
from sandbox.state import State
from sandbox.views import ViewChange
from sandbox.web_api import WebApi
from sandbox.workspace import Person

PAGE: Final = Path(__file__).parent / "page"
HEARTBEAT_SECONDS: Final = 15.0
_SECURITY_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src * data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
# what a person reads when Slack's own client wouldn't have let them
_WORDS: Final = {
    "user_not_found": "There is no such person in this workspace.",
    "account_inactive": "This account is deactivated.",
    "channel_not_found": "There is no such conversation.",
    "not_in_channel": "You are not in this channel.",
    "message_not_found": "This message is gone.",
    "view_not_open": "This form is no longer open.",
    "view_has_no_submit": "This form can't be submitted.",
    "no_such_element": "This button or field is gone.",
    "element_does_not_dispatch": "This field is sent with its form only.",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class PageApi:
    """Serves the page, its API, its stream of news, and the inspection API."""

    manifest: Manifest
    state: State
    hub: Hub
    interactions: Interactions
    events: Events
    deliverer: Deliverer
    web_api: WebApi
    remote: bool

    def routes(self) -> list[web.RouteDef]:
        """List the routes."""
        return [
            web.get("/", self._index),
            web.get("/page/{path:.+}", self._file),
            web.get("/-/state", self._state),
            web.get("/-/messages", self._messages),
            web.get("/-/stream", self._stream),
            web.post("/-/send", self._send),
            web.post("/-/action", self._action),
            web.post("/-/submit", self._submit),
            web.post("/-/close", self._close),
            web.post("/-/suggest", self._suggest),
            web.post("/-/open", self._open),
            web.get("/-/admin/deliveries", self._deliveries),
            web.get("/-/admin/calls", self._calls),
            web.post("/-/admin/people/{user}", self._change_person),
            web.post("/-/admin/channels/{channel}/members", self._join),
        ]

    @property
    def middleware(self) -> Any:  # noqa: ANN401 - aiohttp's middleware type is private
        """Keep other sites out, and turn refusals into answers."""

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.path.startswith(("/api/", "/hooks/")):
                return await handler(request)
            problem = self._foreign(request)
            if problem is not None:
                return web.json_response({"ok": False, "error": problem}, status=403, headers=_SECURITY_HEADERS)
            try:
                response = await handler(request)
            except Refused as refused:
                words = _WORDS.get(refused.error, refused.error)
                response = web.json_response({"ok": False, "error": words, "code": refused.error})
            if not response.prepared:
                response.headers.update(_SECURITY_HEADERS)
            return response

        return guard

    def tell_message(self, change: MessageChange) -> None:
        """Pass a message's news to the open pages of those who see it."""
        channel = self.state.channels[change.message.channel]
        for user in self.hub.listeners():
            if change.message.ephemeral_to in (None, user) and channel.has(user):
                news = {"type": change.kind, "channel": channel.id, "message": self._shown(change.message)}
                self.hub.tell(user, news)

    def tell_view(self, change: ViewChange) -> None:
        """Pass a form's news to its person's open pages."""
        view = change.view.document(self.state.team.id, self.state.app)
        self.hub.tell(change.view.user, {"type": change.kind, "view": view})

    def _foreign(self, request: web.Request) -> str | None:
        host = (
            request.host.rsplit(":", 1)[0].strip("[]") if not request.host.endswith("]") else request.host.strip("[]")
        )
        if not self.remote and not _is_loopback(host):
            return "This workspace answers on this machine only."
        origin = request.headers.get("Origin")
        if origin is not None and origin != f"{request.scheme}://{request.host}":
            return "Requests of other sites are refused."
        if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
            return "Requests of other sites are refused."
        if request.method == "POST" and request.content_type != "application/json":
            return "The body must be application/json."
        return None

    async def _index(self, _request: web.Request) -> web.StreamResponse:
        return _static("index.html")

    async def _file(self, request: web.Request) -> web.StreamResponse:
        return _static(request.match_info["path"])

    async def _state(self, request: web.Request) -> web.Response:
        wanted = request.query.get("user")
        me = self.state.person(wanted) if wanted else next(p for p in self.state.people.values() if not p.deleted)
        self.state.im_of(me.id)
        commands = [
            {"command": c.command, "description": c.description, "usage_hint": c.usage_hint}
            for c in self.manifest.features.slash_commands
        ]
        channels = [
            {
                "id": channel.id,
                "name": channel.name or self.state.bot_name,
                "kind": channel.kind,
                "topic": channel.topic,
                "latest": max((m.ts for m in self.state.messages.seen_by(channel.id, me.id)), default=None),
            }
            for channel in self.state.channels_of(me.id)
        ]
        views = [view.document(self.state.team.id, self.state.app) for view in self.state.views.stack(me.id)]
        document = {
            "team": self.state.team.model_dump(),
            "app": {"name": self.state.bot_name, **self.state.app.model_dump()},
            "me": me.id,
            "people": [person.model_dump(exclude_none=True) for person in self.state.people.values()],
            "channels": channels,
            "commands": commands,
            "views": views,
        }
        return _json(document)

    async def _messages(self, request: web.Request) -> web.Response:
        person = self.state.person(request.query.get("user"))
        channel = self.state.channel(request.query.get("channel"))
        if not channel.has(person.id):
            raise Refused("not_in_channel")
        seen = self.state.messages.seen_by(channel.id, person.id)
        return _json({"messages": [self._shown(message) for message in seen]})

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        person = self.state.person(request.query.get("user"))
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", **_SECURITY_HEADERS})
        await response.prepare(request)
        with self.hub.listen(person.id) as news:
            await response.write(b": connected\n\n")
            while True:
                try:
                    async with asyncio.timeout(HEARTBEAT_SECONDS):
                        document = await news.get()
                except TimeoutError:
                    await response.write(b": still here\n\n")
                    continue
                if document is None:
                    return response
                await response.write(f"data: {as_json(document)}\n\n".encode("utf-8", "replace"))

    async def _send(self, request: web.Request) -> web.Response:
        body = await _body(request)
        outcome = await self.interactions.send(_text(body, "user"), _text(body, "channel"), _text(body, "text"))
        return _json(outcome.document())

    async def _action(self, request: web.Request) -> web.Response:
        body = await _body(request)
        outcome = await self.interactions.act(
            _text(body, "user"),
            _object(body, "container"),
            _text(body, "block_id"),
            _text(body, "action_id"),
            chosen=body,
            entered=_values(body, "state"),
        )
        return _json(outcome.document())

    async def _submit(self, request: web.Request) -> web.Response:
        body = await _body(request)
        outcome = await self.interactions.submit(_text(body, "user"), _text(body, "view_id"), _values(body, "values"))
        return _json(outcome.document())

    async def _close(self, request: web.Request) -> web.Response:
        body = await _body(request)
        whole = body.get("whole_stack") is True
        outcome = await self.interactions.close(_text(body, "user"), _text(body, "view_id"), whole_stack=whole)
        return _json(outcome.document())

    async def _suggest(self, request: web.Request) -> web.Response:
        body = await _body(request)
        outcome = await self.interactions.suggest(
            _text(body, "user"),
            _object(body, "container"),
            _text(body, "block_id"),
            _text(body, "action_id"),
            _text(body, "value"),
        )
        return _json(outcome.document())

    async def _open(self, request: web.Request) -> web.Response:
        body = await _body(request)
        person = self.state.person(_text(body, "user"))
        if _text(body, "channel") == self.state.im_of(person.id).id:
            self.events.app_home_opened(person, "messages")
        return _json({"ok": True})

    async def _deliveries(self, _request: web.Request) -> web.Response:
        return _json({"deliveries": [delivery.document() for delivery in self.deliverer.log]})

    async def _calls(self, _request: web.Request) -> web.Response:
        return _json({"calls": [call.document() for call in self.web_api.log]})

    async def _change_person(self, request: web.Request) -> web.Response:
        old = self.state.person(request.match_info["user"])
        changes = await _body(request)
        try:
            changed = Person.model_validate({**old.model_dump(), **changes, "id": old.id})
        except ValidationError as error:
            raise Refused(f"invalid change: {error.error_count()} faults") from error
        self.state.change_person(changed)
        self.events.user_change(changed)
        return _json({"ok": True, "person": changed.model_dump(exclude_none=True)})

    async def _join(self, request: web.Request) -> web.Response:
        channel = self.state.channel(request.match_info["channel"])
        person = self.state.person(_text(await _body(request), "user"))
        if not channel.has(person.id):
            members = frozenset({*(channel.members or ()), person.id})
            channel = channel.model_copy(update={"members": members})
            self.state.channels[channel.id] = channel
            self.events.member_joined_channel(person, channel)
        return _json({"ok": True})

    def _shown(self, message: Message) -> Document:
        is_bot = message.bot_id is not None
        person = self.state.people.get(message.user)
        name = message.username or (self.state.bot_name if is_bot or person is None else person.real_name)
        document: Document = {"ts": message.ts, "user": message.user, "username": name, "text": message.text}
        for key in ("blocks", "attachments", "edited", "thread_ts", "metadata"):
            value = getattr(message, key)
            if value is not None:
                document[key] = value
        if message.ephemeral_to is not None:
            document["ephemeral"] = True
        if is_bot:
            document["bot"] = True
        return document


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _static(path: str) -> web.StreamResponse:
    found = (PAGE / path).resolve()
    if not found.is_relative_to(PAGE.resolve()) or not found.is_file():
        return web.json_response({"ok": False, "error": "not found"}, status=404)
    return web.FileResponse(found)


def _json(document: Document) -> web.Response:
    body = as_json(document).encode("utf-8", "replace")
    return web.Response(body=body, content_type="application/json", charset="utf-8")


async def _body(request: web.Request) -> Document:
    try:
        body = await request.json()
    except (ValueError, RecursionError) as error:
        raise Refused("invalid_json") from error
    if not isinstance(body, dict):
        raise Refused("json_not_object")
    return body


def _text(body: Document, key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str):
        raise Refused(f"missing text: {key}")
    return value


def _object(body: Document, key: str) -> Document:
    value = body.get(key)
    if not isinstance(value, dict):
        raise Refused(f"missing object: {key}")
    return value


def _values(body: Document, key: str) -> Values | None:
    value = body.get(key)
    if value is None:
        return None
    sound = isinstance(value, dict) and all(
        isinstance(actions, dict) and all(isinstance(one, dict) for one in actions.values())
        for actions in value.values()
    )
    if not sound:
        raise Refused(f"{key} must be like view.state.values")
    return dict(value)
