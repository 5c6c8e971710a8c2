"""A month's tickets and its report, as a worker writes and sends them: by way of a file that nobody else can open."""

import os
import tempfile
from collections.abc import AsyncIterator
from typing import IO, Final

from bot import exports
from bot.slack import Slack
from bot.transfer import upload
from bot.views.exporting import month_sent
from db.files import export_report, export_tickets
from db.models import FileErrand
from db.pool import Database

_PAGE: Final = 1000  # tickets
_PIECE: Final = 64 * 1024  # bytes


async def send_month(database: Database, slack: Slack, errand: FileErrand) -> None:
    """Write the file that was asked for and hand it to the person. Where the claim is lost, nothing is sent.

    Raises what ``bot.slack.Slack`` and ``bot.transfer.upload`` raise.
    """
    month, person = errand.month, errand.slack_user_id
    assert month is not None and person is not None  # noqa: S101, PT018 - file_errands_parts_check
    name = f"{errand.errand}-{month:%Y-%m}.csv"
    with tempfile.TemporaryFile() as file:
        write = _write_tickets if errand.errand == "tickets" else _write_report
        if not await write(database, errand, file):
            return
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        channel = await slack.open_conversation(person)
        number, address = await slack.begin_upload(name, size)
        await upload(slack, address, _pieces(file), size)
    await slack.finish_upload(number, name, channel, month_sent(errand.errand, month))


async def _write_tickets(database: Database, errand: FileErrand, file: IO[bytes]) -> bool:
    exports.begin(file, exports.TICKETS)
    after = 0
    while rows := await export_tickets(database, errand, after, _PAGE):
        exports.add(file, rows)
        after = int(rows[-1][0] or 0)
    return rows is not None


async def _write_report(database: Database, errand: FileErrand, file: IO[bytes]) -> bool:
    rows = await export_report(database, errand)
    if rows is None:
        return False
    exports.begin(file, exports.REPORT)
    exports.add(file, rows)
    return True


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece
