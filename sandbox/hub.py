"""Live news for the page: each open page of a person has a queue of its own."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sandbox.documents import Document

QUEUE_LIMIT = 1000


@dataclass(slots=True)
class Hub:
    """Hands news to the pages of the people concerned; None ends a page's stream."""

    _queues: dict[str, set[asyncio.Queue[Document | None]]] = field(default_factory=dict)
    _closed: bool = False

    @contextmanager
    def listen(self, user: str) -> Iterator[asyncio.Queue[Document | None]]:
        """Get a person's news until the end of the block."""
        queue: asyncio.Queue[Document | None] = asyncio.Queue(QUEUE_LIMIT)
        if self._closed:
            queue.put_nowait(None)
        self._queues.setdefault(user, set()).add(queue)
        try:
            yield queue
        finally:
            self._queues[user].discard(queue)

    def tell(self, user: str, news: Document) -> None:
        """Tell one person."""
        for queue in self._queues.get(user, set()):
            if queue.full():
                # a page that doesn't read loses its place: end its stream, it connects anew and reads the state
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(None)
            else:
                queue.put_nowait(news)

    def tell_all(self, news: Document) -> None:
        """Tell everybody who has a page open."""
        for user in self.listeners():
            self.tell(user, news)

    def listeners(self) -> list[str]:
        """List the people who have a page open."""
        return [user for user, queues in self._queues.items() if queues]

    def close(self) -> None:
        """End every stream."""
        self._closed = True
        for queues in self._queues.values():
            for queue in queues:
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(None)
