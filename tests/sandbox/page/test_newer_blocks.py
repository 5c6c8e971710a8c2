"""The newer kinds of block in a real browser: tables of data, films, cards, feedback, formatted fields."""

from typing import Final

import pytest
from playwright.async_api import expect

from sandbox.documents import Document, Json
from tests.browser import faults
from tests.sandbox.conftest import ANN, GENERAL, actions, button, modal, plain
from tests.sandbox.page.conftest import Desk
from tests.sandbox.samples import input_block, newer_blocks

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long]

# the picture is the page's own: nothing is fetched from elsewhere
VIDEO: Final[Document] = {
    "type": "video",
    "title": plain("How to open it"),
    "title_url": "https://example.com/film",
    "video_url": "https://example.com/embed",
    "thumbnail_url": "/page/icon.svg",
    "alt_text": "A hand with a screwdriver",
    "author_name": "Ann",
    "provider_name": "Films",
    "description": plain("Mind the clips"),
}


def text(words: str) -> Document:
    return {"type": "raw_text", "text": words}


def number(value: float) -> Document:
    return {"type": "raw_number", "value": value, "text": f"{value:g} h"}


def without_addresses(block: Json) -> Json:
    """Take the page's own picture for every other."""
    if isinstance(block, dict):
        return {key: "/page/icon.svg" if key == "image_url" else without_addresses(one) for key, one in block.items()}
    return [without_addresses(one) for one in block] if isinstance(block, list) else block


async def test_newer_blocks_are_shown_and_used(desk: Desk) -> None:
    rows = [[text(f"Ticket {at}"), number((at * 5) % 12)] for at in range(1, 8)]
    table = {"type": "data_table", "caption": "Hours", "rows": [[text("Ticket"), text("Time")], *rows]}
    blocks = [without_addresses(block) for block in newer_blocks() if block["type"] != "data_table"]
    folded = {**blocks[3], "is_collapsible": True, "default_collapsed": True, "title": plain("Folded")}
    old = {"color": "#336699", "title": "Report", "title_link": "https://example.com/r", "text": "*All* is well"}
    pressed = {"color": "danger", "blocks": [actions(button("in_attachment", value="2"))]}
    await desk.post("All", blocks=[table, VIDEO, *blocks, folded], attachments=[old, pressed])
    page = await desk.look()
    message = page.locator(".message")
    shown = page.get_by_role("region", name="Hours")
    first = shown.get_by_role("rowheader").first
    said = page.locator(".data-table").get_by_role("status")

    await expect(said).to_have_text("1–5 of 7")
    await shown.get_by_role("button", name="Time").click()
    await expect(first).to_have_text("Ticket 5")
    await shown.get_by_role("button", name="Time").click()
    await expect(first).to_have_text("Ticket 7")
    await page.get_by_role("button", name="Next").click()
    await expect(said).to_have_text("6–7 of 7")
    await page.get_by_role("searchbox", name="Filter Hours").fill("ticket 3")
    await expect(shown.get_by_role("row")).to_have_text(["TicketTime", "Ticket 33 h"])
    await expect(page.get_by_role("link", name="How to open it", exact=True)).to_be_visible()
    await expect(page.get_by_role("link", name="Play How to open it")).to_have_attribute("href", VIDEO["video_url"])

    await expect(message.locator(".unsupported")).to_have_count(0)
    await expect(message.get_by_role("article")).to_have_count(2)
    await message.locator("summary", has_text="Folded").click()
    await expect(message.locator(".container-inside").last).to_be_visible()
    await message.locator(".context-actions button").first.click()
    await message.locator(".context-actions .icon-button").click()
    await message.locator("[data-action=in_attachment]").click()
    await expect(message.get_by_role("link", name="Report")).to_be_visible()
    await expect(message.locator("[aria-busy]")).to_have_count(0)
    assert [(told["actions"][0]["type"], told["actions"][0]["value"]) for told in desk.heard("action")] == [
        ("feedback_buttons", "1"),
        ("icon_button", "1"),
        ("button", "2"),
    ]
    assert await faults(page) == []


TYPED: Final = """*Screen* of @ben's _old_ phone, see #general :wrench:
> it *fell*
> twice
- glass
- `touch`
  1. left
```
log 1
log 2
```
https://example.com/a_b"""


async def test_formatted_text_is_told_as_rich_text_and_comes_back(desk: Desk) -> None:
    page = await desk.look()
    bold = {"type": "rich_text_section", "elements": [{"type": "text", "text": "Given", "style": {"bold": True}}]}
    field = {"type": "rich_text_input", "action_id": "a", "initial_value": {"type": "rich_text", "elements": [bold]}}
    dialog = await desk.open_form(page, modal({**input_block(field), "label": plain("What")}))
    box = dialog.get_by_role("textbox", name="What")
    await expect(box).to_have_value("*Given*")

    await box.fill(TYPED)
    desk.answer = {"response_action": "errors", "errors": {"i": "Again"}}
    await dialog.get_by_role("button", name="Go").click()
    await expect(dialog.get_by_text("Again")).to_be_visible()
    view = desk.sandbox.view(ANN)
    assert view is not None
    value = view.values["i"]["a"]["rich_text_value"]
    await page.reload()
    await expect(box).to_have_value(TYPED)

    section, quote, bullets, numbered, code, link = value["elements"]
    assert [part["type"].removeprefix("rich_text_") for part in value["elements"]] == [
        "section",
        "quote",
        "list",
        "list",
        "preformatted",
        "section",
    ]
    assert section["elements"] == [
        {"type": "text", "text": "Screen", "style": {"bold": True}},
        {"type": "text", "text": " of "},
        {"type": "user", "user_id": "U0BEN"},
        {"type": "text", "text": "'s "},
        {"type": "text", "text": "old", "style": {"italic": True}},
        {"type": "text", "text": " phone, see "},
        {"type": "channel", "channel_id": GENERAL},
        {"type": "text", "text": " "},
        {"type": "emoji", "name": "wrench"},
    ]
    assert "".join(element["text"] for element in quote["elements"]) == "it fell\ntwice"
    assert (bullets["style"], numbered["style"], numbered["indent"]) == ("bullet", "ordered", 1)
    assert bullets["elements"][1]["elements"] == [{"type": "text", "text": "touch", "style": {"code": True}}]
    assert code["elements"] == [{"type": "text", "text": "log 1\nlog 2"}]
    assert link["elements"] == [{"type": "link", "url": "https://example.com/a_b"}]
