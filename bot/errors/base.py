"""What every refusal is, and the words that several of them share."""

from dataclasses import dataclass

from bot.wording import worded


class Refusal(Exception):
    """A request that can't be done, for a reason the person should read. Nothing has changed."""

    sentence: str = "That can't be done."
    form_sentence: str | None = None  # what a form says instead: it stays open and may be sent once more

    def __str__(self) -> str:
        """Return the sentence."""
        return self.sentence


@dataclass(frozen=True, slots=True)
class Overwritten:
    """A column that somebody else changed meanwhile. Both values are None where they aren't told."""

    field: str
    who: str
    old: str | None = None
    new: str | None = None


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
