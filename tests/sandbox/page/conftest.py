"""A served workspace with an ordinary Bolt app in it, and people who look at it through the page."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import pytest_asyncio
from playwright.async_api import Locator, Page, expect
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.clock import ManualClock
from sandbox.documents import Document, Json
from sandbox.server import Sandbox
from sandbox.tools import Tools
from sandbox.tour import Tour
from tests.browser import OpenPage, chromium, leave, open_page, pages
from tests.sandbox.conftest import (
    ANN,
    EVENTS,
    GENERAL,
    SCOPES,
    WORKSPACE,
    bolt_app,
    client_of,
    manifest,
    plain,
    running,
)
from tests.sandbox.test_work_objects import ON

__all__ = ["Desk", "chromium", "desk", "open_page", "pages"]  # pytest finds the browser's fixtures here

expect.set_options(timeout=30_000)

ANY = re.compile("")


@dataclass(slots=True)
class Desk:
    """The workspace, the app, and what the app was told, in order: `(kind, payload)`."""

    sandbox: Sandbox
    client: AsyncWebClient
    open_page: OpenPage
    clock: ManualClock
    told: list[tuple[str, Document]] = field(default_factory=list)
    form: Document = field(default_factory=dict)
    answer: Document = field(default_factory=dict)
    update: Document | None = None
    may_answer: asyncio.Event | None = None
    options: list[str] = field(default_factory=lambda: ["Maria Delgado", "Mark Hendricks", "June Diaz"])

    async def look(self, user: str = ANN, channel: str = GENERAL, **options: Json) -> Page:
        """Open the page as a person; keyword arguments are those of ``open_page``."""
        page = await self.open_page(f"{self.sandbox.base_url}/?user={user}&channel={channel}", **options)
        await expect(page.locator("#messages")).to_have_attribute("aria-busy", "false")
        return page

    async def post(self, text: str = "", *, channel: str = GENERAL, **message: Json) -> str:
        """Post as the app; gives the message's ts."""
        answer = await self.client.chat_postMessage(channel=channel, text=text, **message)
        return str(answer["ts"])

    async def open_form(self, page: Page, form: Document) -> Locator:
        """Have the app open a form, as an answer to a command that is typed into the page."""
        self.form = form
        await page.get_by_role("combobox", name="Message #general").fill("/do form")
        await page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog", name=form["title"]["text"])
        await expect(dialog).to_be_visible()
        return dialog

    def hold(self) -> asyncio.Event:
        """Make the app wait with its answers to forms until the event is set."""
        self.may_answer = asyncio.Event()
        return self.may_answer

    def end_streams(self) -> None:
        """Cut the pages' streams of news, as a network might."""
        for queues in self.sandbox._hub._queues.values():
            for queue in queues:
                queue.put_nowait(None)

    def heard(self, kind: str) -> list[Document]:
        """List what the app was told of one kind."""
        return [payload for told, payload in self.told if told == kind]


def app_of(desk: Desk) -> AsyncApp:
    """Make the app: it opens `desk.form`, answers with `desk.answer`, and notes what it hears."""
    app = bolt_app(desk.sandbox)

    @app.command("/do")
    async def do(ack: AsyncAck, body: Document, client: AsyncWebClient) -> None:
        desk.told.append(("command", body))
        if body["text"] == "form":
            await client.views_open(trigger_id=body["trigger_id"], view=desk.form)
            await ack()
        else:
            await ack(f"You said {body['text']}")

    @app.action(ANY)
    async def act(ack: AsyncAck, body: Document, client: AsyncWebClient) -> None:
        desk.told.append(("action", body))
        if body["actions"][0]["action_id"] == "push":
            await client.views_push(trigger_id=body["trigger_id"], view=desk.form)
        await ack()

    @app.options(ANY)
    async def suggest(ack: AsyncAck, body: Document) -> None:
        desk.told.append(("suggestion", body))
        names = [name for name in desk.options if body["value"].lower() in name.lower()]
        await ack(options=[{"text": plain(name), "value": name.lower()} for name in names])

    @app.view(ANY)
    async def submit(ack: AsyncAck, body: Document, client: AsyncWebClient) -> None:
        desk.told.append(("submission", body))
        if desk.may_answer is not None:
            await desk.may_answer.wait()
        if desk.update is not None:  # the form below, while the one on top is still there
            await client.views_update(view_id=body["view"]["previous_view_id"], view=desk.update)
        await ack(**desk.answer)

    return app


def listen(desk: Desk, app: AsyncApp) -> None:
    """Have the app open `desk.form` at a shortcut too, and note the events that it hears."""

    @app.shortcut(ANY)
    async def begin(ack: AsyncAck, body: Document, client: AsyncWebClient) -> None:
        desk.told.append(("shortcut", body))
        await client.views_open(trigger_id=body["trigger_id"], view=desk.form)
        await ack()

    @app.event(ANY)
    async def hear(body: Document) -> None:
        desk.told.append(("event", body["event"]))


@asynccontextmanager
async def desk_of(open_page: OpenPage, tour: Tour | None = None) -> AsyncIterator[Desk]:
    """Serve the workspace with its app running."""
    clock = ManualClock()
    linking = manifest(
        events=[*EVENTS, "entity_details_requested", "link_shared"],
        scopes=[*SCOPES, "links:read", "links:write"],
        unfurl_domains=["shop.example.com"],
        rich_previews=ON,
    )
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(
            Sandbox.serve(
                manifest=linking,
                workspace=WORKSPACE,
                clock=clock,
                tour=tour,
                tools=Tools.of(["Say it=echo <b>said</b>"]),
            )
        )
        opened: list[Page] = []

        async def open_here(url: str, **options: Json) -> Page:
            opened.append(await open_page(url, **options))
            return opened[-1]

        made = Desk(sandbox, client_of(sandbox), open_here, clock)
        app = app_of(made)
        listen(made, app)
        sandbox.deliver_to(await stack.enter_async_context(running(app)))
        yield made
        for page in opened:  # before the workspace is stopped, which takes its time on a busy machine
            await leave(page)


@pytest_asyncio.fixture(loop_scope="session")
async def desk(open_page: OpenPage) -> AsyncIterator[Desk]:
    """The workspace with its app running."""
    async with desk_of(open_page) as made:
        yield made
