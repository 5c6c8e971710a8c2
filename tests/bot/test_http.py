import asyncio
import io
import json
import socket
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import pytest
from aiohttp import ClientSession, web
from multidict import CIMultiDict

from bot.attending import REQUEST_SECONDS
from bot.http import MAX_BODY, PATH, Front, is_signed, runner_for, sign
from bot.listeners import Reply
from bot.payloads import Deliverable, Malformed
from tests.bot import deliveries
from tests.bot.deliveries import FORM, JSON, SECRET


@dataclass
class Served:
    """A running front, what reached its listeners, and how to send something."""

    url: str
    port: int
    session: ClientSession
    received: list[Deliverable] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    reply: Callable[[], Reply] = lambda: Reply(200, "")
    pause: float = 0.0

    async def answer(self, delivered: Deliverable, deadline: float) -> Reply:
        self.received.append(delivered)
        assert 0 < deadline - asyncio.get_running_loop().time() <= REQUEST_SECONDS
        await asyncio.sleep(self.pause)
        return self.reply()

    async def post(
        self, body: bytes, headers: Mapping[str, str] | None = None, *, content_type: str = FORM
    ) -> tuple[int, str]:
        given_headers = deliveries.headers(body, content_type=content_type) if headers is None else headers
        data = io.BytesIO(body)  # aiohttp warns of large bodies given as bytes
        async with self.session.post(self.url + PATH, data=data, headers=given_headers) as response:
            return response.status, await response.text()


@asynccontextmanager
async def front_running(finish_seconds: float = 2.0) -> AsyncIterator[tuple[Served, web.AppRunner]]:
    async with ClientSession() as session:
        served = Served(url="", port=0, session=session)
        front = Front(served.answer, signing_secret=SECRET, problems=lambda: served.problems)
        runner = runner_for(front.application(), finish_seconds=finish_seconds)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        served.port = runner.addresses[0][1]
        served.url = f"http://127.0.0.1:{served.port}"
        try:
            yield served, runner
        finally:
            await runner.cleanup()


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with front_running() as (front, _):
        yield front


async def test_signed_command_reaches_the_listeners_and_their_answer_comes_back(served: Served) -> None:
    served.reply = lambda: Reply(200, '{"text": "hello"}')

    status, body = await served.post(deliveries.command("mine"))

    assert status == 200
    assert json.loads(body) == {"text": "hello"}
    assert [getattr(one, "text", None) for one in served.received] == ["mine"]


async def test_tickets_have_no_page_unless_they_have_addresses(served: Served) -> None:
    async with served.session.get(f"{served.url}/t/42") as response:
        assert response.status == 404


async def test_answer_without_words_is_an_empty_200(served: Served) -> None:
    assert await served.post(deliveries.command()) == (200, "")


async def test_text_that_holds_the_word_payload_arrives(served: Served) -> None:
    await served.post(deliveries.command("new payload=1 payload"))

    assert [getattr(one, "text", None) for one in served.received] == ["new payload=1 payload"]


_BODY = deliveries.command("mine")
# from the present timestamp to the timestamps and the signatures in the headers
_SIGNED: Final[dict[str, Callable[[str], tuple[list[str], list[str]]]]] = {
    "neither": lambda _: ([], []),
    "no signature": lambda now: ([now], []),
    "no timestamp": lambda _: ([], ["v0=00"]),
    "empty": lambda now: ([now], [""]),
    "wrong": lambda now: ([now], ["v0=" + "0" * 64]),
    "no ASCII": lambda now: ([now], ["v0=ünï"]),
    "another secret": lambda now: ([now], [sign("another secret", now, _BODY)]),
    "another body": lambda now: ([now], [sign(SECRET, now, _BODY + b"&")]),
    "upper case": lambda now: ([now], [sign(SECRET, now, _BODY).upper()]),
    "twice": lambda now: ([now], [sign(SECRET, now, _BODY)] * 2),
    "two timestamps": lambda now: ([now, "0"], [sign(SECRET, now, _BODY)]),
    "a fraction": lambda now: ([f"{now}.0"], [sign(SECRET, f"{now}.0", _BODY)]),
}


def timestamp_now() -> str:
    return str(int(time.time()))


