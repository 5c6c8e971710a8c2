"""The shop in numbers: who reads them, and what is done about them on the spot."""

import csv
import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.journeys.browser.conftest import ANA, MARIA, RUTH, Office, choose, direct_messages, faults, type_in

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long]


async def test_manager_gives_work_out_from_the_summary(office: Office) -> None:
    number = await office.add_ticket("Till computer is dead", priority="urgent")
    page, technician = await office.look(MARIA), await office.look(ANA)
    summary = await type_in(page, "/ticket summary today")
    await summary.get_by_role("button", name=f"Assign ticket #{number}").click()
    form = page.get_by_role("dialog", name=f"Assign #{number}")
    await choose(page, form, "Who works on it", "Ana Reyes")
    await form.get_by_role("button", name="Assign").click()
    await expect(page.get_by_role("dialog")).to_contain_text("is assigned to Ana Reyes")
    await page.keyboard.press("Escape")

    told = (await direct_messages(technician)).filter(has_text="Till computer is dead")
    await expect(told).to_contain_text("Maria Francisco gave you ticket")
    again = await type_in(page, "/ticket summary today")
    await expect(again.get_by_role("button", name="Assign ticket").first).to_be_visible()
    await expect(again.get_by_role("button", name=f"Assign ticket #{number}")).to_have_count(0)


async def test_viewer_reads_day_week_and_month_without_anything_to_press(office: Office) -> None:
    page = await office.look(RUTH)
    for period, heading in (
        ("yesterday", re.compile("^Yesterday, ")),
        ("week", re.compile("^The week to ")),
        ("month", re.compile(r"^[A-Z][a-z]+ \d{4}")),
    ):
        summary = await type_in(page, f"/ticket summary {period}")
        await expect(summary.get_by_role("heading")).to_have_text(heading)
        await expect(summary.get_by_role("row", name="Tom Nguyen")).to_be_visible()
        await expect(summary.get_by_role("button", name=re.compile("Assign|Remind"))).to_have_count(0)
    assert await faults(page) == []

    technician = await office.look(ANA)
    for verb in ("summary", "team", "export"):
        refused = await type_in(technician, f"/ticket {verb}")
        await expect(refused).to_contain_text("Your role here is Technician, and it doesn't include that.")


async def test_month_comes_to_the_manager_alone_as_files(office: Office) -> None:
    page, viewer = await office.look(MARIA), await office.look(RUTH)
    asked = await type_in(page, "/ticket export")
    await expect(asked).to_contain_text("and the month's report are coming to you as files.")
    promised = re.search(r"(\d+) tickets of", await asked.inner_text())
    assert promised is not None

    sent = (await direct_messages(page)).filter(has_text="as you asked.")
    await expect(sent).to_have_count(2)
    assert await faults(page) == []
    heading, *tickets = await rows_of(page, sent.filter(has_text="The tickets of"))
    assert len(tickets) == int(promised[1])
    assert {"ticket", "customer name", "worked hours"} <= set(heading)
    assert "555-" not in str(tickets)
    report = await rows_of(page, sent.filter(has_text="The report of"))
    assert "Ana Reyes" in [row[1] for row in report]
    await expect(await direct_messages(viewer)).to_have_count(0)


async def rows_of(page: Page, message: Locator) -> list[list[str]]:
    """Download the file of a message; return its rows."""
    async with page.expect_download() as download:
        await message.get_by_role("link", name="Download").click()
    with (await (await download.value).path()).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))
