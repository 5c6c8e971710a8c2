"""What the app says by itself: to who watches, is named or is late, and of what doesn't arrive."""

import re
from datetime import timedelta

import pytest
from playwright.async_api import expect

from tests.journeys.browser.conftest import (
    ANA,
    BEN,
    LILY,
    MARIA,
    PHONE,
    RUTH,
    TOM,
    Office,
    answer,
    card_of,
    direct_messages,
    faults,
    fits,
    type_in,
)
from tests.journeys.floor import CHANNEL

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long]

_OPEN_ALWAYS = "INSERT INTO shop_hours SELECT d, '00:00', '23:59:59.999' FROM generate_series(1, 7) d"
_DUE = "UPDATE tickets SET due_at = now() - $2::interval WHERE id = $1"
_REMIND = "SELECT app.schedule_reminders()"  # what the worker does each minute


async def test_watcher_and_whom_a_note_names_read_it_and_the_channel_does_not(office: Office) -> None:
    number = await office.add_ticket("Monitor has a green line", worker=TOM)
    watcher, page, manager, desk = [await office.look(user) for user in (RUTH, TOM, MARIA, LILY)]
    watched = await type_in(watcher, f"/ticket watch {number}")
    await expect(watched).to_contain_text(f"You hear from now on what happens to ticket #{number}.")

    noted = await type_in(page, f"/ticket note {number} @maria and @lily: the cable is fine")
    await expect(noted).to_contain_text(f"Lily Chen can't see ticket #{number}, so wasn't told.")
    named = (await direct_messages(manager)).filter(has_text="Tom Nguyen mentioned you on ticket")
    await expect(named).to_contain_text("the cable is fine")
    told = (await direct_messages(watcher)).filter(has_text="Monitor has a green line").first
    await expect(told).to_contain_text("the cable is fine")
    assert await faults(watcher) == []
    await card_of(desk, "Monitor has a green line").get_by_role("button", name=re.compile("repl")).click()
    await expect(desk.get_by_role("complementary")).to_contain_text("wrote a note")
    assert "cable" not in await desk.locator("body").inner_text()
    await expect(await direct_messages(desk)).to_have_count(0)

    await told.get_by_role("button", name="Unwatch").click()
    await expect(answer(watcher)).to_contain_text(f"You no longer hear what happens to ticket #{number}.")
    await type_in(page, f"/ticket priority {number} urgent")
    await office.floor.quiet()
    await expect(card_of(page, "Monitor has a green line").first).to_contain_text("Urgent priority")
    await expect(told).not_to_contain_text("Urgent")


async def test_technician_is_reminded_on_a_phone_and_puts_it_off(office: Office) -> None:
    owner = office.floor.shop.owner
    await owner.execute("TRUNCATE shop_hours")
    await owner.execute(_OPEN_ALWAYS)
    await owner.fetchval(_REMIND)  # of what the sample shop has
    await office.floor.quiet()
    number = await office.add_ticket("Speaker crackles", worker=ANA)
    await owner.execute(_DUE, number, timedelta(hours=1))
    await owner.fetchval(_REMIND)

    page = await office.look(ANA, **PHONE)
    await page.get_by_role("button", name="Open the sidebar").tap()
    reminder = (await direct_messages(page)).filter(has_text="Speaker crackles is overdue: it was due")
    await expect(reminder).to_contain_text("With Ana Reyes")
    assert await faults(page) == []
    assert await fits(page)
    await reminder.get_by_role("combobox").tap()
    await page.get_by_role("option", name="Until tomorrow").tap()
    await expect(answer(page)).to_contain_text("You aren't reminded of this ticket before")
    await reminder.get_by_role("button", name="Open").tap()
    await expect(answer(page)).to_contain_text("overdue by 1 hour")


async def test_manager_nudges_who_is_late_and_only_once_a_day(office: Office) -> None:
    number = await office.add_ticket("Trackpad clicks twice", worker=BEN)
    await office.floor.shop.owner.execute(_DUE, number, timedelta(days=365))
    page, technician = await office.look(MARIA), await office.look(BEN)
    await type_in(page, "/ticket summary today")
    nudge = page.get_by_role("button", name=f"Remind Ben Okafor of #{number}")
    await nudge.click()
    await expect(answer(page)).to_contain_text(f"Ben Okafor is reminded of ticket #{number}")
    told = (await direct_messages(technician)).filter(has_text="Maria Francisco asks you to look at")
    await expect(told).to_contain_text("Trackpad clicks twice")

    await nudge.click()
    await expect(answer(page)).to_contain_text("today already")
    await office.floor.quiet()
    await expect(told).to_have_count(1)


async def test_manager_learns_what_did_not_arrive_and_has_it_sent_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.floor.quiet()
    channels = office.floor.sandbox.state.channels
    page = await office.look(MARIA)
    with monkeypatch.context() as archived:
        archived.setitem(channels, CHANNEL, channels[CHANNEL].model_copy(update={"is_archived": True}))
        number = await office.add_ticket("Fan rattles")
        told = (await direct_messages(page)).filter(has_text="Messages to the shop's channel don't arrive.")
        await expect(told).to_contain_text("The channel is archived.")
    await told.get_by_role("button", name="Undelivered").click()
    await expect(answer(page)).to_contain_text("1 message didn't reach Slack.")
    await expect(answer(page)).to_contain_text(f"The card about #{number} Fan rattles to the shop's channel")
    assert await faults(page) == []

    await answer(page).get_by_role("button", name="Retry").click()
    await expect(answer(page)).to_contain_text("will be tried again now")
    await expect(card_of(await office.look(RUTH), "Fan rattles")).to_be_visible()
