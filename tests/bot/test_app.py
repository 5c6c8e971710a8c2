import asyncio
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientConnectionError, ClientSession
from pydantic import SecretStr

from bot.app import running
from bot.database import StartRefused, wait_for_database
from bot.errors import DatabaseAway, OutcomeUnknown
from bot.settings import Program, Settings
from db.embedded import EmbeddedPostgres
from sandbox.server import Sandbox
from tests.bot import deliveries
from tests.bot.deliveries import SECRET, TEAM
from tests.bot.slack_stand_in import slack_stand_in
from tests.journeys.floor import ROOT, workspace_of
from tests.shop import KEYS, Connection, Shop

FILES = Path(tempfile.gettempdir()) / "francisco-tickets-test-files"
NOWHERE = "http://127.0.0.1:9/api/"


def settings_for(bot_url: str, **more: Any) -> Settings:  # noqa: ANN401  any setting
    values: dict[str, Any] = {
        "slack_bot_token": SecretStr("xoxb-1"),
        "slack_signing_secret": SecretStr(SECRET),
        "slack_api_url": NOWHERE,
        "database_url": SecretStr(bot_url),
        "encryption_key": KEYS.present,
        "files_url": f"file://{FILES}",
        "host": "127.0.0.1",
        "port": 0,
        "drain_seconds": 0,
        **more,
    }
    return Settings(_env_file=None, **values)


@pytest.fixture
async def slack(shop: Shop) -> AsyncIterator[Sandbox]:
    async with Sandbox.serve(manifest=ROOT / "app_manifest.yml", workspace=workspace_of(shop, [])) as sandbox:
        yield sandbox


def known_to(slack: Sandbox) -> dict[str, Any]:
    return {
        "slack_bot_token": SecretStr(slack.credentials.token),
        "slack_signing_secret": SecretStr(slack.credentials.signing_secret),
        "slack_api_url": slack.api_url,
    }


async def ready(port: int | None) -> tuple[int, list[str]]:
    async with ClientSession() as session, session.get(f"http://127.0.0.1:{port}/readyz") as response:
        return response.status, (await response.json())["problems"]


async def test_started_bot_is_ready(slack: Sandbox, bot_url: str) -> None:
    async with running(settings_for(bot_url, **known_to(slack)), Program.RUN) as parts:
        assert await ready(parts.port) == (200, [])
        assert parts.readiness.heartbeat is not None


async def test_what_died_of_an_old_token_is_said_with_a_new_one(
    slack: Sandbox, bot_url: str, shop: Shop, owner: Connection
) -> None:
    for _ in range(2):
        await shop.add_ticket()
    await owner.execute(
        "UPDATE notifications SET state = 'dead', error = (ARRAY['is_archived', 'token_revoked'])[ticket_id]"
    )
    async with running(settings_for(bot_url, **known_to(slack)), Program.WEB):
        states = [row["state"] for row in await owner.fetch("SELECT state FROM notifications ORDER BY ticket_id")]

    assert states == ["dead", "waiting"]


async def test_auth_test_is_asked_once_whatever_is_requested(slack: Sandbox, bot_url: str, shop: Shop) -> None:
    async with running(settings_for(bot_url, **known_to(slack)), Program.WEB) as parts:
        slack.deliver_to(f"http://127.0.0.1:{parts.port}/slack/events")
        for _ in range(3):
            assert (await slack.command(str(shop.technician.slack_user_id), "/ticket mine", "C0REPAIRS")).ok

    assert [call.method for call in slack.calls].count("auth.test") == 1


async def test_web_runs_no_dispatcher(slack: Sandbox, bot_url: str) -> None:
    async with running(settings_for(bot_url, **known_to(slack)), Program.WEB) as parts:
        assert parts.readiness.heartbeat is None


async def test_worker_serves_health_and_nothing_else(slack: Sandbox, bot_url: str) -> None:
    async with running(settings_for(bot_url, **known_to(slack)), Program.WORKER) as parts, ClientSession() as session:
        assert await ready(parts.port) == (200, [])
        async with session.post(f"http://127.0.0.1:{parts.port}/slack/events") as response:
            assert response.status == 404


async def test_first_start_stores_the_shops_hours(slack: Sandbox, bot_url: str, owner: Connection) -> None:
    async with running(settings_for(bot_url, **known_to(slack)), Program.WEB):
        rows = await owner.fetch("SELECT key, value FROM shop_settings")
    stored = {row["key"]: row["value"] for row in rows}

    assert (stored["time_zone"], stored["summary_time"]) == ("America/Los_Angeles", "08:00")