@pytest.mark.parametrize("way", _SIGNED)
async def test_what_slack_did_not_sign_is_refused_before_it_is_read(served: Served, way: str) -> None:
    timestamps, signatures = _SIGNED[way](timestamp_now())

    assert await answer_to(served, timestamps, signatures) == 401
    assert served.received == []


@pytest.mark.parametrize("timestamp", ["", "now", "1e9", "-1", "٣", "0", "9" * 12, "9" * 400, "NaN"])
async def test_timestamp_that_is_no_time_is_refused(served: Served, timestamp: str) -> None:
    assert await answer_to(served, [timestamp], [sign(SECRET, timestamp, _BODY)]) == 401
    assert served.received == []


async def answer_to(served: Served, timestamps: list[str], signatures: list[str]) -> int:
    headers = CIMultiDict({"Content-Type": FORM})
    for value in timestamps:
        headers.add("X-Slack-Request-Timestamp", value)
    for value in signatures:
        headers.add("X-Slack-Signature", value)

    status, _ = await served.post(_BODY, headers)
    return status


@pytest.mark.parametrize(("age", "good"), [(-301, False), (-299, True), (0, True), (299, True), (301, False)])
def test_signature_is_good_for_five_minutes_either_way(age: int, good: bool) -> None:
    timestamp = "1700000000"

    assert is_signed(SECRET, [timestamp], [sign(SECRET, timestamp, b"x")], b"x", 1700000000 + age) is good


async def test_raw_header_bytes_that_are_no_utf8_are_refused(served: Served) -> None:
    request = (
        b"POST /slack/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
        b"X-Slack-Signature: v0=\xff\xfe\r\nX-Slack-Request-Timestamp: " + timestamp_now().encode() + b"\r\n"
        b"Content-Length: 2\r\n\r\n{}"
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(request)
    status_line = await reader.readline()
    writer.close()

    assert status_line.split()[1] in {b"400", b"401"}


@pytest.mark.parametrize("size", [MAX_BODY + 1, 3 * MAX_BODY])
async def test_oversized_body_is_refused(served: Served, size: int) -> None:
    body = b"x" * size

    status, _ = await served.post(body)

    assert status == 413


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("extra", [b"", b"&token=abc", b"&" + deliveries.command("take 1")])
async def test_certificate_check_gets_200_and_nothing_happens(served: Served, signed: bool, extra: bytes) -> None:
    body = b"ssl_check=1" + extra
    headers = deliveries.headers(body) if signed else {"Content-Type": FORM}

    assert await served.post(body, headers) == (200, "")
    assert served.received == []


async def test_address_is_verified_by_its_challenge(served: Served) -> None:
    body = b'{"type": "url_verification", "token": "x", "challenge": "3eZbrw1aB"}'

    status, answer = await served.post(body, content_type=JSON)

    assert (status, json.loads(answer)) == (200, {"challenge": "3eZbrw1aB"})


async def test_unsigned_challenge_is_refused(served: Served) -> None:
    status, _ = await served.post(b'{"type": "url_verification", "challenge": "x"}', {"Content-Type": JSON})

    assert status == 401


_EVENT = '{"type": "event_callback", "team_id": "T1", "event_id": "E1", "event": %s}'
_PRESS = deliveries.press("ticket.take", "1")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        *((body, JSON) for body in (b"", b"null", b"0", b"[]", b'""', b"{", b"\xff", b"{}", b'{"type": null}')),
        *(((_EVENT % inner).encode(), JSON) for inner in ("null", "[]", "{}", '"x"', '{"type": 1}', '{"type": ""}')),
        ((_EVENT % '{"type": "x", "text": "\\u0000"}').encode(), JSON),
        ((_EVENT % '{"type": "x", "text": "\\ud800"}').encode(), JSON),
        (b'{"type": "event_callback", "event": {"type": "x"}}', JSON),
        (b'{"type": "interactive_message"}', JSON),
        (b"[" * 3000 + b"]" * 3000, JSON),
        (b'{"a":' * 3000 + b"1" + b"}" * 3000, JSON),
        (b'{"type": "url_verification"}', JSON),
        (b'{"type": "url_verification", "challenge": {}}', JSON),
        *((body, FORM) for body in (b"", b"&", b"=", b"x", b"\xff", b"%ff=%ff", b"payload=", b"payload=null")),
        *((b"payload=" + inner, FORM) for inner in (b"[]", b"1", b"{}", b"%7B", b'{"type":"block_actions"}')),
        (b"payload=" + b"[" * 3000, FORM),
        (b"&".join(b"a%d=1" % number for number in range(500)), FORM),
        (_BODY + b"&command=/other", FORM),
        *(
            (_BODY.replace(name + b"=", b"x" + name + b"="), FORM)
            for name in (b"team_id", b"user_id", b"trigger_id", b"channel_id")
        ),
        (deliveries.command("mine", user="U\0"), FORM),
        (deliveries.command("mine", user="U0 TOM"), FORM),
        (deliveries.command("mine", trigger=""), FORM),
        (deliveries.interaction(_PRESS | {"actions": []}), FORM),
        (deliveries.interaction(_PRESS | {"actions": [None]}), FORM),
        (deliveries.interaction(_PRESS | {"user": None}), FORM),
        (deliveries.interaction(_PRESS | {"user": "U0TOMREED"}), FORM),
        (deliveries.interaction(_PRESS | {"trigger_id": None}), FORM),
        (deliveries.interaction(_PRESS | {"response_url": "file:///etc/passwd"}), FORM),
        (deliveries.interaction(_PRESS | {"event": None, "type": "event_callback"}), FORM),
        (deliveries.interaction(deliveries.submission("x", {}) | {"view": None}), FORM),
        (deliveries.interaction(deliveries.submission("x", {}) | {"view": {"id": "V", "state": {"values": []}}}), FORM),
    ],
)
async def test_signed_but_misshapen_is_refused_as_malformed(served: Served, body: bytes, content_type: str) -> None:
    status, _ = await served.post(body, content_type=content_type)

    assert status == 400
    assert served.received == []


@pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data; boundary=x", "application/xml", "x"])
async def test_other_content_types_are_refused(served: Served, content_type: str) -> None:
    status, _ = await served.post(_BODY, content_type=content_type)

    assert status == 415
    assert served.received == []


async def test_compressed_body_is_not_unpacked(served: Served) -> None:
    headers = deliveries.headers(_BODY) | {"Content-Encoding": "gzip"}

    status, _ = await served.post(_BODY, headers)

    assert status == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
async def test_other_methods_are_refused(served: Served, method: str) -> None:
    async with served.session.request(method, served.url + PATH) as response:
        assert response.status == 405


async def test_what_bolt_can_not_read_is_malformed(served: Served) -> None:
    def refuse() -> Reply:
        raise Malformed("no")

    served.reply = refuse

    assert await served.post(_BODY) == (400, "no")


async def test_healthz_says_that_the_process_lives(served: Served) -> None:
    served.problems.append("something")

    async with served.session.get(served.url + "/healthz") as response:
        assert response.status == 200


async def test_readyz_names_every_reason(served: Served) -> None:
    async with served.session.get(served.url + "/readyz") as response:
        assert (response.status, await response.json()) == (200, {"ready": True, "problems": []})

    served.problems.append("The token is refused.")

    async with served.session.get(served.url + "/readyz") as response:
        assert (response.status, await response.json()) == (
            503,
            {"ready": False, "problems": ["The token is refused."]},
        )


async def test_request_under_way_is_answered_although_the_front_stops() -> None:
    async with front_running() as (served, runner):
        served.pause = 0.5
        served.reply = lambda: Reply(200, '{"text": "done"}')
        request = asyncio.create_task(served.post(deliveries.command("take 1")))
        await asyncio.sleep(0.1)

        await runner.cleanup()

        assert await request == (200, '{"text": "done"}')
        with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", served.port)):
            pass


@pytest.mark.parametrize("begun", [b"", b"POST /slack/events HTTP/1.1\r\nHost: bot\r\nX-Slack-"])
async def test_connection_that_never_comes_to_a_request_is_closed(
    begun: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.http._IDLE_SECONDS", 0.2)
    async with front_running() as (front, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", front.port)
        writer.write(begun)
        async with asyncio.timeout(20):
            assert await reader.read() == b""
        writer.close()
