"""Tickets in lists, and a ticket's history."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from db.models.base import Actor, CustomerId, Row, TicketId
from db.models.reports import Figures
from db.models.tickets import BenchStatus, Priority, TicketLine
from db.models.timers import Timer


class DueCounts(Row):
    """How many of the open tickets that somebody sees are overdue, and due before the shop's day ends."""

    overdue: int = 0
    today: int = 0


class Panel(Row):
    """The bare ``/ticket``: ``queue_length`` is None for who has no queue."""

    actor: Actor
    mine: list[TicketLine]  # the most urgent five
    mine_total: int
    queue_length: int | None
    timer: Timer | None = None  # the asker's own
    due: DueCounts = DueCounts()


class TicketPage(Row):
    """Up to ten tickets, most urgent first, then oldest."""

    actor: Actor
    tickets: list[TicketLine]
    total: int  # of open tickets in this list
    has_next: bool
    has_previous: bool


class Cursor(Row):
    """The edge of a page of tickets: the sort key of its last ticket (first, if ``backwards``)."""

    rank: int
    created_at: datetime
    id: TicketId
    backwards: bool = False


TicketStatus = Literal["open", "completed", "all", "waiting"]  # the last: for approval or parts


DueFilter = Literal["overdue", "today", "week"]


class TicketFilter(Row):
    """What ``/ticket list`` narrows by. ``worker``: 'me', 'nobody', or a person as typed (a Slack id, a name)."""

    status: TicketStatus | BenchStatus = "open"
    worker: str | None = None
    priority: Priority | None = None
    category: str | None = None
    customer_id: CustomerId | None = None
    serial: str | None = None  # a device's serial number, however it is written
    due: DueFilter | None = None
    words: str | None = None  # full text over title and description


class TicketList(Row):
    """Up to ten tickets, newest first. ``has_next`` means older ones.

    ``led_to``: the tickets are this customer's, with whom the one that was asked for has been merged.
    """

    actor: Actor
    tickets: list[TicketLine]
    led_to: CustomerId | None = None
    has_next: bool
    has_previous: bool


class TicketHits(Row):
    """A search's answer, best first, at most 10; ``more``: there are others."""

    actor: Actor
    tickets: list[TicketLine]
    more: bool


class Change(Row):
    """One column's change: title, description, priority, category, customer_id, tech, estimated_hours ...

    Values are as people read them: a customer or technician by name, None for nobody or nothing; ``completed`` is
    'true' or 'false', hours are decimal. Long texts are cut. Of a 'passcode' it is only told whether there was one.
    """

    field: str
    old: str | None
    new: str | None


class HistoryEntry(Row):
    """Something that happened to a ticket.

    ``source`` is 'slack:command' ..., 'web', or None where it isn't known. Only 'changed' and
    'undone' (a completion was taken back) have ``changes``, only notes
    and files have a ``body``, a file its name, but not for a Viewer; long ones are cut. 'revealed': saw the passcode.
    Of an estimate that needs the customer's approval ('asked', 'approved', 'declined', 'withdrawn') the one change has
    its cost in dollars as ``new``, and as ``old`` the limit, or how they were asked; ``body`` is what they said.
    """

    at: datetime
    who: str  # a display name, or 'system'
    source: str | None
    kind: Literal[
        "filed",
        "changed",
        "undone",
        "accepted",
        "note",
        "resolution",
        "revealed",
        "attached",
        "detached",
        "asked",
        "approved",
        "declined",
        "withdrawn",
    ]
    changes: list[Change]
    body: str | None


class History(Row):
    """A ticket's history, newest first, at most 20 entries; ``more``: there are older ones."""

    actor: Actor
    ticket: TicketLine
    entries: list[HistoryEntry]
    more: bool


class Home(Row):
    """The App Home of one person: the panel, a piece of the queue, and for Managers and Viewers the day so far."""

    actor: Actor
    mine: list[TicketLine]  # the most urgent ten
    mine_total: int
    bench: Mapping[BenchStatus, int]  # of my open tickets: how many are where
    queue: list[TicketLine]  # the first five, empty for who has no queue
    queue_length: int | None
    timer: Timer | None = None  # the asker's own
    today: Figures | None
    due: DueCounts = DueCounts()
    undelivered: int | None = None  # messages that were given up, for Managers
