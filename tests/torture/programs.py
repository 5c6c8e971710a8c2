"""The bot's programs as processes of their own, which can be killed.

They are forked from a process that has everything imported: starting Python anew would take a second each.
"""

import asyncio
import multiprocessing
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Final

from bot.app import run
from bot.jobs.announcements import Tempo
from bot.logs import configure_logs
from bot.settings import Program, load_settings

_CONTEXT: Final = multiprocessing.get_context("forkserver")


@dataclass(frozen=True, slots=True)
class Order:
    """What to start. The environment is all that the process gets; ``folder`` is where it works and logs."""

    program: Program
    environment: Mapping[str, str]
    folder: Path
    tempo: Tempo | None = None


def start(order: Order) -> ForkServerProcess:
    """Start a program as ``python -m bot`` does, but for its tempo."""
    _CONTEXT.set_forkserver_preload([__name__])
    process = _CONTEXT.Process(target=_be, args=(order,), daemon=True)
    process.start()
    return process


def _be(order: Order) -> None:
    os.chdir(order.folder)  # no .env here
    log = os.open(order.folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(log, stream.fileno())
    os.environ.clear()
    os.environ.update(order.environment)
    settings = load_settings(order.program)
    configure_logs(settings.log_level, settings.log_format, secrets=settings.secrets())
    with suppress(KeyboardInterrupt):
        asyncio.run(run(settings, order.program, tempo=order.tempo))
