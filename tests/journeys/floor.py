"""The shop floor: the bot as it runs, on a real database, in a Slack workspace on this machine."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from unittest.mock import patch
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import aiohttp
import yaml

from bot.app import running
from bot.http import sign
from bot.jobs.announcements import Tempo
from bot.jobs.files import run_files
from bot.jobs.homes import run_homes
from bot.settings import CacheName, Program, Settings
from bot.socket import CONNECTIONS
from bot.views.ids import TICKET_MENU
from sandbox.documents import Document
from sandbox.manifest import SOCKET
from sandbox.messages import Message
from sandbox.server import Sandbox
from sandbox.tour import Tour
from sandbox.writing import Outcome
from tests.shop import KEYS, TEAM, Connection, Member, Shop

ROOT: Final = Path(__file__).resolve().parents[2]
CHANNEL: Final = "C0REPAIRS"
PUBLIC_URL: Final = "https://tickets.example.com/"
STRANGER: Final = "U0STRANGER"
_PATIENCE: Final = 30.0  # seconds for what the dispatcher does; the machine may be busy
_SUMMARIES_SENT: Final = """
INSERT INTO notifications (kind, recipient_id, dedupe_key, state)
SELECT 'summary', u.id, format('summary:%s:%s', u.id, current_date + n), 'sent'
  FROM user_permissions u, generate_series(-2, 2) n
 WHERE u.role = 'Manager'
