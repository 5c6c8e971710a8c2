"""The text after ``/ticket``: one table that parses, helps, suggests and names the ability that a verb needs.

How words are read: case, extra space, quotes around a word, full-width forms and leading zeros don't matter; a ticket
is ``42`` or ``#42``; hours carry a unit (``1.5h``, ``1,5h``, ``1h30``, ``90m``), because ``2`` may begin a sentence.
Whatever is typed gives a ``Command`` or a ``Refusal`` whose sentence says what was typed, why not, and what to do.
"""

import difflib
import re
from typing import Final

from bot.errors import CommandNotUnderstood
from bot.reading import (
    Command,
    Subject,
    Verb,
    read_assignment,
    read_category,
    read_completion,
    read_customer,
    read_day,
    read_estimate,
    read_filters,
    read_note,
    read_nothing,
    read_priority,
    read_reopening,
    read_ticket,
    read_title,
    read_words,
    refuse_rest,
)
from bot.roles import Ability
from bot.text import clean_lines, clean_word
from bot.typed import as_typed
from bot.words import UNCHANGED, shown, split, ticket_number

# difflib's measure of likeness from which a verb is suggested. 0.6 finds "tkae", "relase" and "compelte";
# it leaves "printer" and "laptop" alone.
LIKENESS: Final = 0.6


def parse(text: str) -> Command:
    """Return the command. Raises ``CommandNotUnderstood`` and other refusals."""
    head, rest = split(clean_lines(text))
    word = clean_word(as_typed(head)).casefold()
    if not word and not rest:
        return _PANEL.read(_PANEL, "")
    if _NUMBERLIKE.match(word):
        return _read_bare_number(head, rest)
    verb = _BY_WORD.get(word)
    if verb is None:
        raise CommandNotUnderstood(f"{shown(head)} is not a command here. {_suggestion(word, rest)} {UNCHANGED}")
    return verb.read(verb, rest)


def find_verb(word: str) -> Verb:
    """Return the verb that a word names. Raises ``KeyError`` for no verb."""
    return _BY_WORD[word]


_NUMBERLIKE: Final = re.compile(r"[-+\u2212#.,]*\d|#")


def _suggestion(word: str, rest: str = "") -> str:
    nearest = difflib.get_close_matches(word[:40], _BY_WORD, n=1, cutoff=LIKENESS)
    if not nearest:
        return "`/ticket help` lists what you can do."
    verb = _BY_WORD[nearest[0]]
    number = re.match(r"#?([1-9][0-9]{0,8})(?!\S)", rest)
    meant = verb.about(number[1]) if number and verb.takes_ticket else verb.usage[0]
    return f"Did you mean `{meant}`? `/ticket help` lists what you can do."


def _read_bare_number(head: str, rest: str) -> Command:
    """``/ticket 42`` shows the ticket; ``/ticket 42 done`` is the wrong way round."""
    verb = _BY_WORD["show"]
    ticket_id = ticket_number(head, verb.usage[1])
    wanted = _BY_WORD.get(clean_word(as_typed(split(rest)[0])).casefold())
    if wanted is not None and wanted.takes_ticket:
        raise CommandNotUnderstood(f"Write the command first: `{wanted.about(ticket_id)}`. {UNCHANGED}")
    if rest:
        refuse_rest(verb, rest)
    return Command(verb=verb.verb, ability=verb.ability, ticket_id=ticket_id)


def _read_verb(verb: Verb, rest: str) -> Command:
    typed = split(rest)[0]
    word = clean_word(as_typed(typed)).removeprefix("/").casefold()
    if word and word != "ticket" and word not in _BY_WORD:
        raise CommandNotUnderstood(f"There is no help on {shown(typed)}: it is not a command here. {_suggestion(word)}")
    about = _BY_WORD[word].verb if word in _BY_WORD else ""
    return Command(verb=verb.verb, ability=verb.ability, text=about)


