"""The demo as a newcomer runs it: in a folder with a space in its name, with a stranger's settings around."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from bot.demo import DemoFailed, demo, free_port, is_over

ROOT = Path(__file__).parents[2]
READY = re.compile(r"Ready: (http://127\.0\.0\.1:\d+)/")
open_directly = build_opener(ProxyHandler({})).open

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the server's user can reach, wherever root's temporary files are."""
    made = Path(tempfile.mkdtemp(prefix="demo with a space "))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made, ignore_errors=True)


def processes() -> dict[int, tuple[int, str]]:
    """Return what runs: pid -> (parent, arguments); zombies left out."""
    listed = subprocess.run(
        ["ps", "-wweo", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(maxsplit=3) for line in listed.splitlines()]
    return {int(row[0]): (int(row[1]), row[3]) for row in rows if len(row) == 4 and not row[2].startswith("Z")}


def family(pid: int, folder: Path) -> set[int]:
    """Return the process, its descendants, and whatever names the folder."""
    running = processes()
    found = {pid} | {other for other, (_, arguments) in running.items() if str(folder) in arguments}
    while more := {other for other, (parent, _) in running.items() if parent in found} - found:
        found |= more
    return found


@contextmanager
def demo_running(folder: Path, *more: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    port = free_port(18080)
    strangers = {
        "SLACK_BOT_TOKEN": "xoxb-real",
        "SLACK_APP_TOKEN": "xapp-real",
        "DATABASE_URL": "postgresql://real/shop",
    }
    (folder / ".env").write_text("TICKETS_CHANNEL=C0REAL\nDATABASE_ADMIN_URL=postgresql://real/shop\n")
    options = ["--no-browser", "--port", str(port), "--data-dir", str(folder / "data"), *more]
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", *options],
        cwd=folder,
        env={"PATH": os.defpath, "PYTHONPATH": str(ROOT), "HOME": str(folder), **strangers},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        said = ""
        try:
            assert process.stdout is not None
            for line in process.stdout:
                said += line
                if ready := READY.search(line):
                    yield process, ready[1]
                    break
            else:
                raise AssertionError(f"the demo did not become ready:\n{said}")
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(60)


def ask(url: str, body: object = None) -> Any:  # noqa: ANN401  JSON
    data = None if body is None else json.dumps(body).encode()
    origin = "/".join(url.split("/")[:3])
    headers = {"Content-Type": "application/json", "Origin": origin}
    with open_directly(Request(url, data=data, headers=headers), timeout=10) as response:  # noqa: S310  loopback
        return json.load(response)


def addressed_as(page: str, user: str, ticket: int) -> str:
    """Return the ticket's address as it stands on the card that this person asks for."""
    in_channel = {"user": user, "channel": "C0REPAIRS"}
    ask(f"{page}/-/send", {**in_channel, "text": f"/ticket {ticket}"})
    shown = ask(f"{page}/-/messages?user={user}&channel=C0REPAIRS")["messages"]
    found: set[str] = set(re.findall(rf"http://[0-9.:]+/t/{ticket}", json.dumps(shown)))
    [address] = found
    return address


def shown_under(page: str, user: str, text: str) -> Any:  # noqa: ANN401  JSON
    """Post a message with a link; return the Work Object that comes to stand under it."""
    ask(f"{page}/-/send", {"user": user, "channel": "C0REPAIRS", "text": text})
    end = time.monotonic() + 30
    while time.monotonic() < end:
        messages = ask(f"{page}/-/messages?user={user}&channel=C0REPAIRS")["messages"]
        for attachment in (each for message in messages for each in message.get("attachments") or ()):
            return attachment["entity"]
        time.sleep(0.1)
    raise AssertionError("nothing came to stand under the message")


def all_gone(pids: set[int]) -> bool:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if not pids & set(processes()):
            return True
        time.sleep(0.1)
    return False


def test_demo_starts_serves_and_stops_without_a_trace_and_keeps_its_data(folder: Path) -> None:
    with demo_running(folder) as (process, address):
        answer = ask(f"{address}/-/send", {"user": "U0ANA", "channel": "C0REPAIRS", "text": "/ticket whoami"})
        shown = ask(f"{address}/-/messages?user=U0ANA&channel=C0REPAIRS")["messages"]
        queue = ask(f"{address}/-/send", {"user": "U0ANA", "channel": "C0REPAIRS", "text": "/ticket take 9999"})
        posted = addressed_as(address, "U0MARIA", 1)
        entity = shown_under(address, "U0MARIA", f"See {posted}")
        everything = family(process.pid, folder)

        process.send_signal(signal.SIGINT)  # Ctrl-C

        assert process.wait(60) == 0
        assert all_gone(everything)
    assert answer["ok"]
    assert queue["ok"]
    assert any("Ana" in message["text"] for message in shown)
    assert (entity["url"], entity["external_ref"]) == (posted, {"id": "1"})
    assert len(everything) >= 5  # the demo, its reaper, the bot, the workspace, PostgreSQL

    with demo_running(folder, "--socket") as (process, address):
        by_socket = ask(f"{address}/-/send", {"user": "U0ANA", "channel": "C0REPAIRS", "text": "/ticket whoami"})
        connections = ask(f"{address}/-/admin/sockets")["connections"]
        kept = ask(f"{address}/-/messages?user=U0ANA&channel=C0REPAIRS")["messages"]
        everything = family(process.pid, folder)

        process.kill()

        assert all_gone(everything)
    assert by_socket["ok"]
    assert connections > 0
    cards = [message["ts"] for message in shown if not message.get("ephemeral")]
    assert {message["ts"] for message in kept} >= set(cards)


def test_taken_port_is_passed_over() -> None:
    first = free_port(19080)
    with socket.create_server(("127.0.0.1", first)):
        assert free_port(first) > first


def test_no_port_at_all_is_said_plainly() -> None:
    with socket.create_server(("127.0.0.1", 65535)), pytest.raises(DemoFailed, match="--port"):
        free_port(65535)


def test_folder_that_cannot_be_written_is_said_in_a_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signal.signal", lambda *_: None)
    (folder / "data").mkdir()
    (folder / "data" / "demo").write_text("no folder")

    with pytest.raises(DemoFailed, match=r"data/demo can't be written \(.+\): .+ --data-dir"):
        demo(port=18080, browser=False, data_dir=folder / "data")


@pytest.mark.parametrize(
    ("parent", "asked", "over"),
    [
        (None, False, False),
        (os.getppid, False, False),
        (os.getpid, False, True),  # anybody but the parent: the one that started it is gone
        (None, True, True),
    ],
)
def test_demo_ends_when_asked_to_and_with_the_process_it_belongs_to(
    parent: Callable[[], int] | None, asked: bool, over: bool
) -> None:
    stopping = threading.Event()
    if asked:
        stopping.set()

    assert is_over(stopping, parent and parent(), 0) is over


def test_make_ends_the_demo_with_itself() -> None:
    assert "-m bot demo --with-parent" in (ROOT / "Makefile").read_text()


def test_second_demo_on_the_same_data_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.demo._PREDECESSOR_SECONDS", 0.1)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    files = folder / "data" / "demo"
    files.mkdir(parents=True)
    holder = "import fcntl, sys; f = open(sys.argv[1], 'a'); fcntl.flock(f, 2); print(1, flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(files / "lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        other.stdout.readline()

        with pytest.raises(DemoFailed, match="already"):
            demo(port=18080, browser=False, data_dir=folder / "data")

        other.stdin.close()
