"""What people do with files: share them in messages, put them into forms."""

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.clock import ManualClock
from sandbox.documents import Document, Json
from sandbox.inputs import Values
from sandbox.refusals import Refused
from sandbox.server import Sandbox
from tests.sandbox.conftest import (
    ANN,
    BEN,
    EVENTS,
    GENERAL,
    SECRET,
    WORKSPACE,
    Browser,
    ScriptedApp,
    listening,
    manifest,
    open_form,
)
from tests.sandbox.uploads import JPEG, PDF, error_of, fetch, file_field, png

pytestmark = pytest.mark.usefixtures("app")


async def test_sharing_is_told_as_message_and_as_file(app: ScriptedApp, clock: ManualClock) -> None:
    async with (
        Sandbox.serve(manifest=manifest(events=[*EVENTS, "file_shared"]), workspace=WORKSPACE, clock=clock) as sandbox,
        listening(app.handle) as url,
    ):
        sandbox.deliver_to(url)
        await sandbox.say(ANN, "Look at this", GENERAL, files=[sandbox.upload(ANN, "look.png", png())])
        await sandbox.say(ANN, "", SECRET, files=[sandbox.upload(ANN, "hidden.png", png())])
        await sandbox.events.settled()
        told = {delivery.payload["event"]["type"]: delivery.payload["event"] for delivery in sandbox.deliveries}

    (file,) = told["message"]["files"]
    assert (told["message"]["subtype"], told["message"]["text"], file["name"]) == (
        "file_share",
        "Look at this",
        "look.png",
    )
    assert told["file_shared"]["file_id"] == file["id"]
    assert (told["file_shared"]["user_id"], told["file_shared"]["channel_id"]) == (ANN, GENERAL)


async def test_message_takes_ten_files_of_ones_own_and_a_command_none(sandbox: Sandbox) -> None:
    files = [sandbox.upload(ANN, f"{number}.txt", b"x") for number in range(11)]

    assert (await sandbox.say(ANN, "Many", GENERAL, files=files)).error == "A message takes up to 10 files."
    assert (await sandbox.say(ANN, "/do it", GENERAL, files=files[:1])).error == "A command takes no files."
    assert (await sandbox.say(ANN, "", GENERAL, files=files[:10])).ok


async def test_files_of_a_form_are_told_and_the_app_may_fetch_them(sandbox: Sandbox, client: AsyncWebClient) -> None:
    await open_form(sandbox, client, file_field())
    file_id = sandbox.upload(ANN, "Screen.jpg", JPEG)
    assert await error_of(client, "files.info", file=file_id) == "file_not_found"

    assert (await sandbox.submit(ANN, {"photos": [file_id]})).ok

    value = sandbox.deliveries[-1].payload["view"]["state"]["values"]["photos"]["files"]
    assert (value["type"], [file["name"] for file in value["files"]]) == ("file_input", ["Screen.jpg"])
    assert (await fetch(value["files"][0]["url_private_download"], sandbox.credentials.token))[2] == JPEG


@pytest.mark.parametrize(
    ("element", "count", "words"),
    [
        ({"max_files": 1}, 2, "You can upload up to 1 file."),
        ({}, 11, "You can upload up to 10 files."),
        ({"filetypes": ["pdf", "jpg"]}, 1, "0.png isn't of a type that is taken here: pdf, jpg."),
    ],
)
async def test_form_refuses_files_as_slacks_client_does(
    sandbox: Sandbox, client: AsyncWebClient, element: Document, count: int, words: str
) -> None:
    await open_form(sandbox, client, file_field(**element))

    outcome = await sandbox.submit(ANN, {"photos": [sandbox.upload(ANN, f"{n}.png", png()) for n in range(count)]})

    assert outcome.errors == {"photos": words}


async def test_form_takes_ten_megabytes_a_file_and_no_more(sandbox: Sandbox, client: AsyncWebClient) -> None:
    await open_form(sandbox, client, file_field())
    most = bytes(10 * 1024 * 1024)

    large = await sandbox.submit(ANN, {"photos": [sandbox.upload(ANN, "log.txt", most + b"x")]})
    fitting = await sandbox.submit(ANN, {"photos": [sandbox.upload(ANN, "log.txt", most)]})

    assert (large.errors, fitting.ok) == ({"photos": "log.txt is larger than 10 MB."}, True)


async def test_form_takes_ones_own_files_alone(sandbox: Sandbox, client: AsyncWebClient) -> None:
    view = await open_form(sandbox, client, file_field())

    for foreign in (sandbox.upload(BEN, "his.png", png()), "F0NOBODY", None):
        with pytest.raises(Refused, match="file_not_found"):
            await sandbox.interactions.submit(ANN, view.id, entered([{"id": foreign}]))
    for nonsense in ([7], "none", None, 3):
        assert (await sandbox.interactions.submit(ANN, view.id, entered(nonsense))).ok
        view = await open_form(sandbox, client, file_field())


def entered(files: Json) -> Values:
    return {"photos": {"files": {"type": "file_input", "files": files}}}


async def test_page_gives_a_file_to_whoever_may_see_it_and_runs_none(sandbox: Sandbox, browser: Browser) -> None:
    hidden, script = sandbox.upload(ANN, "x.png", png()), sandbox.upload(ANN, "x.html", b"<script>alert(1)</script>")
    await sandbox.say(ANN, "", SECRET, files=[hidden])
    await sandbox.say(ANN, "", GENERAL, files=[script])

    refused = await browser.get(f"files/{hidden}", user=BEN)
    async with browser.session.get(f"{sandbox.base_url}/-/files/{script}", params={"user": BEN}) as given:
        told = given.headers

    assert refused["error"] == "This file is gone."
    assert told["Content-Disposition"] == "attachment; filename*=UTF-8''x.html"
    assert told["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert told["X-Content-Type-Options"] == "nosniff"


async def test_page_uploads_what_its_person_may_take_back(sandbox: Sandbox, browser: Browser) -> None:
    headers = {"Content-Type": "application/octet-stream", "Origin": browser.base_url}
    where = f"{sandbox.base_url}/-/files"

    async def upload(content: bytes, **query: str) -> Document:
        async with browser.session.post(where, params=query, data=content, headers=headers) as response:
            return dict(await response.json())

    file = (await upload(PDF, user=ANN, name="a.pdf"))["file"]["id"]
    form = aiohttp.FormData({"name": "a.pdf"})
    async with browser.session.post(where, params={"user": ANN, "name": "a"}, data=form) as foreign:
        assert foreign.status == 403

    assert (await browser.post("files/discard", user=BEN, file=file))["error"] == "This file is gone."
    assert (await browser.post("files/discard", user=ANN, file=file))["ok"]
    assert (await browser.post("send", user=ANN, channel=GENERAL, text="", files=[file]))[
        "error"
    ] == "This file is gone."
    assert "name" in (await upload(PDF, user=ANN))["error"]
