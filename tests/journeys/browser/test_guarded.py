"""What is kept from whom: passcodes, the Managers' forms, and the door itself."""

import re

import pytest
from playwright.async_api import expect

from tests.journeys.browser.conftest import (
    ANA,
    ERIK,
    LILY,
    MARIA,
    NOAH,
    RUTH,
    TOM,
    Office,
    answer,
    ask_for,
    card_of,
    choose,
    direct_messages,
    faults,
    type_in,
)

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long]

CODE = "4711 *x* <!channel>"


async def test_passcode_is_shown_to_who_works_on_it_as_long_as_they_do(office: Office) -> None:
    desk, page = await office.look(LILY), await office.look(ANA)
    form = await ask_for(desk, "/ticket new Tablet is locked", "New ticket")
    await form.get_by_label("Customer").press_sequentially("brooks")
    await desk.get_by_role("option", name="Darnell Brooks").click()
    await form.get_by_label("Description").fill("The owner is abroad.")
    await form.get_by_label("Passcode of the device").fill(CODE)
    await choose(desk, form, "Who works on it", "Ana Reyes")
    await form.get_by_role("button", name="File", exact=True).click()
    filed = desk.get_by_role("dialog", name="Ticket filed")
    await expect(filed).to_contain_text("It is assigned to Ana Reyes.")
    number = re.findall(r"#(\d+)", await filed.inner_text())[0]
    await desk.keyboard.press("Escape")
    card = await type_in(desk, f"/ticket {number}")
    await expect(card.get_by_role("button", name="Edit")).to_be_visible()
    await expect(card.get_by_role("button", name="Passcode")).to_have_count(0)

    await type_in(page, f"/ticket {number}")
    passcode = page.get_by_role("button", name=f"Passcode: ticket #{number}").first
    await passcode.click()
    await expect(answer(page)).to_contain_text(CODE)
    await expect(answer(page)).to_contain_text("Shown to you alone.")
    assert await faults(page) == []
    assert "4711" not in await desk.locator("body").inner_text()
    history = await type_in(desk, f"/ticket history {number}")
    await expect(history).to_contain_text("looked at the passcode")
    assert "4711" not in await history.inner_text()

    await type_in(page, f"/ticket assign {number} @tom")
    await passcode.click()
    await expect(answer(page)).to_contain_text(f"There is no ticket #{number}")


async def test_shops_hours_are_the_managers_to_set(office: Office) -> None:
    technician = await office.look(TOM)
    for verb in ("hours", "checklist", "users", "undelivered"):
        refused = await type_in(technician, f"/ticket {verb}")
        await expect(refused).to_contain_text("Your role here is Technician, and it doesn't include that.")
    await expect(technician.get_by_role("dialog")).to_have_count(0)

    page = await office.look(MARIA)
    form = await ask_for(page, "/ticket hours", "The shop")
    assert await faults(page) == []
    opened, price = form.get_by_label("The shop is open"), form.get_by_label("An hour of work costs")
    await opened.fill("Mon-Fri 9-18\nFunday 3-5")
    await price.fill("a lot")
    await form.get_by_role("button", name="Save").click()
    await expect(opened).to_have_attribute("aria-invalid", "true")
    await expect(price).to_have_attribute("aria-invalid", "true")
    await expect(form).to_contain_text("“Funday 3-5”: name days as Mon, Tue-Fri or Saturday")
    assert await faults(page) == []
    await opened.fill("Mon-Sun 0:00-23:59")
    await price.fill("80.50")
    await form.get_by_label("Holidays").fill("2099-12-25 Christmas")
    await form.get_by_label("Urgent tickets are due after").fill("2")
    await form.get_by_role("button", name="Save").click()
    saved = page.get_by_role("dialog", name="Saved")
    await expect(saved).to_contain_text("Mon-Sun 00:00-23:59")
    await expect(saved).to_contain_text("Christmas")
    await page.keyboard.press("Escape")

    number = await office.add_ticket("Server is down", priority="urgent")
    await expect(await type_in(page, f"/ticket {number}")).to_contain_text(re.compile(r"in (2 hours|1\d\d minutes)"))
    form = await ask_for(page, "/ticket hours", "The shop")
    await expect(form.get_by_label("An hour of work costs")).to_have_value("80.50")
    await page.keyboard.press("Escape")


async def test_checklist_that_a_manager_writes_stands_in_the_technicians_form(office: Office) -> None:
    number = await office.add_ticket("Switch is hot", worker=TOM, category="network")
    page, technician = await office.look(MARIA), await office.look(TOM)
    form = await ask_for(page, "/ticket checklist network", "Checklist")
    await expect(form).to_contain_text("tickets of the category Network")
    await form.get_by_label("Checks").fill("Every port has a link\nThe label is on it")
    await form.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("dialog", name="Checklist saved")).to_contain_text("2 checks for tickets")
    await page.keyboard.press("Escape")

    form = await ask_for(technician, f"/ticket done {number} 1h new switch", f"Complete #{number}")
    await expect(form.get_by_role("checkbox", name="The label is on it")).not_to_be_checked()
    await expect(form.get_by_label("Hours worked")).to_have_value("1")
    assert await faults(technician) == []
    await technician.keyboard.press("Escape")


async def test_who_is_nobody_here_asks_once_and_is_refused(office: Office) -> None:
    number = await office.add_ticket("Scanner hums")
    page, manager = await office.look(NOAH), await office.look(MARIA)
    await card_of(page, "Scanner hums").get_by_role("button", name="Open").click()
    await expect(answer(page)).to_contain_text("Your Slack account isn't linked to anybody at the shop.")
    again = await type_in(page, f"/ticket take {number}")
    await expect(again).to_contain_text("none has decided yet")
    assert "Margaret" not in await page.locator("body").inner_text()

    asked = (await direct_messages(manager)).filter(has_text="Noah Patel").first
    await asked.get_by_role("button", name="Refuse Noah Patel access").click()
    sure = manager.get_by_role("alertdialog", name="Refuse access?")
    await expect(sure).to_contain_text("asks you again in 30 days")
    assert await faults(manager) == []
    await sure.get_by_role("button", name="Refuse").click()
    await expect(asked).to_contain_text("Refused by Maria Francisco.")
    await expect(asked.get_by_role("button", name="Refuse")).to_have_count(0)
    again = await type_in(page, f"/ticket take {number}")
    await expect(again).to_contain_text("Maria Francisco said no to that")
    await expect(await direct_messages(page)).to_contain_text(["Maria Francisco said no to your request for access."])


async def test_guest_and_viewer_read_why_they_can_not_take_a_ticket(office: Office) -> None:
    await office.add_ticket("Plotter skips")
    guest, viewer = await office.look(ERIK), await office.look(RUTH)
    await guest.get_by_role("navigation").get_by_role("button", name="tickets").click()
    await expect(guest.get_by_role("tabpanel", name="Home")).to_contain_text("Guest accounts have no access.")
    assert await faults(guest) == []

    card = card_of(viewer, "Plotter skips")
    await card.get_by_role("button", name="Take").click()
    await expect(answer(viewer)).to_contain_text("Your role here is Viewer, and it doesn't include that.")
    await expect(card).to_contain_text("In the queue")
