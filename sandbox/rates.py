"""Slack's rate limits: calls a minute by a method's tier, and about one message a second into a conversation."""

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sandbox.api.registry import Tier
from sandbox.clock import Clock

# docs.slack.dev/apis/web-api/rate-limits: "1+", "20+", "50+", "100+" a minute, for a method, workspace and app
PER_MINUTE: Final[Mapping[Tier, int]] = {"t1": 1, "t2": 20, "t3": 50, "t4": 100}
MINUTE: Final = 60.0
POSTS: Final = frozenset({"chat.postMessage"})
POST_BURST: Final = 5  # "short bursts" above one a second are allowed, without a number; this one is ours
POST_SECONDS: Final = 1.0


@dataclass(slots=True)
class Rates:
    """Counts calls. ``enforced``: off, nothing is ever too much."""

    clock: Clock
    enforced: bool = False
    _calls: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _spent: dict[object, float] = field(default_factory=dict)  # conversation: until when its posts are paid for

    def wait_for(self, method: str, tier: Tier, channel: object) -> float:
        """Count one call; return the seconds after which it may be made, 0 if it may now."""
        if not self.enforced:
            return 0.0
        now = self.clock.time()
        if method in POSTS:
            return self._post(channel, now)
        allowed = PER_MINUTE.get(tier)
        if allowed is None:
            return 0.0
        calls = self._calls[method]
        while calls and calls[0] <= now - MINUTE:
            calls.popleft()
        if len(calls) >= allowed:
            return calls[0] + MINUTE - now
        calls.append(now)
        return 0.0

    def _post(self, channel: object, now: float) -> float:
        """Let one a second through, and a few ahead of their time (a leaky bucket)."""
        spent = max(self._spent.get(channel, now), now)
        ahead = spent - now
        if ahead > (POST_BURST - 1) * POST_SECONDS:
            return ahead - (POST_BURST - 1) * POST_SECONDS
        self._spent[channel] = spent + POST_SECONDS
        return 0.0
