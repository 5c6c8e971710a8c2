"""The time that the workspace goes by: passed in, so that a test can let half an hour pass."""

import asyncio
import heapq
import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time and waits."""

    def time(self) -> float:
        """Seconds since the Unix epoch."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait that long by this clock."""
        ...


class SystemClock:
    """The machine's own clock."""

    def time(self) -> float:
        """Seconds since the Unix epoch."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Wait in real time."""
        await asyncio.sleep(seconds)


class ManualClock:
    """A clock that stands still until it is moved.

    It starts at the real time unless told, so that signatures made by it are fresh.
    """

    def __init__(self, start: float | None = None) -> None:
        self._now = time.time() if start is None else start
        self._sleepers: list[tuple[float, int, asyncio.Event]] = []
        self._count = 0
        self._slept_on = asyncio.Event()

    def time(self) -> float:
        """Seconds since the Unix epoch."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock has been moved on by that much."""
        due = asyncio.Event()
        self._count += 1
        heapq.heappush(self._sleepers, (self._now + seconds, self._count, due))
        self._slept_on.set()
        await due.wait()

    async def slept_on(self) -> None:
        """Wait until somebody waits for this clock to be moved."""
        await self._slept_on.wait()

    def move(self, seconds: float) -> None:
        """Let time pass; whoever slept until then wakes."""
        self._now += seconds
        while self._sleepers and self._sleepers[0][0] <= self._now:
            heapq.heappop(self._sleepers)[2].set()
        if not self._sleepers:
            self._slept_on.clear()
