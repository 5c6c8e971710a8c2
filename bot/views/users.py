"""The Managers' list of people, with open requests for access on top; the forms for one are in ``person_form``."""

import re
from typing import Final

from bot.errors import NoLongerThere
from bot.forms import Words
from bot.text import shorten
from bot.views import ids
from bot.views.access import access_requested
from bot.views.blocks import Block, Button, Message
from bot.views.kit import Markup, actions, button, context, header, join, markup, mrkdwn, private, section
from bot.views.phrases import count
from bot.wording import worded
from db.models import People, PersonFacts

NAME: Final = 80  # characters: Slack's own limit for names
_EMAIL: Final = 120
_SPOKEN: Final = 3  # people whom the text names
_PLACE: Final = re.compile(r"(\d{1,9})(?: (.*))?", re.DOTALL)
_STATES: Final = {"guest": "a guest in Slack, so without access", "deleted": "deactivated in Slack"}


def people(found: People, *, replace: bool = False) -> Message:
    """Return a page of the people, under the requests for access where it is the first of all."""
    blocks = [] if found.words or found.has_previous else _requests(found)
    blocks.append(header("People"))
    if found.people:
        said = markup("{total}, by name.", total=count(found.total, "person", "people"))
        if found.words:
            said = markup("“{words}”: {said}", words=found.words, said=said)
        blocks += [context(mrkdwn(said)), *(_line(found, person) for person in found.people)]
        names = join(", ", [markup("{name}", name=shorten(each.name, NAME)) for each in found.people[:_SPOKEN]])
        text = markup("People. {said} {names}", said=said, names=names)
    else:
        text = markup("“{words}” stands in nobody's name, e-mail address or role.", words=found.words)
        if found.total or not found.words:
            text = markup("Nobody is left on this page of the list.")
        blocks.append(section(mrkdwn(text)))
    if found.requests_total:
        asks = count(found.requests_total, "request for access is open", "requests for access are open")
        text = join(" ", [markup("{asks}.", asks=asks), text])
    return private(text, [*blocks, *actions(_buttons(found))], replace=replace)


def standing(person: PersonFacts) -> Markup:
    """Return in a line what somebody may and has."""
    facts = [f"{person.role}" if person.is_active else worded("{role}, switched off", role=person.role)]
    if person.slack_user_id is None:
        facts.append("no Slack account")
    elif person.slack_state in _STATES:
        facts.append(_STATES[person.slack_state])
    facts.append(count(person.open_tickets, "open ticket"))
    return join(" · ", [markup("{fact}", fact=fact) for fact in facts])


def read_place(value: str) -> tuple[int | None, str]:
    """Return whom a page begins beside (None: the first page), and the words. Raises ``NoLongerThere``."""
    match = _PLACE.fullmatch(value)
    if match is None:
        raise NoLongerThere
    words = Words.check(words=match[2]).words if match[2] else ""
    return int(match[1]) or None, words


def read_person_id(value: str) -> int:
    """Return the person whom a button carries. Raises ``NoLongerThere``."""
    edge, words = read_place(value)
    if edge is None or words:
        raise NoLongerThere
    return edge


def _requests(found: People) -> list[Block]:
    if not found.requests:
        return []
    blocks: list[Block] = [header("Requests for access")]
    for request in found.requests:
        blocks += access_requested(request).get("blocks", [])
    if (more := found.requests_total - len(found.requests)) > 0:
        blocks.append(context(mrkdwn(markup("{more} more, after these.", more=more))))
    return blocks


def _line(found: People, person: PersonFacts) -> Block:
    words = markup(
        "*{name}*{you}\n{standing}\n{email}",
        name=shorten(person.name, NAME),
        you=" (you)" if person.id == found.actor.id else "",
        standing=standing(person),
        email=shorten(person.email, _EMAIL),
    )
    opened = button("Open", ids.PERSON_OPEN, person.id, spoken=worded("Open {name}", name=shorten(person.name, NAME)))
    return section(mrkdwn(words), accessory=opened)


def _buttons(found: People) -> list[Button]:
    def place(edge: int) -> str:
        return f"{edge} {found.words}".strip()

    buttons = []
    if not found.people and (found.total or not found.words):
        buttons.append(button("First page", ids.PEOPLE_PAGE, place(0)))
    if found.people and found.has_previous:
        buttons.append(button("Previous", ids.PEOPLE_BACK, place(found.people[0].id)))
    if found.people and found.has_next:
        buttons.append(button("Next", ids.PEOPLE_PAGE, place(found.people[-1].id)))
    if found.words:
        buttons.append(button("Everybody", ids.PEOPLE_PAGE, place(0).partition(" ")[0]))
    return [*buttons, button("Add somebody", ids.PERSON_NEW)]
