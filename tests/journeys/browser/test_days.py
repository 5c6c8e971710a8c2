"""A day at the shop as its people see it: each role, in a real browser, the whole product behind it."""

import re

import pytest
from playwright.async_api import Locator, expect

from tests.journeys.browser.conftest import (
    ANA,
    BEN,
    ERIK,
    LILY,
    MARIA,
    NOAH,
    PHONE,
    RUTH,
    SAM,
    TOM,
    Office,
    box_of,
    card_of,
    choose,
    faults,
    fits,
    picture,
    type_in,
)

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

_CUSTOMER = {
    "First name": "Grace",
    "Last name": "Hopper",
    "Phone": "(510) 555-0199",
    "E-mail": "grace.hopper@example.com",
    "Street and number": "1 Ship Street",
    "City": "Oakland",
    "State or province": "CA",
    "ZIP or postal code": "946!",
    "Country": "US",
}


async def go_to(wanted: Locator, key: str) -> None:
    """Press a key until what is wanted has the focus."""
    for _ in range(40):
        if await wanted.evaluate("(element) => element === document.activeElement"):
            return
        await wanted.page.keyboard.press(key)
    raise AssertionError(f"{key} does not lead there")


async def test_front_desk_files_a_ticket_for_a_new_customer(office: Office) -> None:
    page = await office.look(LILY)
    await box_of(page).press_sequentially("/ti")
    await expect(page.get_by_role("option", name="/ticket")).to_contain_text("note 42 text")
    await picture(page, "command")
    await page.keyboard.press("Tab")
    await page.keyboard.type("new Screen flickers on battery")
    await page.keyboard.press("Enter")
    form = page.get_by_role("dialog", name="New ticket")
    await expect(form.get_by_label("Title")).to_have_value("Screen flickers on battery")
    await form.get_by_label("Customer").press_sequentially("chen")
    await expect(page.get_by_role("option", name="Margaret Chen")).to_be_visible()
    await form.get_by_label("Description").fill("Goes dark when the charger is pulled.")
    await form.get_by_label("Customer").press_sequentially("pe")
    await expect(page.get_by_role("option").first).to_be_visible()
    await picture(page, "new-ticket")
    assert await faults(page) == []
    await page.keyboard.press("Escape")

    await form.get_by_role("button", name="+ New customer").click()
    child = page.get_by_role("dialog", name="New customer")
    for label, text in _CUSTOMER.items():
        await child.get_by_label(label).fill(text)
    await child.get_by_role("button", name="Add").click()
    await expect(child.get_by_label("ZIP or postal code")).to_have_attribute("aria-invalid", "true")
    await picture(page, "field-error")
    assert await faults(page) == []
    await child.get_by_label("ZIP or postal code").fill("94607")
    await child.get_by_role("button", name="Add").click()

    await expect(form.get_by_label("Customer")).to_have_value("Grace Hopper")
    await expect(form.get_by_label("Description")).to_have_value("Goes dark when the charger is pulled.")
    await choose(page, form, "Priority", "High")
    await form.get_by_role("button", name="File", exact=True).click()
    await expect(page.get_by_role("dialog")).to_contain_text("It is in the queue.")
    await page.keyboard.press("Escape")
    await expect(card_of(page, "Screen flickers on battery")).to_contain_text("High priority")
    assert "Grace Hopper" not in await card_of(page, "Screen flickers on battery").inner_text()


async def test_technician_takes_and_completes_on_a_phone(office: Office) -> None:
    number = await office.add_ticket("Phone charges slowly")
    page = await office.look(TOM, **PHONE)
    card = card_of(page, "Phone charges slowly")
    await card.get_by_role("button", name="Take").tap()
    await expect(card).to_contain_text("Tom Nguyen")
    await picture(page, "phone")
    assert await faults(page) == []

    await box_of(page).fill(f"/ticket done {number}")
    await page.get_by_role("button", name="Send").tap()
    form = page.get_by_role("dialog", name=f"Complete #{number}")
    await form.get_by_label("Hours worked").fill("a while")
    await form.get_by_role("button", name="Complete").tap()
    await expect(form.locator(".field-error:visible")).to_contain_text("1.5")
    assert await faults(page) == []
    await form.get_by_label("Hours worked").fill("1h30")
    await form.get_by_label("What was done").fill("New charging port")
    await form.get_by_role("button", name="Complete").tap()

    await expect(page.get_by_role("dialog")).to_contain_text("is completed: 1.5 hours")
    await page.get_by_role("button", name="Close").first.tap()
    await expect(card.first).to_contain_text("Completed")
    assert await fits(page)


