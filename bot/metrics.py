"""What is counted and timed in this process, for Prometheus; docs/operating.md explains each name.

Numbers alone: labels are kinds, outcomes and states, never a person, a ticket or a word.
"""

from collections.abc import Callable
from typing import Final, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

_DELIVERY_SECONDS: Final = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)
_REQUEST_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 2.5, 3)  # Slack gives up after 3

Outcome = Literal["posted", "edited", "postponed", "dead", "claim_lost"]
Reason = Literal["limited", "unreachable", "fault"]


class Metrics:
    """One process's numbers, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._notifications = Counter(
            "tickets_notifications", "What became of tries to say a message", ("kind", "outcome"), registry=registry
        )
        self._postponed = Counter(
            "tickets_notifications_retried", "Tries put off, by why", ("reason",), registry=registry
        )
        self._delivery = Histogram(
            "tickets_delivery_seconds",
            "From a change's commit to Slack's receipt of the new message about it",
            buckets=_DELIVERY_SECONDS,
            registry=registry,
        )
        self._requests = Counter(
            "tickets_requests", "Slack's requests, answered", ("kind", "outcome"), registry=registry
        )
        self._request = Histogram(
            "tickets_request_seconds",
            "From a request's arrival at its handler to its answer",
            ("kind",),
            buckets=_REQUEST_SECONDS,
            registry=registry,
        )
        self._outbox = Gauge("tickets_outbox_messages", "Messages in the outbox", ("kind", "state"), registry=registry)
        self._oldest = Gauge(
            "tickets_outbox_oldest_seconds", "How long the message due the longest has waited", registry=registry
        )
        self._connections = Gauge(
            "tickets_database_connections", "Of this process's pools", ("pool", "state"), registry=registry
        )

    def notified(self, kind: str, outcome: Outcome, *, seconds: float | None = None) -> None:
        """Count a try to say a message. ``seconds`` since the change, for a new message that arrived."""
        self._notifications.labels(kind, outcome).inc()
        if seconds is not None:
            self._delivery.observe(max(seconds, 0))

    def retried(self, reason: Reason) -> None:
        """Count why a message was put off."""
        self._postponed.labels(reason).inc()

    def answered(self, kind: str, outcome: str, seconds: float) -> None:
        """Count and time an answer to one of Slack's requests."""
        self._requests.labels(kind, outcome).inc()
        self._request.labels(kind).observe(seconds)

    def outbox(self, counts: dict[str, dict[str, int]] | None, oldest_seconds: float = 0) -> None:
        """Set what the outbox holds, state -> kind -> number; None: it can't be read, so nothing is said of it."""
        self._outbox.clear()
        for state, kinds in (counts or {}).items():
            for kind, number in kinds.items():
                self._outbox.labels(kind, state).set(number)
        self._oldest.set(float("nan") if counts is None else oldest_seconds)

    def watch_pool(self, pool: str, *, in_use: Callable[[], int], size: Callable[[], int]) -> None:
        """Ask for a pool's connections whenever the numbers are read."""
        self._connections.labels(pool, "in_use").set_function(in_use)
        self._connections.labels(pool, "open").set_function(size)

    def watch_dispatcher(self, *, hears: Callable[[], bool], stopped: Callable[[], bool]) -> None:
        """Ask for the dispatcher's state whenever the numbers are read."""
        connected = Gauge(
            "tickets_listener_connected", "Whether NOTIFY is heard; else the outbox is polled", registry=self.registry
        )
        connected.set_function(lambda: float(hears()))
        refused = Gauge("tickets_token_refused", "Whether messages wait for a token", registry=self.registry)
        refused.set_function(lambda: float(stopped()))
