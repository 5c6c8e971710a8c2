"""Typed rows: what the database's functions answer, one model a document.

Each function of schema ``app`` that the bot calls returns one jsonb document; its model is here.
Times are UTC and timezone-aware; hours are decimal hours.
"""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Literal, NewType

from pydantic import BaseModel, ConfigDict, SecretStr

from bot.errors import Asked
from bot.roles import Relation, Role

TicketId = NewType("TicketId", int)
CustomerId = NewType("CustomerId", int)
UserId = NewType("UserId", int)  # user_permissions.id

Priority = Literal["low", "medium", "high", "urgent"]
Category = Literal["hardware", "software", "network", "data recovery", "upgrade", "other"]
MutableKind = Literal[  # a person need not hear of: app.kinds_told()
    "assigned",
    "unassigned",
    "completed",
    "reopened",
    "watched",
    "mentioned",
    "returned_to_queue",
    "undeliverable",
    "summary",
]


class Row(BaseModel):
    """A document from the database: immutable, unknown keys refused; errors, which are logged, hide what it holds."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Actor(Row):
    """Who is asking, as the database knows them at this moment."""

    id: UserId
    name: str
    role: Role
    email: str
    slack_user_id: str


class Person(Row):
    """What everyone linked may know of a colleague."""

    id: UserId
    name: str
    slack_user_id: str | None
    role: Role
    is_active: bool


class CustomerOfTicket(Row):
    """The customer as the asker may see them: no contact data for a Viewer."""

    id: CustomerId
    name: str
    phone: str | None
    email: str | None


class Note(Row):
    """What somebody wrote on a ticket. ``kind`` 'resolution': what was done, from the completion."""

    author: str
    kind: Literal["note", "resolution"]
    body: str
    created_at: datetime


class TicketLine(Row):
    """A ticket in a list."""

    id: TicketId
    title: str
    priority: Priority
    category: str | None
    completed: bool
    created_at: datetime
    customer_name: str
    worker_name: str | None


class Ticket(TicketLine):
    """A ticket in full. ``relations``: how the asker stands to it."""

    description: str
    customer: CustomerOfTicket
    filed_by_name: str | None
    worker_slack_user_id: str | None
    estimated_hours: Decimal | None
    actual_hours: Decimal | None
    updated_at: datetime
    completed_at: datetime | None
    has_passcode: bool  # never for a Viewer
    notes: list[Note]  # newest last, at most 5
    relations: frozenset[Relation]
    watched: bool = False  # by the asker


class Panel(Row):
    """The bare ``/ticket``: ``queue_length`` is None for who has no queue."""

    actor: Actor
    mine: list[TicketLine]  # the most urgent five
    mine_total: int
    queue_length: int | None


class TicketPage(Row):
    """Up to ten tickets, most urgent first, then oldest."""

    actor: Actor
    tickets: list[TicketLine]
    total: int  # of open tickets in this list
    has_next: bool
    has_previous: bool


class TicketSeen(Row):
    """One ticket and who is looking."""

    actor: Actor
    ticket: Ticket


class TicketChanged(TicketSeen):
    """A write's answer. ``repeated``: the same request had been carried out before; nothing changed this time."""

    repeated: bool
    no_technician: bool = False  # filed 'auto', but nobody was available: it went to the queue


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


class ActorSeen(Row):
    """Who is asking, and nothing else."""

    actor: Actor


class Preferences(Row):
    """How a person wants to be told. ``time_zone`` None: the shop's. ``kinds``: what their role may get told of."""

    quiet_from: time | None
    quiet_until: time | None  # by their own clock; earlier than ``quiet_from``: over midnight
    urgent_passes: bool
    time_zone: str | None
    shop_time_zone: str
    kinds: list[MutableKind]
    muted: list[MutableKind]  # of those


class Settings(Row):
    """Somebody's own settings."""

    actor: Actor
    preferences: Preferences


class SettingsSaved(Settings):
    """A write's answer. ``repeated``: the same request had been carried out before."""

    repeated: bool


class Granted(Row):
    """Who has been given a role from the command line. ``created``: they were not known before."""

    id: UserId
    email: str
    name: str | None
    role: Role
    slack_user_id: str | None
    created: bool


