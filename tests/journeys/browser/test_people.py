"""Who may do what, and what becomes of tickets when people come, go and hand over."""

import pytest
from playwright.async_api import expect

from tests.journeys.browser.conftest import (
    ANA,
    BEN,
    LILY,
    MARIA,
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


async def test_manager_changes_a_role_and_switches_somebody_off(office: Office) -> None:
    number = await office.add_ticket("Scanner lamp", worker=BEN)
    page = await office.look(MARIA)
    people = await type_in(page, "/ticket users")
    await expect(people).to_contain_text("Ruth Goldberg")
    assert await faults(page) == []
    await people.get_by_role("button", name="Open Maria Francisco").click()
    await expect(page.get_by_role("dialog")).to_contain_text("You can't change your own access.")
    await page.keyboard.press("Escape")
    await people.get_by_role("button", name="Open Ruth Goldberg").click()
    form = page.get_by_role("dialog", name="Access")
    await choose(page, form, "Role", "Regular User")
    await form.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("dialog", name="Access changed")).to_contain_text("Regular User")
    await page.keyboard.press("Escape")
    ruth = await office.look(RUTH)
    await expect((await direct_messages(ruth)).filter(has_text="changed your role to Regular User")).to_be_visible()

    form = await ask_for(page, "/ticket users @ben", "Access")
    await expect(form).to_contain_text("back to the queue.")
    await choose(page, form, "Access", "Switched off")
    assert await faults(page) == []
    await form.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("dialog", name="Access changed")).to_contain_text("back in the queue")
    await page.keyboard.press("Escape")
    await expect(card_of(page, "Scanner lamp").first).to_contain_text("In the queue")
    ben = await office.look(BEN)
    await expect(await type_in(ben, f"/ticket {number}")).to_contain_text("Your access has been switched off.")
    await expect((await direct_messages(ben)).filter(has_text="has switched off your access.")).to_be_visible()

    form = await ask_for(page, "/ticket users @ben", "Access")
    await choose(page, form, "Access", "On")
    await form.get_by_role("button", name="Save").click()
    await page.get_by_role("dialog", name="Access changed").get_by_role("button", name="Close").last.click()
    await expect((await direct_messages(ben)).filter(has_text="has given you access")).to_be_visible()


async def test_front_desk_and_technician_read_why_they_can_not_run_the_shop(office: Office) -> None:
    number = await office.add_ticket("Door that stays shut", worker=ANA)
    desk = await office.look(LILY)
    await card_of(desk, "Door that stays shut").get_by_role("button", name="Open").click()
    await expect(answer(desk)).to_contain_text("There is no ticket")
    for text in ("users", "hours", "checklist", "export", "duplicates", "undelivered", "database"):
        await expect(await type_in(desk, f"/ticket {text}")).to_contain_text("Your role here is Regular User")
    await expect(await type_in(desk, f"/ticket {number}")).to_contain_text("There is no ticket")
    help_ = await type_in(desk, "/ticket help")
    await expect(help_).not_to_contain_text("export")
    technician = await office.look(ANA)
    for text in ("export", "summary", "users"):
        await expect(await type_in(technician, f"/ticket {text}")).to_contain_text("Your role here is Technician")


async def test_ticket_goes_from_hand_to_hand(office: Office) -> None:
    number = await office.add_ticket("Projector flickers", worker=TOM)
    page = await office.look(TOM)
    card = await type_in(page, f"/ticket {number}")
    await card.get_by_role("button", name="Assign").click()
    form = page.get_by_role("dialog", name=f"Assign #{number}")
    await choose(page, form, "Who works on it", "Ana Reyes")
    await form.get_by_role("button", name="Assign").click()
    await expect(page.get_by_role("dialog")).to_contain_text("is assigned to Ana Reyes")
    await page.keyboard.press("Escape")
    await expect(await type_in(page, f"/ticket {number}")).to_contain_text("There is no ticket")

    ana = await office.look(ANA)
    told = (await direct_messages(ana)).filter(has_text="Projector flickers")
    await expect(told).to_contain_text("Tom Nguyen gave you ticket")
    await told.get_by_role("button", name="Accept").click()
    await expect(told.first).to_contain_text("You have accepted it.")
    await told.first.get_by_role("button", name="Hand back").click()
    await expect(card_of(page, "Projector flickers").first).to_contain_text("In the queue")
    await card_of(page, "Projector flickers").first.get_by_role("button", name="Take").click()
    await expect(card_of(page, "Projector flickers").first).to_contain_text("With Tom Nguyen")