_PANEL: Final = Verb(
    verb="panel",
    ability=Ability.SEE_PANEL,
    subject=Subject.SEE,
    usage=("/ticket",),
    summary="Your overview: your open tickets, the queue, and buttons.",
    read=read_nothing,
)
COMMANDS: Final = (
    _PANEL,
    Verb(
        verb="show",
        ability=Ability.SEE_TICKET,
        subject=Subject.SEE,
        usage=("/ticket show 42", "/ticket 42"),
        summary="One ticket, with what you can do about it.",
        aliases=("view",),
        read=read_ticket,
    ),
    Verb(
        verb="mine",
        ability=Ability.SEE_MINE,
        subject=Subject.SEE,
        usage=("/ticket mine",),
        summary="Open tickets that you work on or filed.",
        detail="The most urgent come first, ten a page.",
        aliases=("my",),
        read=read_nothing,
    ),
    Verb(
        verb="queue",
        ability=Ability.SEE_QUEUE,
        subject=Subject.SEE,
        usage=("/ticket queue",),
        summary="Open tickets that nobody works on yet.",
        detail="The most urgent come first, ten a page.",
        read=read_nothing,
    ),
    Verb(
        verb="list",
        ability=Ability.SEE_LIST,
        subject=Subject.SEE,
        usage=("/ticket list", '/ticket list status:all tech:@ana category:"data recovery" laptop'),
        summary="Tickets, the newest first; filters narrow it.",
        detail=(
            "Filters: `status:` open, completed or all; `tech:` a person, me or nobody; `priority:`; "
            "`category:`; `customer:` a number. Words are looked for in title and description; "
            "a word with a colon stands in quotes."
        ),
        aliases=("ls",),
        read=read_filters,
    ),
    Verb(
        verb="search",
        ability=Ability.SEE_LIST,
        subject=Subject.SEE,
        usage=("/ticket search blue screen",),
        summary="Tickets whose title or description has these words.",
        detail="The best ten, open or completed.",
        read=read_words,
    ),
    Verb(
        verb="history",
        ability=Ability.SEE_HISTORY,
        subject=Subject.SEE,
        usage=("/ticket history 42",),
        summary="Who did what to a ticket, and when.",
        aliases=("log",),
        read=read_ticket,
    ),
    Verb(
        verb="watch",
        ability=Ability.WATCH_TICKET,
        subject=Subject.SEE,
        usage=("/ticket watch 42",),
        summary="Be told of what happens to a ticket.",
        detail="By direct message, as long as you see the ticket. What you do yourself isn't repeated to you.",
        aliases=("follow",),
        read=read_ticket,
    ),
    Verb(
        verb="unwatch",
        ability=Ability.WATCH_TICKET,
        subject=Subject.SEE,
        usage=("/ticket unwatch 42",),
        summary="Be told of it no longer.",
        aliases=("unfollow",),
        read=read_ticket,
    ),
    Verb(
        verb="new",
        ability=Ability.FILE_TICKET,
        subject=Subject.WORK,
        usage=("/ticket new", "/ticket new Laptop won't start"),
        summary="File a ticket: opens the form.",
        detail="What you write after it becomes the title.",
        aliases=("create", "file"),
        read=read_title,
    ),
    Verb(
        verb="take",
        ability=Ability.TAKE_TICKET,
        subject=Subject.WORK,
        usage=("/ticket take 42",),
        summary="Take a ticket from the queue; it is yours then.",
        aliases=("claim",),
        read=read_ticket,
    ),
    Verb(
        verb="assign",
        ability=Ability.ASSIGN_TICKET,
        subject=Subject.WORK,
        usage=("/ticket assign 42 @ana", "/ticket assign 42 auto", "/ticket assign 42"),
        summary="Give a ticket to somebody.",
        detail="`auto` chooses the technician with the least to do; without a person a form asks for one.",
        aliases=("give",),
        read=read_assignment,
    ),
    Verb(
        verb="release",
        ability=Ability.RELEASE_TICKET,
        subject=Subject.WORK,
        usage=("/ticket release 42",),
        summary="Put a ticket back into the queue.",
        aliases=("return",),
        read=read_ticket,
    ),
    Verb(
        verb="done",
        ability=Ability.COMPLETE_TICKET,
        subject=Subject.WORK,
        usage=("/ticket done 42 1.5h replaced the screen", "/ticket done 42"),
        summary="Complete a ticket, with the hours worked and what was done.",
        detail=(
            "Hours carry a unit: 1.5h, 1h30 or 90m; they are rounded to hundredths of an hour. Without hours "
            "a form asks for them."
        ),
        aliases=("complete", "finish", "close"),
        read=read_completion,
    ),
    Verb(
        verb="reopen",
        ability=Ability.REOPEN_TICKET,
        subject=Subject.WORK,
        usage=("/ticket reopen 42 it fails again", "/ticket reopen 42"),
        summary="Open a completed ticket again.",
        detail=(
            "The reason becomes a note; without one a form asks for it. The ticket stays with its technician, "
            "or goes to the queue if they have left."
        ),
        read=read_reopening,
    ),
    Verb(
        verb="note",
        ability=Ability.ADD_NOTE,
        subject=Subject.KEEP,
        usage=("/ticket note 42 called, picks it up on Friday", "/ticket note 42"),
        summary="Add a note to a ticket.",
        detail="Whoever sees the ticket reads it; whom you name by `@` is told of it. Without text a form asks for it.",
        aliases=("comment",),
        read=read_note,
    ),
    Verb(
        verb="priority",
        ability=Ability.EDIT_TICKET,
        subject=Subject.KEEP,
        usage=("/ticket priority 42 high",),
        summary="Change how urgent a ticket is.",
        detail="Low, medium, high or urgent.",
        aliases=("prio",),
        read=read_priority,
    ),
    Verb(
        verb="category",
        ability=Ability.EDIT_TICKET,
        subject=Subject.KEEP,
        usage=("/ticket category 42 network",),
        summary="Change what kind of work it is.",
        detail="Hardware, software, network, data recovery, upgrade or other.",
        read=read_category,
    ),
    Verb(
        verb="estimate",
        ability=Ability.EDIT_TICKET,
        subject=Subject.KEEP,
        usage=("/ticket estimate 42 2.5h",),
        summary="Say how many hours it will take.",
        detail="2.5h, 2h30 or 150m.",
        read=read_estimate,
    ),
    Verb(
        verb="find",
        ability=Ability.FIND_CUSTOMER,
        subject=Subject.CUSTOMERS,
        usage=("/ticket find maria", "/ticket find 415-555-0101", "/ticket find maria@example.com"),
        summary="Find a customer by name, phone or e-mail.",
        detail="The beginnings of names and any digits of the phone number are enough.",
        read=read_words,
    ),
    Verb(
        verb="customer",
        ability=Ability.SEE_CUSTOMER_CONTACT,
        subject=Subject.CUSTOMERS,
        usage=("/ticket customer 7",),
        summary="One customer: contact, totals, newest tickets.",
        read=read_customer,
    ),
    Verb(
        verb="summary",
        ability=Ability.SEE_SUMMARY,
        subject=Subject.FIGURES,
        usage=("/ticket summary", "/ticket summary today"),
        summary="Opened, completed and hours of a day, and what is open now.",
        detail="Without a word it is about yesterday.",
        read=read_day,
    ),
    Verb(
        verb="team",
        ability=Ability.SEE_TEAM,
        subject=Subject.FIGURES,
        usage=("/ticket team",),
        summary="What each technician did in the last 30 days.",
        read=read_nothing,
    ),
    Verb(
        verb="database",
        ability=Ability.SEE_DATABASE,
        subject=Subject.FIGURES,
        usage=("/ticket database",),
        summary="How the database is: size, connections, slow queries, maintenance.",
        read=read_nothing,
    ),
    Verb(
        verb="undelivered",
        ability=Ability.SEE_UNDELIVERED,
        subject=Subject.FIGURES,
        usage=("/ticket undelivered",),
        summary="Messages that didn't reach Slack: why, and another try.",
        read=read_nothing,
    ),
    Verb(
        verb="settings",
        ability=Ability.CHANGE_SETTINGS,
        subject=Subject.YOU,
        usage=("/ticket settings",),
        summary="Your quiet hours, your time zone, and what the app tells you.",
        detail="Opens a form. What comes in your quiet hours waits for their end.",
        aliases=("preferences",),
        read=read_nothing,
    ),
    Verb(
        verb="whoami",
        ability=Ability.SEE_WHOAMI,
        subject=Subject.YOU,
        usage=("/ticket whoami",),
        summary="Who you are here, and what your role lets you do.",
        read=read_nothing,
    ),
    Verb(
        verb="help",
        ability=Ability.SEE_WHOAMI,
        subject=Subject.YOU,
        usage=("/ticket help", "/ticket help take"),
        summary="What you can do, or one command in detail.",
        aliases=("?",),
        read=_read_verb,
    ),
)
_BY_WORD: Final = {word: verb for verb in COMMANDS for word in (verb.verb, *verb.aliases)}
