"""What workers do with files: fetch from Slack what is to be kept, send what somebody wants, remove what is gone.

Each errand is claimed in the database (``app.file_errands``) and ended there. One that was under way when its worker
was killed goes on after its lease: what is fetched twice is kept once, what is sent may come twice.
"""

import asyncio
import tempfile
from datetime import timedelta
from functools import partial
from typing import IO, Final

import structlog

from bot.contents import HEAD, SUFFIXES, type_of
from bot.jobs.months import send_month
from bot.jobs.supervision import keep_time
from bot.slack import TOKEN_REFUSED, Slack, SlackError, SlackFile, SlackLimited, SlackRefused
from bot.text import clean_line, shorten
from bot.transfer import TooLarge, download, upload
from bot.views.attachments import file_sent
from db.files import (
    claim_file_errands,
    end_file_errand,
    postpone_file_errand,
    store_file,
    unknown_files,
)
from db.models import FileErrand
from db.pool import Database
from db.storage import Storage, StorageAway

EVERY_SECONDS: Final = 1.0
SWEEP_SECONDS: Final = 6 * 3600.0
MOST_BYTES: Final = 50 * 1024 * 1024  # ticket_attachments_file_size_check
_AT_ONCE: Final = 3
_LEASE: Final = timedelta(minutes=3)
_WITHIN: Final = 150.0  # seconds for one errand: its lease must outlast it
_BACKOFF: Final = 2.0  # seconds, the first wait after a failure; it doubles
_LONGEST: Final = 300.0
_FAILURES: Final = 8  # after which a file is given up: 8 minutes with the waits
_LOST: Final = 5  # claims that came to no end, after which it is given up: each may have killed its worker
_GRACE: Final = timedelta(days=1)  # in which what no row has may still get one
_STRAY: Final = 20  # files that no row has, which are removed whatever else there is
_NAME: Final = 255  # characters: ticket_attachments.file_name
_SLASHES: Final = str.maketrans("/\\", "__")
# Slack's words for a file that is gone, or not where the app may see it
_GONE: Final = frozenset({"file_not_found", "file_deleted", "access_denied", "file_not_available"})

_log = structlog.get_logger(__name__)


