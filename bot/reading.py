"""Commands, and how what follows a verb is read: one reader for each form that it can have."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, NoReturn, get_args

from bot.errors import CommandNotUnderstood
from bot.forms import (
    ApprovalWords,
    Completion,
    NewTitle,
    NoteText,
    Reopening,
    Report,
    TicketEdit,
    Words,
    hours_with_unit,
)
from bot.roles import Ability
from bot.text import clean_line, clean_word
from bot.typed import as_typed, mentioned, with_people_by_id
from bot.words import (
    asked_how,
    bench_status,
    choice,
    customer_number,
    filters,
    looked_for,
    person,
    shown,
    split,
    ticket_number,
    unquoted,
)
from db.models import AskedHow, BenchStatus, Category, CustomerId, Priority, TicketFilter, TicketId

DAYS: Final = ("today", "yesterday", "week", "month")
MONTHS: Final = ("last month", "this month")
_MONTH: Final = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


class Subject(StrEnum):
    """What a verb is about: the help's headings."""

    SEE = "See tickets"
    WORK = "Work on tickets"
    KEEP = "Keep them in order"
    CUSTOMERS = "Customers"
    FIGURES = "Figures"
    PEOPLE = "People"
    YOU = "You"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command as understood.

    ``text``: new's title, done's what was done, a note, why it is reopened, the words looked for, the day (its name, or
    as YYYY-MM-DD), when it is due, help's verb, who collected the machine, or what a customer said of an estimate.
    ``who``: 'me', 'auto', a Slack id or a name as typed; empty where nobody was named. ``hours``: decimal, done's.
    """

    verb: str
    ability: Ability
    ticket_id: TicketId | None = None
    customer_id: CustomerId | None = None
    other_id: CustomerId | None = None  # merge's second
    text: str = ""
    who: str = ""
    hours: Decimal | None = None
    status: BenchStatus | None = None
    how: AskedHow | None = None  # a customer was asked
    edit: TicketEdit = field(default_factory=TicketEdit)
    filter: TicketFilter = field(default_factory=TicketFilter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """A row of the table. ``usage``: ways of writing it, the first one the usual; ``detail``: the rest of its help."""

    verb: str
    ability: Ability
    subject: Subject
    usage: tuple[str, ...]
    summary: str
    detail: str = ""
    aliases: tuple[str, ...] = ()
    read: Callable[["Verb", str], Command]

    @property
    def takes_ticket(self) -> bool:
        """Tell whether a ticket's number follows the verb."""
        return any(_EXAMPLE.search(usage) for usage in self.usage)

    def about(self, number: int | str) -> str:
        """Return the shortest way of writing it for a ticket of this number."""
        usage = min(filter(_EXAMPLE.search, self.usage), key=len)
        return _EXAMPLE.sub(f" {number}", usage)


_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EXAMPLE: Final = re.compile(r" 42\b")  # every ticket in the usages


def refuse_rest(verb: Verb, rest: str) -> NoReturn:
    """Refuse words that a verb has no use for."""
    raise CommandNotUnderstood(
        "Nothing may follow `{usage}`, but {rest} did. Please send it without. Nothing was changed.",
        usage=verb.usage[0],
        rest=shown(rest),
    )


def read_nothing(verb: Verb, rest: str) -> Command:
    """Read a verb that stands alone."""
    if rest:
        refuse_rest(verb, rest)
    return Command(verb=verb.verb, ability=verb.ability)


def read_title(verb: Verb, rest: str) -> Command:
    """Read what may become a ticket's title."""
    title = unquoted(clean_line(as_typed(rest)))
    text = NewTitle.check(title=title).title if title else ""
    return Command(verb=verb.verb, ability=verb.ability, text=text)


def read_ticket(verb: Verb, rest: str) -> Command:
    """Read a ticket, and nothing after it."""
    ticket_id, more = _ticket_and_rest(verb, rest)
    if more:
        refuse_rest(verb, more)
    return Command(verb=verb.verb, ability=verb.ability, ticket_id=ticket_id)


def read_completion(verb: Verb, rest: str) -> Command:
    """Read a ticket, hours and what was done. Without hours a form asks for them."""
    ticket_id, more = _ticket_and_rest(verb, rest)
    more = as_typed(more)
    first, more_after_first = split(more)
    second, after_second = split(more_after_first)
    for hours, text in ((f"{first} {second}", after_second), (first, more_after_first)):  # "2 hours", "2h"
        if hours_with_unit(hours) is not None:
            entered = Completion.check(hours=hours, resolution=text)
            return Command(
                verb=verb.verb,
                ability=verb.ability,
                ticket_id=ticket_id,
                text=entered.resolution,
                hours=entered.hours,
            )
    report = Report.check(resolution=more)  # the form asks for the hours; what was typed stands in it
    return Command(verb=verb.verb, ability=verb.ability, ticket_id=ticket_id, text=report.resolution)


