"""Links in messages to what an app knows of: which they are, and what they are called when they are told and unfurled.

docs.slack.dev/messaging/unfurling-links-in-messages
"""

import hashlib
import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from sandbox.documents import Document
from sandbox.messages import Message

_LINK: Final = re.compile(r"<(https?://[^|>]+)(?:\|[^>]*)?>")


def urls_in(text: str) -> list[str]:
    """List the addresses in a message's text, as they were posted, each once."""
    found = (url.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") for url in _LINK.findall(text))
    return list(dict.fromkeys(found))


def app_links(text: str, domains: Sequence[str]) -> list[Document]:
    """List the links to an app's domains and what is below them, as link_shared has them."""
    links = []
    for url in urls_in(text):
        host = (urlsplit(url).hostname or "").lower()
        domain = next((each for each in domains if host == each or host.endswith(f".{each}")), None)
        if domain is not None:
            links.append({"domain": domain, "url": url})
    return links


def unfurl_id(message: Message) -> str:
    """Name a message in the way of link_shared."""
    digest = hashlib.sha256(f"{message.channel}/{message.ts}".encode()).hexdigest()
    return f"{message.channel}.{message.ts}.{digest}"
