"""The summary's picture on its way into Slack: drawn by a process of its own, uploaded, shared nowhere.

Whatever goes wrong, there is no picture: the summary is worth more than its chart, and goes without.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Final

import structlog

from bot.slack import Slack, SlackError, SlackUnreachable
from bot.transfer import upload
from bot.views.summary import chart_words
from db.models import Chart, FlowDay

PATIENCE: Final = 60.0  # seconds that a summary waits for its picture
_LOOKS: Final = 20  # at whether Slack can show it
_LOOK_SECONDS: Final = 0.5  # between two
_NAME: Final = "summary.png"
_DRAWING_SECONDS: Final = 20.0  # it takes less than one
_ROOT: Final = Path(__file__).parents[2]

_log = structlog.get_logger(__name__)


class DrawingFailed(Exception):
    """There is no picture; the message is the last line that the drawing process wrote."""


async def make_chart(slack: Slack, flow: Sequence[FlowDay]) -> Chart | None:
    """Draw and upload what was opened and completed; return where it is, None where that didn't work in time."""
    words = chart_words(flow)
    try:
        async with asyncio.timeout(PATIENCE):
            file = await _upload(slack, await draw(flow), words)
    except (DrawingFailed, SlackError, OSError, TimeoutError) as error:
        _log.warning("no picture", error=type(error).__name__, reason=str(error))
        return None
    return Chart(file=file, words=words)


async def _upload(slack: Slack, picture: bytes, words: str) -> str:
    """Upload a picture, shared nowhere; return its id once Slack can show it in a message's blocks.

    Slack takes a moment for that, in which a message with it would be refused, and knows no type of it yet.
    """
    file, address = await slack.begin_upload(_NAME, len(picture), alt_text=words)
    await upload(slack, address, _whole(picture), len(picture))
    await slack.finish_upload(file, _NAME)
    for _ in range(_LOOKS):
        if (await slack.file_info(file)).mime:
            return file
        await asyncio.sleep(_LOOK_SECONDS)
    raise SlackUnreachable("an uploaded picture that isn't processed", uncertain=False)


async def _whole(picture: bytes) -> AsyncIterator[bytes]:
    yield picture


async def draw(flow: Sequence[FlowDay]) -> bytes:
    """Return a PNG of the days. Raises ``DrawingFailed``, ``TimeoutError`` and ``OSError``."""
    days = json.dumps([(one.day.isoformat(), one.opened, one.completed) for one in flow])
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot.drawing"),
        cwd=_ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(_DRAWING_SECONDS):
            picture, said = await process.communicate(days.encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise DrawingFailed(said.decode(errors="replace").strip().rpartition("\n")[2])
    return picture
