"""How text that a person types becomes text that an app reads (docs.slack.dev/messaging/formatting-message-text)."""

import re
from typing import Final

from sandbox.state import State

# what ends a sentence ends no address
_MARK: Final = re.compile(
    r"(?P<url>https?://(?:(?!&[lg]t;)[^\s<>])+(?<![.,:!?)\]}'\"]))|@(?P<person>[\w.-]*\w)|#(?P<channel>[\w-]+)"
)


def escape(text: str) -> str:
    """Write the three control characters as entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def with_links(text: str, state: State, *, named: bool) -> str:
    """Write people, channels and URLs as links. `named` gives people their name too, as slash commands have it."""
    people = {person.name: person.id for person in state.people.values()} | {state.bot_name: state.app.bot_user_id}
    channels = {channel.name: channel for channel in state.channels.values() if channel.name}

    def link(found: re.Match[str]) -> str:
        if found["url"]:
            return f"<{found['url']}>"
        if found["person"] in people:
            label = f"|{found['person']}" if named else ""
            return f"<@{people[found['person']]}{label}>"
        if found["channel"] in channels:
            channel = channels[found["channel"]]
            return f"<#{channel.id}|{channel.name if channel.kind == 'channel' else ''}>"
        return found[0]

    return _MARK.sub(link, text)


def typed_message(text: str, state: State) -> str:
    """Write a message as Slack's client sends it."""
    return with_links(escape(text), state, named=False)
