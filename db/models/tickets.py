"""A ticket, and what is done to it."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from pydantic import Field, SecretStr

from bot.errors import FormValue
from bot.roles import Relation
from db.models.approvals import Approval
from db.models.base import Actor, CustomerId, Person, Row, TicketId

Priority = Literal["low", "medium", "high", "urgent"]


Category = Literal["hardware", "software", "network", "data recovery", "upgrade", "other"]


BenchStatus = Literal[  # where the repair is; the last three of a completed ticket
    "received",
    "diagnosing",
    "waiting_approval",
    "waiting_parts",
    "in_repair",
    "quality_check",
    "ready",
    "collected",
    "declined",
]


class Device(Row):
    """The machine, as far as it is known. ``model``: brand and model; ``accessories``: what was left with it."""

    type: str | None = None
    model: str | None = None
    serial: str | None = None
    condition: str | None = None
    accessories: str | None = None


class CustomerOfTicket(Row):
    """The customer as the asker may see them: no contact data for a Viewer."""

    id: CustomerId
    name: str
    phone: str | None
    email: str | None


class Note(Row):
    """What somebody wrote on a ticket.

    ``kind`` 'resolution': what was done, from the completion; 'withdrawn': that, of one that was taken back.
    """

    author: str
    kind: Literal["note", "resolution", "withdrawn"]
    body: str
    created_at: datetime


class TicketLine(Row):
    """A ticket in a list."""

    id: TicketId
    title: str
    priority: Priority
    category: str | None
    completed: bool
    bench_status: BenchStatus
    due_at: datetime | None
    due_in: int | None = None  # seconds from when this was read; below 0: overdue; None: completed, too
    created_at: datetime
    customer_name: str
    worker_name: str | None


class FilesOfType(Row):
    """How many files of a type are kept with a ticket, and their bytes together."""

    type: str
    count: int
    size: int


class Check(Row):
    """A line of a ticket's checklist: to be checked, or, once it is completed, as it was then.

    ``id``: the item's, of what is to be checked; ``common``: every ticket has it.
    """

    id: int
    text: str
    common: bool = True
    ticked: bool = False


class Ticket(TicketLine):
    """A ticket in full. ``relations``: how the asker stands to it."""

    description: str
    customer: CustomerOfTicket
    filed_by_name: str | None
    worker_slack_user_id: str | None
    estimated_hours: Decimal | None
    estimated_cost: Decimal | None  # dollars, at the shop's hourly rate
    actual_hours: Decimal | None
    approval: Approval | None  # the one that is open, else the last decision
    device: Device
    same_machine: int = 0  # other tickets with this serial number that the asker sees
    steps: list[BenchStatus]  # where the repair may go from here, the likeliest first
    version: int  # one more with each change
    updated_at: datetime
    completed_at: datetime | None
    timer_since: datetime | None  # its technician's timer runs since then
    timer_hours: Decimal | None  # and would book so much now
    checks: list[Check] = Field(default_factory=list)
    undoable: bool = False  # the asker may take its completion back now
    has_passcode: bool  # never for a Viewer
    notes: list[Note]  # newest last, at most 5
    relations: frozenset[Relation]
    watched: bool = False  # by the asker
    files: list[FilesOfType] = Field(default_factory=list)  # none for a Viewer
    coming_files: int = 0  # on their way


class TicketSeen(Row):
    """One ticket and who is looking."""

    actor: Actor
    ticket: Ticket


class ApprovalAsked(Row):
    """A request for approval that a Manager may decide now."""

    actor: Actor
    approval: Approval
    ticket: TicketLine


class TicketChanged(TicketSeen):
    """A write's answer. ``repeated``: the same request had been carried out before; nothing changed this time."""

    repeated: bool
    no_technician: bool = False  # filed 'auto', but nobody was available: it went to the queue


class TicketCompleted(TicketChanged):
    """The answer to who completes a ticket. ``asks``: nothing was changed, the checklist comes first."""

    asks: bool


class Checklist(Row):
    """What is to be checked in a category, None: for every ticket. ``shown``: what a form carries."""

    category: Category | None
    items: list[str]
    shown: dict[str, FormValue]


class ChecklistSeen(Row):
    """A checklist and who is looking, or has changed it."""

    actor: Actor
    checklist: Checklist
    repeated: bool = False


class CompletionUndone(TicketChanged):
    """The answer to who takes a completion back. ``timed``: it had stopped a timer, which isn't started again."""

    timed: bool


class MissedMention(Row):
    """Somebody whom a note mentions and who is not told of it.

    ``why``: the ticket is hidden from them; they can't be written to; the name is several people's, or an account's
    without access: then ``name`` is as typed.
    """

    name: str
    why: Literal["hidden", "unreachable", "unclear", "unknown"]


class NoteAdded(TicketChanged):
    """A note's answer."""

    missed: list[MissedMention]


class PasscodeShown(Row):
    """A device's passcode in clear; None: the ticket has none. That it was shown is in the ticket's history."""

    actor: Actor
    ticket: TicketLine
    passcode: SecretStr | None


class TicketFormFacts(Row):
    """What the new-ticket form needs."""

    actor: Actor
    technicians: list[Person]  # active, by name, at most 100


class TicketEditFacts(TicketSeen):
    """What the assign and edit forms need besides the ticket."""

    technicians: list[Person]


class Nudged(TicketSeen):
    """What came of reminding a ticket's worker: they were, had been that day, can't be written to, or are the asker."""

    outcome: Literal["reminded", "before", "unreachable", "yours"]
    repeated: bool