"""
_HOUSE_KEPT: Final = "SELECT pg_advisory_lock(hashtext('keep_house'))"  # by this connection, as long as it lasts


@dataclass(frozen=True, slots=True)
class Floor:
    """A running bot and its workspace. People are the shop's members.

    ``bot_url``: where the bot's HTTP routes are; ``metrics_url``: where its numbers are.
    """

    shop: Shop
    sandbox: Sandbox
    bot_url: str
    metrics_url: str

    async def ticket(self, who: Member | str, text: str = "") -> str:
        """Type ``/ticket text`` in the shop channel; return what is shown privately."""
        return read(await self.sandbox.command(_account(who), f"/ticket {text}".strip(), CHANNEL))

    async def press(self, who: Member, action: str, value: object = None, *, channel: str | None = None) -> Outcome:
        """Press the newest button with this action (and value) that the person sees, or choose it in a menu."""
        chosen = None if value is None else str(value)
        with suppress(LookupError):
            return await self.sandbox.press(_account(who), action, value=chosen, channel=channel)
        folded = f"{action} {chosen or ''}".rstrip()
        return await self.sandbox.choose(_account(who), TICKET_MENU, folded, channel=channel)

    async def file(self, who: Member, **values: Any) -> Outcome:  # noqa: ANN401  what forms hold
        """Open the form with ``/ticket new``, find the first customer, fill and submit."""
        account = _account(who)
        await self.sandbox.command(account, "/ticket new", CHANNEL)
        customers = await self.sandbox.suggest(account, "customer.choose", "grace")
        entered = {
            "customer_id": customers[0],
            "title": "Screen flickers",
            "description": "Only on battery.",
            **values,
        }
        return await self.sandbox.submit(account, entered)

    def form(self, who: Member) -> Document | None:
        """Return the form that a person has open."""
        view = self.sandbox.view(_account(who))
        return None if view is None else view.source

    def channel(self) -> list[Message]:
        """Return what everybody reads in the shop channel, threads apart."""
        return [message for message in self.sandbox.messages(CHANNEL, STRANGER) if not message.is_reply]

    def thread(self) -> list[Message]:
        """Return what everybody reads in the shop channel's threads."""
        return [message for message in self.sandbox.messages(CHANNEL, STRANGER) if message.is_reply]

    def newest(self, who: Member | str, channel: str | None = CHANNEL) -> Message:
        """Return what a person reads last in a channel, the outbox's messages apart: they come when they come."""
        return [message for message in self.sandbox.messages(channel, _account(who)) if not _is_announced(message)][-1]

    def direct(self, who: Member) -> list[Message]:
        """Return the app's direct messages to a person."""
        return self.sandbox.messages(None, _account(who))

    async def change_person(self, user: str, **facts: Any) -> None:  # noqa: ANN401  what Slack says of people
        """Change a person in the workspace, as its administrator would, and wait until the bot was told."""
        url = f"{self.sandbox.base_url}/-/admin/people/{user}"
        async with aiohttp.ClientSession() as session, session.post(url, json=facts) as answer:
            assert answer.status == HTTPStatus.OK, await answer.text()
        await self.sandbox.events.settled()

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait for something that the dispatcher does."""
        end = time.monotonic() + _PATIENCE
        while not happened():
            if time.monotonic() > end:
                raise AssertionError("it did not happen in time")
            await asyncio.sleep(0.02)

    async def quiet(self) -> None:
        """Wait until the outbox has nothing left to say."""
        end = time.monotonic() + _PATIENCE
        while await self.shop.owner.fetchval("SELECT count(*) FROM notifications WHERE state = 'waiting'"):
            if time.monotonic() > end:
                raise AssertionError("the outbox does not empty")
            await asyncio.sleep(0.05)


def read(outcome: Outcome) -> str:
    """Return all that a person reads of an outcome."""
    said = [outcome.error or ""]
    said += [json.dumps([message.text, message.blocks], ensure_ascii=False) for message in outcome.shown]
    return "\n".join(said)


async def deliver(floor: Floor, payload: Document, *, times: int) -> list[tuple[int, str]]:
    """Send one delivery, signed where that is the way, several times at the same moment; return the answers."""
    url = str(floor.sandbox.manifest.settings.interactivity.request_url)
    if url == SOCKET:
        kind = "slash_command" if "command" in payload else str(payload["type"])
        deliverer = floor.sandbox.interactions.deliverer
        done = await asyncio.gather(*(deliverer.send(kind, url, payload) for _ in range(times)))
        return [(delivery.status or 0, delivery.body) for delivery in done]
    if payload.get("type") == "event_callback":
        body, kind = json.dumps(payload).encode(), "application/json"
    else:
        form = payload if "command" in payload else {"payload": json.dumps(payload)}
        body, kind = urlencode(form).encode(), "application/x-www-form-urlencoded"
    stamp = str(int(time.time()))
    headers = {
        "Content-Type": kind,
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": sign(floor.sandbox.credentials.signing_secret, stamp, body),
    }

    async def once(session: aiohttp.ClientSession) -> tuple[int, str]:
        async with session.post(url, data=body, headers=headers) as answer:
            return answer.status, await answer.text()

    async with aiohttp.ClientSession() as session:
        return await asyncio.gather(*(once(session) for _ in range(times)))


def last_delivery(floor: Floor, kind: str) -> Document:
    """Return the newest payload of a kind, as it was delivered."""
    found = [
        delivery.payload
        for delivery in floor.sandbox.deliveries
        if delivery.payload.get("type", "command" if "command" in delivery.payload else None) == kind
    ]
    assert isinstance(found[-1], dict)
    return found[-1]


@asynccontextmanager
async def open_floor(
    shop: Shop,
    bot_url: str,
    *,
    people: list[Document] | None = None,
    workspace: Path | None = None,
    worker: bool = True,
    sockets: bool = False,
    summaries: bool = False,
    caches: Collection[CacheName] = (),
    tour: Tour | None = None,
    work_objects: bool = False,
) -> AsyncIterator[Floor]:
    """Run the workspace and the bot, over HTTP or ``sockets``, for as long as the context lasts.

    ``workspace``: another one than of the shop's people and ``people``.
    ``work_objects``: whether they are switched on, in the app's settings and in ours.
    ``summaries``: whether the daily summary is still to come. It would else come at the time of day that it is.
    The worker doesn't wait for Slack's limits or the next look at the Homes, and finds the house kept already.
    """
    await be_quiet(shop.owner, summaries=summaries)
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory())
        serving = Sandbox.serve(
            manifest=manifest_of(work_objects=work_objects),
            workspace=workspace or workspace_of(shop, people or []),
            by_sockets=sockets,
            tour=tour,
        )
        sandbox = await stack.enter_async_context(serving)
        settings = Settings(
            _env_file=None,
            slack_bot_token=sandbox.credentials.token,
            slack_signing_secret=sandbox.credentials.signing_secret,
            slack_app_token=sandbox.credentials.app_token if sockets else None,
            slack_api_url=sandbox.api_url,
            tickets_channel=CHANNEL,
            database_url=bot_url,
            encryption_key=KEYS.present,
            files_url=f"file://{folder}",
            host="127.0.0.1",
            port=0,
            metrics_port=0,
            shop_timezone=ZoneInfo("America/Los_Angeles"),
            drain_seconds=0,
            public_url=PUBLIC_URL,
            work_objects=work_objects,
            caches=frozenset(caches),
        )
        program = Program.RUN if worker else Program.WEB
        with _hurried():
            async with running(settings, program, tempo=Tempo(pace=0.05)) as parts:
                here = "http://127.0.0.1"
                floor = Floor(shop, sandbox, f"{here}:{parts.port}", f"{here}:{parts.metrics_port}/metrics")
                if sockets:
                    await floor.until(lambda: len(sandbox.sockets.connections) == CONNECTIONS)
                else:
                    sandbox.deliver_to(f"{floor.bot_url}/slack/events")
                yield floor


def manifest_of(*, work_objects: bool) -> Document:
    """Return the app's manifest; what is switched on in the app's settings beside it stands there, too."""
    document: Document = yaml.safe_load((ROOT / "app_manifest.yml").read_text())
    if work_objects:
        document["features"]["rich_previews"] = {"is_active": True, "entity_types": ["slack#/entities/task"]}
    return document


async def be_quiet(owner: Connection, *, summaries: bool = False) -> None:
    """Have the worker find its jobs by the clock done: the summary, unless ``summaries``, and keeping the house."""
    if not summaries:
        await owner.execute(_SUMMARIES_SENT)
    await owner.execute(_HOUSE_KEPT)


@contextmanager
def _hurried() -> Iterator[None]:
    with (
        patch("bot.jobs.worker.run_homes", partial(run_homes, every=0.1)),
        patch("bot.jobs.worker.run_files", partial(run_files, every=0.1)),
    ):
        yield


def workspace_of(shop: Shop, others: list[Document]) -> Document:
    """Return a workspace of the shop's people, a stranger who reads the channel, and ``others``."""
    people: list[Document] = [
        {
            "id": member.slack_user_id,
            "name": member.email.split("@")[0],
            "real_name": member.name,
            "email": member.email,
        }
        for member in shop.people
    ]
    people.append({"id": STRANGER, "name": "stranger", "real_name": "Sid Stranger", "email": "sid@elsewhere.example"})
    people += others
    return {
        "team": {"id": TEAM, "domain": "shop", "name": "Shop"},
        "people": people,
        "channels": [{"id": CHANNEL, "name": "repairs", "members": [*(person["id"] for person in people), "U0BOT"]}],
        "app": {"bot_user_id": "U0BOT", "bot_id": "B0BOT", "app_id": "A0APP"},
    }


def _is_announced(message: Message) -> bool:
    return message.metadata is not None and not message.metadata["event_payload"]["key"].startswith("answer:")


def _account(who: Member | str) -> str:
    if isinstance(who, str):
        return who
    assert who.slack_user_id is not None
    return who.slack_user_id
