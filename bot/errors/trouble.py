"""What isn't the person's doing: something is away, too late, too old or broken; or what they sent can't be read."""

from typing import LiteralString

from bot.errors.base import Refusal
from bot.wording import worded


class ValueRefused(Refusal):
    """Something in the request can't be stored: the last resort behind the models' own checks."""

    sentence = (
        "That holds something that can't be stored: a character that isn't text, "
        "or a number or text beyond its limit. Nothing was changed; please write it differently."
    )


class CommandNotUnderstood(Refusal):
    """The text after ``/ticket`` is not a command; ``sentence`` says what was typed and what is nearest."""

    def __init__(self, template: LiteralString, /, **facts: str | int) -> None:
        self.sentence = worded(template, **facts)


class DatabaseAway(Refusal):
    """The database did not answer in time and the statement was not carried out."""

    sentence = "The shop's database isn't answering right now. Nothing was changed; please try again in a minute."


class OutcomeUnknown(Refusal):
    """The connection broke after the statement was sent: it may or may not have been carried out."""

    sentence = (
        "The shop's database stopped answering in the middle of this. "
        "It may or may not have been saved: have a look with `/ticket mine` before you try again."
    )
    form_sentence = (
        "The shop's database stopped answering in the middle of this. "
        "Please send the form once more: the same form is never carried out twice."
    )


class TookTooLong(OutcomeUnknown):
    """Slack waits three seconds, and they were up."""

    sentence = (
        "That took too long and was given up. "
        "It may or may not have been saved: have a look with `/ticket mine` before you try again."
    )
    form_sentence = (
        "That took too long and was given up. Please send the form once more: the same form is never carried out twice."
    )


class SlackTrouble(Refusal):
    """Slack didn't do its part, such as opening a form."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence


class NoLongerThere(Refusal):
    """A button or form of an older version, which this one doesn't know."""

    sentence = "That is from an older version of this app, so nothing was changed. `/ticket` shows what there is now."


class Starting(Refusal):
    """The bot doesn't know yet which workspace it serves."""

    sentence = "The bot is just starting. Nothing was changed; please try again in a minute."


class SomethingWrong(Refusal):
    """A fault of ours. The log has more under the same ``reference``."""

    def __init__(self, reference: str) -> None:
        self.reference = reference
        self.sentence = worded(
            "Something went wrong on our side (reference {reference}). "
            "Please try again; if it happens again, give the reference to whoever looks after this app.",
            reference=reference,
        )