@pytest.mark.long
async def test_manager_reads_the_figures_and_gives_work_to_somebody_who_is_told(office: Office) -> None:
    number = await office.add_ticket("Server room: new switch")
    page = await office.look(MARIA)
    summary = await type_in(page, "/ticket summary")
    await expect(summary.get_by_role("row", name="Ben Okafor")).to_be_visible()
    await picture(page, "summary")
    await expect((await type_in(page, "/ticket team")).get_by_role("row", name="Ana Reyes")).to_be_visible()
    assert await faults(page) == []

    card = await type_in(page, f"/ticket {number}")
    await card.get_by_role("button", name="Assign").click()
    form = page.get_by_role("dialog", name=f"Assign #{number}")
    await choose(page, form, "Who works on it", "Ben Okafor")
    await form.get_by_role("button", name="Assign").click()
    await expect(page.get_by_role("dialog")).to_contain_text("is assigned to Ben Okafor")
    await page.keyboard.press("Escape")
    history = await type_in(page, f"/ticket history {number}")
    await expect(history).to_contain_text("Maria Francisco")
    await picture(page, "history")

    told = await office.look(BEN)
    place = told.get_by_role("navigation").get_by_role("button", name="tickets")
    await expect(place).to_contain_text("unread")
    await place.click()
    message = told.locator(".message", has_text="Server room: new switch")
    await expect(message.get_by_role("button", name="Accept")).to_be_visible()
    await picture(told, "told")
    assert await faults(told) == []


@pytest.mark.long
async def test_manager_sees_the_day_in_the_home_tab_by_day_and_by_night(office: Office) -> None:
    page = await office.look(MARIA, own=True)
    await page.get_by_role("navigation").get_by_role("button", name="tickets").click()
    await page.get_by_role("tab", name="Home").click()

    await expect(page.get_by_role("tabpanel", name="Home").get_by_role("button", name="New ticket")).to_be_visible()
    await picture(page, "home")
    assert await faults(page) == []
    await page.emulate_media(color_scheme="dark")
    await picture(page, "home-dark")
    assert await faults(page) == []


@pytest.mark.long
async def test_viewer_looks_at_everything_and_changes_nothing(office: Office) -> None:
    number = await office.add_ticket("Printer prints stripes")
    page = await office.look(RUTH, own=True)
    card = await type_in(page, f"/ticket {number}")
    await expect(card).to_contain_text("Margaret Chen")
    assert "555-" not in await card.inner_text()
    buttons = await card.get_by_role("button").all_inner_texts()
    assert set(buttons).isdisjoint({"Take", "Complete", "Assign", "Note", "Edit"})

    await expect(await type_in(page, "/ticket new")).to_contain_text("Viewer")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(await type_in(page, "/ticket summary")).to_contain_text("opened")
    assert await faults(page) == []
    await page.get_by_role("button", name="Inspector").click()
    await page.emulate_media(color_scheme="dark")
    assert await faults(page) == []


@pytest.mark.long
async def test_stranger_is_refused_and_let_in_by_a_manager(office: Office) -> None:
    guest = await office.look(ERIK)
    await expect(await type_in(guest, "/ticket mine")).to_contain_text("Guest accounts have no access")

    page = await office.look(NOAH)
    await expect(await type_in(page, "/ticket mine")).to_contain_text("Manager")
    manager = await office.look(MARIA)
    await manager.get_by_role("navigation").get_by_role("button", name="tickets").click()
    await manager.get_by_role("tab", name="Messages").click()
    asked = manager.locator(".message", has_text="Noah Patel").first
    await asked.get_by_role("combobox").click()
    await picture(manager, "access")
    await manager.get_by_role("option", name="Viewer").click()
    await manager.get_by_role("alertdialog").get_by_role("button").last.click()
    await expect(asked.get_by_role("combobox")).to_have_count(0)

    await expect(await type_in(page, "/ticket whoami")).to_contain_text("Viewer")


