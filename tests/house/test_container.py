"""The container files' steps, carried out as a script: no engine is needed for that, and none may be at hand."""

import asyncio
import fnmatch
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from db.embedded import OWNER, EmbeddedPostgres
from sandbox.server import Sandbox
from tests.journeys.floor import CHANNEL, ROOT, workspace_of
from tests.shop import KEYS, Shop

DOCKERFILE: Final = (ROOT / "Dockerfile").read_text()
PORT_IN_THE_CONTAINER: Final = "3000"


def final_stage() -> str:
    return DOCKERFILE.split("\nFROM ")[-1]


def copied() -> list[str]:
    """Return what the final stage copies from the build context."""
    lines = re.findall(r"^COPY (?!--from)(.+)$", final_stage(), flags=re.MULTILINE)
    return [name for line in lines for name in line.split()[:-1]]


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """The application's folder as the image has it, but for the environment."""
    app = tmp_path / "app"
    app.mkdir()
    for name in copied():
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, app / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, app / name)
    return app


def test_everything_that_is_copied_is_let_into_the_build() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    let_in = [line[1:] for line in ignored if line.startswith("!")]

    assert ignored[0] == "*"
    assert [name for name in [*copied(), "requirements.lock"] if name not in let_in] == []
    assert not any(fnmatch.fnmatch(".env", pattern) for pattern in let_in)


def test_image_runs_as_an_ordinary_user_and_installs_by_hash_only() -> None:
    assert re.search(r"^USER (?!root)\w+$", final_stage(), flags=re.MULTILINE)
    assert "--require-hashes -r requirements.lock" in DOCKERFILE
    assert DOCKERFILE.count("\nFROM ") == 2


def test_image_says_what_it_lacks_instead_of_a_traceback(image: Path) -> None:
    command = re.search(r"^CMD (\[.+\])$", final_stage(), flags=re.MULTILINE)
    assert command is not None
    _, *arguments = yaml.safe_load(command[1])

    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=image,
        env={"DATA_DIR": str(image / "data")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert "SLACK_BOT_TOKEN: missing" in done.stderr
    assert "Traceback" not in done.stderr


async def test_composed_services_migrate_serve_and_stop(
    image: Path, shop: Shop, empty_url: str, postgres: EmbeddedPostgres
) -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    name = re.search(r"/(\w+)\?", empty_url)
    assert name is not None
    async with Sandbox.serve(manifest=ROOT / "app_manifest.yml", workspace=workspace_of(shop, [])) as sandbox:
        env = {
            **os.environ,
            "DATABASE_URL": postgres.dsn("repair_bot", name[1]),
            "ENCRYPTION_KEY": KEYS.present.get_secret_value(),
            "SLACK_BOT_TOKEN": sandbox.credentials.token,
            "SLACK_SIGNING_SECRET": sandbox.credentials.signing_secret,
            "SLACK_API_URL": sandbox.api_url,
            "TICKETS_CHANNEL": CHANNEL,
            "HOST": "127.0.0.1",
        }
        migrate = start(image, services["migrate"], {**env, "DATABASE_ADMIN_URL": postgres.dsn(OWNER, name[1])})
        assert migrate.wait(60) == 0
        ports = [{**env, "PORT": str(free_port())} for _ in range(2)]
        started = [start(image, services[name], own) for name, own in zip(("web", "worker"), ports, strict=True)]
        try:
            for process, own in zip(started, ports, strict=True):
                await healthy(process, own)
        finally:
            for process in started:
                process.send_signal(signal.SIGINT)
            codes = [process.wait(30) for process in started]
        assert codes == [0, 0]


def free_port() -> int:
    """Return a port that nobody uses and that no outgoing connection is given meanwhile, as one from bind(0) may be."""
    while True:
        port = random.randrange(20_000, 32_000)  # noqa: S311 - no secret
        with socket.socket() as tried, suppress(OSError):
            tried.bind(("127.0.0.1", port))
            return port


def start(image: Path, service: dict[str, Any], env: dict[str, str]) -> "subprocess.Popen[bytes]":
    _, *arguments = service["command"]
    return subprocess.Popen([sys.executable, *arguments], cwd=image, env=env)


async def healthy(service: "subprocess.Popen[bytes]", env: dict[str, str]) -> None:
    """Run the image's own health check until it succeeds."""
    check = re.search(r"^HEALTHCHECK (?:.*\\\n)*\s*CMD (\[.+\])$", final_stage(), flags=re.MULTILINE)
    assert check is not None
    _, *arguments = yaml.safe_load(check[1])
    for _ in range(100):
        assert service.poll() is None, "the service ended"
        probe = await asyncio.create_subprocess_exec(sys.executable, *arguments, env=env, stderr=subprocess.DEVNULL)
        if await probe.wait() == 0:
            return
        await asyncio.sleep(0.2)
    raise AssertionError("the service never became healthy")
