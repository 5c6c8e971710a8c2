"""A repair from the bench to the counter: each step by who does it, and what the others read of it."""

import pytest
from playwright.async_api import Locator, Page, expect

from tests.journeys.browser.conftest import (
    ANA,
    BEN,
    LILY,
    MARIA,
    PHONE,
    RUTH,
    SAM,
    TOM,
    Office,
    answer,
    ask_for,
    box_of,
    card_of,
    choose,
    direct_messages,
    faults,
    fits,
    type_in,
)

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long]


async def send(page: Page, text: str) -> Locator:
    """Type a command on a phone, where there is no Enter to send it; return its private answer."""
    before = await page.locator(".message.ephemeral").count()
    await box_of(page).fill(text)
    await page.get_by_role("button", name="Send").tap()
    answers = page.locator(".message.ephemeral")
    await expect(answers).to_have_count(before + 1)
    return answers.last


async def test_technician_takes_a_repair_through_its_steps_on_a_phone(office: Office) -> None:
    number = await office.add_ticket("Hinge torn out of the lid", worker=TOM, filer=LILY)
    page = await office.look(TOM, **PHONE)
    desk = await office.look(LILY)
    seen = card_of(desk, "Hinge torn out of the lid")
    await expect(seen).to_contain_text("Tom Nguyen")

    card = await send(page, f"/ticket {number}")
    await card.get_by_role("button", name="Start diagnosing").tap()
    await expect(card).to_contain_text(f"Ticket #{number} is diagnosing now.")
    await expect(seen).to_contain_text("diagnosing")
    await card.get_by_role("combobox").tap()
    assert await faults(page) == []
    await page.get_by_role("option", name="Waiting for parts").tap()
    await expect(card).to_contain_text("is waiting for parts now.")
    await expect(seen).to_contain_text("waiting for parts")

    refused = await send(page, f"/ticket status {number} quality check")
    await expect(refused).to_contain_text("which can't become quality check; nothing was changed.")
    await expect(refused).to_contain_text("From here it can become")
    card = await send(page, f"/ticket status {number} in repair")
    await card.get_by_role("button", name="To quality check").tap()
    await expect(card).to_contain_text("is in quality check now.")
    assert await fits(page)
    await send(page, f"/ticket done {number} 2h new lid and hinges")
    await expect(seen.first).to_contain_text("Completed by Tom Nguyen")

    told = (await direct_messages(desk)).filter(has_text="Hinge torn out of the lid")
    await expect(told).to_contain_text("Tom Nguyen completed ticket")
    await expect(told).to_contain_text("new lid and hinges")
    await told.get_by_role("button", name="Open").click()
    opened = answer(desk)
    await expect(opened.get_by_role("button", name="Reopen")).to_be_visible()
    await expect(opened.get_by_role("button", name="Undo")).to_have_count(0)
    assert await faults(desk) == []


async def test_due_date_is_understood_refused_and_missed(office: Office) -> None:
    number = await office.add_ticket("Keyboard drank tea", worker=ANA)
    page = await office.look(ANA)
    await expect(await type_in(page, f"/ticket due {number} soon")).to_contain_text("“soon” is no day or time")
    await expect(await type_in(page, f"/ticket due {number} yesterday")).to_contain_text("which is past")
    card = await type_in(page, f"/ticket due {number} tomorrow 5pm")
    await expect(card).to_contain_text("it is due Tomorrow at 5:00 PM")
    await card.get_by_role("button", name="Edit").click()
    form = page.get_by_role("dialog", name=f"Edit #{number}")
    assert await faults(page) == []
    await form.get_by_label("Priority").click()
    await page.get_by_role("option", name="Urgent").click()
    await form.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("dialog")).to_contain_text("Urgent")
    await page.keyboard.press("Escape")
    await expect(card_of(page, "Keyboard drank tea").first).to_contain_text("Urgent priority")

    await office.floor.shop.owner.execute("UPDATE tickets SET due_at = now() - interval '3 days' WHERE id = $1", number)
    overdue = await type_in(page, "/ticket list overdue")
    await expect(overdue).to_contain_text("Keyboard drank tea")
    viewer = await office.look(RUTH)
    listed = await type_in(viewer, "/ticket list overdue priority:urgent tech:ana")
    await expect(listed).to_contain_text("Overdue by 3 days")
    await expect(await type_in(viewer, f"/ticket due {number} none")).to_contain_text("Your role here is Viewer")


