"""What a Web API method is, and what it gets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from sandbox.content import decoded
from sandbox.documents import Document, Json
from sandbox.refusals import Refused
from sandbox.state import State
from sandbox.workspace import Channel

Tier = Literal["t1", "t2", "t3", "t4", "special"]
TRUE_WORDS: Final = {"true", "1", "t", "on", "yes"}


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a method: its arguments, and what the token may do."""

    state: State
    arguments: Document
    scopes: frozenset[str]

    def get(self, name: str) -> Json:
        """Get an argument; None if it was left out or empty."""
        value = self.arguments.get(name)
        return None if value == "" else value

    def need(self, *names: str) -> None:
        """Refuse a call without these arguments."""
        missing = [f"missing required field: {name}" for name in names if self.get(name) is None]
        if missing:
            raise Refused("invalid_arguments", missing)

    def flag(self, name: str) -> bool:
        """Read a boolean, however the SDK wrote it."""
        value = self.get(name)
        return value if isinstance(value, bool) else str(value).lower() in TRUE_WORDS

    def json(self, name: str) -> Json:
        """Read an argument that may be JSON inside a form."""
        try:
            return decoded(self.get(name))
        except ValueError as error:
            raise Refused("invalid_arguments", [f"invalid json for field: {name}"]) from error

    def whole_number(self, name: str, default: int, most: int) -> int:
        """Read a positive number of items; raises `Refused`."""
        value = self.get(name)
        try:
            number = default if value is None else int(value)
        except (TypeError, ValueError) as error:
            raise Refused("invalid_limit") from error
        if number < 0:
            raise Refused("invalid_limit")
        return min(number or default, most)

    def need_scope(self, *any_of: str) -> None:
        """Refuse if the token has none of these."""
        if self.scopes.isdisjoint(any_of):
            raise Refused("missing_scope", needed=",".join(any_of), provided=",".join(sorted(self.scopes)))

    def need_scope_for(self, channel: Channel, action: Literal["read", "history"]) -> None:
        """Refuse if the token may not look at this kind of conversation."""
        family = {"channel": "channels", "private": "groups", "im": "im"}[channel.kind]
        self.need_scope(f"{family}:{action}")

    def app_channel(self, name: str = "channel") -> Channel:
        """Find a conversation that the app may know of; raises `Refused`."""
        channel = self.state.channel(self.get(name))
        if channel.kind != "channel" and not channel.has(self.state.app.bot_user_id):
            raise Refused("channel_not_found")
        return channel


Handler: TypeAlias = Callable[[Call], Document]


@dataclass(frozen=True, slots=True)
class Method:
    """A Web API method: what it does, which scopes allow it (any one), its rate tier, whether it reads JSON bodies.

    `app_level`: it takes the app-level token, and no other method does.
    """

    handler: Handler
    scopes: tuple[str, ...] = ()
    tier: Tier = "special"
    takes_json: bool = True
    needs_token: bool = True
    app_level: bool = False


Methods: TypeAlias = Mapping[str, Method]
