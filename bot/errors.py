"""What can go wrong, and what the person reads about it.

Every refusal is a class here. Its ``sentence`` says what was asked, why it failed and what to do next, in plain text:
whoever puts it into a message escapes it (``bot.views.kit``). ``db.faults`` makes these out of the database's errors.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, Literal


class Refusal(Exception):
    """A request that can't be done, for a reason the person should read. Nothing has changed."""

    sentence: str = "That can't be done."
    form_sentence: str | None = None  # what a form says instead: it stays open and may be sent once more

    def __str__(self) -> str:
        """Return the sentence."""
        return self.sentence


class TicketNotFound(Refusal):
    """There is no such ticket, or this person may not see it: the two must read alike.

    ``ticket_id`` is the number as text, shortened, where it is beyond any that the database could hold.
    """

    def __init__(self, ticket_id: int | str) -> None:
        self.ticket_id = ticket_id
        self.sentence = (
            f"There is no ticket #{ticket_id} that you can see. Check the number; `/ticket mine` lists your own."
        )
        self.form_sentence = (
            f"You can't see ticket #{ticket_id} any more: it may have gone to somebody else. Nothing was changed."
        )


class TicketAlreadyTaken(Refusal):
    """Somebody was quicker."""

    def __init__(self, ticket_id: int, worker: str, *, by_you: bool) -> None:
        self.ticket_id = ticket_id
        whose = "yours already" if by_you else f"{worker}'s already"
        self.sentence = f"Ticket #{ticket_id} is {whose}; nothing was changed. `/ticket queue` shows what is free."


class TicketAlreadyCompleted(Refusal):
    """The ticket is done; it would have to be reopened first."""

    def __init__(self, ticket_id: int) -> None:
        self.ticket_id = ticket_id
        self.sentence = (
            f"Ticket #{ticket_id} is completed already; nothing was changed. `/ticket show {ticket_id}` shows it."
        )


class TicketNotTaken(Refusal):
    """The ticket is in the queue: whoever works on it takes it first."""

    def __init__(self, ticket_id: int) -> None:
        self.ticket_id = ticket_id
        self.sentence = (
            f"Ticket #{ticket_id} is in the queue: nobody works on it. Nothing was changed; "
            f"`/ticket take {ticket_id}` makes it yours."
        )


class TimerNotRunning(Refusal):
    """Nobody's timer but the person's own can be stopped, and theirs doesn't run, or not on this ticket."""

    def __init__(self, ticket_id: int | None) -> None:
        self.ticket_id = ticket_id
        where = "" if ticket_id is None else f" on ticket #{ticket_id}"
        number = ticket_id or 42
        start = f"`/ticket start {number}` starts it on ticket #{number}"
        self.sentence = f"Your timer isn't running{where}; nothing was changed. {start}."


class TicketStillOpen(Refusal):
    """Only a completed ticket can be reopened."""

    def __init__(self, ticket_id: int) -> None:
        self.ticket_id = ticket_id
        self.sentence = (
            f"Ticket #{ticket_id} is open already; nothing was changed. `/ticket show {ticket_id}` shows it."
        )


class ChecklistChanged(Refusal):
    """Somebody else has changed the same checklist since the form was opened. ``items``: how it is now."""

    def __init__(self, category: str | None, items: Sequence[str]) -> None:
        self.items = tuple(items)
        now = f"It has now: {_listed([f'“{item}”' for item in items])}." if items else "It is empty now."
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
            self.sentence += f" From here it can become {_listed([self._words(step) for step in steps], 'or')}."
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


class ApprovalSettled(Refusal):
    """Somebody was quicker, or it isn't asked any more."""

    def __init__(self, ticket_id: int, state: str, by: str | None) -> None:
        self.ticket_id = ticket_id
        if state == "withdrawn":
            said = f"This isn't asked any more: ticket #{ticket_id}, its estimate or the limit has changed"
        else:
            said = f"{by or 'Somebody'} has noted already that the customer {state} the estimate of ticket #{ticket_id}"
        self.sentence = f"{said}; nothing was changed. `/ticket show {ticket_id}` shows how it stands."


