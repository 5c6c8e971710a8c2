"""The text after ``/ticket``: the table of verbs (``bot.verbs``) parses, helps, suggests and names the ability needed.

How words are read: case, extra space, quotes around a word, full-width forms and leading zeros don't matter; a ticket
is ``42`` or ``#42``; hours carry a unit (``1.5h``, ``1,5h``, ``1h30``, ``90m``), because ``2`` may begin a sentence.
Whatever is typed gives a ``Command`` or a ``Refusal`` whose sentence says what was typed, why not, and what to do.
"""

import difflib
import re
from typing import Final

from bot.errors import CommandNotUnderstood
from bot.reading import Command, Subject, Verb, refuse_rest
from bot.roles import Ability
from bot.text import clean_lines, clean_word
from bot.typed import as_typed
from bot.verbs import PANEL, VERBS
from bot.wording import worded
from bot.words import shown, split, ticket_number

# difflib's measure of likeness from which a verb is suggested. 0.61 finds "tkae", "relase" and "compelte";
# it leaves "printer" and "laptop" alone.
LIKENESS: Final = 0.61


def parse(text: str) -> Command:
    """Return the command. Raises ``CommandNotUnderstood`` and other refusals."""
    head, rest = split(clean_lines(text))
    word = clean_word(as_typed(head)).casefold()
    if not word and not rest:
        return PANEL.read(PANEL, "")
    if _NUMBERLIKE.match(word):
        return _read_bare_number(head, rest)
    verb = _BY_WORD.get(word)
    if verb is None:
        raise CommandNotUnderstood(
            "{head} isn't a command here. {suggestion} Nothing was changed.",
            head=shown(head),
            suggestion=_suggestion(word, rest),
        )
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
    return worded("Did you mean `{meant}`? `/ticket help` lists what you can do.", meant=meant)


def _read_bare_number(head: str, rest: str) -> Command:
    """``/ticket 42`` shows the ticket; ``/ticket 42 done`` is the wrong way round."""
    verb = _BY_WORD["show"]
    ticket_id = ticket_number(head, verb.usage[1])
    wanted = _BY_WORD.get(clean_word(as_typed(split(rest)[0])).casefold())
    if wanted is not None and wanted.takes_ticket:
        raise CommandNotUnderstood(
            "Write the command first: `{usage}`. Nothing was changed.", usage=wanted.about(ticket_id)
        )
    if rest:
        refuse_rest(verb, rest)
    return Command(verb=verb.verb, ability=verb.ability, ticket_id=ticket_id)


def _read_verb(verb: Verb, rest: str) -> Command:
    typed = split(rest)[0]
    word = clean_word(as_typed(typed)).removeprefix("/").casefold()
    if word and word != "ticket" and word not in _BY_WORD:
        raise CommandNotUnderstood(
            "There is no help on {typed}: it isn't a command here. {suggestion}",
            typed=shown(typed),
            suggestion=_suggestion(word),
        )
    about = _BY_WORD[word].verb if word in _BY_WORD else ""
    return Command(verb=verb.verb, ability=verb.ability, text=about)


COMMANDS: Final = (
    *VERBS,
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
