"""What can go wrong with the work on a ticket: its steps, timer, checklist, approval and completion."""

from collections.abc import Sequence
from decimal import Decimal
from typing import ClassVar

from bot.errors.base import Refusal, listed


class TimerNotRunning(Refusal):
    """Nobody's timer but the person's own can be stopped, and theirs doesn't run, or not on this ticket."""

    def __init__(self, ticket_id: int | None) -> None:
        self.ticket_id = ticket_id
        where = "" if ticket_id is None else f" on ticket #{ticket_id}"
        number = ticket_id or 42
        start = f"`/ticket start {number}` starts it on ticket #{number}"
        self.sentence = f"Your timer isn't running{where}; nothing was changed. {start}."


class ChecklistChanged(Refusal):
    """Somebody else has changed the same checklist since the form was opened. ``items``: how it is now."""

    def __init__(self, category: str | None, items: Sequence[str]) -> None:
        self.items = tuple(items)
        now = f"It has now: {listed([f'“{item}”' for item in items])}." if items else "It is empty now."
        command = "/ticket checklist" if category is None else f"/ticket checklist {category}"
        self.sentence = (
            f"This checklist has been changed meanwhile, so nothing was saved. {now} Yours stays here until you close "
            f"the form; `{command}` opens it anew."
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
        self.sentence = (
            f"The completion of ticket #{ticket_id} can't be taken back: {self.WHY[why]}. Nothing was changed; "
            f"`/ticket reopen {ticket_id} why` opens it again."
        )


class BenchStepForbidden(Refusal):
    """A repair can't go there from where it is. ``steps``: where it can."""

    def __init__(self, ticket_id: int, now: str, wanted: str, steps: Sequence[str]) -> None:
        self.ticket_id = ticket_id
        said = f"Ticket #{ticket_id} is {self._words(now)}"
        said += " already" if now == wanted else f", which can't become {self._words(wanted)}"
        self.sentence = f"{said}; nothing was changed."
        if steps:
            self.sentence += f" From here it can become {listed([self._words(step) for step in steps], 'or')}."
        if now in {"ready", "collected", "declined"}:
            self.sentence += f" `/ticket reopen {ticket_id}` opens it again."

    @staticmethod
    def _words(status: str) -> str:
        return status.replace("waiting_", "waiting for ").replace("_", " ")


class ApprovalOpen(Refusal):
    """A repair waits for its customer's word. ``amount`` and ``limit`` are dollars."""

    def __init__(self, ticket_id: int, amount: Decimal, limit: Decimal) -> None:
        self.ticket_id = ticket_id
        self.sentence = (
            f"Ticket #{ticket_id} is waiting for approval: about ${amount:,.2f}, and the customer's limit is "
            f"${limit:,.2f}. Nothing was changed. A Manager notes what the customer says; you are told then."
        )


class ApprovalGone(Refusal):
    """The ticket was removed, and its request for approval with it."""

    sentence = "This request for approval isn't there any more: its ticket was removed."


class ApprovalNotAsked(Refusal):
    """Nothing about the ticket has to be approved."""

    def __init__(self, ticket_id: int) -> None:
        self.ticket_id = ticket_id
        self.sentence = (
            f"Ticket #{ticket_id} isn't waiting for approval: its estimate is within the limit, or there is none. "
            f"Nothing was changed. `/ticket show {ticket_id}` shows how it stands."
        )


class ApprovalSettled(Refusal):
    """Somebody was quicker, or it isn't asked any more."""

    def __init__(self, ticket_id: int, state: str, by: str | None) -> None:
        self.ticket_id = ticket_id
        if state == "withdrawn":
            said = f"This isn't asked any more: ticket #{ticket_id}, its estimate or the limit has changed"
        else:
            said = f"{by or 'Somebody'} has noted already that the customer {state} the estimate of ticket #{ticket_id}"
        self.sentence = f"{said}; nothing was changed. `/ticket show {ticket_id}` shows how it stands."


class HoursChangedMeanwhile(Refusal):
    """Another Manager has saved the shop's hours since the form was opened."""

    sentence = (
        "Somebody else has changed the hours, holidays or reminders meanwhile, so nothing was overwritten. "
        "`/ticket hours` shows how it is now."
    )