@pytest.mark.usefixtures("shop")
async def test_start_goes_on_when_a_database_that_went_away_is_back() -> None:
    answers: list[Exception | str] = [DatabaseAway(), OutcomeUnknown(), "hours"]

    async def store() -> str:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert await wait_for_database("postgresql://repair_bot@/shop", store, pause=0) == "hours"


async def test_start_is_refused_when_the_database_stays_away() -> None:
    async def store() -> None:
        raise DatabaseAway

    with pytest.raises(StartRefused, match="does not answer"):
        await wait_for_database("postgresql://repair_bot@/shop", store, patience=0, pause=0)


async def test_while_slack_is_away_readiness_says_so(bot_url: str) -> None:
    async with running(settings_for(bot_url), Program.WEB) as parts:
        status, problems = await ready(parts.port)

    assert status == 503
    assert "Slack has not said" in problems[0]


@pytest.mark.usefixtures("shop")
async def test_named_workspace_is_served_although_slack_is_away(bot_url: str) -> None:
    async with running(settings_for(bot_url, slack_team_id=TEAM), Program.WEB) as parts, ClientSession() as session:
        assert await ready(parts.port) == (200, [])
        body = deliveries.command("whoami")
        url = f"http://127.0.0.1:{parts.port}/slack/events"
        async with session.post(url, data=body, headers=deliveries.headers(body)) as response:
            assert "Tom Reed" in (await response.json())["text"]


async def test_refused_token_is_said_by_readiness(slack: Sandbox, bot_url: str) -> None:
    wrong = known_to(slack) | {"slack_bot_token": SecretStr("xoxb-wrong")}

    async with running(settings_for(bot_url, **wrong), Program.WEB) as parts:
        status, problems = await ready(parts.port)

    assert status == 503
    assert "refuses the token" in problems[0]


async def test_other_workspaces_database_is_not_served(slack: Sandbox, bot_url: str, owner: Connection) -> None:
    await owner.execute("UPDATE shop_settings SET value = 'T0OTHER' WHERE key = 'slack_team_id'")

    async with running(settings_for(bot_url, **known_to(slack)), Program.WEB) as parts:
        status, problems = await ready(parts.port)

    assert status == 503
    assert "belongs to the workspace T0OTHER" in problems[0]


async def test_other_tokens_workspace_is_not_served(slack: Sandbox, bot_url: str) -> None:
    settings = settings_for(bot_url, slack_team_id="T0OTHER", **known_to(slack))

    async with running(settings, Program.WEB) as parts:
        status, problems = await ready(parts.port)

    assert status == 503
    assert "SLACK_TEAM_ID" in problems[0]


async def test_database_without_its_schema_is_refused_with_the_command_to_run(empty_url: str, template: str) -> None:
    assert template  # with it came the login role
    bot_url = empty_url.replace("//postgres@", "//repair_bot@")

    with pytest.raises(StartRefused, match="python -m db upgrade"):
        async with running(settings_for(bot_url), Program.WEB):
            pass


async def test_login_that_bypasses_row_level_security_is_refused(owner_url: str) -> None:
    with pytest.raises(StartRefused, match="row-level security"):
        async with running(settings_for(owner_url), Program.WEB):
            pass


