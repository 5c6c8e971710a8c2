"""What every refusal is, and the words that several of them share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bot.wording import listed, worded

FormValue: TypeAlias = str | bool | list[str] | dict[str, str | list[str]] | None  # as the database compares it


class Refusal(Exception):
    """A request that can't be done, for a reason the person should read. Nothing has changed."""

    sentence: str = "That can't be done."
    form_sentence: str | None = None  # what a form says instead: it stays open and may be sent once more

    def __str__(self) -> str:
        """Return the sentence."""
        return self.sentence


@dataclass(frozen=True, slots=True)
class Overwritten:
    """A column that somebody else changed meanwhile. Both values are None where they aren't told.

    ``who`` None: the asker themselves, elsewhere. ``touched``: the form wants something else than it showed.
    ``shown``: what it carries of ``new``.
    """

    field: str
    who: str | None = None
    old: FormValue = None
    new: FormValue = None
    at: datetime | None = None
    touched: bool = True
    shown: FormValue = None


class Overtaken(Refusal):
    """Somebody else has changed what a form wanted to change, too: the form shows it, and may be sent once more."""

    def __init__(self, changes: Sequence[Overwritten]) -> None:
        self.changes = tuple(changes)

    @property
    def who(self) -> str:
        """Return who has done it."""
        return listed(list(dict.fromkeys(change.who or "You" for change in self.changes))) or "Somebody else"


class RoleForbidden(Refusal):
    """The person's role doesn't have this ability."""

    def __init__(self, role: str) -> None:
        self.role = role
        self.sentence = worded(
            "Your role here is {role}, and it doesn't include that. "
            "`/ticket help` lists what you can do; a Manager can change roles.",
            role=role,
        )


class FieldRefused(Refusal):
    """One value is not acceptable. ``field`` is the model's field name; a form shows ``message`` beside it."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        self.message = message
        self.sentence = message


class FieldsRefused(Refusal):
    """Several values are not acceptable: field name -> message."""

    def __init__(self, messages: dict[str, str]) -> None:
        self.messages = messages
        self.sentence = " ".join(messages.values())
