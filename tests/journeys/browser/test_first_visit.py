"""The demo's first visit, step by step as it says, with the whole product behind it."""

from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from playwright.async_api import expect

from db.embedded import EmbeddedPostgres
from sandbox.tour import Tour
from sandbox.workspace import Workspace
from tests.journeys.browser.conftest import LILY, WORKSPACE, Office, answer, card_of, faults, sample_floor
from tests.journeys.floor import ROOT, Floor

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long]

TOUR = Tour.read(ROOT / "db" / "sample" / "tour.json", Workspace.read(WORKSPACE))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def floor(
    postgres: EmbeddedPostgres, template_with_sample: str, new_database: Callable[[str], str]
) -> AsyncIterator[Floor]:
    """The sample shop with its first visit."""
    async with sample_floor(postgres, new_database(template_with_sample), tour=TOUR) as opened:
        yield opened


async def test_visitor_who_does_what_it_says_comes_to_its_end(office: Office) -> None:
    page = await office.look(LILY, own=True)
    tour, heading = page.locator("#tour"), page.locator("#tour-title")
    await expect(heading).to_have_text("File a ticket")
    await tour.get_by_role("button", name="Write it for me").click()
    await page.keyboard.press("Enter")
    form = page.get_by_role("dialog", name="New ticket")
    await form.get_by_label("Customer").press_sequentially("gr")
    await page.get_by_role("option").first.click()
    await form.get_by_label("Description").fill("No light, no sound.")
    await form.get_by_role("button", name="File", exact=True).click()
    await expect(page.get_by_role("dialog", name="Ticket filed")).to_be_visible()
    await page.keyboard.press("Escape")

    await expect(heading).to_have_text("Take it from the queue")
    await tour.get_by_role("button", name="Be Ana Reyes").click()
    await card_of(page, "Laptop won't start").get_by_role("button", name="Take").click()
    for title in ("Write a note", "Complete it"):
        await expect(heading).to_have_text(title)
        await tour.get_by_role("button", name="Write it for me").click()
        await page.keyboard.press("Enter")
    await expect(heading).to_have_text("See the day's summary")
    assert await faults(page) == []
    await tour.get_by_role("button", name="Be Maria Francisco").click()
    for title, said in (("See the day's summary", "Today, "), ("See the history", "new battery")):
        await expect(heading).to_have_text(title)
        await tour.get_by_role("button", name="Write it for me").click()
        await page.keyboard.press("Enter")
        await expect(answer(page)).to_contain_text(said)

    await expect(heading).to_have_text("That was it")
    assert await faults(page) == []
    await tour.get_by_role("button", name="Close").click()
    await expect(tour).to_be_hidden()
