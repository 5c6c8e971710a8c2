import asyncio
import json
import signal
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import yaml
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.__main__ import main
from sandbox.documents import Document
from sandbox.server import Sandbox
from tests.sandbox.conftest import ANN, GENERAL, WORKSPACE, client_of, manifest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "manifest.yml").write_text(yaml.safe_dump(manifest()))
    (tmp_path / "workspace.json").write_text(json.dumps(WORKSPACE))
    return tmp_path


def arguments(folder: Path) -> list[str]:
    return [
        *("--manifest", str(folder / "manifest.yml")),
        *("--workspace", str(folder / "workspace.json"), "--credentials", str(folder / "credentials.json")),
        *("--url", "http://127.0.0.1:9/", "--port", "0"),
    ]


def command(folder: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "sandbox", *arguments(folder), *more]


@asynccontextmanager
async def started(folder: Path, *more: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(*command(folder, *more), stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        line = (await asyncio.wait_for(process.stdout.readline(), 20)).decode()
        assert line.startswith("sandbox: Example is at http://127.0.0.1:")
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), 10)


def credentials(folder: Path) -> Document:
    return dict(json.loads((folder / "credentials.json").read_text()))


async def test_credentials_work_and_are_for_the_owner_alone(folder: Path) -> None:
    async with started(folder):
        given = credentials(folder)
        client = AsyncWebClient(token=given["SLACK_BOT_TOKEN"], base_url=given["SLACK_API_URL"])
        who = await client.auth_test()

    assert who["user_id"] == "U0BOT"
    assert stat.S_IMODE((folder / "credentials.json").stat().st_mode) == 0o600
    assert set(given) == {"SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_API_URL"}


async def test_socket_mode_gives_an_app_level_token_that_connects(folder: Path) -> None:
    async with started(folder, "--socket"), aiohttp.ClientSession() as session:
        given = credentials(folder)
        client = AsyncWebClient(base_url=given["SLACK_API_URL"])
        answer = await client.apps_connections_open(app_token=given["SLACK_APP_TOKEN"])
        async with session.ws_connect(answer["url"]) as socket:
            hello = await socket.receive_json(timeout=5)

    assert hello["type"] == "hello"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_signal_ends_it_cleanly_and_each_start_makes_new_credentials(
    folder: Path, number: signal.Signals
) -> None:
    seen = []
    for _ in range(2):
        async with started(folder) as process:
            seen.append(credentials(folder))
            process.send_signal(number)
            assert await asyncio.wait_for(process.wait(), 10) == 0

    assert seen[0]["SLACK_BOT_TOKEN"] != seen[1]["SLACK_BOT_TOKEN"]
    assert seen[0]["SLACK_SIGNING_SECRET"] != seen[1]["SLACK_SIGNING_SECRET"]


async def test_state_file_keeps_messages_from_run_to_run(folder: Path) -> None:
    history: list[str] = []
    for text in ("One", "Two"):
        async with started(folder, "--state", str(folder / "state.json")):
            given = credentials(folder)
            client = AsyncWebClient(token=given["SLACK_BOT_TOKEN"], base_url=given["SLACK_API_URL"])
            posted = await client.chat_postMessage(channel=ANN, text=text)
            page = await client.conversations_history(channel=posted["channel"])
            history = [message["text"] for message in page["messages"]]

    assert history == ["Two", "One"]


async def test_state_of_another_workspace_is_refused(folder: Path) -> None:
    state = folder / "state.json"
    state.write_text(json.dumps({"version": 1, "team": "T0OTHER", "messages": [], "im_users": []}))

    with pytest.raises(ValueError, match="is no state of workspace T0TEAM"):
        async with Sandbox.serve(manifest=manifest(), workspace=WORKSPACE, state_file=state):
            pass

    assert json.loads(state.read_text())["team"] == "T0OTHER"


async def test_ephemeral_messages_are_not_kept(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    async with Sandbox.serve(manifest=manifest(), workspace=WORKSPACE, state_file=state) as sandbox:
        await client_of(sandbox).chat_postEphemeral(channel=GENERAL, user=ANN, text="Psst")
        await sandbox.say(ANN, "Hi", GENERAL)

    assert [message["text"] for message in json.loads(state.read_text())["messages"]] == ["Hi"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--host", "0.0.0.0"], "other machines reach 0.0.0.0"),  # noqa: S104 - that it is refused is the test
        (["--host", "0.0.0.0", "--allow-remote", "--tool", "Say=true"], "doesn't go with --allow-remote"),  # noqa: S104
        (["--manifest", "nothing.yml"], "nothing.yml"),
        (["--workspace", "nothing.json"], "nothing.json"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], more: list[str], words: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*arguments(folder), *more])

    assert ended.value.code == 2
    assert words in capsys.readouterr().err


async def test_port_in_use_is_told_in_a_line(folder: Path) -> None:
    async with Sandbox.serve(manifest=manifest(), workspace=WORKSPACE) as sandbox:
        port = sandbox.base_url.rsplit(":", 1)[1]
        process = await asyncio.create_subprocess_exec(*command(folder, "--port", port), stderr=asyncio.subprocess.PIPE)
        _, said = await asyncio.wait_for(process.communicate(), 20)

    assert process.returncode == 1
    assert said.decode().startswith("sandbox: ")
    assert "Traceback" not in said.decode()
