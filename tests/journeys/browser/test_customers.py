"""Customers as the shop's people meet them: found, written down, merged and erased; and what each role sees."""

import re

import pytest
from playwright.async_api import expect

from tests.journeys.browser.conftest import (
    ANA,
    LILY,
    MARIA,
    RUTH,
    Office,
    answer,
    ask_for,
    choose,
    confirm,
    faults,
    type_in,
)

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long]


async def test_customer_is_found_and_what_was_said_is_written_down(office: Office) -> None:
    page = await office.look(LILY)
    found = await type_in(page, "/ticket find 555-0104")
    await found.get_by_role("button", name=re.compile("Open customer .*Darnell Brooks")).click()
    profile = answer(page)
    await expect(profile.get_by_role("heading")).to_have_text("Darnell Brooks")
    await expect(profile.get_by_role("button", name="Deactivate")).to_have_count(0)
    assert await faults(page) == []

    await profile.get_by_role("button", name="Called").click()
    profile = answer(page)
    await expect(profile).to_contain_text("Noted: called.")
    await profile.get_by_role("button", name="Write down").click()
    form = page.get_by_role("dialog", name="Note a contact")
    await choose(page, form, "How", "Came by")
    await form.get_by_label("What was said").fill("Leaves the charger here.")
    assert await faults(page) == []
    await form.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("dialog", name="Contact noted")).to_contain_text("Leaves the charger here.")
    await page.keyboard.press("Escape")

    technician = await office.look(ANA)
    seen = await type_in(technician, "/ticket find brooks")
    await seen.get_by_role("button", name=re.compile("Darnell Brooks")).click()
    profile = answer(technician)
    await expect(profile).to_contain_text("Leaves the charger here.")
    await expect(profile).to_contain_text("Lily Chen")
    viewer = await office.look(RUTH)
    await expect(await type_in(viewer, "/ticket find brooks")).to_contain_text("Your role here is Viewer")


async def test_manager_makes_one_customer_of_two_and_two_again(office: Office) -> None:
    twin = await office.floor.shop.add_customer("P", "Nair")
    alike = "UPDATE customers SET first_name = 'priya', phone = '510-555-7711' WHERE id = $1"  # to nobody else
    await office.floor.shop.owner.execute(alike, twin)
    await office.add_ticket("Second laptop", customer=twin)
    page = await office.look(MARIA)
    pairs = await type_in(page, "/ticket duplicates")
    await expect(pairs).to_contain_text("The same name.")
    assert await faults(page) == []
    await pairs.get_by_role("button", name=re.compile(f"Compare customers .*{twin}")).click()
    form = page.get_by_role("dialog", name="Merge customers")
    await expect(form).to_contain_text("1 ticket moves")
    assert await faults(page) == []
    await form.get_by_role("button", name="Merge").click()
    merged = page.get_by_role("dialog")
    await expect(merged).to_contain_text(f"Customer {twin} is merged into this one: 1 ticket moved.")
    await page.keyboard.press("Escape")

    desk = await office.look(LILY)
    profile = await type_in(desk, f"/ticket customer {twin}")
    await expect(profile).to_contain_text(f"Customer {twin} has been merged into this one.")
    await expect(profile.get_by_role("button", name="Undo")).to_have_count(0)
    stays = await type_in(page, f"/ticket customer {twin}")
    await stays.get_by_role("button", name=f"Undo the merge of customer {twin}").click()
    await confirm(page)
    await expect(answer(page)).to_contain_text("are two again: 1 ticket moved back.")
    again = await type_in(page, "/ticket duplicates")
    await again.get_by_role("button", name=re.compile(f"Not the same: customers .*{twin}")).click()
    await expect(answer(page)).not_to_contain_text(f"customer {twin}")


async def test_manager_switches_a_customer_off_and_on(office: Office) -> None:
    page = await office.look(MARIA)
    who = await office.floor.shop.add_customer("Olga", "Brandt")
    number = await office.add_ticket("Brandt: monitor", customer=who)
    profile = await type_in(page, f"/ticket customer {who}")
    await profile.get_by_role("button", name="Deactivate").click()
    await confirm(page)
    await expect(answer(page)).to_contain_text("Cannot deactivate customer with open tickets: 1.")
    await type_in(page, f"/ticket done {number} 1h")
    profile = await type_in(page, f"/ticket customer {who}")
    await profile.get_by_role("button", name="Deactivate").click()
    assert await faults(page) == []
    await confirm(page)
    await expect(answer(page)).to_contain_text("no longer active")

    desk = await office.look(LILY)
    await expect(await type_in(desk, f"/ticket customer {who}")).to_contain_text("There is no customer")
    form = await ask_for(desk, "/ticket new Monitor again", "New ticket")
    await form.get_by_label("Customer").press_sequentially("brandt")
    await expect(desk.get_by_role("option")).to_have_count(0)
    await form.get_by_role("button", name="Cancel").click()
    await answer(page).get_by_role("button", name="Reactivate").click()
    await confirm(page)
    await expect(await type_in(desk, f"/ticket customer {who}")).to_contain_text("Olga Brandt")


async def test_manager_erases_a_customer_who_asks_for_it(office: Office) -> None:
    who = await office.floor.shop.add_customer("Ida", "Quist")
    number = await office.add_ticket("Quist: tablet", customer=who, filer=LILY)
    page = await office.look(MARIA)
    profile = await type_in(page, f"/ticket customer {who}")
    await profile.get_by_role("button", name="Erase").click()
    await expect(answer(page)).to_contain_text(f"Customer {who} has open tickets: #{number}.")

    await type_in(page, f"/ticket done {number} 1h glued")
    form = await ask_for(page, f"/ticket erase {who}", f"Erase customer {who}")
    await form.get_by_label(f"Type erase {who} to confirm").fill("yes")
    await form.get_by_role("button", name="Erase").click()
    await expect(form.locator(".field-error:visible")).to_have_count(1)
    await form.get_by_label(f"Type erase {who} to confirm").fill(f"erase {who}")
    await form.get_by_role("button", name="Erase").click()
    await expect(page.get_by_role("dialog", name="Customer erased")).to_contain_text("the texts of 1 ticket")
    await page.keyboard.press("Escape")

    desk = await office.look(LILY)
    await expect(await type_in(desk, "/ticket find quist")).to_contain_text("No customer is found")
    card = await type_in(desk, f"/ticket {number}")
    await expect(card).not_to_contain_text("Quist")
    await expect(desk.locator(".message:not(.ephemeral)", has_text=f"#{number}").first).not_to_contain_text("Quist")
