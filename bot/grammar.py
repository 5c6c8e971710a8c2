"""The text after ``/ticket``: one table that parses, helps, suggests and names the ability that a verb needs.

How words are read: case, extra space, quotes around a word, full-width forms and leading zeros don't matter; a ticket
is ``42`` or ``#42``; hours carry a unit (``1.5h``, ``1,5h``, ``1h30``, ``90m``), because ``2`` may begin a sentence.
Whatever is typed gives a ``Command`` or a ``Refusal`` whose sentence says what was typed, why not, and what to do.
"""

import difflib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NoReturn

from bot.errors import CommandNotUnderstood, TicketNotFound
from bot.forms import ID_MAX, Completion, NewTitle, Report, hours_with_unit
from bot.roles import Ability
from bot.text import clean_line, clean_lines, clean_word, quoted, shorten
from db.models import TicketId

# difflib's measure of likeness from which a verb is suggested. 0.6 finds "tkae", "relase" and "compelte";
# it leaves "printer" and "laptop" alone.
LIKENESS: Final = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command as understood. ``text``: new's title, done's what was done, help's verb. ``hours``: decimal, done's."""

    verb: str
    ability: Ability
    ticket_id: TicketId | None = None
    text: str = ""
    hours: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """A row of the table. ``usage``: ways of writing it, the first one the usual; ``detail``: the rest of its help."""

    verb: str
    ability: Ability
    usage: tuple[str, ...]
    summary: str
    detail: str = ""
    aliases: tuple[str, ...] = ()
    read: Callable[["Verb", str], Command]

    @property
    def takes_ticket(self) -> bool:
        """Tell whether a ticket's number follows the verb."""
        return self.read in {_read_number, _read_completion}


def parse(text: str) -> Command:
    """Return the command. Raises ``CommandNotUnderstood``, ``TicketNotFound`` or ``FieldsRefused``."""
    head, rest = _split(_NUMBER_SIGN.sub("#", clean_lines(_unescape(text))))
    word = clean_word(head).casefold()
    if not word and not rest:
        return _PANEL.read(_PANEL, "")
    if _NUMBERLIKE.match(word):
        return _read_bare_number(head, rest)
    verb = _BY_WORD.get(word)
    if verb is None:
        raise CommandNotUnderstood(
            f"{quoted(head)} is not a command here. {_suggestion(word, rest)} Nothing was changed."
        )
    return verb.read(verb, rest)


def find_verb(word: str) -> Verb:
    """Return the verb that a word names. Raises ``KeyError`` for no verb."""
    return _BY_WORD[word]


_NUMBER_SIGN: Final = re.compile(r"[#\uff03]\s*")
_NUMBERLIKE: Final = re.compile(r"[-+\u2212#.,]*\d|#")
_ENTITY: Final = re.compile(r"&(amp|lt|gt);")
_MEANING: Final = {"amp": "&", "lt": "<", "gt": ">"}
_PAIRS: Final = ('""', "''", "\u201c\u201d", "\u201e\u201c", "\u2018\u2019", "\u00ab\u00bb")


def _unescape(text: str) -> str:
    """Undo Slack's escaping of what people type in a message box."""
    return _ENTITY.sub(lambda match: _MEANING[match[1]], text)


def _split(text: str) -> tuple[str, str]:
    head, *rest = text.split(maxsplit=1) or [""]
    return head, rest[0] if rest else ""


def _suggestion(word: str, rest: str = "") -> str:
    nearest = difflib.get_close_matches(word[:40], _BY_WORD, n=1, cutoff=LIKENESS)
    if not nearest:
        return "`/ticket help` lists what you can do."
    verb = _BY_WORD[nearest[0]]
    number = re.match(r"#?([1-9][0-9]{0,8})(?!\S)", rest)
    meant = f"/ticket {verb.verb} {number[1]}" if number and verb.takes_ticket else verb.usage[0]
    return f"Did you mean `{meant}`? `/ticket help` lists what you can do."


def _read_ticket(typed: str, usage: str) -> TicketId:
    """Read a ticket's number. One beyond PostgreSQL's integer is a ticket that doesn't exist."""
    word = clean_word(typed).removeprefix("#").rstrip(".,:;")
    if not word:
        raise CommandNotUnderstood(f"Which ticket? Write its number: `{usage}`.")
    if not word.isdecimal():
        raise CommandNotUnderstood(
            f"{quoted(typed)} is not a ticket's number. Write it like this: `{usage}`. Nothing was changed."
        )
    digits = "".join(str(unicodedata.decimal(char)) for char in word).lstrip("0")
    if not digits:
        raise CommandNotUnderstood(
            f"There is no ticket #0: numbers start at 1. Write it like this: `{usage}`. Nothing was changed."
        )
    if len(digits) > len(str(ID_MAX)) or int(digits) > ID_MAX:
        raise TicketNotFound(shorten(digits, 15))
    return TicketId(int(digits))


def _refuse_rest(verb: Verb, rest: str) -> NoReturn:
    raise CommandNotUnderstood(
        f"Nothing may follow `{verb.usage[0]}`, but {quoted(rest)} did. Please send it without. Nothing was changed."
    )


