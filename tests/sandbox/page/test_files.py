"""Files in a real browser: shared in messages and threads, looked at, put into forms."""

import asyncio
import re

import pytest
from playwright.async_api import FilePayload, Page, expect

from sandbox.files import PROCESSING_SECONDS
from tests.browser import faults
from tests.sandbox.conftest import ANN, GENERAL, modal
from tests.sandbox.page.conftest import Desk
from tests.sandbox.uploads import file_field, png

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

PHOTO: FilePayload = {"name": "screen.png", "mimeType": "image/png", "buffer": png(40, 30)}
LOG: FilePayload = {"name": "boot.log", "mimeType": "text/plain", "buffer": b"it hangs\n" * 200}


async def attach(page: Page, *chosen: FilePayload, button: str = "Attach files", within: str = "#composer") -> None:
    async with page.expect_file_chooser() as choosing:
        await page.locator(within).get_by_role("button", name=button).click()
    await (await choosing.value).set_files(list(chosen))


async def test_files_are_shared_seen_and_handed_to_the_app(desk: Desk) -> None:
    page = await desk.look()
    await attach(page, PHOTO, LOG)
    tray = page.locator("#composer").get_by_role("list", name="Files")
    await expect(tray.get_by_role("listitem")).to_have_count(2)
    await page.get_by_role("button", name="Remove boot.log").click()
    await expect(page.get_by_role("button", name="Remove screen.png")).to_be_focused()
    await attach(page, LOG)
    await expect(page.locator("#composer").get_by_role("status")).to_have_text("boot.log is uploaded.")
    box = page.get_by_role("combobox", name="Message #general")
    await box.fill("It hangs here")
    await box.press("Enter")

    message = page.locator(".message")
    picture = message.get_by_role("img", name="screen.png")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("each => [each.complete, each.naturalWidth]") == [True, 40]
    await expect(message.locator(".file-card")).to_contain_text("Plain Text, 1.8 kB")
    await expect(tray).to_be_hidden()
    async with page.expect_download() as downloading:
        await message.get_by_role("link", name="Download boot.log").click()
    download = await downloading.value
    assert (download.suggested_filename, (await download.path()).read_bytes()) == ("boot.log", LOG["buffer"])
    assert await faults(page) == []

    await message.hover()
    await message.get_by_role("button", name="Message actions").click()
    desk.form = modal(file_field())
    await page.get_by_role("menuitem", name="Take over").click()
    await expect(page.get_by_role("dialog", name="Form")).to_be_visible()
    (told,) = desk.heard("shortcut")
    assert [file["name"] for file in told["message"]["files"]] == ["screen.png", "boot.log"]


async def test_reply_carries_a_file_and_no_words(desk: Desk) -> None:
    ts = await desk.post("ticket 42")
    page = await desk.look()
    await page.locator(".message").focus()
    await page.keyboard.press("Enter")
    send = page.locator("#thread").get_by_role("button", name="Send")

    await attach(page, PHOTO, within="#thread")
    await expect(send).to_have_attribute("aria-disabled", "false")
    await send.click()

    await expect(page.locator("#thread").get_by_role("img", name="screen.png")).to_be_visible()
    reply = desk.sandbox.messages(GENERAL, ANN)[-1]
    assert (reply.thread_ts, len(reply.files or [])) == (ts, 1)


async def test_file_of_the_app_is_shown_until_it_is_deleted(desk: Desk) -> None:
    answer = await desk.client.files_upload_v2(filename="chart.png", content=png(), channel=GENERAL, alt_txt="A chart")
    desk.clock.move(PROCESSING_SECONDS)
    image = {"type": "image", "alt_text": "The chart again", "slack_file": {"id": answer["file"]["id"]}}
    await desk.post("Chart", blocks=[image])
    page = await desk.look()

    await expect(page.get_by_role("img", name="A chart", exact=True)).to_be_visible()
    await expect(page.get_by_role("img", name="The chart again")).to_be_visible()
    widths = await page.locator("#messages img").evaluate_all("all => all.map((each) => each.naturalWidth)")
    await desk.client.chat_delete(channel=GENERAL, ts=desk.sandbox.messages(GENERAL, ANN)[-1].ts)
    await desk.client.files_delete(file=answer["file"]["id"])

    await expect(page.locator(".message")).to_have_text(re.compile("This file was deleted."))
    assert widths == [3, 3]


async def test_form_takes_files_and_says_which_it_does_not(desk: Desk) -> None:
    page = await desk.look()
    dialog = await desk.open_form(page, modal(file_field(filetypes=["png", "log"], max_files=2)))
    group = dialog.get_by_role("group", name="Photos (optional)")

    await attach(page, {**PHOTO, "name": "report.pdf"}, PHOTO, button="Add files", within="dialog")
    await expect(group.get_by_role("listitem")).to_have_text(re.compile("screen.png"))
    await expect(dialog.get_by_text("report.pdf isn't of a type that is taken here: png, log.")).to_be_visible()
    await attach(page, LOG, PHOTO, button="Add files", within="dialog")
    await expect(group.get_by_role("listitem")).to_have_count(2)
    assert await faults(page) == []
    await dialog.get_by_role("button", name="Go").click()
    await expect(dialog).to_be_hidden()

    (told,) = desk.heard("submission")
    files = told["view"]["state"]["values"]["photos"]["files"]["files"]
    assert [(file["name"], file["user"]) for file in files] == [("screen.png", ANN), ("boot.log", ANN)]


@pytest.mark.long
async def test_form_waits_for_uploads_and_keeps_them_while_it_changes(desk: Desk) -> None:
    page = await desk.look(own=True)
    dialog = await desk.open_form(page, modal(file_field()))
    arrived = asyncio.Event()

    async def hold(route: object) -> None:
        await arrived.wait()
        await route.continue_()  # type: ignore[attr-defined]

    await page.route("**/-/files?*", hold)
    await attach(page, PHOTO, button="Add files", within="dialog")
    await dialog.get_by_role("button", name="Go").click()
    await expect(dialog.get_by_text("Please wait until your files are uploaded.")).to_be_visible()
    view = desk.sandbox.view(ANN)
    assert view is not None
    await desk.client.views_update(
        view_id=view.id, view=modal(file_field(), title={"type": "plain_text", "text": "New"})
    )
    dialog = page.get_by_role("dialog", name="New")
    await expect(dialog.get_by_role("progressbar", name="Uploading screen.png")).to_be_visible()
    arrived.set()
    await expect(dialog.get_by_role("progressbar")).to_have_count(0)
    await dialog.get_by_role("button", name="Go").click()
    await expect(dialog).to_be_hidden()

    assert [len(each["view"]["state"]["values"]["photos"]["files"]["files"]) for each in desk.heard("submission")] == [
        1
    ]
