"""Work Objects in the page: cards under messages, and the pane that opens from one."""

from typing import Final

import pytest
from playwright.async_api import Page, expect

from sandbox.documents import Document
from tests.browser import faults
from tests.sandbox.conftest import BEN
from tests.sandbox.page.conftest import Desk
from tests.sandbox.page.test_access import PHONE
from tests.sandbox.test_work_objects import ENTITY, POSTED, changed

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

FIELDS: Final[Document] = {
    "status": {"value": "<b>In queue</b>"},
    "assignee": {"type": "slack#/types/user", "user": {"user_id": BEN}},
    "date_created": {"value": 1_718_000_000},
    "due_date": {"type": "slack#/types/timestamp", "value": "soon"},
    "created_by": {"type": "string", "value": "Cleo", "link": "https://example.com/cleo"},
}


async def asked(desk: Desk, page: Page) -> str:
    """Wait until the app was asked for details; gives the trigger."""
    await expect(page.get_by_role("dialog")).to_be_visible()
    await desk.sandbox.events.settled()
    return str(desk.heard("event")[-1]["trigger_id"])


async def test_work_object_opens_in_a_pane_that_its_buttons_change(desk: Desk) -> None:
    entity = changed("entity_payload/fields", FIELDS)
    del entity["entity_payload"]["display_order"]
    await desk.post("Ticket", metadata={"entities": [entity]})
    page = await desk.look()
    card = page.locator(".attachment")
    assert await card.locator("dt").all_inner_texts() == [
        "Status",
        "Assignee",
        "Date created",
        "Due date",
        "Created by",
        "Device",
    ]
    assert await card.locator("dd").all_inner_texts() == [
        "<b>In queue</b>",
        "Ben Baker",
        "Jun 9, 2024 at 11:13 PM",
        "soon",
        "Cleo",
        "Laptop",
    ]

    await card.get_by_role("button", name="Screen").press("Enter")
    pane = page.get_by_role("dialog", name="Screen")
    await expect(pane.get_by_text("Loading…")).to_be_visible()
    await desk.client.entity_presentDetails(trigger_id=await asked(desk, page), metadata=ENTITY)
    await expect(pane.locator("dd")).to_have_text(["In queue", "Laptop"])

    await pane.get_by_role("button", name="Take").press("Enter")
    await expect(pane.locator("[aria-busy=true]")).to_have_count(0)
    taken = changed("entity_payload/fields/status", {"value": "With Ben"})
    trigger = desk.heard("action")[-1]["trigger_id"]
    await desk.client.entity_presentDetails(trigger_id=trigger, metadata=taken)
    await expect(pane.locator("dd").first).to_have_text("With Ben")
    await expect(pane.get_by_role("button", name="Take")).to_be_focused()

    await page.keyboard.press("Escape")
    await expect(pane).to_have_count(0)
    await expect(card.get_by_role("button", name="Screen")).to_be_focused()


@pytest.mark.long
async def test_pane_says_why_it_is_empty_and_fills_a_phone(desk: Desk) -> None:
    await desk.post("Ticket", metadata={"entities": [ENTITY]})
    page = await desk.look(**PHONE)
    await page.locator(".entity-title").tap()
    error = {"status": "custom", "custom_title": "Not shown", "custom_message": "Ask **a Manager**."}
    trigger = await asked(desk, page)
    await desk.client.entity_presentDetails(trigger_id=trigger, error={**error, "message_format": "markdown"})

    pane = page.get_by_role("dialog")
    await expect(pane.get_by_role("heading", name="Not shown")).to_be_visible()
    await expect(pane.locator("strong")).to_have_text("a Manager")
    box = await pane.bounding_box()
    assert box is not None
    assert (box["x"], box["width"], box["height"]) == (0, 390, 844)
    assert await faults(page) == []


async def test_link_is_shown_under_the_box_while_it_is_written_and_gone_with_it(desk: Desk) -> None:
    page = await desk.look()
    box, preview = page.get_by_role("combobox"), page.get_by_role("region", name="Preview of links")
    async with page.expect_response("**/-/typed") as answered:
        await box.fill(f"See {POSTED}")
    draft = (await (await answered.value).json())["draft"]
    metadata = {"entities": [{**ENTITY, "app_unfurl_url": POSTED}]}
    await desk.client.api_call("chat.unfurl", json={"unfurl_id": draft, "source": "composer", "metadata": metadata})
    await expect(preview.get_by_text("Screen")).to_be_visible()
    await expect(preview.get_by_role("button")).to_have_count(0)

    await box.fill("See")
    await expect(preview).to_have_count(0)
