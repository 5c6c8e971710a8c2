"""The command line: ``python -m bot [run | web | worker | demo | check | notifications | summary | grant]``."""

import argparse
import asyncio
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.access import grant
from bot.app import run
from bot.check import run_check
from bot.database import StartRefused
from bot.demo import DemoFailed, demo
from bot.errors import Refusal
from bot.logs import configure_logs
from bot.outbox_report import notifications
from bot.roles import Role
from bot.settings import Program, Settings, SettingsRefused, load_settings
from bot.summary import summarise


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; return the exit code. Faults are said in a line each, never a traceback."""
    options = _parser().parse_args(arguments)
    try:
        match options.command:
            case "demo":
                data_dir = options.data_dir or load_settings(Program.TOOL).data_dir
                parent = os.getppid() if options.with_parent else None
                return demo(
                    port=options.port,
                    browser=options.browser,
                    data_dir=data_dir,
                    parent=parent,
                    by_socket=options.socket,
                )
            case "grant":
                said = asyncio.run(grant(_settings(Program.TOOL), options.email, options.role, options.slack_user))
                print(said)  # noqa: T201  the command's answer
            case "summary":
                print(asyncio.run(summarise(_settings(Program.TOOL))))  # noqa: T201  the command's answer
            case "check":
                return run_check()
            case "notifications":
                asked = notifications(_settings(Program.TOOL), failed=options.failed, retry=options.retry)
                code, lines = asyncio.run(asked)
                print(*lines, sep="\n")  # noqa: T201  the command's answer
                return code
            case command:
                program = Program(command)
                asyncio.run(run(_settings(program), program))
    except SettingsRefused as error:
        _complain(*error.lines)
    except (StartRefused, DemoFailed, Refusal) as error:
        _complain(str(error))
    except KeyboardInterrupt:
        return 130
    else:
        return 0
    return 1


def _settings(program: Program) -> Settings:
    settings = load_settings(program)
    configure_logs(settings.log_level, settings.log_format, secrets=settings.secrets())
    return settings


def _complain(*lines: str) -> None:
    for line in lines:
        print(line, file=sys.stderr)  # noqa: T201  before logging is set up, or instead of it


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bot", description="The ticket bot. Settings come from the environment and .env."
    )
    parser.set_defaults(command="run")
    commands = parser.add_subparsers(metavar="COMMAND")
    for name, summary in (
        ("run", "serve Slack and send notifications, in one process (the default)"),
        ("web", "serve Slack only; any number of these"),
        ("worker", "send notifications only; any number of these"),
    ):
        commands.add_parser(name, help=summary, description=summary).set_defaults(command=name)
    add_demo = commands.add_parser("demo", help="try it here: a database, a sample shop and a local Slack workspace")
    add_demo.set_defaults(command="demo")
    add_demo.add_argument("--port", type=_port, default=8080, help="of the page (default 8080; else the next free one)")
    add_demo.add_argument("--socket", action="store_true", help="the workspace reaches the bot by Socket Mode")
    add_demo.add_argument("--with-parent", action="store_true", help="end when the process that started it has ended")
    add_demo.add_argument("--no-browser", dest="browser", action="store_false", help="only print the page's address")
    add_demo.add_argument("--data-dir", type=Path, default=None, help="where the data is kept (default DATA_DIR)")
    about = "tell whether the bot would work, a line a thing, and what to do where it wouldn't; exit code 1 if not"
    commands.add_parser("check", help=about, description=about).set_defaults(command="check")
    about = "what the outbox holds: how many messages in each state, and those that wait or are dead"
    add_notifications = commands.add_parser("notifications", help=about, description=about)
    add_notifications.set_defaults(command="notifications")
    add_notifications.add_argument("--failed", action="store_true", help="only what is dead: Slack refused it for good")
    add_notifications.add_argument(
        "--retry", metavar="ID", type=_message, default=None, help="try a dead message again; `all`: every one"
    )
    about = "send each Manager yesterday's summary now, whatever the hour; the worker that runs sends it"
    commands.add_parser("summary", help=about, description=about).set_defaults(command="summary")
    add_grant = commands.add_parser("grant", help="give somebody a role: the first Manager, or a rescue")
    add_grant.set_defaults(command="grant")
    add_grant.add_argument("email", metavar="EMAIL", type=_email)
    add_grant.add_argument("role", metavar="ROLE", type=_role, help=", ".join(Role))
    add_grant.add_argument(
        "--slack-user", metavar="U...", type=_slack_user, default=None, help="link this Slack account, too"
    )
    return parser


def _role(text: str) -> Role:
    wanted = " ".join(text.replace("-", " ").replace("_", " ").split()).casefold()
    for role in Role:
        if role.casefold() == wanted:
            return role
    raise argparse.ArgumentTypeError(f"{text!r} is no role; there are {', '.join(Role)}")


def _email(text: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no e-mail address")
    return text


def _slack_user(text: str) -> str:
    if not re.fullmatch(r"[UW][A-Z0-9]+", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no Slack user id, such as U0123ABCD: it's in their profile")
    return text


def _message(text: str) -> int | str:
    if text == "all":
        return text
    if not re.fullmatch(r"[1-9][0-9]{0,17}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no message; its id is wanted, or all")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 2**16:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; a number from 1 to 65535 is wanted")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
