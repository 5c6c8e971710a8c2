"""People's access and their own settings."""

from datetime import datetime, time
from typing import Literal

from bot.errors import Asked, FormValue
from bot.roles import Role
from db.models.base import Actor, Row, UserId

SlackState = Literal["member", "guest", "deleted"]  # user_permissions.slack_state
MutableKind = Literal[  # a person need not hear of: app.kinds_told()
    "assigned",
    "unassigned",
    "reminder",
    "completed",
    "reopened",
    "watched",
    "mentioned",
    "returned_to_queue",
    "undeliverable",
    "summary",
]


class Clock(Row):
    """By which clock somebody reads and writes times. ``closes``: the shop's, by day of the week, 1 is Monday."""

    actor: Actor
    now: datetime
    zone: str
    shop_zone: str
    closes: dict[int, time]


class Preferences(Row):
    """How a person wants to be told. ``kinds``: what their role may get told of.

    ``time_zone`` None: ``slack_time_zone``, or else the shop's.
    """

    quiet_from: time | None
    quiet_until: time | None  # by their own clock; earlier than ``quiet_from``: over midnight
    urgent_passes: bool
    time_zone: str | None
    slack_time_zone: str | None
    shop_time_zone: str
    summary_at: time | None  # by their own clock; None: as the shop does it
    shop_summary_at: time | None  # by the shop's clock; None: not set
    kinds: list[MutableKind]
    muted: list[MutableKind]  # of those
    shown: dict[str, FormValue]  # what a form carries of it

    @property
    def own_zone(self) -> str:
        """The clock that they read and write times by."""
        return self.time_zone or self.slack_time_zone or self.shop_time_zone


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


class AccessRequest(Row):
    """Somebody with a Slack account would like to have access.

    ``obstacle``: why the account could not be linked by itself: nobody has its e-mail address, another account is
    linked with whoever has it, or a Manager has it. ``known_name`` and ``known_role``: of that person,
    or else of who had the account before.
    """

    id: int
    slack_user_id: str
    name: str
    email: str
    obstacle: Literal["unknown", "ambiguous", "manager_by_email"]
    known_name: str | None
    known_role: Role | None
    known_again: bool  # they had this account before, and another address
    state: Literal["open", "approved", "refused"]
    role: Role | None  # of who was approved
    decided_by: str | None  # a Manager's name; None: it settled itself


class PersonFacts(Row):
    """Somebody as the Managers see them. ``slack_state``: of their Slack account, where they have one."""

    id: UserId
    name: str
    email: str
    role: Role
    is_active: bool
    slack_user_id: str | None
    slack_state: SlackState
    open_tickets: int


class People(Row):
    """Up to ten people, the active first, then by name, and the oldest five open requests for access."""

    actor: Actor
    people: list[PersonFacts]
    total: int  # of those in whom the words stand
    has_next: bool
    has_previous: bool
    words: str
    requests: list[AccessRequest]
    requests_total: int


class PersonSeen(Row):
    """One person and who is looking. ``person`` None: nobody has the Slack account that was asked about."""

    actor: Actor
    person: PersonFacts | None


class PersonChanged(Row):
    """A write's answer. ``returned``: how many of their open tickets went back to the queue."""

    actor: Actor
    person: PersonFacts
    returned: int
    repeated: bool


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
