"""Hands requests to the app as Slack does, by HTTP (signed) or by Socket Mode: three seconds to answer, measured."""

import asyncio
import hashlib
import hmac
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from sandbox.documents import Document, as_json
from sandbox.manifest import SOCKET
from sandbox.refusals import Refused
from sandbox.socket import Sockets

ACK_SECONDS: Final = 3.0  # docs.slack.dev/interactivity/handling-user-interaction
ANSWER_BYTES: Final = 1_000_000
KEPT: Final = 1000
EVENT_REDIRECTS: Final = 2  # docs.slack.dev/apis/events-api
USER_AGENT: Final = "Slackbot 1.0 (+https://api.slack.com/robots)"


@dataclass(eq=False, slots=True)
class Delivery:
    """One request to the app and what came of it.

    `error` is None if the app answered 2xx in time; `fault` says what in its answer Slack would not take. `replay`: it
    came again because somebody wished it, and nothing was made of the answer. `running`: nothing has come of it yet.
    """

    kind: str
    url: str
    payload: Document
    status: int | None = None
    ack_ms: float = 0.0
    body: str = ""
    error: str | None = None
    retry: int = 0
    no_retry: bool = False
    replay: bool = False
    fault: str | None = None
    running: bool = False

    def document(self) -> Document:
        """Write it for whoever inspects the workspace."""
        return {
            "kind": self.kind,
            "url": self.url,
            "payload": self.payload,
            "status": self.status,
            "ack_ms": round(self.ack_ms, 2),
            "body": self.body,
            "error": self.error,
            "retry": self.retry,
            "replay": self.replay,
            "fault": self.fault,
        }


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Make the v0 signature (docs.slack.dev/authentication/verifying-requests-from-slack)."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def written(kind: str, payload: Document) -> tuple[bytes, str]:
    """Write a payload as it goes over HTTP, with its content type.

    A slash command is a form of its fields, an event the JSON itself, an interaction a form with the JSON in `payload`.
    """
    if kind == "event_callback":
        return as_json(payload).encode(), "application/json"
    fields = payload if kind == "slash_command" else {"payload": as_json(payload)}
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


@dataclass(slots=True)
class Deliverer:
    """Signs, sends, measures and remembers the last thousand deliveries."""

    session: aiohttp.ClientSession
    secret: str
    sockets: Sockets
    ack_seconds: float = ACK_SECONDS
    log: deque[Delivery] = field(default_factory=lambda: deque(maxlen=KEPT))
    listeners: list[Callable[[Delivery], None]] = field(
        default_factory=list
    )  # told of each as it begins, as it ends, if it is faulted

    async def send(
        self,
        kind: str,
        url: str,
        payload: Document,
        *,
        retry: int = 0,
        retry_reason: str | None = None,
        replay: bool = False,
    ) -> Delivery:
        """Deliver once. Never raises: what went wrong is in the delivery."""
        delivery = Delivery(kind, url, payload, retry=retry, replay=replay, running=True)
        self._tell(delivery)
        started = time.perf_counter()
        if url == SOCKET:
            delivery.status, delivery.body, delivery.error = await self.sockets.exchange(
                kind, payload, self.ack_seconds, retry=retry, retry_reason=retry_reason
            )
        else:
            answer = await self._post(kind, url, payload, retry, retry_reason)
            delivery.status, delivery.body, delivery.error, delivery.no_retry = answer
        delivery.ack_ms = (time.perf_counter() - started) * 1000
        delivery.running = False
        self.log.append(delivery)
        self._tell(delivery)
        return delivery

    async def replay(self, delivery: Delivery) -> Delivery:
        """Deliver the same payload once more, signed anew. Nothing is made of the answer."""
        return await self.send(delivery.kind, delivery.url, delivery.payload, replay=True)

    def find_fault(self, delivery: Delivery, refused: Refused) -> None:
        """Note that Slack would not take what the app answered."""
        delivery.fault = refused.words
        self._tell(delivery)

    def _tell(self, delivery: Delivery) -> None:
        for listener in self.listeners:
            listener(delivery)

    async def _post(
        self, kind: str, url: str, payload: Document, retry: int, retry_reason: str | None
    ) -> tuple[int | None, str, str | None, bool]:
        body, content_type = written(kind, payload)
        # the app checks the signature's age by its own clock, which is this machine's
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": content_type,
            "User-Agent": USER_AGENT,
            "Accept": "application/json,*/*",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": sign(self.secret, timestamp, body),
        }
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": retry_reason or "unknown_error"}
        return await self._exchange(kind, url, body, headers)

    async def _exchange(
        self, kind: str, url: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int | None, str, str | None, bool]:
        redirects: dict[str, Any] = {"allow_redirects": kind == "event_callback", "max_redirects": EVENT_REDIRECTS + 1}
        try:
            async with (
                asyncio.timeout(self.ack_seconds),
                self.session.post(URL(url, encoded=True), data=body, headers=headers, **redirects) as response,
            ):
                answer = (await response.content.read(ANSWER_BYTES)).decode("utf-8", "replace")
                error = None if 200 <= response.status < 300 else "http_error"  # noqa: PLR2004 - HTTP's success range
                return response.status, answer, error, response.headers.get("X-Slack-No-Retry") == "1"
        except TimeoutError:
            return None, "", "http_timeout", False
        except aiohttp.TooManyRedirects:
            return None, "", "too_many_redirects", False
        except aiohttp.ClientSSLError:
            return None, "", "ssl_error", False
        except (aiohttp.ClientError, OSError):
            return None, "", "connection_failed", False
