import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.logger import get_bolt_logger

from bot.logs import configure_logs

SECRETS = [
    ("xoxb-123-456-abcDEF", "xoxb-123"),
    ("xapp-1-A0-123-abc", "xapp-1"),
    ("postgresql://repair_bot:hunter2@db:5432/shop", "hunter2"),
    ("https://hooks.slack.com/commands/T1/123/abcdef", "abcdef"),
    ("https://hooks.slack.com/actions/T1/123/abcdef", "abcdef"),
    ("the signing secret is 8f742231b10e", "8f742231b10e"),
]


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in ("slack_bolt", "slack_sdk", "aiohttp", "asyncio")}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    structlog.reset_defaults()


@pytest.mark.parametrize("style", ["console", "json"])
@pytest.mark.parametrize(("text", "hidden"), SECRETS)
def test_no_secret_gets_out(style: str, text: str, hidden: str) -> None:
    out = io.StringIO()
    configure_logs("DEBUG", "json" if style == "json" else "console", secrets=["8f742231b10e"], stream=out)
    log = structlog.get_logger("bot.test")

    log.info(text, fact=text, facts={"nested": text})
    logging.getLogger("elsewhere").warning("said %s", text)
    log.error("failed", exc_info=ValueError(text))

    assert out.getvalue().count("[hidden]") >= 5
    assert hidden not in out.getvalue()


def test_json_is_one_object_a_line() -> None:
    out = io.StringIO()
    configure_logs("INFO", "json", stream=out)

    structlog.get_logger("bot.test").info("refused", kind="command")

    line = json.loads(out.getvalue())
    assert (line["event"], line["kind"], line["level"], line["logger"]) == ("refused", "command", "info", "bot.test")
    assert line["timestamp"].endswith("Z")


def test_level_holds() -> None:
    out = io.StringIO()
    configure_logs("WARNING", "json", stream=out)

    structlog.get_logger("bot.test").info("quiet")

    assert not out.getvalue()


@pytest.mark.parametrize("name", ["slack_bolt.AsyncApp", "slack_sdk.web.async_client", "aiohttp.access"])
def test_libraries_that_log_whole_requests_are_quiet_even_at_debug(name: str) -> None:
    out = io.StringIO()
    configure_logs("DEBUG", "json", stream=out)

    logging.getLogger(name).warning("the whole body")

    assert not out.getvalue()


def test_bolt_stays_quiet_though_it_gives_its_loggers_the_roots_level() -> None:
    out = io.StringIO()
    configure_logs("DEBUG", "json", stream=out)

    get_bolt_logger(AsyncApp).warning("the whole body")

    assert not out.getvalue()


def test_without_a_terminal_machines_read_it() -> None:
    out = io.StringIO()
    configure_logs("INFO", None, stream=out)

    structlog.get_logger("bot.test").info("hello")

    assert json.loads(out.getvalue())["event"] == "hello"
