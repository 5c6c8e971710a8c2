"""``python -m bot demo``: the whole thing on this machine, with nothing configured.

An embedded database with the sample shop, the bot as it always runs (by environment alone), and a local Slack
workspace in the browser, as processes that end with this one. What is in ``.env`` doesn't concern them.
"""

import fcntl
import json
import os
import shlex
import signal
import sys
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from socket import AF_INET, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, socket
from types import FrameType
from typing import IO, Final

from pydantic import SecretStr

from bot.children import Child, ChildFailed, Children
from bot.settings import Settings, SettingsRefused
from db.embedded import EmbeddedPostgres, usable_data_dir
from db.keys import kept_key
from db.programs import EmbeddedPostgresError

_ROOT: Final = Path(__file__).resolve().parent.parent
_WORKSPACE: Final = _ROOT / "db" / "sample" / "workspace.json"
_TOUR: Final = _ROOT / "db" / "sample" / "tour.json"
_MANIFEST: Final = _ROOT / "app_manifest.yml"
_SHOP_CHANNEL: Final = "repairs"
_HOST: Final = "127.0.0.1"
_BOT_PORT: Final = 3000
_PORTS_TRIED: Final = 50
_READY_SECONDS: Final = 60.0
_PREDECESSOR_SECONDS: Final = 12.0  # for what a killed demo left to end


class DemoFailed(Exception):
    """The demo can't go on; the message says why and what to do."""


class _Stopped(Exception):
    """Somebody asked for the end."""


def demo(*, port: int, browser: bool, data_dir: Path, parent: int | None = None, by_socket: bool = False) -> int:
    """Run the demo until Ctrl-C or SIGTERM, its page on ``port`` or the next free one; raises ``DemoFailed``.

    ``by_socket``: the workspace reaches the bot by Socket Mode instead of HTTP.
    Given the process ``parent`` that has started it, the demo ends with that one as well, however it is ended.
    """
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup leaves it
        signal.signal(signal.SIGHUP, stop)
    try:
        folder = usable_data_dir(data_dir)
        if folder != data_dir.resolve():
            _say(f"The database server can't reach {data_dir.resolve()}, so the data is kept in {folder}.")
        with ExitStack() as stack:
            over = partial(is_over, stopping, parent)
            _run(stack, folder, over, port, browser=browser, by_socket=by_socket)
    except _Stopped:
        _say("Stopped.")
    except (ChildFailed, EmbeddedPostgresError, SettingsRefused) as error:
        raise DemoFailed(str(error)) from error
    return 0


def _run(
    stack: ExitStack, folder: Path, over: Callable[[float], bool], wanted: int, *, browser: bool, by_socket: bool
) -> None:
    files = folder / "demo"
    lock = stack.enter_context(_only_one(files))
    _say("Starting the database ...")
    server = EmbeddedPostgres.in_data_dir(folder)
    stack.enter_context(server)
    children = stack.enter_context(Children(files, held=[lock]))
    parts = _Demo(children, files, _environment(folder), over)
    parts.load()
    port = free_port(wanted)
    if port != wanted:
        _say(f"Port {wanted} is taken, so the page is on {port}.")
    bot_port = free_port(_BOT_PORT, taken=port)
    slack = parts.start_workspace(port, None if by_socket else bot_port)
    parts.start_bot(bot_port, server.dsn(), kept_key(folder), slack)
    address = f"http://{_HOST}:{port}/"
    _say(f"\nReady: {address}\nChoose a person there and type /ticket. Logs are in {files}. Ctrl-C stops everything.")
    if browser and _has_display():
        webbrowser.open(address)
    parts.wait()


