"""What an app may use for a short while only: trigger ids, response URLs and the addresses of sockets."""

import secrets
from dataclasses import dataclass, field, replace
from typing import Final

from sandbox.clock import Clock
from sandbox.entities import Pane
from sandbox.refusals import Refused

TRIGGER_SECONDS: Final = 3.0  # docs.slack.dev/surfaces/modals
RESPONSE_URL_SECONDS: Final = 30 * 60.0  # docs.slack.dev/interactivity/handling-user-interaction
RESPONSE_URL_USES: Final = 5
SOCKET_URL_SECONDS: Final = 60.0
KEPT: Final = 10_000


@dataclass(slots=True)
class Trigger:
    """Leave to open one form for a person, given with an interaction."""

    id: str
    user: str
    view: str | None
    pane: Pane | None
    expires_at: float
    used: bool = False


@dataclass(slots=True)
class Triggers:
    """Trigger ids given out, each good for one use within three seconds of its delivery."""

    clock: Clock
    _known: dict[str, Trigger] = field(default_factory=dict)

    def give(self, user: str, *, view: str | None = None, pane: Pane | None = None) -> Trigger:
        """Make a trigger id for a delivery that starts now; `pane`: it comes from a Work Object's."""
        number = f"{secrets.randbelow(10**13):013d}.{secrets.randbelow(10**12):012d}.{secrets.token_hex(16)}"
        trigger = Trigger(number, user, view, pane, self.clock.time() + TRIGGER_SECONDS)
        self._known[number] = trigger
        _forget_oldest(self._known)
        return trigger

    def check(self, trigger_id: object) -> Trigger:
        """Find a trigger that may still be used; raises `Refused`. Using it is up to the caller."""
        trigger = self._known.get(trigger_id) if isinstance(trigger_id, str) else None
        if trigger is None:
            raise Refused("invalid_trigger_id")
        if trigger.used:
            raise Refused("exchanged_trigger_id")
        if self.clock.time() > trigger.expires_at:
            raise Refused("expired_trigger_id")
        return trigger


@dataclass(frozen=True, slots=True)
class ResponseUrl:
    """Where an app may answer an interaction; `original` is the message that it came from, if from one."""

    secret: str
    kind: str
    user: str
    channel: str
    original: str | None
    thread_ts: str | None
    expires_at: float
    uses: int = 0


@dataclass(slots=True)
class ResponseUrls:
    """Response URLs given out, each good for five uses within half an hour."""

    clock: Clock
    team: str
    base: str = ""
    _known: dict[str, ResponseUrl] = field(default_factory=dict)

    def give(
        self, kind: str, user: str, channel: str, *, original: str | None = None, thread_ts: str | None = None
    ) -> str:
        """Make a URL of this kind ("commands" or "actions")."""
        secret = secrets.token_urlsafe(18)
        expires = self.clock.time() + RESPONSE_URL_SECONDS
        self._known[secret] = ResponseUrl(secret, kind, user, channel, original, thread_ts, expires)
        _forget_oldest(self._known)
        return f"{self.base}/hooks/{kind}/{self.team}/{secret}"

    def use(self, secret: str) -> ResponseUrl:
        """Count one use; raises `Refused`."""
        known = self._known.get(secret)
        if known is None:
            raise Refused("invalid_url")
        if self.clock.time() > known.expires_at:
            raise Refused("expired_url")
        if known.uses >= RESPONSE_URL_USES:
            raise Refused("used_url")
        self._known[secret] = replace(known, uses=known.uses + 1)
        return known


@dataclass(slots=True)
class SocketUrls:
    """Addresses of Socket Mode connections given out, each good for one connection soon."""

    clock: Clock
    app_id: str
    base: str = ""
    _known: dict[str, float] = field(default_factory=dict)  # ticket -> until when

    def give(self) -> str:
        """Make an address."""
        ticket = secrets.token_urlsafe(24)
        self._known[ticket] = self.clock.time() + SOCKET_URL_SECONDS
        _forget_oldest(self._known)
        return f"{self.base}/link/?ticket={ticket}&app_id={self.app_id}"

    def use(self, ticket: str) -> None:
        """Count the one use; raises `Refused`."""
        if self.clock.time() > self._known.pop(ticket, 0.0):
            raise Refused("invalid_url")


def _forget_oldest(known: dict[str, Trigger] | dict[str, ResponseUrl] | dict[str, float]) -> None:
    while len(known) > KEPT:
        known.pop(next(iter(known)))
