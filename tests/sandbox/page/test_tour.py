"""The guided first visit in the page."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from sandbox.tour import Tour
from tests.browser import OpenPage
from tests.sandbox.conftest import ANN, BEN, GENERAL, QUIET, modal, text_input
from tests.sandbox.page.conftest import Desk, desk_of

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

STEPS = [
    {
        "title": "Open the form",
        "words": "Type `/do form`.",
        "person": ANN,
        "channel": GENERAL,
        "write": "/do form",
        "done": {"delivery": "slash_command /do form"},
    },
    {
        "title": "Say something",
        "words": "Say <b>it</b>.",
        "person": BEN,
        "channel": QUIET,
        "write": "/do 7 (it)",
        "done": {"delivery": "slash_command /do", "answer": 'You said (?<what>\\d.*)"$'},
    },
    {
        "title": "Hear of {what}",
        "words": "The app says {what}.",
        "person": BEN,
        "channel": GENERAL,
        "done": {"message": "^About {what}: (?<more>.*)"},
    },
]


@pytest_asyncio.fixture(loop_scope="session")
async def visited(open_page: OpenPage) -> AsyncIterator[Desk]:
    tour = Tour.model_validate({"title": "Visit", "steps": STEPS, "end": "Now you know of {what}."})
    async with desk_of(open_page, tour) as made:
        yield made


async def test_steps_say_who_to_be_and_notice_that_they_are_done(visited: Desk) -> None:
    visited.form = modal(text_input("first"))
    page = await visited.open_page(visited.sandbox.base_url)
    tour = page.locator("#tour")
    heading, keyboard = tour.get_by_role("heading"), page.keyboard
    await expect(heading).to_have_text("Open the form")
    await expect(page.get_by_role("menu")).to_have_count(0)

    await tour.get_by_role("button", name="Write it for me").click()
    await keyboard.press("Enter")
    await expect(heading).to_have_text("Say something")
    await expect(page.locator("#announcer")).to_contain_text("Done. Say something")
    await page.get_by_role("dialog").get_by_role("button", name="Cancel").click()

    await tour.get_by_role("button", name="Be Ben Baker").click()
    await expect(page.get_by_role("heading", name="#quiet", level=1)).to_be_visible()
    await expect(tour).to_contain_text("Say <b>it</b>.")
    await visited.sandbox.command(BEN, "/do nothing with a number")
    await tour.get_by_role("button", name="Write it for me").click()
    await keyboard.press("Enter")
    await expect(heading).to_have_text("Hear of 7 (it)")

    await page.reload()
    await expect(heading).to_have_text("Hear of 7 (it)")
    await tour.get_by_role("button", name="Go to #general").click()
    await visited.post("About 7 it: not this")
    await visited.post("About 7 (it): this")
    await expect(heading).to_have_text("That was it")
    await expect(tour).to_contain_text("Now you know of 7 (it).")
    await tour.get_by_role("button", name="Close").click()
    await expect(tour).to_be_hidden()


@pytest.mark.long
async def test_visit_can_be_skipped_stays_away_and_is_begun_again(visited: Desk) -> None:
    page = await visited.look()
    tour = page.locator("#tour")
    await tour.get_by_role("button", name="Skip this step").click()
    await expect(tour).to_contain_text("Visit: 2 of 3")
    await tour.get_by_role("button", name="End the visit").press("Enter")
    await expect(tour).to_be_hidden()
    again = page.get_by_role("button", name="Begin the first visit again")
    await expect(again).to_be_focused()

    await page.reload()
    await expect(again).to_be_visible()
    await expect(tour).to_be_hidden()
    await again.press("Enter")

    await expect(tour.get_by_role("heading", name="Open the form")).to_be_focused()
    visited.form = modal(text_input("first"))
    await visited.post("About 7: this")
    await visited.sandbox.command(BEN, "/do 7")
    await expect(tour).to_contain_text("Visit: 1 of 3")
    await visited.sandbox.command(ANN, "/do form")
    await expect(tour.get_by_role("heading")).to_have_text("That was it")
