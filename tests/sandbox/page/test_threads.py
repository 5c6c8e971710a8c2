"""Threads in a real browser: beside their conversation, replied to, and what the conversation shows of them."""

import pytest
from playwright.async_api import Locator, Page, expect

from tests.sandbox.conftest import ANN, BEN, GENERAL, actions, button
from tests.sandbox.page.conftest import Desk
from tests.sandbox.page.test_access import PHONE, focused

pytestmark = [pytest.mark.asyncio(loop_scope="session")]


def panel(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Thread")


async def test_replies_are_counted_in_the_conversation_and_read_beside_it(desk: Desk) -> None:
    ts = await desk.post("ticket 42")
    await desk.post("taken", thread_ts=ts)
    page = await desk.look()
    await expect(page.locator("#messages .message")).to_have_count(1)

    await page.get_by_role("button", name="1 reply").click()
    await desk.post("done", thread_ts=ts)

    await expect(panel(page).locator(".message .text")).to_have_text(["ticket 42", "taken", "done"])
    await expect(page.get_by_role("button", name="2 replies")).to_be_visible()
    await expect(page.locator("#messages .message")).to_have_count(1)


async def test_reply_is_written_in_the_thread(desk: Desk) -> None:
    ts = await desk.post("ticket 42")
    page = await desk.look()

    await page.locator(".message").hover()
    await page.get_by_role("button", name="Reply in thread").click()
    box = panel(page).get_by_role("combobox", name="Reply…")
    await expect(box).to_be_focused()
    await page.keyboard.type("on it")
    await page.keyboard.press("Enter")

    await expect(panel(page).locator(".message .text")).to_have_text(["ticket 42", "on it"])
    await expect(page.get_by_role("button", name="1 reply")).to_be_visible()
    reply = desk.sandbox.messages(GENERAL, ANN)[-1]
    assert (reply.user, reply.thread_ts, reply.broadcast) == (ANN, ts, False)


@pytest.mark.long
async def test_reply_is_sent_to_the_conversation_too(desk: Desk) -> None:
    ts = await desk.post("ticket 42")
    page = await desk.look()
    await page.locator(".message").focus()
    await page.keyboard.press("Enter")

    await panel(page).get_by_role("checkbox", name="Also send to #general").check()
    await panel(page).get_by_role("combobox", name="Reply…").fill("all done")
    await panel(page).get_by_role("button", name="Send").click()

    shown = page.locator("#messages .message").nth(1)
    await expect(shown).to_contain_text("all done")
    await expect(shown.get_by_role("button", name="replied to a thread: ticket 42")).to_be_visible()
    await expect(panel(page).get_by_role("checkbox")).not_to_be_checked()
    assert desk.sandbox.messages(GENERAL, ANN)[-1].thread_ts == ts


async def test_private_answer_is_shown_in_its_thread_alone(desk: Desk) -> None:
    ts = await desk.post("ticket 42")
    page = await desk.look()
    await page.locator(".message").focus()
    await page.keyboard.press("Enter")

    await desk.client.chat_postEphemeral(channel=GENERAL, user=ANN, text="done already", thread_ts=ts)

    answer = panel(page).locator(".message").nth(1)
    await expect(answer).to_contain_text("Only visible to you")
    await expect(answer).to_contain_text("done already")
    await expect(page.locator("#messages .message")).to_have_count(1)
    await expect(page.locator(".thread-link")).to_have_count(0)


@pytest.mark.long
async def test_command_in_a_thread_is_refused_in_words_and_kept(desk: Desk) -> None:
    await desk.post("ticket 42")
    page = await desk.look()
    await page.locator(".message").focus()
    await page.keyboard.press("Enter")
    box = panel(page).get_by_role("combobox", name="Reply…")

    await box.fill("/do it")
    await box.press("Enter")

    await expect(panel(page).get_by_role("alert")).to_have_text("/do is not supported in threads. Sorry!")
    await expect(box).to_have_value("/do it")


@pytest.mark.long
async def test_thread_is_there_again_after_a_reload_and_goes_with_escape(desk: Desk) -> None:
    ts = await desk.post("ticket 42")
    await desk.post("taken", thread_ts=ts)
    page = await desk.look()
    await page.get_by_role("button", name="1 reply").click()

    await page.reload()
    await expect(panel(page).locator(".message")).to_have_count(2)
    await panel(page).get_by_role("combobox", name="Reply…").press("Escape")

    await expect(panel(page)).to_be_hidden()
    await expect(page.locator("#messages .message")).to_be_focused()
    await page.reload()
    await expect(page.locator("#messages")).to_have_attribute("aria-busy", "false")
    await expect(panel(page)).to_be_hidden()


@pytest.mark.long
async def test_thread_whose_first_message_is_deleted_can_still_be_read(desk: Desk) -> None:
    ts = await desk.post("ticket 42")
    await desk.post("taken", thread_ts=ts)
    page = await desk.look()

    await desk.client.chat_delete(channel=GENERAL, ts=ts)

    await expect(page.locator("#messages .message")).to_contain_text("This message was deleted.")
    await page.get_by_role("button", name="1 reply").click()
    await expect(panel(page).locator(".message").nth(1)).to_contain_text("taken")


@pytest.mark.long
async def test_replies_elsewhere_are_not_counted_as_unread(desk: Desk) -> None:
    ts = await desk.post("for you", channel=ANN)
    page = await desk.look()
    direct = page.get_by_role("button", name="helper")
    await expect(direct).to_contain_text("1 unread")

    await desk.post("quietly", channel=ANN, thread_ts=ts)
    await desk.post("aloud", channel=ANN, thread_ts=ts, reply_broadcast=True)

    await expect(direct).to_contain_text("2 unread")
    await page.reload()
    await expect(direct).to_contain_text("2 unread")


async def test_button_in_a_thread_reaches_the_app(desk: Desk) -> None:
    ts = await desk.post("ticket 42")
    await desk.post("well?", thread_ts=ts, blocks=[actions(button("take"))])
    page = await desk.look()
    await page.get_by_role("button", name="1 reply").click()

    await panel(page).get_by_role("button", name="Press").click()

    await expect(page.locator("[aria-busy=true]")).to_have_count(0)
    [payload] = desk.heard("action")
    assert payload["container"]["thread_ts"] == ts


@pytest.mark.long
async def test_phone_shows_the_thread_over_everything(desk: Desk) -> None:
    ts = await desk.post("ticket 42")
    await desk.post("taken", thread_ts=ts)
    page = await desk.look(**PHONE)

    await page.get_by_role("button", name="1 reply").tap()
    box = await panel(page).bounding_box()
    await panel(page).get_by_role("button", name="Close the thread").tap()

    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
    await expect(panel(page)).to_be_hidden()


@pytest.mark.long
async def test_app_and_people_are_named_as_one_types(desk: Desk) -> None:
    page = await desk.look()
    box = page.get_by_role("combobox", name="Message #general")

    await box.press_sequentially("@he")
    await expect(page.get_by_role("option")).to_have_count(1)
    await expect(page.get_by_role("option")).to_contain_text("helper")
    await box.press("Enter")
    await box.press_sequentially("done 42, @bak")
    await expect(page.get_by_role("option")).to_contain_text("Ben Baker")
    await box.press("Tab")
    await expect(box).to_have_value("@helper done 42, @ben ")
    await box.press("Enter")

    await expect(page.locator(".message .mention")).to_have_text(["@helper", "@Ben Baker"])
    await desk.sandbox.events.settled()
    [mention] = [event for event in desk.heard("event") if event["type"] == "app_mention"]
    assert mention["text"] == f"<@U0BOT> done 42, <@{BEN}> "


async def test_messages_and_their_tools_are_reached_by_keyboard(desk: Desk) -> None:
    for text in ("one", "two"):
        await desk.sandbox.say(BEN, text, "#general")
    page = await desk.look()
    await page.locator("#messages").focus()

    for key in ("ArrowUp", "ArrowUp"):
        await page.keyboard.press(key)
    await expect(page.locator(".message").first).to_be_focused()
    await page.keyboard.press("Tab")
    assert await focused(page) == "Reply in thread"
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("menuitem")).to_have_count(2)
