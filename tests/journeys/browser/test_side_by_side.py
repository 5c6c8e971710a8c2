"""Two people at one form, and a ticket's address where many read it."""

import pytest
from playwright.async_api import expect

from tests.journeys.browser.conftest import (
    ANA,
    LILY,
    MARIA,
    NOAH,
    TOM,
    Office,
    answer,
    box_of,
    choose,
    faults,
    type_in,
)
from tests.journeys.floor import PUBLIC_URL

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long]


async def test_second_to_save_reads_what_the_first_changed_and_decides(office: Office) -> None:
    number = await office.add_ticket("Router reboots", worker=TOM)
    page, manager = await office.look(TOM), await office.look(MARIA)
    for each in (page, manager):
        card = await type_in(each, f"/ticket {number}")
        await card.get_by_role("button", name="Edit").click()
        await expect(each.get_by_role("dialog", name=f"Edit #{number}")).to_be_visible()
    form = manager.get_by_role("dialog")
    await form.get_by_label("Title").fill("Router reboots at noon")
    await choose(manager, form, "Priority", "High")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_contain_text(f"Saved for ticket #{number}: title, priority.")

    form = page.get_by_role("dialog")
    await form.get_by_label("Title").fill("Router reboots daily")
    await form.get_by_label("Brand and model").fill("Fritz 7590")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_contain_text("Maria Francisco changed this meanwhile, so nothing is saved yet.")
    await expect(form).to_contain_text("changed title from “Router reboots” to “Router reboots at noon” meanwhile.")
    await expect(form.get_by_label("Title")).to_have_value("Router reboots daily")
    await expect(form.get_by_label("Brand and model")).to_have_value("Fritz 7590")
    assert await faults(page) == []

    await form.get_by_role("button", name="Save").click()
    await expect(form).to_contain_text(f"Saved for ticket #{number}: title")
    await page.keyboard.press("Escape")
    card = await type_in(page, f"/ticket {number}")
    await expect(card).to_contain_text("Router reboots daily")
    await expect(card).to_contain_text("Fritz 7590")
    await expect(card).to_contain_text("High")


async def test_posted_address_shows_the_ticket_where_its_poster_sees_it(office: Office) -> None:
    number = await office.add_ticket("Webcam is dark", worker=TOM)
    page, colleague, stranger, desk = [await office.look(user) for user in (TOM, ANA, NOAH, LILY)]
    await box_of(desk).fill(f"Is {PUBLIC_URL}t/{number} done?")
    await desk.keyboard.press("Enter")
    await expect(desk.locator(".message", has_text="done?")).to_be_visible()
    await office.floor.sandbox.events.settled()
    await box_of(page).fill(f"Who has seen {PUBLIC_URL}t/{number} before?")
    await page.keyboard.press("Enter")

    seen = stranger.locator(".message", has_text="Who has seen")
    await expect(seen.locator(".attachment")).to_contain_text("Webcam is dark")
    await expect(seen.locator(".attachment")).to_contain_text("With Tom Nguyen")
    assert "Margaret" not in await stranger.locator("body").inner_text()
    await expect(stranger.locator(".message", has_text="done?").locator(".attachment")).to_have_count(0)
    assert await faults(stranger) == []
    for each, read in ((page, "Margaret Chen"), (colleague, f"There is no ticket #{number}")):
        await each.locator(".message", has_text="Who has seen").get_by_role("button", name="Open").click()
        await expect(answer(each)).to_contain_text(read)
