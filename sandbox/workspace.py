"""The workspace as its file describes it: team, people, channels, and the app's identity there."""

import hashlib
import re
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sandbox.documents import Document

ChannelKind = Literal["channel", "private", "im"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Team(_Part):
    """The workspace itself."""

    id: str
    domain: str
    name: str


class Person(_Part):
    """Somebody of the workspace, or seen in it from another one (`team_id`)."""

    id: str
    name: str
    real_name: str
    display_name: str = ""
    title: str = ""
    email: str | None = None
    email_confirmed: bool = True
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_bot: bool = False
    deleted: bool = False
    team_id: str | None = None
    tz: str = "America/Los_Angeles"
    locale: str = "en-US"


class Channel(_Part):
    """A conversation; `members` None means everybody of the workspace and the app."""

    id: str
    name: str
    kind: ChannelKind = "channel"
    members: frozenset[str] | None = None
    topic: str = ""
    is_archived: bool = False

    def has(self, user: str) -> bool:
        """Tell whether this person or bot user is in the conversation."""
        return self.members is None or user in self.members

    @property
    def spoken_name(self) -> str:
        """The name that payloads carry."""
        return {"im": "directmessage", "private": "privategroup"}.get(self.kind, self.name)


class AppIdentity(_Part):
    """The ids under which the app is installed."""

    bot_user_id: str
    bot_id: str
    app_id: str


class Workspace(_Part):
    """The whole workspace file."""

    team: Team
    people: tuple[Person, ...]
    channels: tuple[Channel, ...] = ()
    app: AppIdentity = Field(default_factory=lambda: AppIdentity(bot_user_id="U0APP", bot_id="B0APP", app_id="A0APP"))

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a workspace file (JSON)."""
        return cls.model_validate_json(path.read_text(encoding="utf-8"))

    @classmethod
    def of(cls, document: Document) -> Self:
        """Make a workspace from a document shaped like the file."""
        return cls.model_validate(document)

    @model_validator(mode="after")
    def _ids_are_distinct_and_look_like_slacks(self) -> Self:
        ids = [self.team.id, self.app.bot_user_id, *(p.id for p in self.people), *(c.id for c in self.channels)]
        wrong = [i for i in ids if not re.fullmatch(r"[TUWCGD][A-Z0-9]+", i)]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if wrong or twice:
            raise ValueError(f"ids that are no Slack ids: {wrong}; ids used twice: {twice}")
        return self


def im_channel(team: str, user: str, bot_user: str) -> Channel:
    """Make the direct conversation of a person with the app; its id is the same at each start."""
    digest = hashlib.sha256(f"{team}/{user}/{bot_user}".encode()).hexdigest()
    return Channel(id=f"D{digest[:10].upper()}", name="", kind="im", members=frozenset({user, bot_user}))
