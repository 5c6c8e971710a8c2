"""The summary's picture: drawn beside the bot, uploaded, and left away where that doesn't work."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date

import pytest

from bot.jobs import pictures, summaries
from bot.jobs.pictures import draw, make_chart
from bot.slack import Slack
from db.models import Chart
from db.pool import Database
from tests.bot.report_screens import flow
from tests.bot.slack_stand_in import Fault, SlackStandIn, broken, lost, refused, slack_stand_in
from tests.shop import Shop

FLOW = flow(date(2026, 11, 21))[-14:]
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
async def stand_in() -> AsyncIterator[SlackStandIn]:
    async with slack_stand_in() as stand_in:
        yield stand_in


@pytest.fixture
async def slack(stand_in: SlackStandIn) -> AsyncIterator[Slack]:
    async with Slack.connect("xoxb-1", stand_in.url, budget=5) as slack:
        yield slack


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture at once, for tests that are about its way into Slack."""

    async def at_once(_: object) -> bytes:
        return PNG

    monkeypatch.setattr(pictures, "draw", at_once)


async def test_picture_is_a_png_of_a_process_of_its_own() -> None:
    assert (await draw(FLOW)).startswith(PNG)


async def test_drawing_that_fails_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "_ROOT", "/")  # where there is no bot

    with pytest.raises(pictures.DrawingFailed, match="No module named"):
        await draw(FLOW)


@pytest.mark.usefixtures("drawn")
async def test_picture_is_uploaded_shared_nowhere_and_waited_for(slack: Slack, stand_in: SlackStandIn) -> None:
    chart = await make_chart(slack, FLOW)

    assert chart is not None
    assert chart.file == "F0PICTURE"
    assert "Sat Nov 21: 12 and 9." in chart.words
    [announced] = stand_in.called("files.getUploadURLExternal")
    assert (announced["length"], announced["alt_txt"]) == (str(len(PNG)), chart.words)
    assert stand_in.called("files.completeUploadExternal") == [{"files": [{"id": "F0PICTURE", "title": "summary.png"}]}]
    assert len(stand_in.called("files.info")) == 2  # at first it wasn't processed yet


@pytest.mark.usefixtures("drawn")
@pytest.mark.parametrize(
    ("method", "fault"),
    [
        ("files.getUploadURLExternal", refused("missing_scope")),
        ("upload", broken()),
        ("files.completeUploadExternal", lost(done=True)),
        ("files.info", broken()),
    ],
)
async def test_upload_that_fails_is_no_picture(slack: Slack, stand_in: SlackStandIn, method: str, fault: Fault) -> None:
    stand_in.faults[method] = [fault]

    assert await make_chart(slack, FLOW) is None


async def test_drawing_ends_when_the_worker_does(
    slack: Slack, shop: Shop, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def forever(*_: object) -> Chart | None:
        began.set()
        try:
            return await asyncio.Future()
        finally:
            ended.set()

    monkeypatch.setattr(summaries, "make_chart", forever)
    at = "(now() AT TIME ZONE 'UTC' - interval '1 minute')::time"
    await shop.owner.execute("DELETE FROM notifications")
    await shop.owner.execute(f"INSERT INTO shop_settings VALUES ('summary_time', to_char({at}, 'HH24:MI'))")  # noqa: S608 - ours
    stopping = asyncio.Event()
    job = asyncio.create_task(summaries.run_summaries(database, slack, stopping))
    await began.wait()
    stopping.set()
    await job

    assert ended.is_set()
    assert await shop.owner.fetchval("SELECT due > now() FROM notifications WHERE kind = 'summary'")  # and goes then
