"""Whether this process should get requests, and if not, why: what ``/readyz`` says."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

DATABASE_AWAY_SECONDS: Final = 30.0  # a shorter absence is better served by our own sentences than by a balancer's page
HEARTBEAT_SECONDS: Final = 60.0  # a dispatcher that has been silent for longer is stuck


@dataclass(slots=True)
class Readiness:
    """What is known of the parts. Times are of ``clock``, a monotonic one, in seconds."""

    clock: Callable[[], float] = time.monotonic
    draining: bool = False
    slack: str | None = None  # what is wrong with Slack, in words
    pending: tuple[str, ...] = ()  # revisions that the database lacks
    database_seen: float = field(default=float("-inf"))
    socket: Callable[[], str | None] | None = None  # what is wrong with Socket Mode, in words; None: it isn't used
    dispatcher: Callable[[], str | None] | None = None  # why it sends nothing, in words
    heartbeat: Callable[[], float] | None = None  # when the dispatcher was last seen; None: none runs here

    def problems(self) -> list[str]:
        """Return a sentence for each reason not to send requests here."""
        now = self.clock()
        found = []
        if self.draining:
            found.append("This process is stopping.")
        if self.pending:
            found.append(f"The database lacks {len(self.pending)} migrations: run `python -m db upgrade`.")
        if self.slack is not None:
            found.append(self.slack)
        if self.dispatcher is not None and (silent := self.dispatcher()) is not None:
            found.append(silent)
        if self.socket is not None and (deaf := self.socket()) is not None:
            found.append(deaf)
        if now - self.database_seen > DATABASE_AWAY_SECONDS:
            found.append("The database has not answered for more than 30 seconds.")
        if self.heartbeat is not None and now - self.heartbeat() > HEARTBEAT_SECONDS:
            found.append("The dispatcher of notifications has been silent for more than a minute.")
        return found
