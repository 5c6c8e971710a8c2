"""The daily summary on its way to a Manager: from the worker's clock to a message with buttons that work."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.jobs.worker import jobs_running
from bot.slack import Slack
from db.pool import Database
from sandbox.messages import Message
from tests.journeys.floor import CHANNEL, Floor, open_floor
from tests.shop import Shop


@pytest.fixture
async def shop(shop: Shop) -> Shop:
    """A shop where it is about noon and the summary was due at eleven, with tickets of yesterday and before."""
    now = datetime.now(UTC)
    zone = f"Etc/GMT{now.hour - 12:+d}"  # the sign of these names is the wrong way round
    await shop.owner.execute("INSERT INTO shop_settings VALUES ('time_zone', $1), ('summary_time', '11:00')", zone)
    yesterday = now - timedelta(days=1)
    await shop.add_ticket(title="Oldest of all", created_at=yesterday - timedelta(days=3), priority="urgent")
    await shop.add_ticket(title="Yesterday's", created_at=yesterday, worker=shop.colleague)
    await shop.owner.execute("UPDATE tickets SET due_at = $1 WHERE tech = $2", yesterday, shop.colleague.email)
    done = await shop.add_ticket(
        worker=shop.technician, created_at=yesterday, completed=True, actual_hours=Decimal("1.5")
    )
    await shop.owner.execute("UPDATE tickets SET completed_at = created_at WHERE id = $1", done)
    await shop.owner.execute("UPDATE notifications SET state = 'dropped'")
    return shop


async def test_manager_gets_it_in_a_direct_message_and_can_act_on_it(shop: Shop, bot_url: str) -> None:
    async with open_floor(shop, bot_url, summaries=True) as floor:
        await floor.until(lambda: len(floor.direct(shop.manager)) == 1)
        [told] = floor.direct(shop.manager)
        assert [floor.direct(person) for person in shop.people if person is not shop.manager] == [[], [], [], []]

        assert told.text.startswith("Yesterday, ")
        assert ": 2 opened, 1 completed, 1.5 hours. Open now: 2, 1 unassigned, 1 urgent, 1 overdue" in told.text
        [picture] = [block for block in told.blocks or [] if block["type"] == "image"]
        assert picture["alt_text"].startswith("Opened and completed by day. ")
        assert picture["alt_text"].endswith(": 2 and 1.")
        assert table(told) == [
            ["Technician", "Completed", "Hours", "Open now"],
            ["Ana Lopez", "0", "0", "1"],
            ["Tom Reed", "1", "1.5", "0"],
        ]
        for kept in (True, False):
            await floor.ticket(shop.viewer, "summary yesterday")
            shown = [block.get("slack_file") for block in floor.newest(shop.viewer).blocks or []]
            assert (picture["slack_file"] in shown) is kept
            if kept:
                client = AsyncWebClient(floor.sandbox.credentials.token, base_url=floor.sandbox.api_url)
                await client.files_delete(file=picture["slack_file"]["id"])
        for said in ("is reminded of ticket", "today already"):
            await floor.press(shop.manager, "ticket.nudge")
            assert said in floor.direct(shop.manager)[-1].text
        await floor.until(lambda: any("asks you to look at" in one.text for one in floor.direct(shop.colleague)))
        await floor.press(shop.manager, "queue.page")
        assert "Oldest of all" in str(floor.direct(shop.manager)[-1].blocks)
        assert floor.direct(shop.manager)[-1].ts != told.ts
        await floor.press(shop.manager, "ticket.hand")
        assert "Oldest of all" in str(floor.form(shop.manager))
        await floor.sandbox.submit(shop.manager.slack_user_id or "", {"who": str(shop.colleague.id)})
        assert await shop.owner.fetchval("SELECT tech FROM tickets WHERE priority = 'urgent'") == shop.colleague.email


async def test_a_second_worker_and_a_restart_say_nothing_more(shop: Shop, bot_url: str, database: Database) -> None:
    async with open_floor(shop, bot_url, summaries=True) as floor:
        credentials = floor.sandbox.credentials
        async with Slack.connect(credentials.token, floor.sandbox.api_url) as slack:
            for _ in range(2):
                async with jobs_running(database, slack, dsn=bot_url, shop_channel=CHANNEL):
                    await floor.until(lambda: len(summaries(floor)) == 1)
                    await floor.quiet()

        assert len(summaries(floor)) == 1
        assert await shop.owner.fetchval("SELECT count(*) FROM notifications WHERE kind = 'summary'") == 1


def summaries(floor: Floor) -> list[Message]:
    return floor.direct(floor.shop.manager)


def table(message: Message) -> list[list[str]]:
    [block] = [block for block in message.blocks or [] if block["type"] == "table"]
    rows: Any = block["rows"]
    return [[cell["text"] for cell in row] for row in rows]
