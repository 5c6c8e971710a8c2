"""What is told: notifications, and those that couldn't be delivered."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from pydantic import Field

from db.models.approvals import Approval
from db.models.base import Actor, Row, TicketId, UserId
from db.models.people import AccessRequest
from db.models.reports import Chart, DayReport
from db.models.tickets import BenchStatus, Priority

NotificationKind = Literal[
    "card",
    "thread",
    "assigned",
    "unassigned",
    "completed",
    "reopened",
    "watched",
    "mentioned",
    "returned_to_queue",
    "reminder",
    "summary",
    "timer",
    "file_refused",
    "access_requested",
    "access_decided",
    "access_changed",
    "approval_requested",
    "approval_decided",
    "undeliverable",
]


EventKind = Literal[
    "assigned",
    "accepted",
    "released",
    "completed",
    "reopened",
    "undone",
    "note",
    "file_added",
    "file_removed",
    "title",
    "description",
    "priority",
    "category",
    "customer",
    "estimate",
    "hours",
    "status",
    "device",
    "due",
]


class CardTicket(Row):
    """What the whole channel may read of a ticket: no customer, no note."""

    id: TicketId
    title: str
    priority: Priority
    category: str | None
    completed: bool
    created_at: datetime
    completed_at: datetime | None
    worker_name: str | None
    filed_by_name: str | None
    actual_hours: Decimal | None
    bench_status: BenchStatus
    device: str | None  # type, brand and model
    due_at: datetime | None


class CardsSeen(Row):
    """What a whole channel may read of tickets that somebody sees, and who that is."""

    actor: Actor
    tickets: list[CardTicket]


ReminderReason = Literal["overdue", "untouched", "approval", "due_soon", "silent", "nudged"]


class Reminder(Row):
    """A ticket that needs somebody. ``since``: when it began to be so; None where that says nothing."""

    why: ReminderReason
    since: datetime | None
    ticket: CardTicket


SnoozeUntil = Literal["hour", "tomorrow", "week"]


class Snoozed(Row):
    """A snooze's answer. ``tickets``: how many it concerns; ``repeated``: the same request had been carried out."""

    actor: Actor
    tickets: int
    until: datetime
    repeated: bool


class TicketEvent(Row):
    """Something that happened to a ticket, as a whole channel may read it.

    ``old`` and ``new`` are technicians' names, hours, or what stood and stands in the column, or a file's type;
    descriptions and customers have neither. ``actor`` None: the system or plain SQL. ``body``: of a note, for who
    watches the ticket.
    """

    event: EventKind
    actor: str | None
    old: str | None = None
    new: str | None = None
    body: str | None = None


class Notification(Row):
    """A claimed notification. ``ticket`` None: the ticket was removed, or the notification has none.

    ``attempts`` is the fence of this claim and ``version`` what was claimed: a finish with the first out of date does
    nothing, with the second out of date it leaves the row waiting. ``ts`` set: the message exists and is to be edited.
    ``thread_ts``: under which message it stands, there ``broadcast`` to the channel if so; ``events``: what it tells.
    """

    id: int
    kind: NotificationKind
    dedupe_key: str
    ticket_id: TicketId | None
    recipient_id: UserId | None
    recipient_slack_user_id: str | None
    channel: str | None  # where it is, or would be, posted; None: a person whose channel isn't known yet
    ts: str | None
    uncertain_since: datetime | None  # a send after this may have arrived: look before posting again
    attempts: int
    failures: int  # postponements since the last success
    version: int
    actor_name: str | None  # who did it; None: the system or plain SQL
    facts: dict[str, str | int | None]
    ticket: CardTicket | None
    created_at: datetime
    access: AccessRequest | None = None  # of access_requested and access_decided, as it is at the claim
    approval: Approval | None = None  # of approval_requested and approval_decided, likewise
    figures: DayReport | None = None  # of a summary, as they are at the claim
    chart: Chart | None = None  # of a summary
    thread_ts: str | None = None
    broadcast: bool = False
    events: list[TicketEvent] = Field(default_factory=list)
    reminders: list[Reminder] = Field(default_factory=list)  # of a reminder, as it is at the claim


class UndeliveredMessage(Row):
    """A message that was given up. ``error``: Slack's code, or where our log has it."""

    id: int
    kind: NotificationKind
    ticket_id: TicketId | None
    title: str | None  # the ticket's, None where it was removed
    destination: int  # 0: the shop's channel; above: a person; below: who asked for access
    to: str | None  # their name
    error: str
    given_up_at: datetime


class Undelivered(Row):
    """A page of what was given up. ``retried``: how many were to be said after all, by this request."""

    actor: Actor
    messages: list[UndeliveredMessage]
    total: int
    has_next: bool
    has_previous: bool
    retried: int | None = None
    repeated: bool = False


class Outbox(Row):
    """What the outbox holds. ``messages``: state -> kind -> number, of those dropped within a day only."""

    messages: dict[str, dict[str, int]]
    oldest_seconds: float  # that what is due has waited the longest; 0: nothing is due


class OutboxLine(Row):
    """A message as the operator sees it: nothing about people."""

    id: int
    kind: str
    ticket_id: TicketId | None
    state: str
    attempts: int
    due: datetime
    age_seconds: float
    error: str | None


class OutboxReport(Row):
    """``python -m bot notifications``. ``states``: how many messages are in each, of all of them."""

    states: dict[str, int]
    messages: list[OutboxLine]
