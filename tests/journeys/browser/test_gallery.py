"""Every recorded screen in the page, as an app sends it: nothing of it is left out or sticks out.

``make pictures`` takes the picture of each for docs/screens.md (``tests/gallery.py``).
"""

import io
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import FloatRect, Locator, Page, expect
from slack_bolt.async_app import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.jobs.pictures import draw
from sandbox.clock import ManualClock
from sandbox.documents import Document
from sandbox.server import Sandbox
from tests import gallery
from tests.bot.report_screens import CHART_FILE, FLOW
from tests.bot.screens import screens
from tests.browser import OpenPage, faults
from tests.journeys.browser.conftest import PHONE
from tests.journeys.floor import CHANNEL, ROOT, manifest_of
from tests.sandbox.conftest import bolt_app, client_of, running

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long, pytest.mark.timeout(300)]

READER: Final = "U0MARIA"
SCREENS: Final = screens()
OF_KIND: Final = {
    kind: [name for name, (each, _) in SCREENS.items() if each == kind]
    for kind in ("message", "modal", "home", "options", "entity")
}
_MORNING: Final = 1_795_449_600.0  # of the pictures: Monday, November 23rd, 2026, 8 in San Francisco
_TALL: Final = {"viewport": {"width": 900, "height": 3000}}  # forms are shown whole
_LONG_PHONE: Final = {**PHONE, "viewport": {"width": 400, "height": 15_000}}  # many messages at once
_BATCHES: Final = 12  # of messages
_FORMS_FOR_AXE: Final = (
    "form_new",
    "form_edit_overtaken",
    "form_completion_checks",
    "form_merge",
    "hours_form",
    "settings_form_manager",
    "form_person",
)
_COLOURS: Final = 64  # of a picture's palette: text on white needs no more
# what sticks out of its place to the right; what scrolls by itself may be wider
_WIDE = """(root) => [...root.querySelectorAll("*")]
  .filter((each) => !each.closest(".table-scroll, .table, pre"))
  .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
  .map((each) => each.outerHTML.slice(0, 120))"""


class Stand:
    """The workspace, an app that shows what it is told to, and the pictures that are wanted."""

    def __init__(self, sandbox: Sandbox, open_page: OpenPage, chart: str) -> None:
        self.sandbox = sandbox
        self.client: AsyncWebClient = client_of(sandbox)
        self.open_page = open_page
        self.chart = chart
        self.form: Document = {}
        self.options: Document = {}
        self.details: Document = {}

    def screen(self, name: str) -> Document:
        """Return a screen with the picture that this workspace has."""
        return dict(_with_chart(SCREENS[name][1], self.chart))

    async def look(self, **options: Any) -> Page:  # noqa: ANN401 - Playwright's
        """Open the shop's channel."""
        page = await self.open_page(f"{self.sandbox.base_url}/?user={READER}&channel={CHANNEL}", **options)
        await expect(page.locator("#messages")).to_have_attribute("aria-busy", "false")
        return page

    async def open_form(self, page: Page, name: str) -> Locator:
        """Have the app open a recorded form."""
        self.form = self.screen(name)
        await self.sandbox.command(READER, "/ticket", CHANNEL)
        dialog = page.locator("dialog[open]").last
        await expect(dialog).to_contain_text(self.form["title"]["text"])
        return dialog


@pytest_asyncio.fixture(loop_scope="session")
async def workspace() -> AsyncIterator[tuple[Sandbox, ManualClock]]:
    """The sample shop's workspace, where it is always the same morning."""
    clock = ManualClock(_MORNING)
    workspace = ROOT / "db" / "sample" / "workspace.json"
    async with Sandbox.serve(manifest=manifest_of(work_objects=True), workspace=workspace, clock=clock) as sandbox:
        yield sandbox, clock


@pytest_asyncio.fixture(loop_scope="session")
async def stand(workspace: tuple[Sandbox, ManualClock], open_page: OpenPage) -> AsyncIterator[Stand]:
    """The app, and a picture in Slack that its summaries show."""
    sandbox, clock = workspace
    client = client_of(sandbox)
    uploaded: Any = await client.files_upload_v2(filename="summary.png", content=await draw(FLOW), title="Summary")
    clock.move(5)
    made = Stand(sandbox, open_page, uploaded["file"]["id"])
    app = bolt_app(sandbox)

    @app.command("/ticket")
    async def show(ack: AsyncAck, body: Document, client: AsyncWebClient) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=made.form)
        await ack()

    @app.event("entity_details_requested")
    async def tell(event: Document, client: AsyncWebClient) -> None:
        await client.api_call(
            "entity.presentDetails", json={"trigger_id": event["trigger_id"], "metadata": made.details}
        )

    @app.event(gallery.ANY)
    async def ignore() -> None:
        """Hear of the rest, and leave it at that."""

    @app.options(gallery.ANY)
    async def suggest(ack: AsyncAck) -> None:
        await ack(made.options)

    async with AsyncExitStack() as stack:
        sandbox.deliver_to(await stack.enter_async_context(running(app)))
        yield made


async def check(shown: Locator, name: str) -> None:
    """Hold that all of a screen is shown."""
    assert await shown.locator(".unsupported").count() == 0, name
    assert await shown.evaluate(_WIDE) == [], name


