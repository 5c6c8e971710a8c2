"""Files: the app's uploads in three steps, people's, and who gets to see them."""

import asyncio
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from sandbox.clock import ManualClock
from sandbox.documents import Document, Json
from sandbox.files import PROCESSING_SECONDS, STORAGE_BYTES
from sandbox.server import Sandbox
from sandbox.troubles import Trouble
from tests.sandbox.conftest import (
    ANN,
    BEN,
    GENERAL,
    QUIET,
    SECRET,
    WORKSPACE,
    ScriptedApp,
    client_of,
    listening,
    manifest,
    open_form,
)
from tests.sandbox.uploads import GIF, PDF, error_of, fetch, file_field, png


async def announced(client: AsyncWebClient, content: bytes, name: str = "report.pdf") -> tuple[str, str]:
    answer = await client.files_getUploadURLExternal(filename=name, length=len(content))
    return str(answer["file_id"]), str(answer["upload_url"])


async def post(address: str, content: bytes) -> int:
    async with aiohttp.ClientSession() as session, session.post(address, data=content) as response:
        return response.status


async def unshared(client: AsyncWebClient, content: bytes, name: str) -> str:
    answer = await client.files_upload_v2(filename=name, content=content)
    return str(answer["file"]["id"])


def image(file_id: str) -> Document:
    return {"type": "image", "alt_text": "A chart", "slack_file": {"id": file_id}}


async def test_upload_of_slacks_own_client_is_shared_in_one_message(
    sandbox: Sandbox, client: AsyncWebClient, clock: ManualClock
) -> None:
    answer = await client.files_upload_v2(
        channel=GENERAL,
        initial_comment="Both",
        file_uploads=[
            {"filename": "chart.png", "content": png(), "title": "A chart", "alt_txt": "Going up"},
            {"filename": "report.pdf", "content": PDF, "title": "A report"},
        ],
    )
    clock.move(PROCESSING_SECONDS)
    (message,) = sandbox.messages(GENERAL, ANN)
    chart, report = (await client.conversations_history(channel=GENERAL))["messages"][0]["files"]
    told = (await client.files_info(file=chart["id"]))["file"]

    assert [file["title"] for file in answer["files"]] == ["A chart", "A report"]
    assert (message.text, message.files) == ("Both", [chart["id"], report["id"]])
    assert (chart["mimetype"], chart["original_w"], chart["original_h"]) == ("image/png", 3, 2)
    assert (chart["alt_txt"], report["filetype"], report["size"]) == ("Going up", "pdf", len(PDF))
    assert (told["channels"], told["shares"]["public"][GENERAL][0]["ts"]) == ([GENERAL], message.ts)


async def test_file_is_nothing_in_particular_until_it_has_been_processed(
    sandbox: Sandbox, client: AsyncWebClient, clock: ManualClock
) -> None:
    file_id = await unshared(client, png(), "chart.png")
    before = (await client.files_info(file=file_id))["file"]
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=GENERAL, text="Chart", blocks=[image(file_id)])
    clock.move(PROCESSING_SECONDS)

    await client.chat_postMessage(channel=GENERAL, text="Chart", blocks=[image(file_id)])
    after = (await client.files_info(file=file_id))["file"]

    assert caught.value.response["errors"] == ["invalid slack file [json-pointer:/blocks/0/slack_file]"]
    assert (before["mimetype"], after["mimetype"]) == ("", "image/png")
    assert (after["shares"], sandbox.messages(GENERAL, ANN)[0].blocks is not None) == ({}, True)


