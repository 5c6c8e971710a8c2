"""What workers do with files, in a Slack workspace on this machine."""

import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.jobs import files
from bot.jobs.files import do_some, sweep
from bot.settings import Settings
from bot.slack import Slack
from db.files import ask_for_file, attach_files, read_files, remove_file
from db.pool import Database
from db.storage import Storage, open_storage
from sandbox.server import Sandbox
from tests.journeys.floor import CHANNEL, ROOT, workspace_of
from tests.sandbox.uploads import JPEG, PDF
from tests.shop import Member, Shop


@pytest.fixture
async def sandbox(shop: Shop) -> AsyncIterator[Sandbox]:
    async with Sandbox.serve(manifest=ROOT / "app_manifest.yml", workspace=workspace_of(shop, [])) as served:
        yield served


@pytest.fixture
async def slack(sandbox: Sandbox) -> AsyncIterator[Slack]:
    async with Slack.connect(sandbox.credentials.token, sandbox.api_url) as connected:
        yield connected


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return open_storage(Settings.model_validate({"files_url": f"file://{tmp_path}/files"}))


def names_in(storage: Storage) -> set[str]:
    assert storage.folder is not None
    return {str(path.relative_to(storage.folder)) for path in storage.folder.rglob("*") if path.is_file()}


async def share(sandbox: Sandbox, person: Member, name: str, content: bytes) -> str:
    """Share a file in the channel, where the app sees it, and return its id."""
    assert person.slack_user_id is not None
    file = sandbox.upload(person.slack_user_id, name, content)
    assert (await sandbox.say(person.slack_user_id, "look", CHANNEL, files=[file])).ok
    return file


async def work(database: Database, slack: Slack, storage: Storage) -> None:
    """Do all that is due."""
    while await do_some(database, slack, storage):
        pass


async def test_what_is_shared_is_kept_by_its_content_and_the_rest_is_refused_with_a_reason(
    shop: Shop, database: Database, sandbox: Sandbox, slack: Slack, storage: Storage
) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    person = shop.technician
    shared = {
        "photo": await share(sandbox, person, "../IMG 1.exe", JPEG),
        "program": await share(sandbox, person, "photo.jpg", b"MZ\x90\x00" + bytes(64)),
        "page": await share(sandbox, person, "page.html", b"<html></html>"),
        "anothers": await share(sandbox, shop.colleague, "quote.pdf", PDF),
        "gone": "F0GONE",
    }
    await attach_files(database, person.asker(), "key", ticket, list(shared.values()), own=True)

    await work(database, slack, storage)

    (file,) = (await read_files(database, person.asker(), ticket)).files
    assert (file.name, file.type, file.size) == ("_IMG 1.jpg", "image/jpeg", len(JPEG))
    assert names_in(storage) == {await shop.owner.fetchval("SELECT file_path FROM ticket_attachments")}
    rows = await shop.owner.fetch("SELECT slack_file_id, reason FROM app.file_errands WHERE state = 'refused'")
    assert {row["slack_file_id"]: row["reason"] for row in rows} == {
        shared["program"]: "type",
        shared["page"]: "type",
        shared["anothers"]: "not_yours",
        shared["gone"]: "gone",
    }


async def test_kept_file_is_sent_and_removed(
    shop: Shop, database: Database, sandbox: Sandbox, slack: Slack, storage: Storage
) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    asker = shop.technician.asker()
    await attach_files(database, asker, "key", ticket, [await share(sandbox, shop.technician, "a.pdf", PDF)], own=True)
    await work(database, slack, storage)
    (file,) = (await read_files(database, asker, ticket)).files
    await ask_for_file(database, asker, "ask", file.id)
    await work(database, slack, storage)

    assert shop.technician.slack_user_id is not None
    message = sandbox.messages(None, shop.technician.slack_user_id)[-1]
    assert (message.text, len(message.files or [])) == (f"From ticket #{ticket}, as you asked.", 1)

    await remove_file(database, asker, "remove", file.id)
    await shop.owner.execute("UPDATE app.file_errands SET due = now()")
    await work(database, slack, storage)
    assert names_in(storage) == set()


async def test_slack_away_puts_a_file_off_until_it_is_given_up(
    shop: Shop, database: Database, storage: Storage
) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    await attach_files(database, shop.technician.asker(), "key", ticket, ["F1"], own=True)
    async with Slack.connect("xoxb-1", "http://127.0.0.1:9/api/") as nowhere:
        for failures in range(8):
            assert await shop.owner.fetchval("SELECT failures FROM app.file_errands") == failures
            await work(database, nowhere, storage)
            await shop.owner.execute("UPDATE app.file_errands SET due = now()")

    assert await shop.owner.fetchval("SELECT reason FROM app.file_errands WHERE state = 'refused'") == "not_given"


async def test_file_with_which_no_worker_comes_to_an_end_is_given_up(
    shop: Shop, database: Database, sandbox: Sandbox, slack: Slack, storage: Storage
) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    file = await share(sandbox, shop.technician, "a.pdf", PDF)
    await attach_files(database, shop.technician.asker(), "key", ticket, [file], own=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(files, "type_of")  # fails as nobody foresaw
        for _ in range(5):
            with pytest.raises(NameError):
                await do_some(database, slack, storage)
            await shop.owner.execute("UPDATE app.file_errands SET due = now()")

        await work(database, slack, storage)

    assert await shop.owner.fetchval("SELECT reason FROM app.file_errands WHERE state = 'refused'") == "not_given"


async def test_file_that_no_row_has_goes_after_a_day(database: Database, storage: Storage) -> None:
    assert storage.folder is not None
    for name, age in (("old", 2 * 86_400), ("new", 0)):
        file = storage.folder / "slack" / name
        file.write_bytes(b"x")
        os.utime(file, (time.time() - age, time.time() - age))

    await sweep(database, storage)
    assert names_in(storage) == {"slack/new"}


async def test_another_databases_files_are_left(database: Database, storage: Storage) -> None:
    assert storage.folder is not None
    for number in range(21):
        file = storage.folder / "slack" / str(number)
        file.write_bytes(b"x")
        os.utime(file, (0, 0))

    await sweep(database, storage)
    assert len(names_in(storage)) == 21
