"""Links in messages to what an app knows of: which they are, and what they are called when they are told and unfurled.

docs.slack.dev/messaging/unfurling-links-in-messages
"""

import hashlib
import re
import secrets
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urlsplit

from sandbox.documents import Document
from sandbox.messages import Message

KEPT: Final = 1_000
_LINK: Final = re.compile(r"<(https?://[^|>]+)(?:\|[^>]*)?>")


def urls_in(text: str) -> list[str]:
    """List the addresses in a message's text, as they were posted, each once."""
    found = (url.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") for url in _LINK.findall(text))
    return list(dict.fromkeys(found))


def host_of(url: str) -> str:
    """Return an address's host, empty where it has none that can be read: a person may have typed anything."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def app_links(text: str, domains: Sequence[str]) -> list[Document]:
    """List the links to an app's domains and what is below them, as link_shared has them."""
    links = []
    for url in urls_in(text):
        host = host_of(url)
        domain = next((each for each in domains if host == each or host.endswith(f".{each}")), None)
        if domain is not None:
            links.append({"domain": domain, "url": url})
    return links


@dataclass(frozen=True, slots=True)
class Draft:
    """A text with links that a person is writing, and what the app shows of them under the message box."""

    id: str
    user: str
    text: str
    attachments: list[Document] | None = None


@dataclass(slots=True)
class Drafts:
    """The texts with links that people have been writing lately."""

    listeners: list[Callable[[Draft], None]] = field(default_factory=list)
    _known: dict[str, Draft] = field(default_factory=dict)

    def begin(self, user: str, text: str) -> Draft:
        """Keep a text, named in the way of link_shared's `unfurl_id`."""
        draft = Draft(f"{user}-{uuid.uuid4()}-{secrets.token_hex(20)}", user, text)
        self._known[draft.id] = draft
        while len(self._known) > KEPT:
            self._known.pop(next(iter(self._known)))
        return draft

    def find(self, name: str) -> Draft | None:
        """Find a text by its name."""
        return self._known.get(name)

    def show(self, draft: Draft, attachments: list[Document]) -> None:
        """Show something under a text, and tell of it."""
        shown = self._known[draft.id] = replace(draft, attachments=attachments)
        for listener in self.listeners:
            listener(shown)


def unfurl_id(message: Message) -> str:
    """Name a message in the way of link_shared."""
    digest = hashlib.sha256(f"{message.channel}/{message.ts}".encode()).hexdigest()
    return f"{message.channel}.{message.ts}.{digest}"
