"""What words and phrases mean wherever they stand in a command: numbers, people, choices, filters.

All of it is read from text as Slack sends it (``bot.typed``). What can't be read raises a ``Refusal`` whose sentence
says what was typed, why not, and what to do.
"""

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, Literal, TypeVar, get_args

from bot.errors import CommandNotUnderstood, CustomerNotFound, TicketNotFound
from bot.forms import ID_MAX, SerialNumber, Words
from bot.text import clean_word, quoted, shorten
from bot.typed import as_typed, mentioned
from bot.wording import commas, listed, worded
from db.models import (
    AskedHow,
    BenchStatus,
    Category,
    CustomerId,
    DueFilter,
    Priority,
    TicketFilter,
    TicketId,
    TicketStatus,
)

_T = TypeVar("_T", bound=str)
_FIRST: Final = re.compile(r"\s*((?:[#\uff03]\s+)?\S*)\s*(.*)", re.DOTALL)
_PAIRS: Final = ('""', "''", "\u201c\u201d", "\u201e\u201c", "\u2018\u2019", "\u00ab\u00bb")
_STRAIGHT: Final = str.maketrans(dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"'))
_NAME_MAX: Final = 100  # of a person's name: as much of it as is compared
_END: Final = ".,:;!?"
_STATUS_WORDS: Final = 3  # "waiting for parts"
_STATUSES: Final[Mapping[str, BenchStatus]] = {
    **{status.replace("_", " "): status for status in get_args(BenchStatus)},
    "waiting for approval": "waiting_approval",
    "approval": "waiting_approval",
    "waiting for parts": "waiting_parts",
    "parts": "waiting_parts",
    "diagnosis": "diagnosing",
    "repair": "in_repair",
    "repairing": "in_repair",
    "quality": "quality_check",
    "check": "quality_check",
    "qc": "quality_check",
    "done": "ready",
    "completed": "ready",
    "picked up": "collected",
    "handed over": "collected",
    "handed back": "collected",
}

_ASKED: Final[Mapping[str, AskedHow]] = {
    "phone": "phone",
    "email": "e-mail",
    "e-mail": "e-mail",
    "in person": "in person",
    "message": "message",
}
_BY: Final = re.compile(rf"(?:by\s+)?({'|'.join(_ASKED)})(?!\w)[\s.,:;]*(.*)", re.IGNORECASE | re.DOTALL)

# a word of a list: what stands in its quotes belongs to it, and a link of Slack's is one piece
_TOKEN: Final = re.compile(r'(?:"[^"]*"|[“„][^“”]*[“”]|«[^»]*»|<[^<>]*>|\S)+')
_NAMED: Final = re.compile(r"([^\W\d_]+)[:\uff1a](?!//)(.*)", re.DOTALL)


def split(text: str) -> tuple[str, str]:
    """Return the first word, or number with its sign, and the rest."""
    match = _FIRST.fullmatch(text)
    return (match[1], match[2]) if match else (text, "")


def unquoted(text: str) -> str:
    """Return the text without quotes around all of it."""
    return text[1:-1].strip() if len(text) > 1 and text[0] + text[-1] in _PAIRS else text


def shown(typed: str) -> str:
    """Return what was typed so that a sentence can hold it."""
    return quoted(as_typed(typed))


def looked_for(typed: str) -> str:
    """Return words to look for, as typed; quotes of any kind become those that hold a phrase together."""
    return as_typed(typed).translate(_STRAIGHT)


def ticket_number(typed: str, usage: str) -> TicketId:
    """Read a ticket's number. One beyond PostgreSQL's integer is a ticket that doesn't exist."""
    digits = _digits(typed, "ticket", usage)
    if _beyond(digits):
        raise TicketNotFound(shorten(digits, 15))
    return TicketId(int(digits))


def customer_number(typed: str, usage: str) -> CustomerId:
    """Read a customer's number in the same way."""
    digits = _digits(typed, "customer", usage)
    if _beyond(digits):
        raise CustomerNotFound(shorten(digits, 15))
    return CustomerId(int(digits))


def person(typed: str) -> str:
    """Read 'me', 'auto', 'nobody', the Slack id of a mention, or a name as typed; empty where nothing is."""
    word = clean_word(typed).rstrip(_END)
    if (slack_id := mentioned(word)) is not None:
        return slack_id
    name = clean_word(as_typed(word).removeprefix("@"))
    if name.casefold() in {"me", "auto", "nobody"}:
        return name.casefold()
    if name.isdecimal():
        raise CommandNotUnderstood(
            "{typed} isn't a person. Type `@` and choose one. Nothing was changed.", typed=shown(typed)
        )
    return shorten(name, _NAME_MAX)


def choice(name: str, typed: str, choices: Sequence[_T], usage: str = "") -> _T:
    """Return the one of the choices that was typed."""
    word = _compared(typed)
    for each in choices:
        if each == word:
            return each
    said = (
        worded("{typed} is no {name}.", typed=shown(typed), name=name) if word else worded("Which {name}?", name=name)
    )
    if usage:
        raise CommandNotUnderstood(
            "{said} It can be {choices}: `{usage}`.", said=said, choices=listed(choices, "or"), usage=usage
        )
    raise CommandNotUnderstood("{said} It can be {choices}.", said=said, choices=listed(choices, "or"))


def bench_status(typed: str, usage: str) -> tuple[BenchStatus, str]:
    """Read a repair's status, of up to three words, and return it with what follows."""
    words = as_typed(typed).split()
    for count in range(min(_STATUS_WORDS, len(words)), 0, -1):
        if status := _STATUSES.get(_compared(" ".join(words[:count]))):
            return status, " ".join(words[count:])
    nearest = difflib.get_close_matches(_compared(" ".join(words[:_STATUS_WORDS])), _STATUSES, n=1, cutoff=0.6)
    if nearest:
        meant = worded("Did you mean `{usage} {status}`?", usage=usage, status=_STATUSES[nearest[0]])
    else:
        meant = worded("It can be {known}.", known=listed([_code(each) for each in get_args(BenchStatus)], "or"))
    raise CommandNotUnderstood(
        "{typed} is no status of a repair. {meant} Nothing was changed.",
        typed=shown(typed),
        meant=meant,
    )


def asked_how(typed: str) -> tuple[AskedHow | None, str]:
    """Read how a customer was asked, if that is said at the beginning, and return it with what follows."""
    match = _BY.fullmatch(typed)
    return (_ASKED[match[1].lower()], match[2]) if match else (None, typed)


def filters(typed: str) -> TicketFilter:
    """Read ``name:value`` in any order, and words to look for."""
    wanted: dict[str, object] = {}
    words: list[str] = []
    for name, value in _named(typed):
        if name not in _FILTERS:
            words.append(looked_for(value))
            continue
        field, read = _FILTERS[name]
        if field in wanted:
            raise CommandNotUnderstood(
                "`{name}:` may stand only once. `/ticket help list` explains the filters.", name=name
            )
        wanted[field] = read(value)
    if words:
        wanted["words"] = Words.check(words=" ".join(words)).words
    return TicketFilter.model_validate(wanted)


def _code(word: str) -> str:
    return f"`{word}`"


def _compared(typed: str) -> str:
    return re.sub(r"[\s_-]+", " ", clean_word(as_typed(typed))).casefold().rstrip(_END)


def _digits(typed: str, thing: Literal["ticket", "customer"], usage: str) -> str:
    word = clean_word(as_typed(typed)).removeprefix("#").strip().rstrip(_END)
    if not word:
        raise CommandNotUnderstood("Which {thing}? Write its number: `{usage}`.", thing=thing, usage=usage)
    if not word.isdecimal():
        raise CommandNotUnderstood(
            "{typed} isn't a {thing}'s number. Write it like this: `{usage}`. Nothing was changed.",
            typed=shown(typed),
            thing=thing,
            usage=usage,
        )
    digits = "".join(str(unicodedata.decimal(char)) for char in word).lstrip("0")
    if not digits:
        raise CommandNotUnderstood(
            "There is no {thing} #0: numbers start at 1. Write it like this: `{usage}`. Nothing was changed.",
            thing=thing,
            usage=usage,
        )
    return digits


def _beyond(digits: str) -> bool:
    return len(digits) > len(str(ID_MAX)) or int(digits) > ID_MAX


def _status(typed: str) -> str:
    word = _compared(typed)
    if word in get_args(TicketStatus):
        return word
    if word in _STATUSES:
        return _STATUSES[word]
    said = worded("{typed} is no status.", typed=shown(typed)) if word else "Which status?"
    known = commas([_code(each) for each in (*get_args(TicketStatus), *get_args(BenchStatus))])
    raise CommandNotUnderstood("{said} There are {known}: `/ticket list status:all`.", said=said, known=known)


def _worker(typed: str) -> str:
    who = person(typed)
    if who in {"", "auto"}:
        raise CommandNotUnderstood(
            "Whose tickets? `/ticket list tech:@ana` names a person, `tech:me` or `tech:nobody`."
        )
    return who


_FILTERS: Final[Mapping[str, tuple[str, Callable[[str], object]]]] = {
    "status": ("status", _status),
    "tech": ("worker", _worker),
    "priority": ("priority", lambda typed: choice("priority", typed, get_args(Priority), "/ticket list priority:high")),
    "category": (
        "category",
        lambda typed: choice("category", typed, get_args(Category), "/ticket list category:network"),
    ),
    "customer": ("customer_id", lambda typed: customer_number(typed, "/ticket list customer:7")),
    "due": ("due", lambda typed: choice("due date", typed, get_args(DueFilter), "/ticket list due:today")),
    "serial": ("serial", lambda typed: SerialNumber.check(serial=unquoted(as_typed(typed))).serial),
}


def _named(typed: str) -> Iterator[tuple[str, str]]:
    """Yield filters with name and value, and words without a name."""
    tokens = iter(_TOKEN.findall(typed))
    for token in tokens:
        match = _NAMED.fullmatch(token)
        name = clean_word(match[1]).casefold() if match else ""
        if token.casefold() == "waiting":
            yield "status", token
        elif token.casefold() == "overdue":
            yield "due", token
        elif match is None or (name not in _FILTERS and not match[2]):
            yield "", token
        elif name not in _FILTERS:
            known = commas([_code(f"{each}:") for each in _FILTERS])
            raise CommandNotUnderstood(
                "There is no filter {name}. There are {known}: `/ticket help list` explains them.",
                name=quoted(match[1]),
                known=known,
            )
        else:
            yield name, match[2] or next(tokens, "")  # "status: open"