@dataclass(frozen=True, slots=True)
class Overwritten:
    """A column that somebody else changed meanwhile. Both values are None where they aren't told."""

    field: str
    who: str
    old: str | None = None
    new: str | None = None


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
        what = _listed([self.COLUMNS.get(field, field) for field in fields])
        self.sentence = (
            f"{who} has changed the {what} of ticket #{ticket_id} meanwhile, so nothing was overwritten. "
            f"`/ticket show {ticket_id}` shows how it is now."
        )


class NotTheWorker(Refusal):
    """The person may see the ticket, but somebody else works on it, or, where it is done, worked on it.

    ``worker`` is None where a Manager completed a ticket of the queue.
    """

    def __init__(self, ticket_id: int, worker: str | None) -> None:
        self.ticket_id = ticket_id
        self.sentence = (
            f"{worker} works on ticket #{ticket_id}; only they or a Manager can do that. Nothing was changed."
            if worker
            else f"Ticket #{ticket_id} is nobody's; only a Manager can do that. Nothing was changed."
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
        self.sentence = f"{_day(day)}, {day.year} is still to come. `/ticket summary today` has the day so far."


class FileNotFound(Refusal):
    """There is no such file, it isn't kept here, or this person may not see it: all read alike."""

    sentence = "This file isn't there any more, or you can't see it. Nothing was changed."


class FileNotYours(Refusal):
    """Only who brought a file, or a Manager, removes it."""

    def __init__(self, by: str | None) -> None:
        self.sentence = (
            f"{by or 'Somebody else'} added this file; only they or a Manager can remove it. Nothing was changed."
        )


class TicketFilesFull(Refusal):
    """A ticket holds so many files at most, those on their way included."""

    def __init__(self, ticket_id: int, most: int, there: int) -> None:
        self.ticket_id = ticket_id
        self.sentence = (
            f"Ticket #{ticket_id} holds at most {most} files and has {there} already, so none was added. "
            "Remove some, or add fewer."
        )


class PersonUnknown(Refusal):
    """Nobody is meant by what was typed, or by the Slack id of a mention."""

    def __init__(self, who: str) -> None:
        self.who = who
        self.sentence = (
            "This person has no access here yet, so nothing was done. A Manager can give it."
            if re.fullmatch(r"[UW][A-Z0-9]{5,}", who)
            else f'Nobody here is called "{who}". Write the name as in Slack, or choose the person after typing @.'
        )


class PersonAmbiguous(Refusal):
    """More than one person is meant by what was typed. ``names``: whom it fits, at most five."""

    def __init__(self, who: str, names: Sequence[str]) -> None:
        self.who = who
        self.names = tuple(names)
        self.sentence = (
            f'By "{who}" you may mean {_listed(names, "or")}. '
            "Write the whole name, or choose the person after typing @."
        )


class PersonTakesNoTickets(Refusal):
    """Tickets are for active Technicians and Managers."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.sentence = (
            f"{name} takes no tickets: only active Technicians and Managers do. "
            "Nothing was changed; please choose somebody else."
        )


class CustomerNotFound(Refusal):
    """There is no such customer, or this person may not see them: the two must read alike."""

    def __init__(self, customer_id: int | str) -> None:
        self.customer_id = customer_id
        self.sentence = (
            f"There is no customer {customer_id} that you can see. Check the number; "
            "`/ticket find` looks for a name, a phone number or an e-mail address."
        )


class CustomerChangedMeanwhile(Refusal):
    """Somebody else has changed the same ``fields`` (columns of the customer) since the person looked at them.

    ``changes`` and ``seen`` as for a ticket.
    """

    COLUMNS: ClassVar[dict[str, str]] = {
        "first_name": "first name",
        "last_name": "last name",
        "email": "e-mail address",
        "phone": "phone number",
        "address1": "street",
        "address2": "further address",
        "zip": "ZIP code",
        "approval_limit": "limit",
    }

    def __init__(
        self,
        customer_id: int,
        who: str,
        fields: Sequence[str],
        changes: Sequence[Overwritten] = (),
        seen: datetime | None = None,
    ) -> None:
        self.customer_id = customer_id
        self.fields = tuple(fields)
        self.changes = tuple(changes)
        self.seen = seen
        what = _listed([self.COLUMNS.get(field, field) for field in fields])
        self.sentence = (
            f"{who} has changed the {what} of customer {customer_id} meanwhile, so nothing was overwritten. "
            f"`/ticket customer {customer_id}` shows how they are now."
        )


class CustomerInactive(Refusal):
    """A ticket can't be open while its customer is switched off."""

    def __init__(self, ticket_id: int, customer_id: int) -> None:
        self.ticket_id = ticket_id
        self.customer_id = customer_id
        self.sentence = (
            f"The customer of ticket #{ticket_id} is no longer active, so it stays as it is. "
            f"A Manager can make customer {customer_id} active again."
        )


class CustomerHasOpenTickets(Refusal):
    """Open tickets can't be worked on without knowing whose they are."""

    SHOWN: ClassVar[int] = 10

    def __init__(self, customer_id: int, tickets: Sequence[int]) -> None:
        self.customer_id = customer_id
        numbers = [f"#{number}" for number in tickets[: self.SHOWN]]
        more = len(tickets) - len(numbers)
        open_ones = _listed([*numbers, f"{more} more"] if more else numbers)
        self.sentence = (
            f"Customer {customer_id} has open tickets: {open_ones}. Complete them, or give them to another customer, "
            "first. Nothing was erased."
        )


class CustomerIsErased(Refusal):
    """There is nothing left of the customer's data, and none is added."""

    def __init__(self, customer_id: int) -> None:
        self.customer_id = customer_id
        self.sentence = (
            f"The personal data of customer {customer_id} has been erased, so nothing was changed. "
            "If they are back, add them as a new customer."
        )


class RequestErased(Refusal):
    """The same request was carried out before; its answer is gone, since it was about a customer who was erased."""

    sentence = "That was done already, and what it was about has been erased since. `/ticket` shows how things are."


class CustomersNotTwo(Refusal):
    """Two active customers are merged, and no customer with themselves."""

    def __init__(self, customer_id: int) -> None:
        self.customer_id = customer_id
        self.sentence = (
            f"Customer {customer_id} can't be merged: only two different customers who are both active can. "
            "Nothing was changed."
        )


class CustomersChanged(Refusal):
    """One of two customers was changed since somebody chose what to keep of them."""

    sentence = (
        "One of the two customers has been changed meanwhile, so nothing was merged. "
        "Close this and compare them once more."
    )


class MergeUndone(Refusal):
    """There is nothing to undo."""

    sentence = "That merge has been undone already, or can't be any more; nothing was changed."


class MergeNotLast(Refusal):
    """Who stayed has been merged into somebody else since."""

    def __init__(self, customer_id: int) -> None:
        self.customer_id = customer_id
        self.sentence = (
            f"Customer {customer_id} has been merged into another one since. Undo that first: "
            f"`/ticket customer {customer_id}` shows whom. Nothing was changed."
        )


class RoleForbidden(Refusal):
    """The person's role doesn't have this ability."""

    def __init__(self, role: str) -> None:
        self.role = role
        self.sentence = (
            f"Your role here is {role}, and it doesn't include that. `/ticket help` lists what you can do; "
            "a Manager can change roles."
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """What the Managers were asked for somebody without access. ``first``: just now, by this very try.

    ``on`` is the shop's date of the refusal, or else of the request; ``by`` who refused; ``managers`` how many there
    are to decide.
    """

    state: Literal["open", "approved", "refused"]
    first: bool
    on: date
    by: str | None
    managers: int

    @property
    def sentence(self) -> str:
        """What the person reads about it."""
        if self.state == "refused":
            return f"{self.by} said no to that on {_day(self.on)}. Please speak to them if you need it all the same."
        if not self.managers:
            return (
                "No Manager is here yet to be asked; your request is kept. "
                "Whoever runs this app lets the first one in, by `python -m bot grant`."
            )
        if self.first:
            return (
                "The Managers have been asked to give you access; you hear from the app when one of them has decided."
            )
        return (
            f"The Managers were asked on {_day(self.on)}, and none has decided yet. You hear from the app then; "
            "if it can't wait, speak to one of them."
        )


class NotLinked(Refusal):
    """The Slack account has no access here. ``reason`` is one of ``REASONS``; ``asked``: where the Managers were."""

    REASONS: ClassVar[dict[str, str]] = {
        "unknown": "Your Slack account isn't linked to anybody at the shop.",
        "inactive": "Your access has been switched off.",
        "guest": "Guest accounts have no access.",
        "deleted": "Your Slack account is deactivated.",
        "bot": "Bots have no access.",
        "other_workspace": "Your account belongs to another workspace.",
        "email_unconfirmed": "Your e-mail address in Slack isn't confirmed yet.",
        "ambiguous": "More than one person at the shop matches your e-mail address.",
        "manager_by_email": "A Manager's access is never given by e-mail alone.",
    }

    # where it isn't a Manager of the shop who can change it
    NEXT_STEPS: ClassVar[dict[str, str]] = {
        "guest": "An admin of the workspace can make you a full member; then please ask a Manager of the shop.",
        "deleted": "An admin of the workspace can switch it on again; then please ask a Manager of the shop.",
        "email_unconfirmed": "Confirm it by Slack's e-mail to you and try again, or please ask a Manager of the shop.",
    }

    def __init__(self, reason: str, asked: Asked | None = None) -> None:
        self.reason = reason
        self.asked = asked
        ask = self.NEXT_STEPS.get(reason, "Please ask a Manager of the shop to give you access.")
        next_step = asked.sentence if asked else ask
        self.sentence = f"{self.REASONS[reason]} {next_step}"


class AccessDecidedAlready(Refusal):
    """Another Manager was quicker. ``role`` None: they refused; ``by`` None: it settled itself."""

    def __init__(self, name: str, by: str | None, role: str | None) -> None:
        self.name = name
        what = f"has access already, as {role}" if role else "has been refused already"
        self.sentence = f"{name} {what}{f' (by {by})' if by else ''}; nothing was changed."


class AccessRequestGone(Refusal):
    """The request was thrown away: it is too old, or the person has made another one since."""

    sentence = (
        "That request is out of date and no longer kept; nothing was changed. "
        "When they type `/ticket` again, you are asked anew."
    )


class HoursChangedMeanwhile(Refusal):
    """Another Manager has saved the shop's hours since the form was opened."""

    sentence = (
        "Somebody else has changed the hours, holidays or reminders meanwhile, so nothing was overwritten. "
        "`/ticket hours` shows how it is now."
    )


class ReminderGone(Refusal):
    """A reminder is kept for 30 days, and is put off by whom it was sent to."""

    sentence = (
        "That reminder is out of date and no longer kept; nothing was changed. `/ticket mine` lists your tickets."
    )


class AccessInactive(Refusal):
    """Whoever has the asker's e-mail address was switched off by a Manager."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.sentence = (
            f"{name} is somebody here whose access has been switched off; nothing was changed. "
            "`/ticket users` switches it on again; or refuse this."
        )


class AccessChanged(Refusal):
    """Something else is so by now than what the Managers were told."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.sentence = (
            f"Somebody else has been given {name}'s e-mail address meanwhile, so nothing was changed. "
            "When they type `/ticket` again, you are asked anew."
        )


class PersonGone(Refusal):
    """The person has been removed from the database."""

    sentence = "That person isn't there any more; nothing was changed. `/ticket users` shows who is."


class PersonYourself(Refusal):
    """A Manager would change their own access, and might lock themselves out."""

    sentence = "You can't change your own access, so nothing was changed. Please ask another Manager."


class PersonChangedMeanwhile(Refusal):
    """Another Manager has changed the same person since the form was opened. ``now``: what is so by now."""

    def __init__(self, name: str, who: str, now: Mapping[str, str | bool | None]) -> None:
        self.name = name
        said = []
        if "role" in now:
            said.append(f"the role is {now['role']}")
        if "is_active" in now:
            said.append(f"access is switched {'on' if now['is_active'] else 'off'}")
        if "slack_user_id" in now:
            said.append(f"{'another' if now['slack_user_id'] else 'no'} Slack account is linked")
        self.sentence = (
            f"{who} has changed {name} meanwhile: {_listed(said)} now. Nothing of yours was saved. "
            f"Close this form and open it again to see how it is."
        )


class LastManager(Refusal):
    """Without a Manager nobody could let anybody in."""

    sentence = "That would leave the shop without an active Manager, so nothing was changed."


class FieldRefused(Refusal):
    """One value is not acceptable. ``field`` is the model's field name; a form shows ``message`` beside it."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        self.message = message
        self.sentence = message


class AccountRefused(FieldRefused):
    """A Slack account that nobody can be linked with. ``reason`` is one of ``REASONS``."""

    REASONS: ClassVar[dict[str, str]] = {
        "bot": "This account is a bot. Choose a person's.",
        "other_workspace": "This account belongs to another workspace. Choose one of your own.",
        "guest": "This account is a guest's, and guests have no access. An admin of the workspace can change that.",
        "deleted": "This account is deactivated in Slack. An admin of the workspace can switch it on again.",
        "email": "This account has no confirmed e-mail address, by which the shop would know its owner.",
    }

    def __init__(self, reason: str) -> None:
        super().__init__("slack_user_id", self.REASONS[reason])
        self.reason = reason


class AccountKnown(FieldRefused):
    """Somebody has the Slack account; or, not ``linked``, its e-mail address, or had the account before."""

    def __init__(self, name: str, *, linked: bool) -> None:
        known = (
            f"This is {name}'s account already."
            if linked
            else f"{name} is here already, with this account's e-mail address or formerly the account itself. "
            f"Find them by `/ticket users` to link it."
        )
        super().__init__("slack_user_id", known)
        self.name = name


class CustomerExists(FieldRefused):
    """Another customer has this e-mail address."""

    def __init__(self, customer_id: int, name: str) -> None:
        super().__init__(
            "email",
            f"Customer {customer_id}, {name}, has this e-mail address already. Choose them, or give another address.",
        )
        self.customer_id = customer_id
        self.name = name


class FieldsRefused(Refusal):
    """Several values are not acceptable: field name -> message."""

    def __init__(self, messages: dict[str, str]) -> None:
        self.messages = messages
        self.sentence = " ".join(messages.values())


class ValueRefused(Refusal):
    """Something in the request can't be stored: the last resort behind the models' own checks."""

    sentence = (
        "That holds something that can't be stored: a character that isn't text, or a number or text beyond "
        "its limit. Nothing was changed; please write it differently."
    )


class SearchTooCommon(Refusal):
    """Looking through all the tickets that have the words took longer than the person can wait."""

    sentence = (
        "Each of these words stands in so many tickets that looking through them all takes too long. "
        "Please add a rarer word, such as a model or a serial number."
    )


class CommandNotUnderstood(Refusal):
    """The text after ``/ticket`` is not a command; ``sentence`` says what was typed and what is nearest."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence


class DatabaseAway(Refusal):
    """The database did not answer in time and the statement was not carried out."""

    sentence = "The shop's database isn't answering right now. Nothing was changed; please try again in a minute."


class OutcomeUnknown(Refusal):
    """The connection broke after the statement was sent: it may or may not have been carried out."""

    sentence = (
        "The shop's database stopped answering in the middle of this. It may or may not have been saved: "
        "have a look with `/ticket mine` before you try again."
    )
    form_sentence = (
        "The shop's database stopped answering in the middle of this. Please send the form once more: "
        "the same form is never carried out twice."
    )


class TookTooLong(OutcomeUnknown):
    """Slack waits three seconds, and they were up."""

    sentence = (
        "That took too long and was given up. It may or may not have been saved: "
        "have a look with `/ticket mine` before you try again."
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
        self.sentence = (
            f"Something went wrong on our side (reference {reference}). Please try again; if it happens again, "
            "give the reference to whoever looks after this app."
        )


def _day(day: date) -> str:
    return f"{day:%B} {day.day}"


def _listed(words: Sequence[str], last: str = "and") -> str:
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
