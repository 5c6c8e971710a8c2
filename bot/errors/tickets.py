"""What can go wrong with a ticket, its files and the lists of tickets."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import ClassVar

from bot.errors.base import Overwritten, Refusal
from bot.wording import day_words, listed, worded


class TicketNotFound(Refusal):
    """There is no such ticket, or this person may not see it: the two must read alike.

    ``ticket_id`` is the number as text, shortened, where it is beyond any that the database could hold.
    """

    def __init__(self, ticket_id: int | str) -> None:
        self.ticket_id = ticket_id
        self.sentence = worded(
            "There is no ticket #{ticket} that you can see. Check the number; `/ticket mine` lists your own.",
            ticket=ticket_id,
        )
        self.form_sentence = worded(
            "You can't see ticket #{ticket} any more: it may have gone to somebody else. Nothing was changed.",
            ticket=ticket_id,
        )


class TicketAlreadyTaken(Refusal):
    """Somebody was quicker."""

    def __init__(self, ticket_id: int, worker: str, *, by_you: bool) -> None:
        self.ticket_id = ticket_id
        self.sentence = (
            worded(
                "Ticket #{ticket} is yours already; nothing was changed. `/ticket queue` shows what is free.",
                ticket=ticket_id,
            )
            if by_you
            else worded(
                "Ticket #{ticket} is {worker}'s already; nothing was changed. `/ticket queue` shows what is free.",
                ticket=ticket_id,
                worker=worker,
            )
        )


class TicketAlreadyCompleted(Refusal):
    """The ticket is done; it would have to be reopened first."""

    def __init__(self, ticket_id: int) -> None:
        self.ticket_id = ticket_id
        self.sentence = worded(
            "Ticket #{ticket} is completed already; nothing was changed. `/ticket show {ticket}` shows it.",
            ticket=ticket_id,
        )


class TicketNotTaken(Refusal):
    """The ticket is in the queue: whoever works on it takes it first."""

    def __init__(self, ticket_id: int) -> None:
        self.ticket_id = ticket_id
        self.sentence = worded(
            "Ticket #{ticket} is in the queue: nobody works on it. "
            "Nothing was changed; `/ticket take {ticket}` makes it yours.",
            ticket=ticket_id,
        )


class TicketStillOpen(Refusal):
    """Only a completed ticket can be reopened."""

    def __init__(self, ticket_id: int) -> None:
        self.ticket_id = ticket_id
        self.sentence = worded(
            "Ticket #{ticket} is open already; nothing was changed. `/ticket show {ticket}` shows it.", ticket=ticket_id
        )


class TicketChangedMeanwhile(Refusal):
    """Somebody else has changed the same ``fields`` (columns of the ticket) since the person looked at them.

    ``seen``: the moment of the ticket's last change, until which ``changes`` are known.
    """

    COLUMNS: ClassVar[dict[str, str]] = {
        "customer_id": "customer",
        "estimated_hours": "estimate",
        "actual_hours": "hours",
        "tech": "technician",
        "device_passcode": "passcode",
        "due_at": "due date",
        "device_type": "device",
        "device_model": "model",
        "device_serial": "serial number",
        "device_condition": "condition",
        "device_accessories": "accessories",
    }

    def __init__(
        self,
        ticket_id: int,
        who: str,
        fields: Sequence[str],
        changes: Sequence[Overwritten] = (),
        seen: datetime | None = None,
    ) -> None:
        self.ticket_id = ticket_id
        self.fields = tuple(fields)
        self.changes = tuple(changes)
        self.seen = seen
        what = listed([self.COLUMNS.get(field, field) for field in fields])
        self.sentence = worded(
            "{who} has changed the {what} of ticket #{ticket} meanwhile, so nothing was overwritten. "
            "`/ticket show {ticket}` shows how it is now.",
            who=who,
            what=what,
            ticket=ticket_id,
        )


class NotTheWorker(Refusal):
    """The person may see the ticket, but somebody else works on it, or, where it is done, worked on it.

    ``worker`` is None where a Manager completed a ticket of the queue.
    """

    def __init__(self, ticket_id: int, worker: str | None) -> None:
        self.ticket_id = ticket_id
        self.sentence = (
            worded(
                "{worker} works on ticket #{ticket}; only they or a Manager can do that. Nothing was changed.",
                worker=worker,
                ticket=ticket_id,
            )
            if worker
            else worded(
                "Ticket #{ticket} is nobody's; only a Manager can do that. Nothing was changed.", ticket=ticket_id
            )
        )


class PasscodeUnreadable(Refusal):
    """A passcode is under a key that the bot doesn't have, or its text was altered in the table."""

    sentence = (
        "The passcode can't be read with the present key, so it isn't shown. "
        "Please tell whoever looks after this app; in the form that edits the ticket you can enter it anew."
    )


class DayAhead(Refusal):
    """A summary is wanted of a day that hasn't begun by the shop's clock."""

    def __init__(self, day: date) -> None:
        self.day = day
        self.sentence = worded(
            "{day}, {year} is still to come. `/ticket summary today` has the day so far.",
            day=day_words(day),
            year=day.year,
        )


class FileNotFound(Refusal):
    """There is no such file, it isn't kept here, or this person may not see it: all read alike."""

    sentence = "This file isn't there any more, or you can't see it. Nothing was changed."


class FileNotYours(Refusal):
    """Only who brought a file, or a Manager, removes it."""

    def __init__(self, by: str | None) -> None:
        self.sentence = worded(
            "{who} added this file; only they or a Manager can remove it. Nothing was changed.",
            who=by or "Somebody else",
        )


class TicketFilesFull(Refusal):
    """A ticket holds so many files at most, those on their way included."""

    def __init__(self, ticket_id: int, most: int, there: int) -> None:
        self.ticket_id = ticket_id
        self.sentence = worded(
            "Ticket #{ticket} holds at most {most} files and has {there} already, so none was added. "
            "Remove some, or add fewer.",
            ticket=ticket_id,
            most=most,
            there=there,
        )


class ReminderGone(Refusal):
    """A reminder is kept for 30 days, and is put off by whom it was sent to."""

    sentence = (
        "That reminder is out of date and no longer kept; nothing was changed. `/ticket mine` lists your tickets."
    )


class SearchTooCommon(Refusal):
    """Looking through all the tickets that have the words took longer than the person can wait."""

    sentence = (
        "Each of these words stands in so many tickets that looking through them all takes too long. "
        "Please add a rarer word, such as a model or a serial number."
    )
