"""A proxy between a client and the database that counts round trips, and breaks or holds connections on demand.

One round trip is one Query or Sync message from the client: what it then waits for. Logging in is not counted.
"""

import asyncio
import re
import struct
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final, Literal
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

_HEADER: Final = struct.Struct("!cI")
_ENDS_OF_TRIPS: Final = frozenset({b"Q", b"S"})  # Query, Sync

_SERVING: Final = re.compile(rb"(?<=K\0\0\0\x0c).{4}", re.DOTALL)  # BackendKeyData: who serves this connection

Fault = Literal["lose_request", "lose_answer", "hold_answer", "hold_end"]


class Wire:
    """What went through. Give ``url`` to the client; count with ``round_trips``, begin anew with ``reset``."""

    def __init__(self, server: Path, url: str) -> None:
        self.url = url
        self.round_trips = 0
        self.fault: Fault | None = None  # what happens to every request until it is None again
        self.pools = False  # gives connections numbers of its own, as a pooler does
        self.latency = 0.0  # seconds that each request takes to the server
        self._server = server
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def reset(self) -> None:
        """Count from zero."""
        self.round_trips = 0

    def cut(self) -> None:
        """Break every connection that stands now."""
        for writer in self._writers:
            writer.transport.abort()

    async def close(self) -> None:
        """Break everything and wait until it is gone."""
        self.cut()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                upstream_reader, upstream = await asyncio.open_unix_connection(self._server)
                self._writers.add(upstream)
                answers = asyncio.ensure_future(self._carry_answers(upstream_reader, writer))
                try:
                    await self._carry_requests(reader, upstream, writer)
                finally:
                    answers.cancel()
                    await asyncio.gather(answers, return_exceptions=True)
                    upstream.transport.abort()
                    self._writers.discard(upstream)
        except asyncio.CancelledError:
            pass  # close() asked for it; asyncio's server would log it as a failure
        finally:
            writer.transport.abort()
            self._writers.discard(writer)
            self._tasks.discard(task)

    async def _carry_requests(
        self, reader: asyncio.StreamReader, upstream: asyncio.StreamWriter, client: asyncio.StreamWriter
    ) -> None:
        start = await reader.readexactly(4)  # the first message has no type, only its length
        upstream.write(start + await reader.readexactly(int.from_bytes(start, "big") - 4))
        while True:
            header = await reader.readexactly(_HEADER.size)
            kind, length = _HEADER.unpack(header)
            message = header + await reader.readexactly(length - 4)
            if kind in _ENDS_OF_TRIPS:
                self.round_trips += 1
                if self.latency:
                    await asyncio.sleep(self.latency)
                if self.fault == "lose_request":
                    client.transport.abort()
                    return
            upstream.write(message)
            await upstream.drain()

    async def _carry_answers(self, upstream: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await upstream.read(65536):
                if self.fault == "hold_answer":
                    continue
                if self.fault == "lose_answer":
                    break
                client.write(_SERVING.sub(b"\0\0\0\1", data, count=1) if self.pools else data)
                await client.drain()
        if self.fault != "hold_end":
            client.transport.abort()


@asynccontextmanager
async def wire_to(dsn: str) -> AsyncIterator[Wire]:
    """Put a ``Wire`` before the server of ``dsn`` (which names a unix socket's folder as its host)."""
    parts = urlsplit(dsn)
    query = {key: values[0] for key, values in parse_qs(parts.query).items()}
    socket = f".s.PGSQL.{query['port']}"
    with tempfile.TemporaryDirectory(prefix="wire-") as folder:
        query["host"] = folder
        url = urlunsplit(parts._replace(query="&".join(f"{key}={quote(value)}" for key, value in query.items())))
        wire = Wire(Path(parse_qs(parts.query)["host"][0]) / socket, url)
        server = await asyncio.start_unix_server(wire.carry, Path(folder) / socket)
        try:
            yield wire
        finally:
            server.close()
            await wire.close()