@pytest.mark.long
async def test_message_becomes_a_ticket_whose_card_is_answered_in_its_thread(office: Office) -> None:
    page = await office.look(LILY)
    await box_of(page).fill("Scanner at the front desk jams")
    await page.keyboard.press("Enter")
    message = page.locator(".message", has_text="Scanner at the front desk jams")
    await message.hover()
    await message.get_by_role("button", name="Message actions").click()
    await page.get_by_role("menuitem", name="File as ticket").click()
    form = page.get_by_role("dialog", name="New ticket")
    await expect(form.get_by_label("Description")).to_have_value(re.compile("From Slack: https://"))
    await form.get_by_label("Customer").press_sequentially("brooks")
    await page.get_by_role("option", name="Darnell Brooks").click()
    await form.get_by_role("button", name="File", exact=True).click()
    await expect(page.get_by_role("dialog")).to_contain_text("It is in the queue.")
    await page.keyboard.press("Escape")

    technician = await office.look(TOM, viewport={"width": 1280, "height": 720})
    card = card_of(technician, "Scanner at the front desk jams").last
    await card.get_by_role("button", name="Take").click()
    await expect(card).to_contain_text("Tom Nguyen")
    await card.hover()
    await card.get_by_role("button", name="Reply in thread").click()
    number = re.search(r"#(\d+)", await card.inner_text())
    assert number is not None
    thread = technician.get_by_role("complementary")
    await thread.get_by_role("combobox").fill(f"@tickets note {number[1]} rollers are worn")
    await technician.keyboard.press("Enter")
    await expect(thread.locator(".message.ephemeral")).to_contain_text("Your note is on ticket")
    await picture(technician, "thread")
    assert await faults(technician) == []


@pytest.mark.long
async def test_each_sets_when_the_app_may_write_to_them(office: Office) -> None:
    page = await office.look(ANA)  # whom no other test has told anything
    await box_of(page).fill("/ticket settings")
    await page.keyboard.press("Enter")
    form = page.get_by_role("dialog", name="My settings")
    await form.get_by_label("Quiet hours from").fill("20:00")
    await form.get_by_label("until (optional)", exact=True).fill("07:30")
    await form.get_by_role("checkbox").nth(1).uncheck()
    assert await faults(page) == []
    await form.get_by_label("My time zone").fill("Nowhere")
    await form.get_by_role("button", name="Save").click()
    await expect(form.get_by_label("My time zone")).to_have_attribute("aria-invalid", "true")
    await form.get_by_label("My time zone").fill("Berlin")
    await form.get_by_role("button", name="Save").click()

    await expect(page.get_by_role("dialog", name="Settings saved")).to_contain_text("Berlin")


async def test_everything_is_done_by_keyboard_alone(office: Office) -> None:
    page = await office.look(SAM)
    keyboard = page.keyboard
    await keyboard.type("/ticket new Fan is loud")
    await keyboard.press("Enter")
    form = page.get_by_role("dialog", name="New ticket")
    await expect(form.get_by_label("Customer")).to_be_focused()
    await keyboard.type("petrova")
    await expect(page.get_by_role("option", name="Elena Petrova")).to_be_visible()
    await keyboard.press("Enter")
    await expect(form.get_by_label("Customer")).to_have_value("Elena Petrova")
    await go_to(form.get_by_label("Description"), "Tab")
    await keyboard.type("Since the move.")
    await keyboard.press("Control+Enter")
    done = page.get_by_role("dialog")
    await expect(done).to_contain_text("It is in the queue.")
    number = re.search(r"#(\d+)", await done.inner_text())
    assert number is not None
    await keyboard.press("Escape")
    await expect(box_of(page)).to_be_focused()

    await keyboard.type(f"/ticket {number[1]}")
    await keyboard.press("Enter")
    note = page.locator(".message.ephemeral").last.get_by_role("button", name="Note")
    await expect(note).to_be_visible()
    await go_to(note, "Shift+Tab")
    await keyboard.press("Enter")
    await expect(page.get_by_role("dialog").get_by_role("textbox")).to_be_focused()
    await keyboard.type("Called, comes on Friday.")
    await keyboard.press("Control+Enter")
    await expect(page.get_by_role("dialog")).to_contain_text("Your note is on ticket")
