"""What Slack makes of typed text, turned back into what was typed (docs.slack.dev/messaging/formatting-message-text).

Slack writes ``&`` ``<`` ``>`` as entities, and people, channels, groups and addresses as ``<...>``. Where a person is
meant, their id is read out of that; everywhere else the text is as it was typed.
"""

import re
from typing import Final

_TOKEN: Final = re.compile(
    r"&(?P<entity>amp|lt|gt);"
    r"|<(?P<sign>[@#!]|(?=[a-z][a-z0-9+.-]*:))(?P<target>[^<>|]+)(?:\|(?P<label>[^<>]*))?>",
    re.IGNORECASE,
)
_PERSON: Final = re.compile(r"<@(?P<id>[A-Z0-9]+)(?:\|[^<>]*)?>")
_ENTITIES: Final = {"amp": "&", "lt": "<", "gt": ">"}
_SCHEME: Final = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)


def as_typed(text: str) -> str:
    """Return the text as the person typed it; of a name that Slack doesn't tell, its id is left."""
    return _TOKEN.sub(_plain, text)


def with_people_by_id(text: str) -> str:
    """Return the text as typed, each mentioned person as ``@`` and their Slack id: the database knows their names."""
    return as_typed(_PERSON.sub(r"@\g<id>", text))


def mentioned(word: str) -> str | None:
    """Return the Slack id of the person whom a word mentions, None if it is no mention."""
    match = _PERSON.fullmatch(word)
    return match["id"] if match else None


def _plain(match: re.Match[str]) -> str:
    if match["entity"]:
        return _ENTITIES[match["entity"].lower()]
    sign, target, label = match["sign"], as_typed(match["target"]), as_typed(match["label"] or "")
    if sign == "!":  # <!here>, <!subteam^S1|@techs>, <!date^1^{date}|today>
        return (label if "^" in target else "") or "@" + target.lstrip("@")
    if sign:
        return sign + (label or target).removeprefix(sign)
    bare = _SCHEME.sub("", target, count=1)
    # what Slack recognises in bare words has those words as its label; a link that somebody made is its address
    recognised = not target.lower().startswith("http") or label.rstrip("/") == bare.rstrip("/")
    return (label or bare) if recognised else target
