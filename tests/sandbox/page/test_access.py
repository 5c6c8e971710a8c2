"""The page without a mouse, on a phone, in the dark, and for a screen reader."""

import asyncio

import pytest
from playwright.async_api import Page, expect

from sandbox.documents import Document
from tests.sandbox.conftest import actions, button, modal, plain, text_input
from tests.sandbox.page.conftest import Desk

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long]

PHONE: Document = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


async def focused(page: Page) -> str:
    """The label of what has the focus."""
    return str(await page.evaluate("(document.activeElement.ariaLabel || document.activeElement.innerText).trim()"))


async def test_everything_is_done_by_keyboard_alone(desk: Desk) -> None:
    desk.form = modal(text_input("first"), text_input("second"))
    await desk.post("card", blocks=[actions(button("take"))])
    page = await desk.look()
    keyboard = page.keyboard

    await keyboard.type("one")
    await keyboard.press("Shift+Enter")
    await keyboard.type("two")
    await keyboard.press("Enter")
    await expect(page.locator(".message .text").last).to_have_text("one\ntwo", use_inner_text=True)

    await keyboard.press("Shift+Tab")
    assert await focused(page) == "Press"
    await keyboard.press("Enter")
    await expect(page.locator("[aria-busy=true]")).to_have_count(0)
    assert len(desk.heard("action")) == 1

    await keyboard.press("Tab")
    await keyboard.type("/do form")
    await keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Form")
    await expect(dialog.get_by_label("first")).to_be_focused()
    await keyboard.type("a")
    await keyboard.press("Tab")
    await keyboard.type("b")
    await keyboard.press("Enter")
    await expect(dialog).to_have_count(0)
    assert len(desk.heard("submission")) == 1
    await expect(page.get_by_role("combobox", name="Message #general")).to_be_focused()


async def test_focus_goes_round_inside_a_form(desk: Desk) -> None:
    page = await desk.look()
    dialog = await desk.open_form(page, modal(text_input("first")))
    stops = []

    for _ in range(5):
        await page.keyboard.press("Tab")
        stops.append(await focused(page))
    await page.keyboard.press("Shift+Tab")

    assert stops == ["Cancel", "Go", "Close", "", "Cancel"]
    await expect(dialog.get_by_label("first")).to_be_focused()


async def test_person_is_switched_by_keyboard(desk: Desk) -> None:
    page = await desk.look()
    await page.get_by_role("button", name="You are Ann Archer").focus()

    for key in ("Enter", "ArrowDown", "Enter"):
        await page.keyboard.press(key)

    await expect(page.get_by_role("button", name="You are Ben Baker")).to_be_visible()


async def test_form_and_messages_have_names_for_a_screen_reader(desk: Desk) -> None:
    await desk.post("hello")
    page = await desk.look()
    dialog = await desk.open_form(page, modal({**text_input("first"), "hint": plain("Only one"), "optional": True}))

    await expect(dialog).to_have_attribute("aria-modal", "true")
    await expect(dialog.get_by_label("first (optional)")).to_have_accessible_description("Only one")
    await expect(page.locator(".message")).to_have_attribute(
        "aria-label", "helper, " + await page.locator(".message time").inner_text()
    )


async def test_phone_shows_a_conversation_and_the_rest_in_a_drawer(desk: Desk) -> None:
    await desk.post("a long line of words " * 20, blocks=[actions(*(button(f"b{number}") for number in range(8)))])
    page = await desk.look(**PHONE)
    sidebar = page.get_by_role("navigation", name="Workspace")
    await expect(sidebar).to_be_hidden()

    await page.get_by_role("button", name="Open the sidebar").tap()
    await expect(sidebar).to_be_visible()
    await sidebar.get_by_role("button", name="quiet").tap()

    await expect(sidebar).to_be_hidden()
    await expect(page.get_by_role("heading", name="#quiet", level=1)).to_be_visible()


async def test_phone_needs_no_sideways_scrolling_and_a_form_fills_it(desk: Desk) -> None:
    await desk.post("a long line of words " * 20)
    await desk.post("wide", blocks=[actions(*(button(f"b{number}") for number in range(8)))])
    page = await desk.look(**PHONE)
    wide = "[document.documentElement, document.getElementById('messages')].some((e) => e.scrollWidth > innerWidth)"

    assert await page.evaluate(wide) is False
    dialog = await desk.open_form(page, modal(text_input("first")))
    box = await dialog.bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
async def test_colours_follow_the_readers_scheme(desk: Desk, scheme: str, dark: bool) -> None:
    page = await desk.look(color_scheme=scheme)

    ground = await page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    text = await page.evaluate("getComputedStyle(document.body).color.match(/\\d+/g).map(Number)")

    assert (sum(ground) < sum(text)) is dark


async def test_closed_page_leaves_no_error_behind(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    page = await desk.look()
    await page.close()

    # the first write finds the connection gone, the next one would raise
    async with asyncio.timeout(10):
        number = 0
        while desk.sandbox._hub.listeners():
            await desk.post(f"nobody looks {number}")
            number += 1
            await asyncio.sleep(0.01)
    await desk.post("nobody looks any more")

    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


async def test_lost_connection_is_told_and_what_was_missed_is_read_when_it_is_back(desk: Desk) -> None:
    page = await desk.look()

    await page.route("**/-/stream*", lambda route: route.abort())
    desk.end_streams()
    await expect(page.get_by_role("status").filter(has_text="The connection to the workspace is lost.")).to_be_visible()
    await desk.post("meanwhile")
    await page.unroute("**/-/stream*")

    await expect(page.locator(".message")).to_contain_text("meanwhile")
    await expect(page.locator("#connection")).to_be_hidden()