class FileRefused(Exception):
    """It won't ever work. ``reason``: one of ``bot.views.attachments``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def run_files(
    database: Database, slack: Slack, storage: Storage, stopping: asyncio.Event, *, every: float = EVERY_SECONDS
) -> None:
    """Do what is due, each ``every`` seconds, until ``stopping``."""

    async def tick() -> None:
        while await do_some(database, slack, storage) and not stopping.is_set():
            pass

    await keep_time("files", tick, stopping, every=every)


async def do_some(database: Database, slack: Slack, storage: Storage) -> bool:
    """Do some of what is due, and tell whether anything was."""
    claimed = await claim_file_errands(database, _AT_ONCE, _LEASE)
    await asyncio.gather(*(_do(database, slack, storage, errand) for errand in claimed))
    return bool(claimed)


async def run_sweep(
    database: Database, storage: Storage, stopping: asyncio.Event, *, every: float = SWEEP_SECONDS
) -> None:
    """Remove files that no row has, each ``every`` seconds, until ``stopping``."""
    await keep_time("sweep", partial(sweep, database, storage), stopping, every=every)


async def sweep(database: Database, storage: Storage) -> None:
    """Remove files that no row has and that have lain there for a day: what a killed worker left, a few at most.

    Many are more likely another database's, or this one is the wrong one: then nothing is removed.
    """
    found, unknown = 0, list[str]()
    try:
        async for names in storage.names(unused_for=_GRACE):
            found += len(names)
            unknown += await unknown_files(database, names)
        if len(unknown) > max(_STRAY, found // 10):
            _log.error("so many files that no row has are left: is it this database's storage?", files=len(unknown))
            return
        for name in unknown:
            await storage.remove(name)
    except StorageAway as error:
        _log.warning("can't look for files that no row has", error=str(error))
    else:
        if unknown:
            _log.info("removed files that no row has", files=len(unknown))


async def _do(database: Database, slack: Slack, storage: Storage, errand: FileErrand) -> None:
    """Do one errand and write down how it ended."""
    log = _log.bind(errand=errand.errand, id=errand.id, ticket=errand.ticket_id, attempt=errand.attempts)
    if errand.attempts - errand.failures > _LOST and errand.errand != "remove":
        log.error("file given up: nobody came to an end with it")
        await _give_up(database, errand)
        return
    try:
        async with asyncio.timeout(_WITHIN):
            if errand.errand == "fetch":
                ended = await _fetch(database, slack, storage, errand)
            else:
                await _carry_out(database, slack, storage, errand)
                ended = await end_file_errand(database, errand)
    except FileRefused as refused:
        log.info("file refused", reason=refused.reason)
        await end_file_errand(database, errand, refused.reason)
    except (SlackError, StorageAway, TimeoutError) as error:
        await _try_again(database, errand, error)
    else:
        log.info("file done" if ended else "claim lost")


async def _carry_out(database: Database, slack: Slack, storage: Storage, errand: FileErrand) -> None:
    match errand.errand:
        case "send":
            await _send(slack, storage, errand)
        case "remove":
            await storage.remove(errand.path)
        case _:
            await send_month(database, slack, errand)


async def _try_again(database: Database, errand: FileErrand, error: Exception) -> None:
    """Put it off; what failed too often is given up, but what has to be removed never is."""
    reason = str(error) or type(error).__name__
    _log.warning("file put off", errand=errand.errand, id=errand.id, attempt=errand.attempts, reason=reason)
    hopeless = errand.failures + 1 >= _FAILURES and errand.errand != "remove"
    if hopeless and not (isinstance(error, SlackRefused) and error.code in TOKEN_REFUSED):
        await _give_up(database, errand)
        return
    wait = min(_BACKOFF * 2 ** min(errand.failures, 16), _LONGEST)
    after = error.retry_after if isinstance(error, SlackLimited) else wait
    await postpone_file_errand(database, errand, timedelta(seconds=after), reason)


async def _give_up(database: Database, errand: FileErrand) -> None:
    await end_file_errand(database, errand, "not_given" if errand.errand == "fetch" else "not_taken")


async def _fetch(database: Database, slack: Slack, storage: Storage, errand: FileErrand) -> bool:
    """Take a file from Slack into the storage, once it has been looked at. False: the claim was lost."""
    file = await _look_up(slack, errand)
    with tempfile.TemporaryFile() as scratch:  # without a name: nothing is left of a killed process
        try:
            size = await download(slack, file.address, scratch, most=MOST_BYTES)
        except TooLarge:
            raise FileRefused("too_large") from None
        kind = _judge(scratch, size)
        scratch.seek(0)
        await storage.put(errand.path, scratch)
    return await store_file(database, errand, _named(file.name, kind), kind, size)


async def _look_up(slack: Slack, errand: FileErrand) -> SlackFile:
    assert errand.slack_file_id is not None  # noqa: S101 - file_errands_parts_check
    try:
        file = await slack.file_info(errand.slack_file_id)
    except SlackRefused as refused:
        if refused.code in _GONE:
            raise FileRefused("gone") from None
        raise
    if errand.own and file.user != errand.slack_user_id:
        raise FileRefused("not_yours")
    if not file.address:
        raise FileRefused("elsewhere")
    if file.size > MOST_BYTES:
        raise FileRefused("too_large")
    if file.mime == "text/html":  # it would look like the page that asks to sign in
        raise FileRefused("type")
    return file


def _judge(scratch: IO[bytes], size: int) -> str:
    """Return the type that the content has; refuse what isn't kept."""
    if size == 0:
        raise FileRefused("empty")
    scratch.seek(0)
    kind = type_of(scratch.read(HEAD))
    if kind is None:
        raise FileRefused("type")
    return kind


def _named(name: str, kind: str) -> str:
    """Return what its sender called it, with the end that its content asks for in the place of its own."""
    whole, end = clean_line(name).translate(_SLASHES), SUFFIXES[kind]
    stem = shorten(whole.rpartition(".")[0] or whole, _NAME - len(end)).strip(". ")
    return (stem or "file") + end


async def _send(slack: Slack, storage: Storage, errand: FileErrand) -> None:
    """Hand a kept file to a person, in their conversation with the app."""
    name, size, person, ticket = errand.name, errand.size, errand.slack_user_id, errand.ticket_id
    if name is None or size is None or person is None or ticket is None:
        raise FileRefused("lost")
    try:
        await storage.size(errand.path)
    except FileNotFoundError:
        raise FileRefused("lost") from None
    channel = await slack.open_conversation(person)
    file, address = await slack.begin_upload(name, size)
    await upload(slack, address, storage.read(errand.path), size)
    await slack.finish_upload(file, name, channel, file_sent(ticket))
