"""Files that are kept with a ticket, and what workers have to do with them."""

from datetime import date, datetime
from typing import Literal

from db.models.base import Actor, Row, TicketId
from db.models.tickets import TicketChanged, TicketLine


class KeptFile(Row):
    """A file of a ticket. ``kept``: by the bot, so that it can be sent; the web application may have others."""

    id: int
    name: str
    type: str  # as its content says, of the bot's own
    size: int  # bytes
    by: str | None  # who brought it
    created_at: datetime
    kept: bool
    removable: bool  # by the asker


class TicketFiles(Row):
    """A ticket's files, the newest first. ``coming``: how many are on their way; ``more``: how many older ones."""

    actor: Actor
    ticket: TicketLine
    files: list[KeptFile]
    coming: int
    more: int


class FilesAttached(TicketChanged):
    """The answer to files that are to be kept. ``coming``: how many of them weren't known before."""

    coming: int


class FileAsked(Row):
    """The answer to who wants a file, or has removed one."""

    actor: Actor
    ticket: TicketLine
    type: str
    repeated: bool


class FileErrand(Row):
    """Something that a worker has claimed. ``attempts`` is the fence of the claim.

    'fetch': ``slack_file_id`` is to be kept under ``path``, if ``own`` only where ``slack_user_id`` uploaded it.
    'send': what is kept there goes to ``slack_user_id``. 'remove': it goes.
    'tickets' and 'report': those of the ``month`` go to ``slack_user_id``.
    """

    id: int
    errand: Literal["fetch", "send", "remove", "tickets", "report"]
    attempts: int
    failures: int
    ticket_id: TicketId | None
    slack_user_id: str | None
    slack_file_id: str | None
    own: bool
    month: date | None
    path: str
    name: str | None
    type: str | None
    size: int | None


class ExportAsked(Row):
    """The answer to who wants a month's files. ``tickets``: how many there are; without any, nothing is sent."""

    actor: Actor
    month: date
    tickets: int
    repeated: bool
