"""Logging: structlog and the standard library's loggers through one door, which lets no secret out.

What is logged: what happened, to which identifier, how long it took. What people typed, their names and addresses are
not. The libraries that would log whole requests are held at a level where they don't, whatever ``LOG_LEVEL`` says.
"""

import logging
import re
import sys
from collections.abc import Iterable
from typing import Final, Literal, TextIO

import structlog
from structlog.typing import Processor

_QUIET: Final = {
    "slack_bolt": logging.CRITICAL,  # its warnings hold whole bodies; bot.listeners reports every failure itself
    "slack_sdk": logging.ERROR,
    "aiohttp": logging.ERROR,
    "asyncio": logging.WARNING,
}
_HIDDEN: Final = "[hidden]"
_SECRETS: Final = re.compile(
    r"\bxox[a-z]?(?:\.xox[a-z])?-[\w.-]+|\bxapp-[\w-]+"  # Slack's tokens
    r"|(?<=://)[^\s/@:]*:[^\s/@]+(?=@)"  # a DSN's user and password
    r"|(?<=/commands/)[\w/-]+|(?<=/actions/)[\w/-]+"  # a response_url: whoever has it can post
)


class _Scrubbing(structlog.stdlib.ProcessorFormatter):
    """Renders a record and then hides every secret in what came out, tracebacks included."""

    def __init__(self, renderer: Processor, shared: list[Processor], secrets: Iterable[str]) -> None:
        super().__init__(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
        self._secrets = tuple(secrets)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line that is written."""
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, _HIDDEN)
        return _SECRETS.sub(_HIDDEN, line)


def configure_logs(
    level: str, style: Literal["console", "json"] | None, *, secrets: Iterable[str] = (), stream: TextIO | None = None
) -> None:
    """Send all logging to ``stream`` (standard error), from ``level`` on.

    ``style``: ``console`` for people, ``json`` (one object a line) for machines, None: by whether a terminal reads it.
    ``secrets``: values that must not appear, whoever logs them.
    """
    out = stream or sys.stderr
    console = out.isatty() if style is None else style == "console"
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if not console:
        shared.append(structlog.processors.format_exc_info)
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback)
        if console
        else structlog.processors.JSONRenderer()
    )
    handler = logging.StreamHandler(out)
    handler.addFilter(_is_wanted)  # a level alone doesn't last: Bolt sets its loggers' to the root's
    handler.setFormatter(_Scrubbing(renderer, shared, sorted(filter(None, secrets), key=len, reverse=True)))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, floor in _QUIET.items():
        logging.getLogger(name).setLevel(floor)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _is_wanted(record: logging.LogRecord) -> bool:
    """Tell whether a record may be written at all: not what a quiet library says below its level."""
    return record.levelno >= _QUIET.get(record.name.partition(".")[0], logging.NOTSET)