def read_hours(verb: Verb, rest: str) -> Command:
    """Read the hours worked, if they are said, and nothing else."""
    if not rest:
        return Command(verb=verb.verb, ability=verb.ability)
    typed = as_typed(rest)
    if hours_with_unit(typed) is None:
        raise CommandNotUnderstood(
            "{rest} is no time. Write it like this: `{usage}`, or `{short}` alone. Nothing was changed.",
            rest=shown(rest),
            usage=verb.usage[-1],
            short=verb.usage[0],
        )
    return Command(verb=verb.verb, ability=verb.ability, hours=Completion.check(hours=typed).hours)


def read_assignment(verb: Verb, rest: str) -> Command:
    """Read a ticket and who gets it. Without a person a form asks for one."""
    ticket_id, more = _ticket_and_rest(verb, rest)
    who = person(re.sub(r"to\s+(?=\S)", "", more, count=1) if more.startswith("to") else more)
    if who == "nobody":
        raise CommandNotUnderstood(
            "`/ticket release {ticket}` puts the ticket back into the queue. Nothing was changed.",
            ticket=ticket_id,
        )
    return Command(verb=verb.verb, ability=verb.ability, ticket_id=ticket_id, who=who)


def read_note(verb: Verb, rest: str) -> Command:
    """Read a ticket and a note. Without a note a form asks for it."""
    ticket_id, more = _ticket_and_rest(verb, rest)
    text = NoteText.check(body=with_people_by_id(more)).body if more else ""
    return Command(verb=verb.verb, ability=verb.ability, ticket_id=ticket_id, text=text)


def read_reopening(verb: Verb, rest: str) -> Command:
    """Read a ticket and why it is opened again. Without a reason a form asks for it."""
    ticket_id, more = _ticket_and_rest(verb, rest)
    text = Reopening.check(why=as_typed(more)).why if more else ""
    return Command(verb=verb.verb, ability=verb.ability, ticket_id=ticket_id, text=text)


def read_status(verb: Verb, rest: str) -> Command:
    """Read a ticket and where its repair is now. Without a status the ticket is shown.

    To be ready is to be completed, and to be collected is to be handed over: those are verbs of their own.
    """
    ticket_id, more = _ticket_and_rest(verb, rest)
    if not more:
        return Command(verb=verb.verb, ability=verb.ability, ticket_id=ticket_id)
    status, after = bench_status(more, f"/ticket {verb.verb} {ticket_id}")
    match status:
        case "ready":
            completion = replace(verb, verb="done", ability=Ability.COMPLETE_TICKET)
            return read_completion(completion, f"{ticket_id} {after}")
        case "collected":
            return read_collection(replace(verb, verb="collected", ability=Ability.HAND_OVER), f"{ticket_id} {after}")
        case _:
            if after:
                refuse_rest(replace(verb, usage=(f"/ticket {verb.verb} {ticket_id} {status}",)), after)
            return Command(verb=verb.verb, ability=verb.ability, ticket_id=ticket_id, status=status)


def read_collection(verb: Verb, rest: str) -> Command:
    """Read a ticket and, where it is said, who collected its machine."""
    ticket_id, more = _ticket_and_rest(verb, rest)
    by = (
        NoteText.check(body=as_typed(re.sub(r"by\s+(?=\S)", "", more, count=1) if more.startswith("by") else more)).body
        if more
        else ""
    )
    return Command(verb=verb.verb, ability=verb.ability, ticket_id=ticket_id, text=by, status="collected")


def read_approval(verb: Verb, rest: str) -> Command:
    """Read a ticket and, where they are said, how its customer was asked and what they said: both stand in the form."""
    ticket_id, more = _ticket_and_rest(verb, rest)
    how, said = asked_how(as_typed(more))
    said = ApprovalWords.check(said=said).said
    return Command(verb=verb.verb, ability=verb.ability, ticket_id=ticket_id, how=how, text=said)


def read_priority(verb: Verb, rest: str) -> Command:
    """Read a ticket and its new priority."""
    ticket_id, more = _ticket_and_rest(verb, rest)
    edit = TicketEdit.check(priority=choice("priority", more, get_args(Priority), verb.about(ticket_id)))
    return Command(verb=verb.verb, ability=verb.ability, ticket_id=ticket_id, edit=edit)


