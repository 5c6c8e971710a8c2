"""Which messages are meant for the app, and what they say: mentions in channels and threads, and direct messages.

Bots are left alone, this app first of all, and so are changed and deleted messages: a command is carried out as it was
sent, once.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from bot.deps import Deps
from bot.routes import Routes, Said

_DIRECT: Final = "D"  # begins the id of a direct conversation
_AFTER_NAME: Final = " \t\r\n\u00a0,:;\u2013\u2014"  # what may stand between a name and what is said to it


def register(routes: Routes, _deps: Deps) -> None:
    """Route the events whose message may be a command."""
    routes.message("app_mention", read_mention)
    routes.message("message", read_direct_message)


def read_mention(event: Mapping[str, Any], bot_user: str) -> Said | None:
    """Return what a message that mentions the app says to it."""
    channel = event.get("channel")
    if isinstance(channel, str) and channel.startswith(_DIRECT):
        return None  # it comes as a direct message, too
    return _read(event, bot_user, direct=False)


def read_direct_message(event: Mapping[str, Any], bot_user: str) -> Said | None:
    """Return what a message in a person's conversation with the app says."""
    return _read(event, bot_user, direct=True) if event.get("channel_type") == "im" else None


def words_for(bot_user: str, text: str) -> str:
    """Return ``text`` without the app's name: what follows it, or, where nothing does, what stands before it."""
    name = re.compile(rf"<@{re.escape(bot_user)}(?:\|[^<>]*)?>")
    before, *after = name.split(text)
    following = " ".join(after).lstrip(_AFTER_NAME).rstrip()
    return following or (before.rstrip(_AFTER_NAME) if after else before).strip()


def _read(event: Mapping[str, Any], bot_user: str, *, direct: bool) -> Said | None:
    user, channel, text, thread_ts = (event.get(name) for name in ("user", "channel", "text", "thread_ts"))
    if not (isinstance(user, str) and isinstance(channel, str) and isinstance(text, str)):
        return None
    if user == bot_user or event.get("bot_id") or event.get("subtype") or event.get("edited"):
        return None
    return Said(
        user=user,
        text=words_for(bot_user, text),
        channel=channel,
        thread_ts=thread_ts if isinstance(thread_ts, str) else None,
        direct=direct,
    )