@dataclass(frozen=True, slots=True)
class _Demo:
    """One run of the demo. What it starts ends with ``children``."""

    children: Children
    files: Path
    environment: Mapping[str, str]
    over: Callable[[float], bool]  # waits some seconds; tells whether the end has come

    def load(self) -> None:
        """Migrate the database and fill it, if it is empty, with the sample shop."""
        _say("Preparing the database ...")
        self._finish("upgrade", "-m", "db", "upgrade")
        self._finish("sample", "-m", "db", "sample")

    def start_workspace(self, port: int, bot_port: int | None) -> Mapping[str, str]:
        """Start the Slack workspace, with the port of the bot or for sockets; return what the bot needs to know."""
        _say("Starting the Slack workspace ...")
        credentials = self.files / "credentials.json"
        credentials.unlink(missing_ok=True)
        options: dict[str, object] = {
            "manifest": self._write_manifest(),
            "workspace": _WORKSPACE,
            "tour": _TOUR,
            "credentials": credentials,
            "port": port,
            "state": self.files / "workspace-state.json",
        }
        summary = shlex.join([sys.executable, "-m", "bot", "summary"])
        options["tool"] = f"Run the summary now={summary}"
        arguments = [str(part) for name, value in options.items() for part in (f"--{name}", value)]
        arguments += ["--socket"] if bot_port is None else ["--url", f"http://{_HOST}:{bot_port}/slack/events"]
        self._start("sandbox", "-m", "sandbox", *arguments)
        self._wait_for("the Slack workspace", lambda: credentials.exists() and _answers(port, "/"))
        known: dict[str, str] = json.loads(credentials.read_text())
        return known

    def _write_manifest(self) -> Path:
        """Write the manifest for tickets' addresses at this bot, with Work Objects switched on."""
        import yaml  # noqa: PLC0415 - an optional extra, as the embedded server is

        document = yaml.safe_load(_MANIFEST.read_text("utf-8"))
        document["features"]["unfurl_domains"] = [_HOST]
        document["features"]["rich_previews"] = {"is_active": True, "entity_types": ["slack#/entities/task"]}
        file = self.files / "manifest.json"
        file.write_text(json.dumps(document), encoding="utf-8")
        return file

    def start_bot(self, port: int, dsn: str, key: SecretStr, slack: Mapping[str, str]) -> None:
        """Start the bot as it runs everywhere, and wait until it is ready."""
        _say("Starting the bot ...")
        settings = {
            **slack,
            "TICKETS_CHANNEL": _shop_channel(),
            "DATABASE_URL": dsn,
            "ENCRYPTION_KEY": key.get_secret_value(),
            "HOST": _HOST,
            "PORT": str(port),
            "PUBLIC_URL": f"http://{_HOST}:{port}/",
            "WORK_OBJECTS": "on",
            "DRAIN_SECONDS": "0",
            "LOG_FORMAT": "console",
        }
        self._start("bot", "-m", "bot", "run", more=settings)
        self._wait_for("the bot", lambda: _answers(port, "/readyz"))

    def wait(self) -> None:
        """Return never: raise ``_Stopped`` when asked to, ``ChildFailed`` when a part ends by itself."""
        while True:
            self._pause(0.5)

    def _start(self, name: str, *arguments: str, more: Mapping[str, str] | None = None) -> Child:
        command = [sys.executable, *arguments]
        return self.children.start(name, command, environment={**self.environment, **(more or {})}, cwd=self.files)

    def _finish(self, name: str, *arguments: str) -> None:
        child = self._start(name, *arguments)
        while child.exit_code() is None:
            self._pause(0.05, check=False)
        if child.exit_code() != 0:
            raise child.failure()
        self.children.forget(child)

    def _wait_for(self, what: str, ready: Callable[[], bool]) -> None:
        end = time.monotonic() + _READY_SECONDS
        while not ready():
            if time.monotonic() > end:
                raise DemoFailed(f"{what} isn't ready after {_READY_SECONDS:.0f} seconds; its log is in {self.files}.")
            self._pause(0.1)

    def _pause(self, seconds: float, *, check: bool = True) -> None:
        if self.over(seconds):
            raise _Stopped
        if check:
            self.children.check()


def is_over(stopping: threading.Event, parent: int | None, seconds: float) -> bool:
    """Wait for so long, or until somebody asks for the end; tell whether it has come."""
    return stopping.wait(seconds) or parent not in {None, os.getppid()}


@contextmanager
def _only_one(files: Path) -> Iterator[int]:
    """Hold the data's lock and yield its file descriptor; raises ``DemoFailed`` while another demo uses the data."""
    with _lock_file(files) as lock:
        end = time.monotonic() + _PREDECESSOR_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                # what a killed demo has left holds it, too, until it has ended: wait a moment
                if time.monotonic() > end:
                    raise DemoFailed(
                        f"A demo is using the data in {files.parent} already: stop it, or name another --data-dir."
                    ) from None
                time.sleep(0.2)
            else:
                yield lock.fileno()
                return


def _lock_file(files: Path) -> IO[str]:
    try:
        files.mkdir(parents=True, exist_ok=True)
        return (files / "lock").open("a+")
    except OSError as error:
        raise DemoFailed(
            f"{files} can't be written ({error.strerror}): make it yours, or name another folder with --data-dir."
        ) from error


def free_port(wanted: int, *, taken: int | None = None) -> int:
    """Return ``wanted`` or the next port above that nobody listens on; raises ``DemoFailed``."""
    for port in range(wanted, min(wanted + _PORTS_TRIED, 2**16)):
        with socket(AF_INET, SOCK_STREAM) as probe, suppress(OSError):
            probe.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
            probe.bind((_HOST, port))
            if port != taken:
                return port
    raise DemoFailed(f"No port from {wanted} on is free: choose another one with --port.")


def _answers(port: int, path: str) -> bool:
    """Tell whether something answers there with 200."""
    connection = HTTPConnection(_HOST, port, timeout=2)  # urllib would ask a proxy of the environment
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200  # noqa: PLR2004
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _shop_channel() -> str:
    channels = json.loads(_WORKSPACE.read_text())["channels"]
    return next(str(channel["id"]) for channel in channels if channel["name"] == _SHOP_CHANNEL)


def _environment(folder: Path) -> dict[str, str]:
    """Return the environment of every part: this one's, without any setting, and where to find the code."""
    ours = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}
    path = [str(_ROOT), *filter(None, [ours.get("PYTHONPATH")])]
    return {**ours, "PYTHONPATH": os.pathsep.join(path), "DATA_DIR": str(folder)}


def _has_display() -> bool:
    return sys.platform != "linux" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  the demo talks to whoever started it