class PasscodeShown(Row):
    """A device's passcode in clear; None: the ticket has none. That it was shown is in the ticket's history."""

    actor: Actor
    ticket: TicketLine
    passcode: SecretStr | None


class PasscodesFound(Row):
    """How many stored passcodes can be read with the present key, with the previous one, and with neither."""

    present: int
    previous: int
    unreadable: int


class TicketFormFacts(Row):
    """What the new-ticket form needs."""

    actor: Actor
    technicians: list[Person]  # active, by name, at most 100


class CustomerOption(Row):
    """A customer in the typeahead, where all are active, or found."""

    id: CustomerId
    name: str
    phone: str
    email: str
    total_tickets: int
    open_tickets: int
    active: bool = True


class CustomerOptions(Row):
    """The typeahead's answer, best first, at most 20."""

    actor: Actor
    customers: list[CustomerOption]


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
    "summary",
    "access_requested",
    "access_decided",
    "undeliverable",
]
EventKind = Literal[
    "assigned",
    "accepted",
    "released",
    "completed",
    "reopened",
    "note",
    "title",
    "description",
    "priority",
    "category",
    "customer",
    "estimate",
    "hours",
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


class AccessRequest(Row):
    """Somebody with a Slack account would like to have access.

    ``obstacle``: why the account could not be linked by itself: nobody has its e-mail address, another account is
    linked with whoever has it, or a Manager has it. ``known_name`` and ``known_role``: of that person.
    """

    id: int
    name: str
    email: str
    obstacle: Literal["unknown", "ambiguous", "manager_by_email"]
    known_name: str | None
    known_role: Role | None
    state: Literal["open", "approved", "refused"]
    role: Role | None  # of who was approved
    decided_by: str | None  # a Manager's name; None: it settled itself


class AccessDecided(Row):
    """A decision's answer. ``repeated``: the same request had been carried out before."""

    actor: Actor
    request: AccessRequest
    repeated: bool


class Linked(Row):
    """What came of linking a Slack account: who it is now, or why not and what the Managers were asked."""

    actor: Actor | None = None
    reason: str | None = None
    asked: Asked | None = None


class TicketEvent(Row):
    """Something that happened to a ticket, as a whole channel may read it.

    ``old`` and ``new`` are technicians' names, hours, or what stood and stands in the column; descriptions and
    customers have neither. ``actor`` None: the system or plain SQL. ``body``: of a note, for who watches the ticket.
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
    figures: "Figures | None" = None  # of a summary, as they are at the claim
    thread_ts: str | None = None
    broadcast: bool = False
    events: list[TicketEvent] = []


class Asker(Row):
    """Who sent a request, as Slack's signed payload says it, and what they are about to do.

    ``roles`` are the roles that have the ability which the request needs (``bot.roles.roles_with``): every function
    of schema ``app`` refuses anybody else. ``source`` says from where, for the audit trail: ``slack:command`` ...
    """

    team: str
    slack_user: str
    roles: tuple[Role, ...]
    source: str


class Cursor(Row):
    """The edge of a page of tickets: the sort key of its last ticket (first, if ``backwards``)."""

    rank: int
    created_at: datetime
    id: TicketId
    backwards: bool = False


TicketStatus = Literal["open", "completed", "all"]


class TicketFilter(Row):
    """What ``/ticket list`` narrows by. ``worker``: 'me', 'nobody', or a person as typed (a Slack id, a name)."""

    status: TicketStatus = "open"
    worker: str | None = None
    priority: Priority | None = None
    category: str | None = None
    customer_id: CustomerId | None = None
    words: str | None = None  # full text over title and description


class TicketList(Row):
    """Up to ten tickets, newest first. ``has_next`` means older ones."""

    actor: Actor
    tickets: list[TicketLine]
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

    ``source`` is 'slack:command' ..., 'web', or None where it isn't known. Only 'changed' has ``changes``, only notes
    have a ``body``; long ones are cut.
    """

    at: datetime
    who: str  # a display name, or 'system'
    source: str | None
    kind: Literal["filed", "changed", "accepted", "note", "resolution", "revealed"]  # the last: saw the passcode
    changes: list[Change]
    body: str | None  # of a note


class History(Row):
    """A ticket's history, newest first, at most 20 entries; ``more``: there are older ones."""

    actor: Actor
    ticket: TicketLine
    entries: list[HistoryEntry]
    more: bool


class Customer(Row):
    """A customer in full; never for a Viewer."""

    id: CustomerId
    first_name: str
    last_name: str
    email: str
    phone: str
    address1: str
    address2: str | None
    city: str
    state: str
    zip: str
    country: str
    notes: str | None
    active: bool
    total_tickets: int
    open_tickets: int
    total_hours: Decimal


class CustomerHits(Row):
    """``/ticket find``: best first, at most 10; ``more``: there are others. For Managers deactivated ones come last."""

    actor: Actor
    customers: list[CustomerOption]
    more: bool


class CustomerSeen(Row):
    """A customer, their newest tickets (at most 10, only those that the asker may see), and who is looking."""

    actor: Actor
    customer: Customer
    tickets: list[TicketLine]


class CustomerChanged(CustomerSeen):
    """A write's answer. ``message``: what ``deactivate_customer`` says; ``success`` False: nothing changed."""

    repeated: bool
    success: bool = True
    message: str | None = None


class TicketEditFacts(TicketSeen):
    """What the assign and edit forms need besides the ticket."""

    technicians: list[Person]


class SummaryLine(Row):
    """One technician's day: completed and hours of the day, open ones now."""

    name: str
    completed: int
    hours: Decimal
    open: int


class Figures(Row):
    """The figures of a local day in the shop's zone, and the backlog as it is now."""

    day: date
    today: date  # the shop's date when the figures were taken
    opened: int
    completed: int
    hours: Decimal
    open: int
    unassigned: int
    urgent: int
    oldest: TicketLine | None  # the open ticket that was filed first
    technicians: list[SummaryLine]  # by name; active technicians, and whoever else completed or has something


class Summary(Row):
    """The summary on demand."""

    actor: Actor
    figures: Figures


class TechnicianPerformance(Row):
    """A row of the view ``technician_performance`` (last 30 days), with the person's name."""

    name: str
    total_tickets: int
    completed_tickets: int
    open_tickets: int
    completion_rate: Decimal  # percent
    avg_hours_per_ticket: Decimal | None
    avg_completion_time_hours: Decimal | None


class Team(Row):
    """``/ticket team``."""

    actor: Actor
    technicians: list[TechnicianPerformance]


class Home(Row):
    """The App Home of one person: the panel, a piece of the queue, and for Managers and Viewers the day so far."""

    actor: Actor
    mine: list[TicketLine]  # the most urgent ten
    mine_total: int
    queue: list[TicketLine]  # the first five, empty for who has no queue
    queue_length: int | None
    today: Figures | None
    undelivered: int | None = None  # messages that were given up, for Managers


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


class Connections(Row):
    """Connections to the database in one state."""

    state: str
    number: int
    waiting: int  # for a lock
    oldest_seconds: float | None  # since their oldest transaction began


class TableFigures(Row):
    """One table, with all its partitions. Sizes are words: ``12 MB``."""

    name: str
    size: str
    index_size: str
    live: int  # rows, estimated
    dead: int
    vacuumed_at: datetime | None


class IndexFigures(Row):
    """One index, with all its partitions."""

    name: str
    size: str
    scans: int


class UnusedIndex(Row):
    """An index that no query has used since the figures are counted."""

    name: str
    size: str


class SlowQuery(Row):
    """A statement that takes long on average; its constants are replaced."""

    query: str
    calls: int
    mean_ms: float
    total_ms: float


class ServerSetting(Row):
    """One of the server's settings that the schema document wants, or better ones."""

    name: str
    wanted: str
    actual: str
    ok: bool
    needs_restart: bool


class DatabaseFigures(Row):
    """How the database is. Each list holds the first few, in the order in which they matter."""

    size: str
    version: str
    counted_since: datetime | None
    cache_hit_percent: Decimal | None
    deadlocks: int
    max_connections: int
    connections: list[Connections]
    tables: list[TableFigures]
    indexes: list[IndexFigures]
    unused: list[UnusedIndex]
    unused_number: int
    unused_size: str
    statements_watched: bool  # by pg_stat_statements
    slow: list[SlowQuery]
    slow_number: int
    settings: list[ServerSetting]
    maintained_at: datetime | None
    maintenance: str | None  # what perform_maintenance said


class DatabaseReport(Row):
    """``/ticket database``."""

    actor: Actor
    figures: DatabaseFigures