async def test_blocks_show_pictures_that_the_app_may_see_only(
    sandbox: Sandbox, client: AsyncWebClient, clock: ManualClock
) -> None:
    report = await unshared(client, PDF, "report.png")
    gone = await unshared(client, png(), "gone.png")
    foreign = sandbox.upload(ANN, "mine.png", png())
    clock.move(PROCESSING_SECONDS)
    await client.files_delete(file=gone)

    for file_id in (report, gone, foreign, "F0NOBODY"):
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel=GENERAL, text="It", blocks=[image(file_id)])
        assert "invalid slack file" in str(caught.value)

    await sandbox.say(ANN, "Look", GENERAL, files=[foreign])
    address = (await client.files_info(file=foreign))["file"]["url_private"]
    by_address = {**image(foreign), "slack_file": {"url": address}}
    assert (await client.chat_postMessage(channel=GENERAL, text="It", blocks=[by_address]))["ok"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"length": 3}, "missing_argument"),
        ({"filename": "a.txt"}, "missing_argument"),
        ({"filename": "a.txt", "length": "many"}, "invalid_arguments"),
        ({"filename": "a.txt", "length": 0}, "invalid_arguments"),
        ({"filename": "a.txt", "length": 1_000_000_001}, "file_upload_size_restricted"),
        ({"filename": "a.txt", "length": STORAGE_BYTES + 1}, "storage_limit_reached"),
        ({"filename": "a.png", "length": 3, "alt_txt": "x" * 1001}, "alt_txt_too_large"),
    ],
)
async def test_announcement_is_refused(client: AsyncWebClient, arguments: Document, error: str) -> None:
    assert await error_of(client, "files.getUploadURLExternal", **arguments) == error


async def test_upload_url_takes_one_file_of_the_length_announced(client: AsyncWebClient) -> None:
    file_id, address = await announced(client, PDF)

    early = await error_of(client, "files.completeUploadExternal", files=f'[{{"id":"{file_id}"}}]')
    statuses = [await post(address, content) for content in (PDF[1:], PDF + b"x", PDF, PDF)]
    with pytest.raises(SlackApiError, match="file_not_found"):
        await client.files_info(file=file_id)
    await client.files_completeUploadExternal(files=[{"id": file_id, "title": None}])

    assert (early, statuses) == ("file_not_found", [400, 400, 200, 404])
    assert (await client.files_info(file=file_id))["file"]["title"] == "report.pdf"


async def test_upload_that_breaks_off_can_be_made_again(sandbox: Sandbox, client: AsyncWebClient) -> None:
    file_id, address = await announced(client, PDF)
    url = URL(address)
    _, writer = await asyncio.open_connection(url.host, url.port)
    head = f"POST {url.path} HTTP/1.1\r\nHost: {url.host}\r\nContent-Length: {len(PDF)}\r\n\r\n"
    writer.write(head.encode() + PDF[:5])
    await writer.drain()
    writer.transport.abort()

    assert await post(address, PDF) == 200
    await client.files_completeUploadExternal(files=[{"id": file_id, "title": "It"}])
    assert sandbox.state.files.find(file_id).content == PDF


async def test_upload_url_takes_a_form_too(client: AsyncWebClient) -> None:
    file_id, address = await announced(client, PDF)
    form = aiohttp.FormData()
    form.add_field("filename", PDF, filename="report.pdf")

    async with aiohttp.ClientSession() as session, session.post(address, data=form) as response:
        assert (response.status, await response.text()) == (200, f"OK - {len(PDF)}")

    await client.files_completeUploadExternal(files=[{"id": file_id, "title": "It"}])
    assert (await client.files_info(file=file_id))["file"]["size"] == len(PDF)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"files": "[]"}, "invalid_arguments"),
        ({"files": '[{"id":"F0NOBODY"}]'}, "file_not_found"),
        ({"channel_id": "C0NOWHERE"}, "channel_not_found"),
        ({"channel_id": ANN}, "channel_not_found"),
        ({"channel_id": SECRET}, "channel_not_found"),
        ({"channel_id": QUIET}, "not_in_channel"),
        ({"channel_id": GENERAL, "thread_ts": "1.000000"}, "thread_not_found"),
        ({"channels": f"{GENERAL},{ANN}", "thread_ts": "1.000000"}, "invalid_arguments"),
        ({"channels": ",".join(f"C{number}" for number in range(101))}, "channels_limit_exceeded"),
        ({"channel_id": GENERAL, "blocks": '[{"type":"nothing"}]'}, "invalid_blocks"),
    ],
)
async def test_completion_is_refused_and_shares_nothing(
    sandbox: Sandbox, client: AsyncWebClient, arguments: Document, error: str
) -> None:
    file_id, address = await announced(client, PDF)
    await post(address, PDF)

    refused = await error_of(
        client, "files.completeUploadExternal", **{"files": f'[{{"id":"{file_id}"}}]', **arguments}
    )

    assert (refused, sandbox.messages(GENERAL, ANN)) == (error, [])