async def test_manager_notes_what_the_customer_says_to_an_estimate(office: Office) -> None:
    number = await office.add_ticket("Display and board to replace", worker=BEN, bench_status="diagnosing")
    page = await office.look(BEN)
    card = await type_in(page, f"/ticket estimate {number} 9h")
    await expect(card).to_contain_text("it waits until a Manager has asked the customer.")
    await expect(card.get_by_role("button", name="Approve")).to_have_count(0)
    refused = await type_in(page, f"/ticket done {number} 2h all new")
    await expect(refused).to_contain_text("is waiting for approval: about $")

    manager = await office.look(MARIA)
    old_card = await type_in(manager, f"/ticket {number}")
    asked = (await direct_messages(manager)).filter(has_text="Display and board to replace")
    await expect(asked).to_contain_text("Ben Okafor needs the customer's approval")
    await asked.get_by_role("button", name="Approve").click()
    form = manager.get_by_role("dialog", name=f"Approve #{number}")
    await form.get_by_label("What did they say?").fill("Yes, but keep the old board.")
    await form.get_by_role("button", name="Approve").click()
    await expect(form.locator(".field-error:visible")).to_have_count(1)
    assert await faults(manager) == []
    await choose(manager, form, "How was the customer asked?", "By phone")
    await form.get_by_role("button", name="Approve").click()
    await expect(manager.get_by_role("dialog", name="Approved")).to_contain_text("the customer agrees")
    await manager.keyboard.press("Escape")
    await expect(asked).to_contain_text("Approved, noted by Maria Francisco.")
    await expect(asked.get_by_role("button", name="Approve")).to_have_count(0)

    await manager.get_by_role("navigation").get_by_role("button", name="repairs").click()
    await old_card.get_by_role("button", name="Decline").click()
    await expect(answer(manager)).to_contain_text("Maria Francisco has noted already")
    told = (await direct_messages(page)).filter(has_text="The customer has approved the estimate")
    await expect(told).to_contain_text("Noted by Maria Francisco")
    await expect(told).to_contain_text("keep the old board")


async def test_declined_repair_closes_the_ticket_until_it_is_opened_again(office: Office) -> None:
    number = await office.add_ticket("Plotter needs a new head", worker=TOM, filer=LILY, bench_status="diagnosing")
    await office.floor.ticket(TOM, f"estimate {number} 12h")
    manager = await office.look(MARIA)
    card = await type_in(manager, f"/ticket {number}")
    await card.get_by_role("button", name="Decline").click()
    form = manager.get_by_role("dialog", name=f"Decline #{number}")
    await expect(form).to_contain_text("The ticket is closed unrepaired.")
    await choose(manager, form, "How was the customer asked?", "By e-mail")
    await form.get_by_role("button", name="Decline").click()
    await expect(manager.get_by_role("dialog", name="Declined")).to_contain_text("is closed")
    await manager.keyboard.press("Escape")

    desk = await office.look(LILY)
    await expect(card_of(desk, "Plotter needs a new head").first).to_contain_text("Closed by")
    told = (await direct_messages(desk)).filter(has_text="Plotter needs a new head")
    await expect(told).to_contain_text("the repair was declined")
    await desk.get_by_role("navigation").get_by_role("button", name="repairs").click()
    form = await ask_for(desk, f"/ticket reopen {number}", f"Reopen #{number}")
    await form.get_by_role("textbox").fill("They have thought better of it.")
    await form.get_by_role("button", name="Reopen").click()
    await expect(desk.get_by_role("dialog")).to_contain_text("is open again")
    await desk.keyboard.press("Escape")
    worker = await office.look(TOM)
    again = card_of(worker, "Lily Chen reopened ticket")
    await expect(again.filter(has_text="Plotter needs a new head")).to_be_visible()
    heard = (await direct_messages(worker)).filter(has_text="The customer has declined the repair")
    await expect(heard.last).to_contain_text("Noted by Maria Francisco · By e-mail")