def keep(taken: bytes, name: str, box: FloatRect | None = None) -> None:
    """Keep the picture of a screen, or of its box on the page, where pictures are wanted and it belongs to them."""
    folder = os.environ.get("PICTURES")
    if folder and name in gallery.pictured(SCREENS):
        place = Path(folder) / "screens"
        place.mkdir(parents=True, exist_ok=True)
        image = Image.open(io.BytesIO(taken)).convert("RGB")
        if box is not None:
            x, y = round(box["x"]), round(box["y"])
            image = image.crop((x, y, x + round(box["width"]), y + round(box["height"])))
        image.quantize(_COLOURS, dither=Image.Dither.NONE).save(place / f"{name}.png", optimize=True)


async def post(stand: Stand, name: str) -> str:
    """Say a recorded message in the shop's channel, privately if it is a private one; return its ts."""
    screen = stand.screen(name)
    said = {"channel": CHANNEL, "text": screen.get("text", ""), "blocks": screen.get("blocks", [])}
    if screen.get("response_type") == "ephemeral":
        answer: Any = await stand.client.chat_postEphemeral(user=READER, **said)
        return str(answer["message_ts"])
    return str((await stand.client.chat_postMessage(**said))["ts"])


@pytest.mark.parametrize("batch", range(_BATCHES))
async def test_every_message_fits_a_phone(batch: int, stand: Stand) -> None:
    names = OF_KIND["message"][batch::_BATCHES]
    posted = [await post(stand, name) for name in names]
    page = await stand.look(**_LONG_PHONE)
    for name, ts in zip(names, posted, strict=True):
        await check(page.locator(f'#messages [data-ts="{ts}"]'), name)
    taken = await page.screenshot(animations="disabled", caret="hide")
    for name, ts in zip(names, posted, strict=True):
        keep(taken, name, await page.locator(f'#messages [data-ts="{ts}"]').bounding_box())
    assert await faults(page) == []


async def test_every_home_tab_fits_a_phone(stand: Stand) -> None:
    page = await stand.look(**_LONG_PHONE)
    conversation = await stand.client.conversations_open(users=READER)
    await page.goto(f"{stand.sandbox.base_url}/?user={READER}&channel={conversation['channel']['id']}&tab=home")
    for name in OF_KIND["home"]:
        await stand.client.views_publish(user_id=READER, view=stand.screen(name))
        home = page.locator(".home-blocks")
        await expect(home).to_contain_text(gallery.words_of(stand.screen(name))[:20])
        await check(home, name)
        box = await home.bounding_box()
        assert box is not None
        around: FloatRect = {"x": 0, "y": box["y"] - 12, "width": 400, "height": box["height"] + 24}
        keep(await page.screenshot(animations="disabled", clip=around), name)
        assert await faults(page) == [], name


async def test_every_form_fits_a_phone(stand: Stand) -> None:
    page = await stand.look(**_TALL)
    for name in OF_KIND["modal"]:
        await page.set_viewport_size({"width": 900, "height": 3000})
        dialog = await stand.open_form(page, name)
        if name in gallery.pictured(SCREENS):
            await dialog.evaluate("(form) => (form.style.maxHeight = 'none')")  # the whole of it, not a screen
            keep(await dialog.screenshot(animations="disabled", caret="hide"), name)
        await page.set_viewport_size({"width": 400, "height": 860})
        await check(dialog, name)
        await stand.sandbox.close(READER)
        await expect(dialog).to_have_count(0)


async def test_forms_are_for_everybody(stand: Stand) -> None:
    page = await stand.look(**_TALL)
    for name in _FORMS_FOR_AXE:
        dialog = await stand.open_form(page, name)
        assert await faults(page) == [], name
        await stand.sandbox.close(READER)
        await expect(dialog).to_have_count(0)


async def test_customers_are_offered_as_somebody_types(stand: Stand) -> None:
    page = await stand.look(**_TALL)
    [name] = OF_KIND["options"]
    stand.options = stand.screen(name)
    dialog = await stand.open_form(page, "form_new")
    await dialog.get_by_role("combobox", name="Customer").fill("maria")
    await expect(page.get_by_role("option").first).to_be_visible()
    await check(dialog, name)
    keep(await dialog.screenshot(animations="disabled", caret="hide"), name)
    await stand.sandbox.close(READER)


async def test_every_work_object_fits_a_phone(stand: Stand) -> None:
    page = await stand.look(**PHONE)
    [shared] = [name for name in OF_KIND["entity"] if name == "entity_shared"]
    for name in OF_KIND["entity"]:
        is_pane = name.startswith("entity_details")
        entity = stand.screen(shared if is_pane else name)
        await stand.sandbox.say(READER, entity["app_unfurl_url"], CHANNEL)
        posted = stand.sandbox.messages(CHANNEL, READER)[-1]
        await stand.client.chat_unfurl(channel=CHANNEL, ts=posted.ts, metadata={"entities": [entity]})
        shown = page.locator(f'#messages [data-ts="{posted.ts}"]')
        await expect(shown).to_contain_text(entity["entity_payload"]["attributes"]["title"]["text"][:20])
        if is_pane:
            stand.details = stand.screen(name)
            await shown.locator(".entity-title").click()
            shown = page.locator("dialog[open]").last
            await expect(shown).to_contain_text("Ticket")
        await check(shown, name)
        keep(await shown.screenshot(animations="disabled"), name)
        if is_pane:
            await page.keyboard.press("Escape")


def _with_chart(part: Any, chart: str) -> Any:  # noqa: ANN401 - any depth of JSON
    if isinstance(part, Mapping):
        return {key: _with_chart(inner, chart) for key, inner in part.items()}
    if isinstance(part, list):
        return [_with_chart(inner, chart) for inner in part]
    return chart if part == CHART_FILE else part
