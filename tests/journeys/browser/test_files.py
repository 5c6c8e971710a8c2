"""Files: into a ticket by every way, out to who may have them, and away."""

import pytest
from playwright.async_api import expect

from tests.journeys.browser.conftest import (
    BEN,
    LILY,
    RUTH,
    TOM,
    Office,
    answer,
    ask_for,
    attach,
    box_of,
    card_of,
    choose,
    confirm,
    direct_messages,
    faults,
    type_in,
)
from tests.sandbox.uploads import PDF, png

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long]


async def test_photo_goes_from_the_form_to_the_bench_and_away(office: Office) -> None:
    desk = await office.look(LILY)
    form = await ask_for(desk, "/ticket new Crack in the lid", "New ticket")
    await form.get_by_label("Customer").press_sequentially("brooks")
    await desk.get_by_role("option", name="Darnell Brooks").click()
    await form.get_by_label("Description").fill("Fell from the desk.")
    await choose(desk, form, "Who works on it", "Tom Nguyen")
    await attach(form, "Add files", "crack.png", png())
    await form.get_by_role("button", name="File", exact=True).click()
    await expect(desk.get_by_role("dialog")).to_contain_text("1 file is on the way to it")
    await desk.keyboard.press("Escape")

    page = await office.look(TOM, viewport={"width": 1280, "height": 720})
    reply = card_of(page, "Crack in the lid").get_by_role("button", name="Last reply")
    await reply.click()
    thread = page.get_by_role("complementary")
    await expect(thread).to_contain_text("added a photo")
    assert "crack.png" not in await thread.inner_text()
    opened = card_of(page, "Crack in the lid").get_by_role("button", name="Open")
    await opened.first.click()
    card = answer(page)
    await card.get_by_role("button", name="Files").click()
    files = answer(page)
    await expect(files).to_contain_text("crack.png")
    assert await faults(page) == []
    await expect(files.get_by_role("combobox", name="Remove a file")).to_have_count(0)
    await files.get_by_role("button", name="Send me the photo crack.png").click()
    sent = (await direct_messages(page)).filter(has_text="as you asked.")
    await expect(sent).to_contain_text("crack.png")

    await desk.locator(".message", has_text="Crack in the lid").first.get_by_role("button", name="Open").click()
    mine = answer(desk)
    await mine.get_by_role("button", name="Files").click()
    listed = answer(desk)
    await choose(desk, listed, "Remove a file", "crack.png")
    await confirm(desk)
    await expect(answer(desk)).to_contain_text("The photo was removed from")


async def test_files_shared_in_the_thread_are_kept_and_wrong_ones_told(office: Office) -> None:
    number = await office.add_ticket("Server makes noises", worker=BEN)
    page = await office.look(BEN, viewport={"width": 1280, "height": 720})
    card = card_of(page, "Server makes noises")
    await card.hover()
    await card.get_by_role("button", name="Reply in thread").click()
    thread = page.get_by_role("complementary")
    await attach(thread, "Attach files", "quote.pdf", PDF)
    await thread.get_by_role("combobox").fill("The quote")
    await thread.get_by_role("button", name="Send").click()
    await expect(thread).to_contain_text(f"1 file is on the way to ticket #{number}")
    await attach(thread, "Attach files", "tool.exe", b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00")
    await thread.get_by_role("button", name="Send").click()
    refused = (await direct_messages(page)).filter(has_text="Server makes noises").filter(has_text="wasn't kept")
    await expect(refused).to_contain_text("it isn't a photo, a PDF, a video or plain text.")
    await refused.get_by_role("button", name="Open").click()
    await expect(answer(page)).to_contain_text("1 PDF")

    viewer = await office.look(RUTH)
    await expect(await type_in(viewer, f"/ticket attach {number}")).to_contain_text("Your role here is Viewer")
    seen = await type_in(viewer, f"/ticket {number}")
    await expect(seen.get_by_role("button", name="Files")).to_have_count(0)


async def test_message_with_a_file_becomes_a_ticket_with_it(office: Office) -> None:
    page = await office.look(LILY)
    await attach(page.locator("#composer"), "Attach files", "label.png", png())
    await box_of(page).fill("Customer sends the label of the drive")
    await page.keyboard.press("Enter")
    message = page.locator(".message", has_text="Customer sends the label of the drive")
    await message.hover()
    await message.get_by_role("button", name="Message actions").click()
    await page.get_by_role("menuitem", name="File as ticket").click()
    form = page.get_by_role("dialog", name="New ticket")
    await expect(form).to_contain_text("1 file")
    await form.get_by_label("Customer").press_sequentially("brooks")
    await page.get_by_role("option", name="Darnell Brooks").click()
    await form.get_by_role("button", name="File", exact=True).click()
    await expect(page.get_by_role("dialog")).to_contain_text("1 file is on the way to it")
    await page.keyboard.press("Escape")
    card = card_of(page, "Customer sends the label of the drive").last
    await expect(card.get_by_role("button", name="1 reply")).to_be_visible()
    await card.get_by_role("button", name="Open").click()
    await expect(answer(page)).to_contain_text("1 photo")