async def test_upload_reaches_a_thread_and_a_persons_conversation(sandbox: Sandbox, client: AsyncWebClient) -> None:
    root = str((await client.chat_postMessage(channel=GENERAL, text="Root"))["ts"])

    await client.files_upload_v2(filename="a.pdf", content=PDF, channel=GENERAL, thread_ts=root)
    await client.files_upload_v2(filename="b.pdf", content=PDF, channels=[ANN])

    reply = sandbox.messages(GENERAL, ANN)[-1]
    assert (reply.thread_ts, len(reply.files or ())) == (root, 1)
    assert [len(message.files or ()) for message in sandbox.messages(None, ANN)] == [1]
    assert sandbox.messages(None, BEN) == []


async def test_private_address_gives_the_file_to_the_apps_token_alone(sandbox: Sandbox, client: AsyncWebClient) -> None:
    await sandbox.say(ANN, "Look", GENERAL, files=[sandbox.upload(ANN, "Screen shot.png", png())])
    file = (await client.conversations_history(channel=GENERAL))["messages"][0]["files"][0]
    address, token = file["url_private_download"], sandbox.credentials.token

    status, kind, content = await fetch(address, token)
    anonymous = await fetch(address)
    unled = await fetch(address, "xoxb-wrong", allow_redirects=False)

    assert (status, kind, content) == (200, "image/png", png())
    assert (anonymous[:2], b"Sign in" in anonymous[2]) == ((200, "text/html"), True)
    assert unled[0] == 302


async def test_private_address_of_what_the_app_may_not_see_is_nothing(sandbox: Sandbox, client: AsyncWebClient) -> None:
    file_id = sandbox.upload(ANN, "mine.png", png())
    await sandbox.say(ANN, "Look", SECRET, files=[file_id])
    address = sandbox.state.files.document(file_id)["url_private"]

    assert (await fetch(address, sandbox.credentials.token))[0] == 404
    assert await error_of(client, "files.info", file=file_id) == "file_not_found"
    assert await error_of(client, "files.delete", file=file_id) == "file_not_found"


async def test_scopes_are_needed(clock: ManualClock) -> None:
    async with (
        Sandbox.serve(
            manifest=manifest(scopes=["chat:write", "channels:history", "commands"], events=["file_shared"]),
            workspace=WORKSPACE,
            clock=clock,
        ) as sandbox,
        listening(ScriptedApp().handle) as url,
    ):
        sandbox.deliver_to(url)
        client = client_of(sandbox)
        file_id = sandbox.upload(ANN, "look.png", png())
        await sandbox.say(ANN, "", GENERAL, files=[file_id])
        await sandbox.events.settled()

        refused = [
            await error_of(client, "files.getUploadURLExternal", filename="a", length=1),
            await error_of(client, "files.completeUploadExternal", files="[]"),
            await error_of(client, "files.delete", file=file_id),
            await error_of(client, "files.info", file=file_id),
        ]
        page = await fetch(sandbox.state.files.document(file_id)["url_private"], sandbox.credentials.token)
        with pytest.raises(SlackApiError) as caught:
            await open_form(sandbox, client, file_field())

    assert refused == ["missing_scope"] * 4
    assert page[1] == "text/html"
    assert caught.value.response["needed"] == "files:read"
    assert [delivery.kind for delivery in sandbox.deliveries] == ["slash_command"]