@pytest.mark.usefixtures("shop")
async def test_taken_port_is_said_plainly_and_a_worker_does_without(bot_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        settings = settings_for(bot_url, port=other.getsockname()[1])

        with pytest.raises(StartRefused, match="set HOST and PORT"):
            async with running(settings, Program.WEB):
                pass
        async with running(settings, Program.WORKER) as parts:
            assert parts.port is None


@pytest.fixture
def reachable_folder() -> Iterator[Path]:
    """A folder that the embedded server can reach, which runs as somebody else where root starts it."""
    folder = Path(tempfile.mkdtemp(prefix="embedded with a space "))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.timeout(180)
async def test_without_an_address_an_embedded_database_is_started_migrated_and_kept(
    reachable_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_URL", "DATABASE_ADMIN_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(ROOT)
    data_dir = reachable_folder / "data"
    settings = settings_for("", database_url=None, encryption_key=None, data_dir=data_dir, slack_team_id=TEAM)
    key = data_dir / "encryption.key"
    keys = set()

    for _ in range(2):
        async with running(settings, Program.RUN) as parts:
            assert await ready(parts.port) == (200, [])
        keys.add((key.read_text(), key.stat().st_mode & 0o777))

    assert [mode for _, mode in keys] == [0o600]
    assert not EmbeddedPostgres.in_data_dir(data_dir).is_running()


@asynccontextmanager
async def process_running(bot_url: str, program: str, **more: str) -> AsyncIterator[tuple[Process, str]]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {
        "PATH": os.defpath,
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": NOWHERE,
        "SLACK_TEAM_ID": TEAM,
        "DATABASE_URL": bot_url,
        "ENCRYPTION_KEY": KEYS.present.get_secret_value(),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        **more,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", program),
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def until_ready(session: ClientSession, url: str) -> None:
    for _ in range(300):
        try:
            async with session.get(f"{url}/readyz") as response:
                if response.status == 200:
                    return
        except ClientConnectionError:
            pass
        await asyncio.sleep(0.1)
    raise AssertionError("the process did not become ready")


async def test_after_sigterm_requests_are_answered_while_the_balancer_notices(
    bot_url: str, shop: Shop, owner: Connection
) -> None:
    ticket_id = await shop.add_ticket()
    body = deliveries.command(f"take {ticket_id}")
    async with process_running(bot_url, "web", DRAIN_SECONDS="1.5") as (process, url), ClientSession() as session:
        await until_ready(session, url)

        process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.3)

        async with session.get(f"{url}/readyz") as response:
            assert response.status == 503
        async with session.post(f"{url}/slack/events", data=body, headers=deliveries.headers(body)) as response:
            assert response.status == 200
        assert await asyncio.wait_for(process.wait(), 15) == 0
        with pytest.raises(ClientConnectionError):
            await session.get(f"{url}/healthz")
    assert await owner.fetchval("SELECT tech FROM tickets WHERE id = $1", ticket_id) == shop.technician.email


async def test_request_under_way_at_sigterm_is_finished(bot_url: str, shop: Shop, owner: Connection) -> None:
    ticket_id = await shop.add_ticket()
    body = deliveries.command(f"take {ticket_id}")
    async with process_running(bot_url, "run", DRAIN_SECONDS="0") as (process, url), ClientSession() as session:
        await until_ready(session, url)
        async with owner.transaction():
            await owner.execute("SELECT FROM tickets WHERE id = $1 FOR UPDATE", ticket_id)
            request = asyncio.create_task(
                session.post(f"{url}/slack/events", data=body, headers=deliveries.headers(body))
            )
            await asyncio.sleep(0.4)  # it waits for the row now
            process.send_signal(signal.SIGTERM)
            await asyncio.sleep(0.4)

        async with await request as response:
            assert "is yours" in json.dumps(await response.json())
        assert await asyncio.wait_for(process.wait(), 15) == 0


async def test_worker_says_what_is_on_its_way_at_sigterm(bot_url: str, shop: Shop, owner: Connection) -> None:
    async with (
        slack_stand_in() as stand_in,
        process_running(bot_url, "worker", SLACK_API_URL=stand_in.url, TICKETS_CHANNEL="C0SHOP") as (process, url),
        ClientSession() as session,
    ):
        await until_ready(session, url)
        stand_in.gate.clear()
        stand_in.reached.clear()
        await shop.add_ticket()
        await stand_in.reached.wait()
        process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.3)
        stand_in.gate.set()

        assert await asyncio.wait_for(process.wait(), 15) == 0
        assert len(stand_in.posted_in("C0SHOP")) == 1
    assert await owner.fetchval("SELECT state FROM notifications WHERE kind = 'card'") == "sent"


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_signal_during_the_start_ends_it_quietly(bot_url: str, number: signal.Signals) -> None:
    silent = socket.create_server(("127.0.0.1", 0))  # takes connections and never answers
    with silent:
        away = f"http://127.0.0.1:{silent.getsockname()[1]}/api/"
        async with process_running(bot_url, "web", SLACK_API_URL=away) as (process, _):
            accepted, _ = await asyncio.to_thread(silent.accept)
            with accepted:
                process.send_signal(number)

                _, said = await asyncio.wait_for(process.communicate(), 15)

    assert process.returncode == 0
    assert b"Traceback" not in said


async def test_refused_start_is_one_line_and_no_traceback(empty_url: str, template: str) -> None:
    assert template
    bot_url = empty_url.replace("//postgres@", "//repair_bot@")

    async with process_running(bot_url, "run") as (process, _):
        _, said = await asyncio.wait_for(process.communicate(), 30)

    assert process.returncode == 1
    assert b"python -m db upgrade" in said
    assert b"Traceback" not in said
