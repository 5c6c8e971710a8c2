"""What can go wrong with the work on a ticket: its steps, timer, checklist, approval and completion."""

from collections.abc import Sequence
from decimal import Decimal
from typing import ClassVar

from bot.errors.base import Overtaken, Overwritten, Refusal
from bot.wording import listed, worded


class TimerNotRunning(Refusal):
    """Nobody's timer but the person's own can be stopped, and theirs doesn't run, or not on this ticket."""

    def __init__(self, ticket_id: int | None) -> None:
        self.ticket_id = ticket_id
        self.sentence = (
            "Your timer isn't running; nothing was changed. `/ticket start 42` starts it on ticket #42."
            if ticket_id is None
            else worded(
                "Your timer isn't running on ticket #{ticket}; nothing was changed. "
                "`/ticket start {ticket}` starts it on ticket #{ticket}.",
                ticket=ticket_id,
            )
        )


class ChecklistChanged(Overtaken):
    """Somebody else has changed the same checklist since the form was opened."""

    def __init__(self, category: str | None, changes: Sequence[Overwritten]) -> None:
        super().__init__(changes)
        self.sentence = worded(
            "Meanwhile {who} changed this checklist, so nothing was saved. `{command}` shows how it is now.",
            who=self.who,
            command="/ticket checklist" if category is None else f"/ticket checklist {category}",
        )


class CompletionStays(Refusal):
    """A completion can't be taken back: ``why`` is a key of ``WHY``."""

    WHY: ClassVar[dict[str, str]] = {
        "late": "that was possible for ten minutes",
        "changed": "the ticket has been changed since",
        "elsewhere": "it wasn't made in Slack",
        "anothers": "only who completed it or a Manager can do that",
    }

    def __init__(self, ticket_id: int, why: str) -> None:
        self.ticket_id = ticket_id
        self.sentence = worded(
            "The completion of ticket #{ticket} can't be taken back: {why}. "
            "Nothing was changed; `/ticket reopen {ticket} why` opens it again.",
            ticket=ticket_id,
            why=self.WHY[why],
        )


class BenchStepForbidden(Refusal):
    """A repair can't go there from where it is. ``steps``: where it can."""

    def __init__(self, ticket_id: int, now: str, wanted: str, steps: Sequence[str]) -> None:
        self.ticket_id = ticket_id
        sentences = [
            worded("Ticket #{ticket} is {now} already; nothing was changed.", ticket=ticket_id, now=self._words(now))
            if now == wanted
            else worded(
                "Ticket #{ticket} is {now}, which can't become {wanted}; nothing was changed.",
                ticket=ticket_id,
                now=self._words(now),
                wanted=self._words(wanted),
            )
        ]
        if steps:
            possible = listed([self._words(step) for step in steps], "or")
            sentences.append(worded("From here it can become {steps}.", steps=possible))
        if now in {"ready", "collected", "declined"}:
            sentences.append(worded("`/ticket reopen {ticket}` opens it again.", ticket=ticket_id))
        self.sentence = " ".join(sentences)

    @staticmethod
    def _words(status: str) -> str:
        return status.replace("waiting_", "waiting for ").replace("_", " ")


class ApprovalOpen(Refusal):
    """A repair waits for its customer's word. ``amount`` and ``limit`` are dollars."""

    def __init__(self, ticket_id: int, amount: Decimal, limit: Decimal) -> None:
        self.ticket_id = ticket_id
        self.sentence = worded(
            "Ticket #{ticket} is waiting for approval: about ${amount}, and the customer's limit is ${limit}. "
            "Nothing was changed. A Manager notes what the customer says; you are told then.",
            ticket=ticket_id,
            amount=f"{amount:,.2f}",
            limit=f"{limit:,.2f}",
        )


class ApprovalGone(Refusal):
    """The ticket was removed, and its request for approval with it."""

    sentence = "This request for approval isn't there any more: its ticket was removed."


class ApprovalNotAsked(Refusal):
    """Nothing about the ticket has to be approved."""

    def __init__(self, ticket_id: int) -> None:
        self.ticket_id = ticket_id
        self.sentence = worded(
            "Ticket #{ticket} isn't waiting for approval: it is closed, has no estimate, or one within the limit. "
            "Nothing was changed. `/ticket show {ticket}` shows how it stands.",
            ticket=ticket_id,
        )


class ApprovalSettled(Refusal):
    """Somebody was quicker, or it isn't asked any more."""

    def __init__(self, ticket_id: int, state: str, by: str | None) -> None:
        self.ticket_id = ticket_id
        self.sentence = (
            worded(
                "This isn't asked any more: ticket #{ticket}, its estimate or the limit has changed. "
                "Nothing was noted; `/ticket show {ticket}` shows how it stands.",
                ticket=ticket_id,
            )
            if state == "withdrawn"
            else worded(
                "{who} has noted already that the customer {state} the estimate of ticket #{ticket}; "
                "nothing was changed. `/ticket show {ticket}` shows how it stands.",
                who=by or "Somebody",
                state=state,
                ticket=ticket_id,
            )
        )


class HoursChangedMeanwhile(Overtaken):
    """Another Manager has changed the same of the shop's hours and settings since the form was opened."""

    def __init__(self, changes: Sequence[Overwritten]) -> None:
        super().__init__(changes)
        self.sentence = worded(
            "Meanwhile {who} changed the same of the shop's hours and settings, so nothing was overwritten. "
            "`/ticket hours` shows how it is now.",
            who=self.who,
        )


class SettingsChangedMeanwhile(Overtaken):
    """The person's own settings were changed elsewhere, too, since the form was opened."""

    sentence = (
        "Your settings have been changed elsewhere meanwhile, so nothing was overwritten. "
        "`/ticket settings` shows how they are now."
    )