async def test_deleted_file_leaves_a_stone_in_its_message(sandbox: Sandbox, client: AsyncWebClient) -> None:
    await client.files_upload_v2(filename="a.pdf", content=PDF, channel=GENERAL, initial_comment="Mine")
    (file_id,) = sandbox.messages(GENERAL, ANN)[0].files or []
    address = sandbox.state.files.document(file_id)["url_private"]

    await client.files_delete(file=file_id)
    (message,) = (await client.conversations_history(channel=GENERAL))["messages"]

    assert message["files"] == [{"id": file_id, "mode": "tombstone"}]
    assert await error_of(client, "files.info", file=file_id) == "file_deleted"
    assert await error_of(client, "files.delete", file=file_id) == "file_deleted"
    assert (await fetch(address, sandbox.credentials.token))[0] == 404


async def test_files_that_the_app_may_see_are_listed(
    sandbox: Sandbox, client: AsyncWebClient, clock: ManualClock
) -> None:
    began = clock.time()
    picture, report, secret = (
        sandbox.upload(ANN, name, png() if "png" in name else PDF) for name in ("a.png", "b.pdf", "c.pdf")
    )
    for channel, file in ((GENERAL, picture), (GENERAL, report), (SECRET, secret)):
        await sandbox.say(ANN, "", channel, files=[file])
    clock.move(60)
    own = await unshared(client, PDF, "d.pdf")
    await announced(client, PDF)

    async def listed(**arguments: Json) -> list[str]:
        answer = await client.files_list(**arguments)
        assert answer["paging"]["total"] >= len(answer["files"])
        return sorted(file["id"] for file in answer["files"])

    assert await listed() == sorted([picture, report, own])
    assert await listed(user=ANN) == sorted([picture, report])
    assert await listed(channel=GENERAL, types="images") == [picture]
    assert await listed(types="pdfs,zips") == sorted([report, own])
    assert await listed(types="spaces") == []
    assert await listed(ts_to=began + 30) == sorted([picture, report])
    assert await listed(ts_from=began + 30) == [own]
    assert await listed(count=1) == [own]
    assert len(await listed(count=2, page=2)) == 1
    assert await error_of(client, "files.list", types="films") == "unknown_type"
    assert await error_of(client, "files.list", user="U0NOBODY") == "user_not_found"
    assert await error_of(client, "files.list", ts_to="then") == "invalid_arguments"


async def test_app_deletes_no_files_of_others(sandbox: Sandbox, client: AsyncWebClient) -> None:
    file_id = sandbox.upload(ANN, "a.pdf", PDF)
    await sandbox.say(ANN, "", GENERAL, files=[file_id])

    assert await error_of(client, "files.delete", file=file_id) == "cant_delete_file"


async def test_files_are_kept_beside_the_state(tmp_path: Path) -> None:
    kept = tmp_path / "state.json"
    async with Sandbox.serve(manifest=manifest(), workspace=WORKSPACE, state_file=kept) as sandbox:
        shared = sandbox.upload(ANN, "look.gif", GIF)
        await sandbox.say(ANN, "Look", GENERAL, files=[shared])
        first = sandbox.state.files.document(shared)

    async with Sandbox.serve(manifest=manifest(), workspace=WORKSPACE, state_file=kept) as sandbox:
        file = (await client_of(sandbox).conversations_history(channel=GENERAL))["messages"][0]["files"][0]
        again = await fetch(file["url_private"], sandbox.credentials.token)

    assert again == (200, "image/gif", GIF)
    assert (first["original_w"], first["original_h"], file["original_w"]) == (7, 5, 7)


async def test_failed_upload_is_the_clients_to_notice(sandbox: Sandbox, client: AsyncWebClient) -> None:
    sandbox.troubles.start(Trouble(kind="broken", method="file_upload", times=1))

    with pytest.raises(SlackRequestError, match="Failed to upload"):
        await client.files_upload_v2(filename="a.pdf", content=PDF, channel=GENERAL)

    assert sandbox.messages(GENERAL, ANN) == []