def _read_bare_number(head: str, rest: str) -> Command:
    """``/ticket 42`` shows the ticket; ``/ticket 42 done`` is the wrong way round."""
    verb = _BY_WORD["show"]
    ticket_id = _read_ticket(head, verb.usage[1])
    wanted = _BY_WORD.get(clean_word(_split(rest)[0]).casefold())
    if wanted is not None and wanted.takes_ticket:
        raise CommandNotUnderstood(f"The verb comes first: `/ticket {wanted.verb} {ticket_id}`. Nothing was changed.")
    if rest:
        _refuse_rest(verb, rest)
    return Command(verb=verb.verb, ability=verb.ability, ticket_id=ticket_id)


def _read_nothing(verb: Verb, rest: str) -> Command:
    if rest:
        _refuse_rest(verb, rest)
    return Command(verb=verb.verb, ability=verb.ability)


def _read_title(verb: Verb, rest: str) -> Command:
    title = clean_line(rest)
    if len(title) > 1 and title[0] + title[-1] in _PAIRS:
        title = title[1:-1].strip()
    text = NewTitle.check(title=title).title if title else ""
    return Command(verb=verb.verb, ability=verb.ability, text=text)


def _read_number(verb: Verb, rest: str) -> Command:
    number, more = _split(rest)
    ticket_id = _read_ticket(number, verb.usage[0])
    if more:
        _refuse_rest(verb, more)
    return Command(verb=verb.verb, ability=verb.ability, ticket_id=ticket_id)


def _read_completion(verb: Verb, rest: str) -> Command:
    number, more = _split(rest)
    ticket_id = _read_ticket(number, verb.usage[0])
    first, more_after_first = _split(more)
    second, after_second = _split(more_after_first)
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


def _read_verb(verb: Verb, rest: str) -> Command:
    typed = _split(rest)[0]
    word = clean_word(typed).removeprefix("/").casefold()
    if word and word != "ticket" and word not in _BY_WORD:
        raise CommandNotUnderstood(
            f"There is no help on {quoted(typed)}: it is not a command here. {_suggestion(word)}"
        )
    about = _BY_WORD[word].verb if word in _BY_WORD else ""
    return Command(verb=verb.verb, ability=verb.ability, text=about)


_PANEL: Final = Verb(
    verb="panel",
    ability=Ability.SEE_PANEL,
    usage=("/ticket",),
    summary="Your overview: your open tickets, the queue, and buttons.",
    read=_read_nothing,
)
COMMANDS: Final = (
    _PANEL,
    Verb(
        verb="new",
        ability=Ability.FILE_TICKET,
        usage=("/ticket new", "/ticket new Laptop won't start"),
        summary="File a ticket: opens the form.",
        detail="What you write after it becomes the title.",
        aliases=("create", "file"),
        read=_read_title,
    ),
    Verb(
        verb="show",
        ability=Ability.SEE_TICKET,
        usage=("/ticket show 42", "/ticket 42"),
        summary="One ticket, with what you can do about it.",
        aliases=("view",),
        read=_read_number,
    ),
    Verb(
        verb="mine",
        ability=Ability.SEE_MINE,
        usage=("/ticket mine",),
        summary="Open tickets that you work on or filed.",
        detail="The most urgent come first, ten a page.",
        aliases=("my",),
        read=_read_nothing,
    ),
    Verb(
        verb="queue",
        ability=Ability.SEE_QUEUE,
        usage=("/ticket queue",),
        summary="Open tickets that nobody works on yet.",
        detail="The most urgent come first, ten a page.",
        read=_read_nothing,
    ),
    Verb(
        verb="take",
        ability=Ability.TAKE_TICKET,
        usage=("/ticket take 42",),
        summary="Take a ticket from the queue; it is yours then.",
        aliases=("claim",),
        read=_read_number,
    ),
    Verb(
        verb="release",
        ability=Ability.RELEASE_TICKET,
        usage=("/ticket release 42",),
        summary="Put a ticket back into the queue.",
        aliases=("return",),
        read=_read_number,
    ),
    Verb(
        verb="done",
        ability=Ability.COMPLETE_TICKET,
        usage=("/ticket done 42 1.5h replaced the screen", "/ticket done 42"),
        summary="Complete a ticket, with the hours worked and what was done.",
        detail=(
            "Hours carry a unit: 1.5h, 1h30 or 90m; they are rounded to hundredths of an hour. "
            "Without hours a form asks for them."
        ),
        aliases=("complete", "finish", "close"),
        read=_read_completion,
    ),
    Verb(
        verb="whoami",
        ability=Ability.SEE_WHOAMI,
        usage=("/ticket whoami",),
        summary="Who you are here, and what your role lets you do.",
        read=_read_nothing,
    ),
    Verb(
        verb="help",
        ability=Ability.SEE_WHOAMI,
        usage=("/ticket help", "/ticket help take"),
        summary="What you can do, or one command in detail.",
        aliases=("?",),
        read=_read_verb,
    ),
)
_BY_WORD: Final = {word: verb for verb in COMMANDS for word in (verb.verb, *verb.aliases)}
