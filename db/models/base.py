"""What every document of the database has in common."""

from typing import NewType

from pydantic import BaseModel, ConfigDict

from bot.roles import Role

TicketId = NewType("TicketId", int)


CustomerId = NewType("CustomerId", int)


UserId = NewType("UserId", int)  # user_permissions.id


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


class ActorSeen(Row):
    """Who is asking, and nothing else."""

    actor: Actor


class Asker(Row):
    """Who sent a request, as Slack's signed payload says it, and what they are about to do.

    ``roles`` are the roles that have the ability which the request needs (``bot.roles.roles_with``): every function
    of schema ``app`` refuses anybody else. ``source`` says from where, for the audit trail: ``slack:command`` ...
    """

    team: str
    slack_user: str
    roles: tuple[Role, ...]
    source: str
