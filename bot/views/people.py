"""Who you are here, and what you can do: whoami and help, from the table that parses the commands."""

from bot.grammar import COMMANDS
from bot.reading import Subject, Verb
from bot.roles import Role, may
from bot.views.blocks import Block, Message
from bot.views.kit import Markup, context, header, join, markup, mrkdwn, private, section, sentence
from bot.wording import worded
from db.models import Actor


def whoami(actor: Actor) -> Message:
    """Return who somebody is here: name, role, and every verb that they may use."""
    said = markup("You are {name} ({email}). Your role is {role}.", name=actor.name, email=actor.email, role=actor.role)
    verbs = markup(
        "After `/ticket` you can write {verbs}.", verbs=join(", ", [_code(verb.verb) for verb in _verbs(actor)])
    )
    blocks: list[Block] = [
        section(mrkdwn(said)),
        section(mrkdwn(verbs)),
        context(mrkdwn(markup("A Manager can change roles. `/ticket help` explains the commands."))),
    ]
    return private(join(" ", [said, verbs]), blocks)


def help_on_all(actor: Actor) -> Message:
    """Return every verb that the person may use, a line each, by subject."""
    verbs = _verbs(actor)
    title = worded("What a {role} can do", role=actor.role)
    spoken = markup("{title}: {verbs}.", title=title, verbs=join(", ", [_code(verb.usage[0]) for verb in verbs]))
    blocks: list[Block] = [header(title), context(mrkdwn(markup("Write these after `/ticket`.")))]
    for subject in Subject:
        lines = [_line(verb) for verb in verbs if verb.subject is subject]
        if lines:
            blocks.append(section(mrkdwn(join("\n", [markup("*{subject}*", subject=subject), *lines]))))
    blocks.append(context(mrkdwn(markup("`/ticket help show` explains one of them; a ticket is `42` or `#42`."))))
    return private(spoken, blocks)


def help_on(verb: Verb) -> Message:
    """Return one verb in detail."""
    usage = join("  or  ", [_code(usage) for usage in verb.usage])
    said = markup("{usage}\n{words}", usage=usage, words=sentence(f"{verb.summary} {verb.detail}".strip()))
    blocks: list[Block] = [section(mrkdwn(said))]
    if verb.aliases:
        aliases = join(", ", [_code(alias) for alias in verb.aliases])
        blocks.append(context(mrkdwn(markup("Also: {aliases}", aliases=aliases))))
    return private(said, blocks)


def verbs_of(role: Role) -> list[Verb]:
    """Return the verbs that a role may use, in the table's order."""
    return [verb for verb in COMMANDS if may(role, verb.ability)]


def _verbs(actor: Actor) -> list[Verb]:
    return verbs_of(actor.role)


def _line(verb: Verb) -> Markup:
    """Return a verb as people type it after the command, and what it does. The bare command has nothing to type."""
    usage = verb.usage[0].removeprefix("/ticket ")
    return markup("{usage}  {summary}", usage=_code(usage), summary=verb.summary)


def _code(words: str) -> Markup:
    return markup("`{words}`", words=words)
