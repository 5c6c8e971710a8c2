"""A month as CSV files: safe in a spreadsheet, whole, and to the Manager alone who asked."""

import csv
import io
from collections.abc import AsyncIterator

import pytest

from bot import exports
from bot.errors import RoleForbidden
from bot.jobs import months
from bot.jobs.files import do_some
from bot.settings import Settings
from bot.slack import Slack
from db.files import ask_for_export
from db.pool import Database
from db.storage import open_storage
from sandbox.server import Sandbox
from tests.journeys.floor import ROOT, workspace_of
from tests.shop import Shop

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\uff1d1"]


@pytest.fixture
async def sandbox(shop: Shop) -> AsyncIterator[Sandbox]:
    async with Sandbox.serve(manifest=ROOT / "app_manifest.yml", workspace=workspace_of(shop, [])) as served:
        yield served


async def work(database: Database, sandbox: Sandbox) -> None:
    storage = open_storage(Settings.model_validate({"files_url": "file:///nowhere"}))
    async with Slack.connect(sandbox.credentials.token, sandbox.api_url) as slack:
        while await do_some(database, slack, storage):
            pass


def files_of(sandbox: Sandbox, user: str | None) -> dict[str, list[list[str]]]:
    """Return the files that a person was sent, as a spreadsheet reads them."""
    found = {}
    for message in sandbox.messages(None, str(user)):
        for number in message.files or []:
            file = sandbox.state.files.find(number)
            text = (file.content or b"").decode("utf-8-sig")
            found[file.name] = list(csv.reader(io.StringIO(text, newline="")))
    return found


@pytest.mark.parametrize("cell", FORMULAS)
def test_no_cell_is_a_formula(cell: str) -> None:
    assert exports.harmless(cell) == f"'{cell}"


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("Laptop;=1+1", "Laptop;'=1+1"),
        ('a; "=1"', 'a; "\'=1"'),
        ("a\t@SUM(A1)", "a\t'@SUM(A1)"),
        ("a\r\n-1", "a\r\n'-1"),
        ("\t=1", "'\t'=1"),
        ("=1;=2;;+3", "'=1;'=2;;'+3"),
    ],
)
def test_no_part_of_a_cell_is_a_formula_where_others_separate_cells(cell: str, written: str) -> None:
    assert exports.harmless(cell) == written


@pytest.mark.parametrize("cell", ["Laptop", "3.5", "2026-10-01 09:00", "", "名前", "a=b", "a; b - c", "a;b=c"])
def test_what_is_no_formula_stays_as_it_is(cell: str) -> None:
    assert exports.harmless(cell) == cell


async def test_every_ticket_of_the_month_comes_once_over_many_pages(
    shop: Shop, database: Database, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(months, "_PAGE", 2)
    titles = [*FORMULAS, 'comma, "quote"\nline', "&" * 255, "Ноутбук"]
    tickets = [await shop.add_ticket(title=title.strip() or "=", worker=shop.technician) for title in titles]
    await shop.owner.execute("UPDATE tickets SET completed = true, actual_hours = 1.5 WHERE id % 2 = 0")
    await shop.add_ticket(title="Long ago")
    await shop.owner.execute("UPDATE tickets SET created_at = '2020-01-05' WHERE title = 'Long ago'")

    asked = await ask_for_export(database, shop.manager.asker(), "key")
    again = await ask_for_export(database, shop.manager.asker(), "other key")
    await work(database, sandbox)

    assert (asked.tickets, again.tickets) == (len(tickets), len(tickets))
    sent = files_of(sandbox, shop.manager.slack_user_id)
    listed, report = (sent[f"{part}-{asked.month:%Y-%m}.csv"] for part in ("tickets", "report"))
    assert listed[0] == list(exports.TICKETS)
    assert [int(row[0]) for row in listed[1:]] == tickets
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in listed for cell in row)
    done = sum(number % 2 == 0 for number in tickets)
    assert report[-1] == ["month", "all", str(len(tickets)), str(done), f"{done * 1.5:.2f}"]
    assert sum(int(row[2]) for row in report if row[0] == "day") == len(tickets)
    assert files_of(sandbox, shop.technician.slack_user_id) == {}


async def test_who_is_no_manager_any_more_gets_nothing(shop: Shop, database: Database, sandbox: Sandbox) -> None:
    second = await shop.add_member("Mo Second", shop.manager.role)
    await shop.add_ticket()
    await ask_for_export(database, second.asker(), "key")
    await shop.owner.execute("UPDATE user_permissions SET role = 'Technician' WHERE id = $1", second.id)

    await work(database, sandbox)

    assert files_of(sandbox, second.slack_user_id) == {}


async def test_an_empty_month_sends_nothing(shop: Shop, database: Database) -> None:
    asked = await ask_for_export(database, shop.manager.asker(), "key", months_ago=30)

    assert asked.tickets == 0
    assert await shop.owner.fetchval("SELECT count(*) FROM app.file_errands") == 0


async def test_only_managers_may_and_it_is_logged(shop: Shop, database: Database) -> None:
    await shop.add_ticket()
    for who in (shop.technician, shop.regular_user, shop.viewer):
        with pytest.raises(RoleForbidden):
            await ask_for_export(database, who.asker(), "key")
    await ask_for_export(database, shop.manager.asker(), "key")

    log = await shop.owner.fetch("SELECT user_id FROM activity_log WHERE action = 'EXPORT'")
    assert [row["user_id"] for row in log] == [shop.manager.web_id]
