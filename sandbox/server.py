"""A whole workspace, served: wires the parts together, starts and stops them."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp
from aiohttp import web

from sandbox.admin_api import AdminApi
from sandbox.clock import Clock, SystemClock
from sandbox.delivery import ACK_SECONDS, Deliverer
from sandbox.documents import Document
from sandbox.events import Events
from sandbox.file_api import FileApi
from sandbox.guard import guard
from sandbox.hooks import Hooks
from sandbox.hub import Hub
from sandbox.inspector import Inspector
from sandbox.interactions import Interactions
from sandbox.manifest import Manifest
from sandbox.messages import MessageChange
from sandbox.page_api import PageApi
from sandbox.page_files import PageFiles
from sandbox.payloads import Payloads
from sandbox.people import People
from sandbox.rates import Rates
from sandbox.socket import Sockets
from sandbox.state import State
from sandbox.tools import Tools
from sandbox.tour import Tour
from sandbox.troubles import Troubles
from sandbox.views import ViewChange
from sandbox.web_api import WebApi
from sandbox.workspace import Workspace

BODY_BYTES: Final = 8 * 1024 * 1024
SAVE_SECONDS: Final = 5.0
STOP_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an app needs to talk to this workspace; made anew at each start."""

    token: str
    app_token: str
    signing_secret: str
    verification_token: str

    @classmethod
    def fresh(cls, app_id: str) -> "Credentials":
        """Make new ones."""
        return cls(
            token=f"xoxb-{secrets.token_hex(24)}",
            app_token=f"xapp-1-{app_id}-{secrets.randbelow(10**13):013d}-{secrets.token_hex(32)}",
            signing_secret=secrets.token_hex(16),
            verification_token=secrets.token_hex(12),
        )


