"""The HTTP front: Slack's deliveries, and two routes for whoever watches over the process.

A delivery's signature is checked on its raw bytes before anything is parsed. What isn't Slack's, or makes no sense,
gets a 4xx answer and goes no further; what Slack sent gets its answer within the time that Slack waits.
"""

import asyncio
import hmac
import re
import time
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Final

import structlog
from aiohttp import web

from bot.attending import REQUEST_SECONDS
from bot.listeners import Answer
from bot.payloads import Malformed, Payload, RateLimitNotice, UrlVerification, read_payload

PATH: Final = "/slack/events"
MAX_BODY: Final = 1024 * 1024  # bytes; a form has at most 250 kB, its encoding as a form field may triple that
MAX_AGE: Final = 300  # seconds that a signature stays good, as in Slack's own SDK
_BODY_SECONDS: Final = 10.0  # for a body to arrive
_IDLE_SECONDS: Final = 75.0  # for a request to begin, and its headers to arrive; longer than proxies keep theirs (60)
_TIMESTAMP: Final = re.compile(r"[0-9]{1,12}")

_log = structlog.get_logger(__name__)


def is_signed(secret: str, timestamps: Sequence[str], signatures: Sequence[str], body: bytes, now: float) -> bool:
    """Tell whether a request is Slack's and fresh. ``timestamps``, ``signatures``: the header's values, all of them."""
    if len(timestamps) != 1 or len(signatures) != 1 or not _TIMESTAMP.fullmatch(timestamps[0]):
        return False
    if abs(now - int(timestamps[0])) > MAX_AGE:
        return False
    expected = sign(secret, timestamps[0], body)
    return hmac.compare_digest(expected.encode(), signatures[0].encode(errors="surrogateescape"))


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature that Slack puts on ``body``."""
    return "v0=" + hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, sha256).hexdigest()


class Front:
    """The routes. ``problems`` says in words why the process should get no requests; none: it's ready."""

    def __init__(
        self,
        answer: Answer,
        *,
        signing_secret: str,
        problems: Callable[[], Sequence[str]],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._answer = answer
        self._secret = signing_secret
        self._problems = problems
        self._clock = clock

    def application(self) -> web.Application:
        """Return the application to serve."""
        application = health_application(self._problems)
        application.router.add_post(PATH, self._receive)
        return application

    async def _receive(self, request: web.Request) -> web.Response:
        deadline = asyncio.get_running_loop().time() + REQUEST_SECONDS
        try:
            payload = await self._read(request)
            match payload:
                case None | RateLimitNotice():
                    return web.Response()
                case UrlVerification():
                    return web.json_response({"challenge": payload.challenge})
                case _:
                    reply = await self._answer(payload, deadline)
        except Malformed as error:
            _log.warning("refused a request", reason=str(error), status=error.status)
            return web.Response(status=error.status, text=str(error))
        kind = "application/json" if reply.body else "text/plain"
        return web.Response(status=reply.status, text=reply.body, content_type=kind)

    async def _read(self, request: web.Request) -> Payload | None:
        """Return a signed request's payload, or None for Slack's check of the certificate."""
        raw = await _read_body(request)
        # Slack sends this one to every command's address now and then; it asks for nothing
        if b"ssl_check=1" in raw.split(b"&"):
            return None
        headers = request.headers
        timestamps = headers.getall("X-Slack-Request-Timestamp", [])
        signatures = headers.getall("X-Slack-Signature", [])
        if not is_signed(self._secret, timestamps, signatures, raw, self._clock()):
            raise Malformed("not signed by Slack, or too long ago", status=401)
        kinds = headers.getall("Content-Type", [])
        if len(kinds) != 1:
            raise Malformed("one content type is wanted", status=415)
        return read_payload(raw, kinds[0])


def health_application(problems: Callable[[], Sequence[str]]) -> web.Application:
    """Return an application with the two health routes alone."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def readyz(_request: web.Request) -> web.Response:
        found = list(problems())
        return web.json_response({"ready": not found, "problems": found}, status=503 if found else 200)

    application = web.Application(client_max_size=MAX_BODY)
    application.router.add_get("/healthz", healthz)
    application.router.add_get("/readyz", readyz)
    return application


def runner_for(application: web.Application, *, finish_seconds: float) -> web.AppRunner:
    """Return what serves an application; stopping, it lets requests under way finish within ``finish_seconds``."""
    return web.AppRunner(
        application,
        access_log=None,  # a line for each request costs a fifth of the throughput
        keepalive_timeout=_IDLE_SECONDS,
        auto_decompress=False,  # the signature is on the bytes as they came
        handle_signals=False,
        shutdown_timeout=finish_seconds,
    )


async def _read_body(request: web.Request) -> bytes:
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise Malformed(f"more than {MAX_BODY} bytes", status=413) from None
    except TimeoutError:
        raise Malformed("the body did not arrive", status=408) from None
    except (web.RequestPayloadError, ConnectionError):
        raise Malformed("the body is broken") from None
