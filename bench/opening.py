"""How long somebody waits for a form: from ``/ticket new``, typed into the local Slack workspace, to the open form.

The whole way counts: signing and delivery, the bot's HTTP front, its one database trip, ``views.open`` with the view
checked as Slack does, and the acknowledgement. Front and workspace share a process, so this is the upper end.
"""

import time
from pathlib import Path
from typing import Final

from bench.fill import TEAM
from bot.app import running
from bot.settings import Program, Settings
from sandbox.documents import Document
from sandbox.server import Sandbox

_MANIFEST: Final = Path(__file__).resolve().parents[1] / "app_manifest.yml"
_WARM_UP: Final = 5
_MILLISECONDS: Final = 1000.0
_PEOPLE: Final = ("U0MANAGER", "U0TECH3", "U0CLERK1")
_CHANNEL: Final = "C0REPAIRS"


async def opened(dsn: str, times: int) -> list[float]:
    """Return how many milliseconds each of so many forms took to open, for a Manager, a technician and a clerk in turn.

    ``dsn``: the bot's, of a shop that ``bench.fill`` has filled.
    """
    taken = []
    async with Sandbox.serve(manifest=_MANIFEST, workspace=_workspace()) as sandbox:
        settings = Settings(
            _env_file=None,
            slack_bot_token=sandbox.credentials.token,
            slack_signing_secret=sandbox.credentials.signing_secret,
            slack_api_url=sandbox.api_url,
            database_url=dsn,
            encryption_key="a key for the benchmark alone, of 32+",
            host="127.0.0.1",
            port=0,
        )
        async with running(settings, Program.WEB) as parts:
            sandbox.deliver_to(f"http://127.0.0.1:{parts.port}/slack/events")
            for number in range(times + _WARM_UP):
                person = _PEOPLE[number % len(_PEOPLE)]
                began = time.perf_counter()
                await sandbox.command(person, "/ticket new", _CHANNEL)
                taken.append((time.perf_counter() - began) * _MILLISECONDS)
                if sandbox.view(person) is None:
                    raise RuntimeError("no form was opened")
                await sandbox.close(person)
    return taken[_WARM_UP:]


def _workspace() -> Document:
    people = [{"id": user, "name": user[2:].lower(), "real_name": user[2:].title()} for user in _PEOPLE]
    return {
        "team": {"id": TEAM, "domain": "bench", "name": "Bench"},
        "people": people,
        "channels": [{"id": _CHANNEL, "name": "repairs", "members": [*_PEOPLE, "U0BOT"]}],
        "app": {"bot_user_id": "U0BOT", "bot_id": "B0BOT", "app_id": "A0APP"},
    }