class Sandbox(People):
    """A running workspace. What people do in it is in `People`; what the app did, in `deliveries` and `calls`."""

    def __init__(
        self,
        manifest: Manifest,
        workspace: Workspace,
        session: aiohttp.ClientSession,
        *,
        clock: Clock,
        ack_seconds: float = ACK_SECONDS,
        remote: bool = False,
        tour: Tour | None = None,
        tools: Tools | None = None,
    ) -> None:
        credentials = Credentials.fresh(workspace.app.app_id)
        state = State.of(workspace, manifest, clock)
        payloads = Payloads(state, credentials.verification_token)
        self.sockets = Sockets(state)
        deliverer = Deliverer(session, credentials.signing_secret, self.sockets, ack_seconds)
        events = Events(manifest, state, payloads, deliverer)
        super().__init__(state, Interactions(manifest, state, payloads, deliverer), events)
        self.credentials = credentials
        self.manifest = manifest
        self.clock = clock
        self.base_url = ""
        self.deliveries = deliverer.log
        self._hub = Hub()
        self._changed = False
        scopes = frozenset(manifest.oauth_config.scopes.bot)
        self.troubles = Troubles(clock)
        self.rates = Rates(clock)
        self._web_api = WebApi(
            state, credentials.token, credentials.app_token, scopes, troubles=self.troubles, rates=self.rates
        )
        self.calls = self._web_api.log
        self.call_listeners = self._web_api.listeners
        page = PageApi(manifest, state, self._hub, self.interactions, self.events, tour)
        inspector = Inspector(self._hub, clock, deliverer, self.troubles, self.rates)
        admin = AdminApi(
            state,
            self.events,
            deliverer,
            self._web_api,
            self.sockets,
            self.troubles,
            self.rates,
            inspector,
            tools or Tools({}),
        )
        hooks = Hooks(state, self.troubles, [inspector.note])
        file_api = FileApi(state, credentials.token, scopes, self.troubles, [inspector.note])
        deliverer.listeners.append(inspector.note)
        self._web_api.watchers.append(inspector.note)
        self.call_listeners.append(inspector.note)
        self.troubles.listeners.append(inspector.tell_switches)
        state.messages.listeners += [page.tell_message, self.events.on_message, self._note]
        state.views.listeners += [page.tell_view, self._note]
        state.panes.listeners.append(page.tell_pane)
        state.drafts.listeners.append(page.tell_draft)
        self._app = web.Application(client_max_size=BODY_BYTES, middlewares=[guard(remote=remote)])
        self._app.add_routes([*page.routes(), *PageFiles(state).routes(), *admin.routes(), *file_api.routes()])
        self._app.add_routes(
            [
                web.route("*", "/api/{method:.*}", self._web_api.handle),
                web.post("/hooks/{kind}/{team}/{secret}", hooks.handle),
                web.get("/link/", self.sockets.handle),
            ]
        )
        if manifest.settings.socket_mode_enabled:
            self.deliver_by_sockets()

    @property
    def api_url(self) -> str:
        """Where the Web API is: the base URL for an SDK's client."""
        return f"{self.base_url}/api/"

    def deliver_to(self, url: str) -> None:
        """Deliver everything to this request URL from now on."""
        self._go_by(self.manifest.reached_at(url))
        self.sockets.enabled = False

    def deliver_by_sockets(self) -> None:
        """Deliver everything by Socket Mode from now on, to whoever connects with the app-level token."""
        self._go_by(self.manifest.over_sockets())
        self.sockets.enabled = True

    def _go_by(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self.interactions.manifest = manifest
        self.events.manifest = manifest

    @classmethod
    @asynccontextmanager
    async def serve(
        cls,
        *,
        manifest: Manifest | Path | Document,
        workspace: Workspace | Path | Document,
        request_url: str | None = None,
        by_sockets: bool = False,
        host: str = "127.0.0.1",
        port: int = 0,
        state_file: Path | None = None,
        clock: Clock | None = None,
        ack_seconds: float = ACK_SECONDS,
        remote: bool = False,
        tour: Tour | None = None,
        tools: Tools | None = None,
    ) -> AsyncIterator["Sandbox"]:
        """Serve a workspace until the end of the block, on a free port unless one is named.

        `request_url` takes the place of the manifest's own URLs; `deliver_to` can name it later. `by_sockets`: by
        Socket Mode instead, as a manifest with `socket_mode_enabled` has it.
        """
        # no limit of connections: waiting for one would count against the app's three seconds
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:
            sandbox = cls(
                _manifest(manifest),
                _workspace(workspace),
                session,
                clock=clock or SystemClock(),
                ack_seconds=ack_seconds,
                remote=remote,
                tour=tour,
                tools=tools,
            )
            if request_url is not None:
                sandbox.deliver_to(request_url)
            if by_sockets:
                sandbox.deliver_by_sockets()
            if state_file is not None:
                sandbox.state.load(state_file)
            async with sandbox._listening(host, port), sandbox._saving(state_file):
                yield sandbox

    @asynccontextmanager
    async def _listening(self, host: str, port: int) -> AsyncIterator[None]:
        runner = web.AppRunner(self._app, access_log=None, shutdown_timeout=STOP_SECONDS)
        await runner.setup()
        try:
            site = web.TCPSite(runner, host, port)
            await site.start()
            bound = runner.addresses[0][1]
            name = f"[{host}]" if ":" in host else host
            self.base_url = f"http://{name}:{bound}"
            self.state.response_urls.base = self.state.files.base = self.base_url
            self.state.socket_urls.base = f"ws://{name}:{bound}"
            yield
        finally:
            self._hub.close()
            self.troubles.end()
            await self.sockets.close()
            await self.events.close()
            await runner.cleanup()

    @asynccontextmanager
    async def _saving(self, path: Path | None) -> AsyncIterator[None]:
        if path is None:
            yield
            return
        saver = asyncio.create_task(self._save_now_and_then(path))
        try:
            yield
        finally:
            saver.cancel()
            with suppress(asyncio.CancelledError):
                await saver
            self.state.save(path)

    async def _save_now_and_then(self, path: Path) -> None:
        while True:
            await asyncio.sleep(SAVE_SECONDS)
            if self._changed:
                self._changed = False
                self.state.save(path)

    def _note(self, _change: MessageChange | ViewChange) -> None:
        self._changed = True


def _manifest(given: Manifest | Path | Document) -> Manifest:
    if isinstance(given, Path):
        return Manifest.read(given)
    return given if isinstance(given, Manifest) else Manifest.model_validate(given)


def _workspace(given: Workspace | Path | Document) -> Workspace:
    if isinstance(given, Path):
        return Workspace.read(given)
    return given if isinstance(given, Workspace) else Workspace.of(given)
