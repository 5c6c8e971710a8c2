"""A shop with its database, a Slack workspace beside it, and the bot's processes in between."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Final

import asyncpg

from bot.jobs.announcements import Tempo
from bot.roles import Role
from bot.settings import Program
from bot.socket import CONNECTIONS
from sandbox.documents import Document
from sandbox.manifest import Manifest
from sandbox.server import Sandbox
from tests.journeys.floor import CHANNEL, ROOT, be_quiet, workspace_of
from tests.shop import KEYS, Member, Shop
from tests.torture.programs import Order, start
from tests.torture.verdict import Seen, Verdict, judge

_WAITING: Final = "SELECT count(*) FROM notifications WHERE state = 'waiting'"
# as if the time had passed for which a killed worker's claim holds
_LEASES_OVER: Final = "UPDATE notification_destinations SET next_at = now() WHERE next_at > now()"
_PATIENCE: Final = 120.0  # seconds


class NotInTime(Exception):
    """What was waited for did not happen; the text says what that was."""


@dataclass(slots=True)
class Arena:
    """``staff``: Managers beside the shop's people. ``seen``: every call of the Web API."""

    shop: Shop
    sandbox: Sandbox
    owner_url: str
    bot_url: str
    folder: Path
    tempo: Tempo
    staff: list[Member] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    _processes: list[ForkServerProcess] = field(default_factory=list)

    async def start(self, program: Program) -> ForkServerProcess:
        """Start one more process, and wait until it works where something shows that."""
        process = start(Order(program, self.environment(), self.folder, self.tempo))
        self._processes.append(process)
        if program is Program.WEB:
            connections = self.sandbox.sockets.connections
            await self.until("the bot connects", lambda: len(connections) == CONNECTIONS)
        return process

    def environment(self) -> dict[str, str]:
        """Return the settings of a process."""
        return {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "PYTHONPATH": str(ROOT),
            "SLACK_BOT_TOKEN": self.sandbox.credentials.token,
            "SLACK_APP_TOKEN": self.sandbox.credentials.app_token,
            "SLACK_API_URL": self.sandbox.api_url,
            "TICKETS_CHANNEL": CHANNEL,
            "DATABASE_URL": self.bot_url,
            "ENCRYPTION_KEY": KEYS.present.get_secret_value(),
            "HOST": "127.0.0.1",
            "PORT": "0",
            "LOG_FORMAT": "json",
        }

    async def kill(self, process: ForkServerProcess) -> None:
        """End a process at once, without a chance to tidy up."""
        process.kill()
        await asyncio.to_thread(process.join)
        self._processes.remove(process)

    async def end_leases(self) -> None:
        """Have what a killed worker had claimed be due now."""
        await self.shop.owner.execute(_LEASES_OVER)

    async def quiet(self, patience: float = _PATIENCE) -> None:
        """Wait until the outbox has nothing left to say."""
        end = time.monotonic() + patience
        while await self.shop.owner.fetchval(_WAITING):
            self._check("the outbox does not empty", end)
            await asyncio.sleep(0.02)

    async def until(self, what: str, happened: Callable[[], bool]) -> None:
        """Wait for something to happen."""
        end = time.monotonic() + _PATIENCE
        while not happened():
            self._check(f"not so in time: {what}", end)
            await asyncio.sleep(0.005)

    def _check(self, problem: str, end: float) -> None:
        """Give up after ``end``, or where a process is gone that nobody has killed."""
        log = self.folder / "log"
        if not all(process.is_alive() for process in self._processes):
            raise NotInTime(f"a process has ended by itself; the log is {log}")
        if time.monotonic() > end:
            raise NotInTime(f"{problem}; the log is {log}")

    async def reconnect(self) -> None:
        """Connect the shop's owner anew, after the server was away."""
        self.shop.owner.terminate()
        self.shop.owner = await asyncpg.connect(self.owner_url)

    async def verdict(self) -> Verdict:
        """Judge everything so far; the outbox is empty."""
        return await judge(self.shop.owner, self.sandbox.state.messages.lasting(), self.seen, self.tempo.pace)

    async def close(self) -> None:
        """Kill what still runs."""
        for process in list(self._processes):
            await self.kill(process)


@asynccontextmanager
async def open_arena(
    owner_url: str, bot_url: str, folder: Path, *, tempo: Tempo | None = None, staff: int = 0, history: bool = True
) -> AsyncIterator[Arena]:
    """Fill an empty, migrated database and open a workspace, for as long as the context lasts.

    ``history``: whether the app has the scopes to read back what it has posted.
    """
    owner = await asyncpg.connect(owner_url)
    try:
        shop = await Shop.open(owner)
        managers = [await shop.add_member(f"Manager {number}", Role.MANAGER) for number in range(staff)]
        await be_quiet(owner)
        workspace = workspace_of(shop, [_person(member) for member in managers])
        async with Sandbox.serve(manifest=_manifest(history=history), workspace=workspace, by_sockets=True) as sandbox:
            arena = Arena(shop, sandbox, owner_url, bot_url, folder, tempo or Tempo(), managers)
            sandbox.call_listeners.append(lambda call: arena.seen.append(Seen.of(call)))
            try:
                yield arena
            finally:
                await arena.close()
        await arena.shop.owner.close()
    finally:
        owner.terminate()


def _manifest(*, history: bool) -> Manifest:
    manifest = Manifest.read(ROOT / "app_manifest.yml")
    document = manifest.model_dump(by_alias=True, exclude_unset=True)
    if not history:
        scopes = document["oauth_config"]["scopes"]
        scopes["bot"] = [scope for scope in scopes["bot"] if not scope.endswith(":history")]
    return Manifest.model_validate(document)


def _person(member: Member) -> Document:
    return {
        "id": member.slack_user_id,
        "name": member.email.split("@")[0],
        "real_name": member.name,
        "email": member.email,
    }
