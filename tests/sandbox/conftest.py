"""A small workspace, a small app of a few Bolt listeners, and the two joined."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.clock import ManualClock
from sandbox.documents import Document, Json
from sandbox.server import Sandbox
from sandbox.views import View

ANN, BEN, GUEST, GONE = "U0ANN", "U0BEN", "U0GUEST", "U0GONE"
GENERAL, SECRET, QUIET = "C0GENERAL", "G0SECRET", "C0QUIET"

WORKSPACE: Document = {
    "team": {"id": "T0TEAM", "domain": "example", "name": "Example"},
    "people": [
        {"id": ANN, "name": "ann", "real_name": "Ann Archer", "email": "ann@example.com"},
        {"id": BEN, "name": "ben", "real_name": "Ben Baker", "email": "ben@example.com"},
        {"id": GUEST, "name": "guest", "real_name": "Gus Guest", "email": "gus@example.com", "is_restricted": True},
        {"id": GONE, "name": "gone", "real_name": "Gone Gray", "email": "gone@example.com", "deleted": True},
    ],
    "channels": [
        {"id": GENERAL, "name": "general"},
        {"id": SECRET, "name": "secret", "kind": "private", "members": [ANN]},
        {"id": QUIET, "name": "quiet", "members": [ANN, BEN]},
    ],
    "app": {"bot_user_id": "U0BOT", "bot_id": "B0BOT", "app_id": "A0APP"},
}

SCOPES = [
    "chat:write",
    "commands",
    "users:read",
    "users:read.email",
    "im:write",
    "channels:read",
    "channels:history",
    "groups:read",
    "groups:history",
    "im:read",
    "im:history",
    "app_mentions:read",
    "files:read",
    "files:write",
]

APP_HOME = {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False}

SHORTCUTS = [
    {"name": "Begin", "type": "global", "callback_id": "begin", "description": "Begins something"},
    {"name": "Take over", "type": "message", "callback_id": "take_over", "description": "Makes something of it"},
]

EVENTS = ["user_change", "app_home_opened", "message.channels", "message.im", "app_mention", "member_joined_channel"]


def manifest(**changes: Json) -> Document:
    """Write a manifest; changes: scopes, events, interactivity, should_escape, app_home, unfurl_domains,
    rich_previews.
    """
    interactivity = {
        "is_enabled": True,
        "request_url": "https://example.com/",
        "message_menu_options_url": "https://example.com/",
    }
    return {
        "display_information": {"name": "Helper"},
        "features": {
            "app_home": changes.get("app_home", APP_HOME),
            "shortcuts": SHORTCUTS,
            "unfurl_domains": changes.get("unfurl_domains", []),
            "rich_previews": changes.get("rich_previews", {}),
            "bot_user": {"display_name": "helper"},
            "slash_commands": [
                {
                    "command": "/do",
                    "description": "Does it",
                    "usage_hint": "[what]",
                    "should_escape": changes.get("should_escape", False),
                    "url": "https://example.com/",
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": changes.get("scopes", SCOPES)}},
        "settings": {
            "interactivity": changes.get("interactivity", interactivity),
            "event_subscriptions": {
                "request_url": "https://example.com/",
                "bot_events": changes.get("events", []),
            },
        },
    }


def plain(text: str) -> Document:
    return {"type": "plain_text", "text": text}


def text_input(block_id: str, action_id: str = "value", **element: Json) -> Document:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(block_id),
        "element": {"type": "plain_text_input", "action_id": action_id, **element},
    }


def modal(*blocks: Document, **more: Json) -> Document:
    return {"type": "modal", "title": plain("Form"), "submit": plain("Go"), "blocks": list(blocks), **more}


def button(action_id: str, **more: Json) -> Document:
    return {"type": "button", "action_id": action_id, "text": plain("Press"), **more}


def actions(*elements: Document, **more: Json) -> Document:
    return {"type": "actions", "elements": list(elements), **more}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def sandbox(clock: ManualClock) -> AsyncIterator[Sandbox]:
    """A workspace whose app is not running."""
    async with Sandbox.serve(manifest=manifest(), workspace=WORKSPACE, clock=clock) as served:
        yield served


@pytest.fixture
def client(sandbox: Sandbox) -> AsyncWebClient:
    return client_of(sandbox)


@dataclass
class ScriptedApp:
    """Takes whatever is delivered, and answers as the test says: a text, a document, or a whole response."""

    answer: str | Document | Callable[[], web.Response] = ""
    requests: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)
    wait: float = 0.0
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        async with self.arrived:
            self.requests.append((request.headers.copy(), body))
            self.arrived.notify_all()
        await asyncio.sleep(self.wait)
        if isinstance(self.answer, dict):
            return web.json_response(self.answer)
        return web.Response(text=self.answer) if isinstance(self.answer, str) else self.answer()


@pytest.fixture
async def app(sandbox: Sandbox) -> AsyncIterator[ScriptedApp]:
    """An app that the workspace delivers to."""
    scripted = ScriptedApp()
    async with listening(scripted.handle) as url:
        sandbox.deliver_to(url)
        yield scripted


async def trigger_of(sandbox: Sandbox, user: str = "U0ANN") -> str:
    """Have a person type a command, and give the trigger id that came with it."""
    await sandbox.command(user, "/do it")
    return str(sandbox.deliveries[-1].payload["trigger_id"])


async def open_form(sandbox: Sandbox, client: AsyncWebClient, *blocks: Document, **more: Json) -> View:
    """Have Ann type a command and the app open a form for her."""
    await client.views_open(trigger_id=await trigger_of(sandbox), view=modal(*blocks, **more))
    view = sandbox.view(ANN)
    assert view is not None
    return view


def client_of(sandbox: Sandbox) -> AsyncWebClient:
    """Make slack_sdk's own client, unchanged."""
    return AsyncWebClient(token=sandbox.credentials.token, base_url=sandbox.api_url, retry_handlers=[])


@asynccontextmanager
async def listening(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    """Serve one handler for every request; gives its URL."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    finally:
        await runner.cleanup()


def running(app: AsyncApp) -> AbstractAsyncContextManager[str]:
    """Serve a Bolt app; gives its request URL."""

    async def handle(request: web.Request) -> web.StreamResponse:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    return listening(handle)


def bolt_app(sandbox: Sandbox) -> AsyncApp:
    """Make a Bolt app of this workspace."""
    return AsyncApp(
        client=client_of(sandbox),
        signing_secret=sandbox.credentials.signing_secret,
        process_before_response=True,
    )


class Browser:
    """Requests as the page makes them."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str) -> None:
        self.session = session
        self.base_url = base_url

    async def get(self, path: str, **query: str) -> Document:
        async with self.session.get(f"{self.base_url}/-/{path}", params=query) as response:
            return dict(await response.json())

    async def post(self, path: str, **body: Json) -> Document:
        headers = {"Origin": self.base_url, "Sec-Fetch-Site": "same-origin"}
        async with self.session.post(f"{self.base_url}/-/{path}", json=body, headers=headers) as response:
            return dict(await response.json())


@pytest.fixture
async def browser(sandbox: Sandbox) -> AsyncIterator[Browser]:
    async with aiohttp.ClientSession() as session:
        yield Browser(session, sandbox.base_url)
