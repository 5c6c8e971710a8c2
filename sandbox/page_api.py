"""The page and its own API under /-/."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import web

from sandbox.documents import Document, as_json
from sandbox.entities import Pane
from sandbox.events import Events, Tab
from sandbox.guard import SECURITY_HEADERS, answer
from sandbox.hub import Hub
from sandbox.interactions import Interactions
from sandbox.links import Draft
from sandbox.manifest import Manifest
from sandbox.mentions import typed_message
from sandbox.messages import Message, MessageChange
from sandbox.refusals import Refused
from sandbox.requests import body_of, object_of, text_of, texts_of, values_of
from sandbox.state import State
from sandbox.tour import Tour
from sandbox.views import ViewChange

PAGE: Final = Path(__file__).parent / "page"
HEARTBEAT_SECONDS: Final = 15.0
NO_DETAILS: Final = "This app has no details to show."


@dataclass(frozen=True, slots=True)
class PageApi:
    """Serves the page, its API, and its stream of news."""

    manifest: Manifest
    state: State
    hub: Hub
    interactions: Interactions
    events: Events
    tour: Tour | None = None

    def routes(self) -> list[web.RouteDef]:
        """List the routes."""
        return [
            web.get("/", self._index),
            web.get("/page/{path:.+}", self._file),
            web.get("/-/state", self._state),
            web.get("/-/messages", self._messages),
            web.get("/-/stream", self._stream),
            web.post("/-/send", self._send),
            web.post("/-/typed", self._typed),
            web.post("/-/action", self._action),
            web.post("/-/submit", self._submit),
            web.post("/-/close", self._close),
            web.post("/-/suggest", self._suggest),
            web.post("/-/open", self._open),
            web.post("/-/details", self._details),
            web.post("/-/shortcut", self._shortcut),
        ]

    def tell_message(self, change: MessageChange) -> None:
        """Pass a message's news to the open pages of those who see it."""
        channel = self.state.channels[change.message.channel]
        for user in self.hub.listeners():
            if change.message.ephemeral_to in (None, user) and channel.has(user):
                news = {"type": change.kind, "channel": channel.id, "message": self._shown(change.message)}
                self.hub.tell(user, news)

    def tell_view(self, change: ViewChange) -> None:
        """Pass the news of a form or Home tab to its person's open pages."""
        view = change.view.document(self.state.team.id, self.state.app)
        self.hub.tell(change.view.user, {"type": change.kind, "view": view})

    def tell_draft(self, draft: Draft) -> None:
        """Pass what an app shows of links that a person is writing to their open pages."""
        self.hub.tell(draft.user, {"type": "draft", "draft": draft.id, "attachments": draft.attachments})

    def tell_pane(self, pane: Pane) -> None:
        """Pass what an app shows of a Work Object to its person's open pages."""
        self.hub.tell(pane.user, {"type": "details", "pane": pane.document()})

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
                "latest": max(
                    (m.ts for m in self.state.messages.seen_by(channel.id, me.id) if m.broadcast or not m.is_reply),
                    default=None,
                ),
            }
            for channel in self.state.channels_of(me.id)
        ]
        home = self.state.views.home(me.id)
        shortcuts = [shortcut.model_dump() for shortcut in self.manifest.features.shortcuts]
        views = [view.document(self.state.team.id, self.state.app) for view in self.state.views.stack(me.id)]
        document = {
            "team": self.state.team.model_dump(),
            "app": {
                "name": self.state.bot_name,
                **self.state.app.model_dump(),
                **self.state.app_home.model_dump(),
                "unfurl_domains": self.state.unfurl_domains,
                "home": home and home.document(self.state.team.id, self.state.app),
            },
            "me": me.id,
            "people": [person.model_dump(exclude_none=True) for person in self.state.people.values()],
            "channels": channels,
            "commands": commands,
            "shortcuts": shortcuts,
            "views": views,
            "tour": self.tour and self.tour.model_dump(exclude_none=True),
        }
        return answer(document)

    async def _messages(self, request: web.Request) -> web.Response:
        person = self.state.person(request.query.get("user"))
        channel = self.state.channel(request.query.get("channel"))
        if not channel.has(person.id):
            raise Refused("not_in_channel")
        seen = self.state.messages.seen_by(channel.id, person.id)
        return answer({"messages": [self._shown(message) for message in seen]})

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        person = self.state.person(request.query.get("user"))
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", **SECURITY_HEADERS})
        await response.prepare(request)
        # a page that is closed is no error
        with self.hub.listen(person.id) as news, suppress(ConnectionResetError):
            await response.write(b": connected\n\n")
            while True:
                try:
                    async with asyncio.timeout(HEARTBEAT_SECONDS):
                        document = await news.get()
                except TimeoutError:
                    await response.write(b": still here\n\n")
                    continue
                if document is None:
                    break
                await response.write(f"data: {as_json(document)}\n\n".encode("utf-8", "replace"))
        return response

    async def _send(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        outcome = await self.interactions.send(
            text_of(body, "user"),
            text_of(body, "channel"),
            text_of(body, "text"),
            thread_ts=text_of(body, "thread_ts") if "thread_ts" in body else None,
            broadcast=body.get("broadcast") is True,
            files=texts_of(body, "files"),
        )
        return answer(outcome.document())

    async def _typed(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        text = typed_message(text_of(body, "text"), self.state)
        person, channel = self.state.person(text_of(body, "user")), self.state.channel(text_of(body, "channel"))
        if not channel.has(person.id):
            raise Refused("not_in_channel")
        draft = self.events.links_typed(person, channel, text)
        return answer({"ok": True, "draft": draft and draft.id})

    async def _action(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        outcome = await self.interactions.act(
            text_of(body, "user"),
            object_of(body, "container"),
            text_of(body, "block_id"),
            text_of(body, "action_id"),
            chosen=body,
            entered=values_of(body, "state"),
        )
        return answer(outcome.document())

    async def _submit(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        outcome = await self.interactions.submit(
            text_of(body, "user"), text_of(body, "view_id"), values_of(body, "values")
        )
        return answer(outcome.document())

    async def _close(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        whole = body.get("whole_stack") is True
        outcome = await self.interactions.close(text_of(body, "user"), text_of(body, "view_id"), whole_stack=whole)
        return answer(outcome.document())

    async def _suggest(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        outcome = await self.interactions.suggest(
            text_of(body, "user"),
            object_of(body, "container"),
            text_of(body, "block_id"),
            text_of(body, "action_id"),
            text_of(body, "value"),
        )
        return answer(outcome.document())

    async def _open(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        person = self.state.person(text_of(body, "user"))
        tab: Tab = "home" if body.get("tab") == "home" and self.state.app_home.home_tab_enabled else "messages"
        self.events.app_home_opened(person, tab)
        return answer({"ok": True})

    async def _details(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        pane = self.interactions.opened(
            text_of(body, "user"), text_of(body, "channel"), text_of(body, "ts"), body.get("attachment")
        )
        return answer({"ok": self.events.entity_opened(pane), "error": NO_DETAILS})

    async def _shortcut(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        user, callback_id = text_of(body, "user"), text_of(body, "callback_id")
        if "channel" in body:
            channel, ts = text_of(body, "channel"), text_of(body, "ts")
            outcome = await self.interactions.message_shortcut(user, callback_id, channel, ts)
        else:
            outcome = await self.interactions.shortcut(user, callback_id)
        return answer(outcome.document())

    def _shown(self, message: Message) -> Document:
        is_bot = message.bot_id is not None
        person = self.state.people.get(message.user)
        name = message.username or (self.state.bot_name if is_bot or person is None else person.real_name)
        document: Document = {"ts": message.ts, "user": message.user, "username": name, "text": message.text}
        for key in ("blocks", "attachments", "edited", "thread_ts", "metadata"):
            value = getattr(message, key)
            if value is not None:
                document[key] = value
        if message.files:
            document["files"] = [self.state.files.document(file) for file in message.files]
        if message.ephemeral_to is not None:
            document["ephemeral"] = True
        if is_bot:
            document["bot"] = True
        if message.broadcast:
            document["broadcast"] = True
        return document


def _static(path: str) -> web.StreamResponse:
    found = (PAGE / path).resolve()
    if not found.is_relative_to(PAGE.resolve()) or not found.is_file():
        return answer({"ok": False, "error": "not found"}, status=404)
    return web.FileResponse(found)