def read_category(verb: Verb, rest: str) -> Command:
    """Read a ticket and its new category."""
    ticket_id, more = _ticket_and_rest(verb, rest)
    edit = TicketEdit.check(category=choice("category", more, get_args(Category), verb.about(ticket_id)))
    return Command(verb=verb.verb, ability=verb.ability, ticket_id=ticket_id, edit=edit)


def read_checklist_category(verb: Verb, rest: str) -> Command:
    """Read a category, or nothing: that is every ticket."""
    text = choice("category", rest, get_args(Category), verb.usage[0]) if rest else ""
    return Command(verb=verb.verb, ability=verb.ability, text=text)


def read_estimate(verb: Verb, rest: str) -> Command:
    """Read a ticket and how many hours it is expected to take."""
    ticket_id, more = _ticket_and_rest(verb, rest)
    if not more:
        raise CommandNotUnderstood("How many hours? Write them like this: `{usage}`.", usage=verb.about(ticket_id))
    edit = TicketEdit.check(estimated_hours=as_typed(more))
    return Command(verb=verb.verb, ability=verb.ability, ticket_id=ticket_id, edit=edit)


def read_due(verb: Verb, rest: str) -> Command:
    """Read a ticket and when it has to be done, in words that the handler understands by the person's clock."""
    ticket_id, more = _ticket_and_rest(verb, rest)
    when = unquoted(clean_line(as_typed(more)))
    if not when:
        raise CommandNotUnderstood(
            "When is it due? Write it like this: `/ticket due {ticket} fri 17:00`.", ticket=ticket_id
        )
    return Command(verb=verb.verb, ability=verb.ability, ticket_id=ticket_id, text=when)


def read_filters(verb: Verb, rest: str) -> Command:
    """Read what narrows a list."""
    return Command(verb=verb.verb, ability=verb.ability, filter=filters(rest))


def read_words(verb: Verb, rest: str) -> Command:
    """Read what is looked for."""
    words = clean_line(looked_for(rest))
    if not words.strip('"'):
        raise CommandNotUnderstood("What are you looking for? Write it like this: `{usage}`.", usage=verb.usage[0])
    return Command(verb=verb.verb, ability=verb.ability, text=Words.check(words=words).words)


def read_person(verb: Verb, rest: str) -> Command:
    """Read nothing, words to look for, or the mention of somebody."""
    if not rest:
        return Command(verb=verb.verb, ability=verb.ability)
    if (account := mentioned(clean_word(rest))) is not None:
        return Command(verb=verb.verb, ability=verb.ability, who=account)
    return read_words(verb, rest)


def read_customer(verb: Verb, rest: str) -> Command:
    """Read a customer's number, and nothing after it."""
    number, more = split(rest)
    customer_id = customer_number(number, verb.usage[0])
    if more:
        refuse_rest(verb, more)
    return Command(verb=verb.verb, ability=verb.ability, customer_id=customer_id)


def read_two_customers(verb: Verb, rest: str) -> Command:
    """Read two customers' numbers, and nothing after them."""
    first, more = split(rest)
    customer_id = customer_number(first, verb.usage[0])
    second, more = split(re.sub(r"(and|with|into)\s+", "", more, count=1))
    other_id = customer_number(second, verb.usage[0])
    if more:
        refuse_rest(verb, more)
    return Command(verb=verb.verb, ability=verb.ability, customer_id=customer_id, other_id=other_id)


def read_day(verb: Verb, rest: str) -> Command:
    """Read which day, by its name or date, or period is meant: yesterday, unless it is said."""
    day = _date(clean_word(as_typed(rest)))
    text = day.isoformat() if day else choice("day", rest, DAYS, verb.usage[-1]) if rest else "yesterday"
    return Command(verb=verb.verb, ability=verb.ability, text=text)


def read_month(verb: Verb, rest: str) -> Command:
    """Read which month is meant, by its name or as 2026-10: the last one, unless it is said."""
    word = clean_word(as_typed(rest)).casefold()
    if _MONTH.fullmatch(word):
        return Command(verb=verb.verb, ability=verb.ability, text=f"{word}-01")
    text = choice("month", rest, MONTHS, verb.usage[-1]) if rest else "last month"
    return Command(verb=verb.verb, ability=verb.ability, text=text)


def _date(word: str) -> date | None:
    try:
        return date.fromisoformat(word) if _DATE.fullmatch(word) else None
    except ValueError:
        return None


def _ticket_and_rest(verb: Verb, rest: str) -> tuple[TicketId, str]:
    number, more = split(rest)
    return ticket_number(number, verb.usage[0]), more
