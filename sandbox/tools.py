"""Commands of the app's own that the inspector offers: named when the workspace is started, run by name alone."""

import asyncio
import shlex
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Self

from sandbox.documents import Document
from sandbox.refusals import Refused

SECONDS: Final = 60.0
SAID: Final = 2000  # characters


@dataclass(frozen=True, slots=True)
class Tools:
    """What may be run: a program with its arguments each, without a shell; one at a time."""

    commands: Mapping[str, tuple[str, ...]]
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    def of(cls, given: list[str]) -> Self:
        """Read ``NAME=COMMAND`` each; raises ValueError."""
        commands = {}
        for text in given:
            name, _, command = text.partition("=")
            if not name.strip() or not command.strip():
                raise ValueError(f"{text!r} is no NAME=COMMAND")
            commands[name.strip()] = tuple(shlex.split(command))
        return cls(commands)

    async def run(self, name: str) -> Document:
        """Run one to its end, a minute at most; give whether it went well and the end of what it said."""
        command = self.commands.get(name)
        if command is None:
            raise Refused("There is no such tool.")
        if self._one.locked():
            raise Refused("A tool is running already.")
        async with self._one:
            try:
                process = await asyncio.create_subprocess_exec(
                    *command,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.STDOUT,
                )
            except OSError as error:
                raise Refused(f"{command[0]} can't be run: {error.strerror}") from error
            try:
                said, _ = await asyncio.wait_for(process.communicate(), SECONDS)
            except TimeoutError as error:
                raise Refused(f"It took longer than {SECONDS:g} seconds and was ended.") from error
            finally:
                if process.returncode is None:
                    with suppress(ProcessLookupError):
                        process.kill()
                    await process.wait()
        return {"ok": process.returncode == 0, "said": said.decode("utf-8", "replace").strip()[-SAID:]}
