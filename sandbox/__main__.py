"""``python -m sandbox``: a Slack workspace on this machine, for one app."""

import argparse
import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from sandbox.guard import is_loopback
from sandbox.manifest import Manifest
from sandbox.server import Sandbox
from sandbox.tools import Tools
from sandbox.tour import Tour
from sandbox.workspace import Workspace


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; 2 for arguments that don't fit."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--manifest", type=Path, required=True, help="the app's manifest, YAML or JSON")
    parser.add_argument("--workspace", type=Path, required=True, help="team, people and channels, JSON")
    parser.add_argument("--url", help="the app's request URL, in place of those in the manifest")
    parser.add_argument("--socket", action="store_true", help="deliver by Socket Mode; the app needs no address then")
    parser.add_argument("--credentials", type=Path, required=True, help="file to write token, secret and API URL to")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--state", type=Path, help="file that keeps messages from one run to the next")
    parser.add_argument("--allow-remote", action="store_true", help="listen on an address that other machines reach")
    parser.add_argument("--tour", type=Path, help="steps of a guided first visit, JSON")
    parser.add_argument(
        "--tool",
        action="append",
        default=[],
        metavar="NAME=COMMAND",
        help="what the inspector offers to run, by a button",
    )
    options = parser.parse_args(arguments)
    if not options.allow_remote and not is_loopback(options.host):
        parser.error(f"other machines reach {options.host}, and the page asks for no password: say --allow-remote")
    if options.allow_remote and options.tool:
        parser.error("--tool runs commands for whoever opens the page: it doesn't go with --allow-remote")
    try:
        manifest, workspace = Manifest.read(options.manifest), Workspace.read(options.workspace)
        tour = Tour.read(options.tour, workspace) if options.tour else None
        tools = Tools.of(options.tool)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    try:
        asyncio.run(_serve(options, manifest, workspace, tour, tools))
    except (OSError, ValueError) as error:
        print(f"sandbox: {error}", file=sys.stderr)  # noqa: T201 - the command's own words
        return 1
    return 0


async def _serve(
    options: argparse.Namespace, manifest: Manifest, workspace: Workspace, tour: Tour | None, tools: Tools
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with Sandbox.serve(
        manifest=manifest,
        workspace=workspace,
        request_url=options.url,
        by_sockets=options.socket,
        host=options.host,
        port=options.port,
        state_file=options.state,
        remote=options.allow_remote,
        tour=tour,
        tools=tools,
    ) as sandbox:
        _write_credentials(options.credentials, sandbox)
        print(f"sandbox: {workspace.team.name} is at {sandbox.base_url}/", flush=True)  # noqa: T201 - the command's own words
        await stop.wait()


def _write_credentials(path: Path, sandbox: Sandbox) -> None:
    document = {
        "SLACK_BOT_TOKEN": sandbox.credentials.token,
        "SLACK_SIGNING_SECRET": sandbox.credentials.signing_secret,
        "SLACK_API_URL": sandbox.api_url,
    }
    if sandbox.sockets.enabled:  # an app that has it uses it
        document["SLACK_APP_TOKEN"] = sandbox.credentials.app_token
    # a new file put in the place of the old one: never readable by others, never half-written
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(document, file)
    fresh.replace(path)


if __name__ == "__main__":
    sys.exit(main())