async def test_timer_is_started_switched_and_stopped(office: Office) -> None:
    first = await office.add_ticket("Tower hums", worker=ANA)
    other = await office.add_ticket("Laptop sleeps badly", worker=ANA)
    page = await office.look(ANA)
    card = await type_in(page, f"/ticket start {first}")
    await expect(card).to_contain_text("Running since")
    await office.floor.shop.owner.execute(
        "UPDATE labour_entries SET started_at = started_at - interval '85 minutes' WHERE ticket_id = $1", first
    )
    asked = await type_in(page, f"/ticket start {other}")
    await asked.get_by_role("button", name=f"start it on #{other}").click()
    switched = page.locator(".message.ephemeral", has_text=f"Your timer runs on #{other} now; #{first} got 1.5 hours.")
    await expect(switched.get_by_role("button", name="Stop timer")).to_be_visible()
    await expect(await type_in(page, "/ticket")).to_contain_text("Your timer has been running on")
    await expect(await type_in(page, "/ticket stop")).to_contain_text("nothing is booked")
    await expect(await type_in(page, "/ticket stop")).to_contain_text("Your timer isn't running; nothing was changed.")

    form = await ask_for(page, f"/ticket done {first}", f"Complete #{first}")
    await expect(form.get_by_label("Hours worked")).to_have_value("1.5")
    assert await faults(page) == []
    await page.keyboard.press("Escape")
    manager = await office.look(MARIA)
    await expect(await type_in(manager, f"/ticket start {first}")).to_contain_text("Ana Reyes works on ticket")


async def test_completion_asks_for_its_checks_and_is_taken_back(office: Office) -> None:
    number = await office.add_ticket("Old iMac gets an SSD", worker=TOM, filer=SAM, category="upgrade")
    page = await office.look(TOM)
    form = await ask_for(page, f"/ticket done {number} 1h cloned to a new drive", f"Complete #{number}")
    await expect(form.get_by_label("What was done")).to_have_value("cloned to a new drive")
    await form.get_by_role("checkbox", name="Starts from cold").check()
    await form.get_by_role("button", name="Complete").click()
    await expect(form).to_contain_text("2 of 3 checks aren't ticked.")
    assert await faults(page) == []
    await form.get_by_role("checkbox", name="Old part returned").check()
    await form.get_by_role("button", name="Complete anyway").click()
    done = page.get_by_role("dialog")
    await expect(done).to_contain_text("is completed: 1 hour")

    desk = await office.look(SAM)
    told = (await direct_messages(desk)).filter(has_text="Old iMac gets an SSD")
    await expect(told).to_contain_text("Tom Nguyen completed ticket")
    await done.get_by_role("button", name="Undo").click()
    await expect(told).to_contain_text("Tom Nguyen took back the completion of ticket")
    await expect(page.get_by_role("dialog")).to_contain_text(f"Taken back: ticket #{number} is open, as it was before.")
    await expect(page.get_by_role("dialog")).not_to_contain_text("Worked")
    assert await faults(page) == []
    await page.keyboard.press("Escape")
    await expect(card_of(page, "Old iMac gets an SSD").first).to_contain_text("With Tom Nguyen")
    await expect(await type_in(page, f"/ticket undo {number}")).to_contain_text("is open already")
    await expect(await type_in(page, f"/ticket {number}")).to_contain_text("What was done (taken back)")
