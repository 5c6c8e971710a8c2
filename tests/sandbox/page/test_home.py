"""The app's Home tab and its shortcuts in a real browser."""

import pytest
from playwright.async_api import Page, expect

from sandbox.documents import Document, Json
from sandbox.server import Sandbox
from tests.sandbox.conftest import (
    ANN,
    APP_HOME,
    GENERAL,
    WORKSPACE,
    actions,
    button,
    manifest,
    modal,
    plain,
    text_input,
)
from tests.sandbox.page.conftest import Desk

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

LEVELS = [{"text": plain(name), "value": name} for name in ("low", "high")]


def section(text: str) -> Document:
    return {"type": "section", "text": plain(text)}


async def publish(desk: Desk, *blocks: Document, **more: Json) -> None:
    await desk.client.views_publish(user_id=ANN, view={"type": "home", "blocks": list(blocks), **more})


async def look_at_home(desk: Desk) -> Page:
    page = await desk.look()
    await page.get_by_role("button", name="helper").click()
    return page


async def opened_tabs(desk: Desk) -> list[str]:
    await desk.sandbox.events.settled()
    return [event["tab"] for event in desk.heard("event") if event["type"] == "app_home_opened"]


async def test_app_is_told_that_its_home_is_opened_and_fills_it_live(desk: Desk) -> None:
    page = await look_at_home(desk)
    home = page.get_by_role("tabpanel", name="Home")
    await expect(home).to_contain_text("helper hasn't published a Home tab for you yet.")
    assert await opened_tabs(desk) == ["home"]

    await publish(desk, section("Good morning"))
    await expect(home).to_have_text("Good morning")
    await page.get_by_role("tab", name="Messages").click()

    await expect(home).to_be_hidden()
    await expect(page.get_by_role("combobox", name="Message helper")).to_be_visible()
    assert await opened_tabs(desk) == ["home", "messages"]


async def test_unread_messages_come_before_the_home_tab(desk: Desk) -> None:
    await desk.post("for you", channel=ANN)
    page = await desk.look()
    await expect(page.get_by_role("button", name="helper")).to_contain_text("1 unread")

    await page.get_by_role("button", name="helper").click()

    await expect(page.get_by_role("tab", name="Messages")).to_have_attribute("aria-selected", "true")
    await expect(page.locator(".message")).to_contain_text("for you")


async def test_message_that_arrives_behind_the_home_tab_is_unread(desk: Desk) -> None:
    page = await look_at_home(desk)
    await expect(page.get_by_role("tab", name="Home")).to_have_attribute("aria-selected", "true")

    await desk.post("for you", channel=ANN)
    await expect(page.get_by_role("button", name="helper")).to_contain_text("1 unread")
    await page.get_by_role("tab", name="Messages").click()

    await expect(page.locator(".message")).to_be_visible()
    await expect(page.get_by_role("button", name="helper")).not_to_contain_text("unread")


async def test_button_in_the_home_tab_opens_a_form(desk: Desk) -> None:
    push = {**button("push"), "text": plain("New")}
    await publish(desk, actions(button("go", value="1"), push))
    desk.form = modal(text_input("first"))
    page = await look_at_home(desk)

    await page.get_by_role("button", name="Press").click()
    await expect(page.locator("[aria-busy=true]")).to_have_count(0)

    [payload] = desk.heard("action")
    view = desk.sandbox.home(ANN)
    assert view is not None
    assert payload["container"] == {"type": "view", "view_id": view.id}
    assert payload["actions"][0]["value"] == "1"


async def test_what_stands_in_the_home_tab_stays_while_the_app_changes_it(desk: Desk) -> None:
    menu = {"type": "static_select", "action_id": "level", "placeholder": plain("Level"), "options": LEVELS}
    row = actions(menu, button("go"), block_id="row")
    await publish(desk, section("one"), row, text_input("words"))
    page = await look_at_home(desk)
    home = page.get_by_role("tabpanel", name="Home")
    await home.get_by_label("words").fill("half a sen")
    await home.get_by_role("combobox", name="Level").click()
    await page.get_by_role("option", name="high").click()
    await expect(page.locator("[aria-busy=true]")).to_have_count(0)
    await home.get_by_role("button", name="Press").focus()

    await publish(desk, section("two"), row, text_input("words"))

    await expect(home).to_contain_text("two")
    await expect(home.get_by_label("words")).to_have_value("half a sen")
    await expect(home.get_by_role("combobox", name="Level")).to_have_value("high")
    await expect(home.get_by_role("button", name="Press")).to_be_focused()
    [payload] = desk.heard("action")
    assert payload["view"]["state"]["values"]["words"]["value"]["value"] == "half a sen"


@pytest.mark.long
async def test_home_tab_is_there_again_after_a_reload(desk: Desk) -> None:
    await publish(desk, section("Good morning"))
    page = await look_at_home(desk)
    await expect(page.get_by_role("tabpanel", name="Home")).to_have_text("Good morning")

    await page.reload()

    await expect(page.get_by_role("tabpanel", name="Home")).to_have_text("Good morning")


@pytest.mark.long
async def test_app_without_home_tab_and_with_messages_turned_off(desk: Desk) -> None:
    app_home = {**APP_HOME, "home_tab_enabled": False, "messages_tab_read_only_enabled": True}
    async with Sandbox.serve(manifest=manifest(app_home=app_home), workspace=WORKSPACE) as sandbox:
        page = await desk.open_page(f"{sandbox.base_url}/?user={ANN}&channel={GENERAL}")
        await page.get_by_role("button", name="helper").click()

        await expect(page.get_by_text("Sending messages to this app has been turned off.")).to_be_visible()
        await expect(page.get_by_role("combobox")).to_have_count(0)
        await expect(page.get_by_role("tab")).to_have_count(0)
        await page.close()


async def test_global_shortcut_is_chosen_beside_the_message_box(desk: Desk) -> None:
    desk.form = modal(text_input("first"))
    page = await desk.look()

    await page.get_by_role("button", name="Shortcuts").click()
    await page.get_by_role("menuitem", name="Begin Begins something").click()

    await expect(page.get_by_role("dialog", name="Form")).to_be_visible()
    [payload] = desk.heard("shortcut")
    assert (payload["type"], payload["callback_id"], payload["user"]["id"]) == ("shortcut", "begin", ANN)


async def test_message_shortcut_is_chosen_in_a_messages_menu(desk: Desk) -> None:
    desk.form = modal(text_input("first"))
    ts = await desk.post("it is broken")
    await desk.client.chat_postEphemeral(channel=GENERAL, user=ANN, text="Psst")
    page = await desk.look()

    assert await page.get_by_role("button", name="Message actions").count() == 1
    await page.locator(".message").first.hover()
    await page.get_by_role("button", name="Message actions").click()
    await page.get_by_role("menuitem", name="Take over").click()

    await expect(page.get_by_role("dialog", name="Form")).to_be_visible()
    [payload] = desk.heard("shortcut")
    assert (payload["type"], payload["message_ts"]) == ("message_action", ts)
    assert (payload["channel"]["id"], payload["message"]["text"]) == (GENERAL, "it is broken")


@pytest.mark.long
async def test_shortcut_that_fails_is_told_in_words(desk: Desk) -> None:
    page = await desk.look()
    desk.sandbox.deliver_to("http://127.0.0.1:9/")

    await page.get_by_role("button", name="Shortcuts").click()
    await page.get_by_role("menuitem", name="Begin").click()

    await expect(page.get_by_role("alert").filter(has_text="This app is not responding.")).to_be_visible()
