"""Processes that live no longer than the one which started them, however that one ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

_STOP_SECONDS: Final = 8.0  # for a child to stop by itself
_LOG_TAIL: Final = 2000  # characters

# Runs as its own process. Reads "+123" and "-123" for process groups that come and go; when the pipe closes, because
# its writer has ended in whatever way, it ends those that are left.
_REAPER: Final = """
import os, signal, sys, time
groups = set()
for line in sys.stdin:
    (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
for number, seconds in ((signal.SIGTERM, float(sys.argv[1])), (signal.SIGKILL, 2)):
    end = time.monotonic() + seconds
    for group in list(groups):
        try:
            os.killpg(group, number)
        except ProcessLookupError:
            groups.discard(group)
    while groups and time.monotonic() < end:
        time.sleep(0.05)
        for group in list(groups):
            try:
                os.killpg(group, 0)
            except ProcessLookupError:
                groups.discard(group)
"""


class ChildFailed(Exception):
    """A process ended that should not have, or not like this; the message holds the end of what it wrote."""


class Child:
    """One process, in a group of its own, writing into a file."""

    def __init__(self, name: str, process: "subprocess.Popen[bytes]", log: Path, grace: float) -> None:
        self.name = name
        self._grace = grace
        self._process = process
        self._log = log

    @property
    def pid(self) -> int:
        """The process's id, and its group's."""
        return self._process.pid

    def exit_code(self) -> int | None:
        """Return how it ended; None: it runs."""
        return self._process.poll()

    def failure(self) -> ChildFailed:
        """Return what to raise about its end."""
        said = self._log.read_text(errors="replace").strip()[-_LOG_TAIL:]
        return ChildFailed(f"{self.name} ended with {self.exit_code()}:\n{said}\n(all of it: {self._log})")

    def stop(self) -> None:
        """End it and whatever it started: asked first, then forced."""
        for number, seconds in ((signal.SIGTERM, self._grace), (signal.SIGKILL, None)):
            try:
                os.killpg(self.pid, number)
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                continue
            except ProcessLookupError:
                self._process.wait()
            return


class Children:
    """Starts processes and ends them all when the context is left, the last one first.

    Should this process be killed, a small process that watches a pipe ends them instead. ``held``: files of which
    that process keeps a share, so that their locks hold until everything has ended. ``grace``: the seconds that each
    has to stop by itself.
    """

    def __init__(self, logs: Path, held: Sequence[int] = (), *, grace: float = _STOP_SECONDS) -> None:
        self._logs = logs
        self._grace = grace
        self._running: list[Child] = []
        self._reaper = subprocess.Popen(  # noqa: S603 - our own text
            [sys.executable, "-IS", "-c", _REAPER, str(grace)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=held,
            cwd="/",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for child in reversed(self._running):
            child.stop()
            self._tell(f"-{child.pid}")
        self._running.clear()
        if self._reaper.stdin is not None:
            self._reaper.stdin.close()
        self._reaper.wait()

    def start(self, name: str, command: Sequence[str], *, environment: Mapping[str, str], cwd: Path) -> Child:
        """Start a process; its output goes into a file named after it."""
        log = self._logs / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - the caller's own commands
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd=cwd,
                start_new_session=True,  # Ctrl-C in the terminal is for us alone: we stop the others in order
            )
        self._tell(f"+{process.pid}")
        child = Child(name, process, log, self._grace)
        self._running.append(child)
        return child

    def forget(self, child: Child) -> None:
        """Leave a process that has ended out of what is to be ended."""
        self._running.remove(child)
        self._tell(f"-{child.pid}")

    def check(self) -> None:
        """Raise ``ChildFailed`` if any has ended."""
        for child in self._running:
            if child.exit_code() is not None:
                raise child.failure()

    def _tell(self, line: str) -> None:
        if self._reaper.stdin is not None:
            self._reaper.stdin.write(f"{line}\n".encode())
            self._reaper.stdin.flush()
