"""The inspector in the page: rows as they come, what is under them, filters, switches, on a phone too."""

import asyncio

import pytest
from playwright.async_api import Locator, Page, expect
from slack_sdk.errors import SlackApiError

from sandbox.troubles import Trouble
from sandbox.web_api import ApiCall
from tests.sandbox.conftest import ANN, BEN, GENERAL, modal, text_input
from tests.sandbox.page.conftest import Desk
from tests.sandbox.page.test_access import PHONE

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long]


async def inspect(page: Page) -> Locator:
    await page.get_by_role("button", name="Inspector", exact=True).click()
    panel = page.get_by_role("complementary", name="Inspector")
    await expect(panel.get_by_role("button", name="All", exact=True)).to_be_focused()
    return panel


async def test_rows_come_as_it_happens_newest_first_and_open_to_what_was_sent(desk: Desk) -> None:
    page = await desk.look()
    await page.get_by_role("combobox", name="Message #general").fill("/do <b>one</b>")
    await page.keyboard.press("Enter")
    panel = await inspect(page)
    await panel.get_by_role("button", name="Commands").click()
    rows = panel.get_by_role("listitem")
    await expect(rows).to_have_count(1)
    await desk.sandbox.command(BEN, "/do two")
    await expect(rows).to_have_count(2)

    await expect(rows.first).to_contain_text("/do two Ben Baker")
    await expect(rows.last).to_contain_text("/do <b>one</b> Ann Archer")
    await expect(rows.last).to_contain_text("200")
    await expect(rows.last).to_contain_text("acknowledged")
    await rows.last.locator("summary").press("Enter")
    await expect(rows.last.get_by_role("region", name="Payload")).to_contain_text('"text": "<b>one</b>"')
    await expect(rows.last.get_by_role("region", name="answer")).to_have_text("You said <b>one</b>")

    await rows.last.get_by_role("button", name="Deliver it again").click()
    await expect(rows.last.get_by_role("status")).to_contain_text("Delivered again: the app answered with status 200.")
    await expect(rows).to_have_count(3)
    assert [body["text"] for body in desk.heard("command")] == ["<b>one</b>", "two", "<b>one</b>"]

    await panel.get_by_role("button", name="Say it").press("Enter")
    await expect(panel.locator(".tool-said")).to_have_text("<b>said</b>")

    await page.keyboard.press("Escape")
    await expect(panel).to_be_hidden()
    await expect(page.get_by_role("button", name="Inspector", exact=True)).to_be_focused()


@pytest.mark.long
async def test_kinds_and_faults_are_shown_alone(desk: Desk) -> None:
    page = await desk.look()
    await desk.open_form(page, modal(text_input("first"), callback_id="it.done"))
    await page.keyboard.press("Escape")
    with pytest.raises(SlackApiError):
        await desk.client.chat_postMessage(channel=GENERAL, text="x", blocks=[{"type": "header"}])
    panel = await inspect(page)
    seen = panel.locator(".exchange:visible code")

    for kind, names in (
        ("Commands", ["/do form"]),
        ("API calls", ["chat.postMessage", "views.open", "auth.test"]),
        ("Faults", ["chat.postMessage"]),
        ("Buttons and forms", []),
    ):
        await panel.get_by_role("button", name=kind).click()
        await expect(seen).to_have_text(names)
    await expect(panel).to_contain_text("Nothing of this kind.")

    held = desk.sandbox.troubles.start(Trouble(kind="held_reply", method="api.test"))
    call = asyncio.create_task(desk.client.api_test())
    await panel.get_by_role("button", name="All", exact=True).click()
    newest = panel.locator(".exchange").first
    await expect(newest.locator(".verdict")).to_have_text("running")
    desk.sandbox.troubles.end(held)
    await call
    await expect(newest.locator(".verdict")).to_have_text("carried out, but the reply was held back")


async def test_trouble_is_switched_on_seen_by_everybody_and_ended(desk: Desk) -> None:
    page, other = await desk.look(), await desk.look(BEN)
    panel = await inspect(page)
    down = panel.get_by_role("switch", name="Slack is down")
    await down.click()
    await expect(down).to_be_checked()
    await expect(other.locator("#trouble")).to_contain_text("Slack is down: each call of the app gets a 500.")
    with pytest.raises(SlackApiError):
        await desk.client.chat_postMessage(channel=GENERAL, text="x")
    await expect(panel.get_by_role("listitem").first).to_contain_text("Slack was down (500), not carried out")

    await other.get_by_role("button", name="End the trouble").click()
    await expect(down).not_to_be_checked()
    await expect(page.locator("#trouble")).to_be_hidden()
    rates = panel.get_by_role("switch", name="Hold to rate limits")
    await rates.click()
    await expect(rates).to_be_checked()
    assert desk.sandbox.rates.enforced


@pytest.mark.long
async def test_newest_500_stay_and_a_phone_shows_them_without_sideways_scrolling(desk: Desk) -> None:
    for _ in range(510):
        desk.sandbox.call_listeners[-1](ApiCall("api.test", {}, 0.0))
    page = await desk.look(ANN, **PHONE)
    panel = await inspect(page)
    rows = panel.locator(".exchange")
    await expect(rows).to_have_count(500)
    await desk.sandbox.command(ANN, "/do " + "x" * 150)

    await expect(rows.filter(has_text="/do xxx")).to_be_visible()
    await expect(rows).to_have_count(500)
    assert await page.evaluate("document.querySelector('.inspector-rows').scrollWidth <= innerWidth")
    box = await panel.bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
