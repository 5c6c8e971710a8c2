"""Messages, those for everybody in a conversation and those for one person's eyes."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Literal, Self

from sandbox.clock import Clock
from sandbox.documents import Document

MICROSECONDS = 1_000_000
_OPTIONAL = (
    "bot_id",
    "app_id",
    "username",
    "thread_ts",
    "parent_user_id",
    "edited",
    "client_msg_id",
    "blocks",
    "attachments",
)


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `ts` is its identity in its conversation, `ephemeral_to` the only person who sees it.

    A reply has the `ts` of its thread's first message as `thread_ts`; if `broadcast`, the conversation sees it too.
    `files` are ids.
    """

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Document] | None = None
    attachments: list[Document] | None = None
    metadata: Document | None = None
    thread_ts: str | None = None
    parent_user_id: str | None = None
    broadcast: bool = False
    bot_id: str | None = None
    app_id: str | None = None
    username: str | None = None
    edited: Document | None = None
    ephemeral_to: str | None = None
    client_msg_id: str | None = None
    files: list[str] | None = None

    @property
    def is_reply(self) -> bool:
        """Tell whether it stands in another message's thread."""
        return self.thread_ts not in (None, self.ts)

    def document(self, team: str, *, with_metadata: bool = True) -> Document:
        """Write the message as the Web API and the events carry it."""
        document: Document = {"type": "message", "user": self.user, "text": self.text, "ts": self.ts, "team": team}
        if self.broadcast:
            document["subtype"] = "thread_broadcast"
        for key in _OPTIONAL:
            value = getattr(self, key)
            if value is not None:
                document[key] = value
        if with_metadata and self.metadata:
            document["metadata"] = self.metadata
        return document

    def stored(self) -> Document:
        """Write the message for the state file."""
        return {key: value for key, value in asdict(self).items() if value is not None}

    @classmethod
    def restored(cls, document: Document) -> Self:
        """Read a message of the state file."""
        return cls(**document)


@dataclass(frozen=True, slots=True)
class MessageChange:
    """Something that happened to a message; `previous` is how it was."""

    kind: Literal["message", "message_changed", "message_deleted"]
    message: Message
    previous: Message | None = None


def thread_facts(root: Message, replies: list[Message]) -> Document:
    """Write what Slack says of a thread in its first message; nothing without replies."""
    if not replies:
        return {}
    users = sorted({message.user for message in replies})
    return {
        "thread_ts": root.ts,
        "reply_count": len(replies),
        "reply_users_count": len(users),
        "reply_users": users,
        "latest_reply": replies[-1].ts,
    }


@dataclass(slots=True)
class Messages:
    """All messages by conversation, in order."""

    clock: Clock
    listeners: list[Callable[[MessageChange], None]] = field(default_factory=list)
    _by_channel: dict[str, dict[str, Message]] = field(default_factory=dict)
    _last: int = 0

    def next_ts(self) -> str:
        """Make a timestamp that is later than every other of this workspace."""
        self._last = max(self._last + 1, int(self.clock.time() * MICROSECONDS))
        return f"{self._last // MICROSECONDS}.{self._last % MICROSECONDS:06d}"

    def add(self, message: Message) -> Message:
        """Keep a new message and tell of it."""
        root = self.find(message.channel, message.thread_ts) if message.is_reply and message.thread_ts else None
        if root is not None:
            message = replace(message, parent_user_id=root.user)
        self._by_channel.setdefault(message.channel, {})[message.ts] = message
        self._tell(MessageChange("message", message))
        return message

    def change(self, message: Message, **changes: object) -> Message:
        """Put a changed message in the place of the old one and tell of it."""
        changed = replace(message, **changes)  # type: ignore[arg-type]  # the callers name fields of Message
        self._by_channel[message.channel][message.ts] = changed
        self._tell(MessageChange("message_changed", changed, message))
        return changed

    def remove(self, message: Message) -> None:
        """Take a message away and tell of it."""
        del self._by_channel[message.channel][message.ts]
        self._tell(MessageChange("message_deleted", message, message))

    def find(self, channel: str, ts: str) -> Message | None:
        """Find a message, ephemeral or not."""
        return self._by_channel.get(channel, {}).get(ts)

    def of(self, channel: str) -> list[Message]:
        """List a conversation's lasting messages, oldest first."""
        return [m for m in self._by_channel.get(channel, {}).values() if m.ephemeral_to is None]

    def seen_by(self, channel: str, user: str) -> list[Message]:
        """List what one person sees in a conversation, oldest first."""
        return [m for m in self._by_channel.get(channel, {}).values() if m.ephemeral_to in (None, user)]

    def replies(self, root: Message) -> list[Message]:
        """List the lasting replies to a message, oldest first."""
        return [m for m in self.of(root.channel) if m.is_reply and m.thread_ts == root.ts]

    def lasting(self) -> Iterator[Message]:
        """Go over every message that is not ephemeral."""
        for channel in self._by_channel:
            yield from self.of(channel)

    def restore(self, messages: list[Message]) -> None:
        """Take in the messages of the state file, silently."""
        for message in sorted(messages, key=lambda m: m.ts):
            self._by_channel.setdefault(message.channel, {})[message.ts] = message
            self._last = max(self._last, int(message.ts.replace(".", "")))

    def _tell(self, change: MessageChange) -> None:
        for listener in self.listeners:
            listener(change)
