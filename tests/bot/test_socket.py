"""Socket Mode's own part: connections, envelopes and acknowledgements, over real web sockets on loopback."""

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
import structlog
from aiohttp import web
from structlog.testing import capture_logs
from yarl import URL

from bot import slack as slack_module
from bot.attending import REQUEST_SECONDS
from bot.envelopes import Envelope, read_frame
from bot.listeners import Reply
from bot.logs import configure_logs
from bot.payloads import Deliverable, Malformed, SlashCommand
from bot.slack import Slack
from bot.socket import ABSENT_SECONDS, Pace, SocketMode
from tests.bot.socket_stand_in import (
    APP_TOKEN,
    TICKET,
    SocketStandIn,
    Wire,
    envelope,
    limited,
    refused,
    socket_stand_in,
)

PAYLOADS = Path(__file__).parents[3] / "shared" / "slack" / "payloads"
QUICK = Pace(first_wait=0.01, longest_wait=0.05, steady=0.0, refreshed=0.0, hello=5.0, linger=5.0, finish=2.0)


class Bot:
    """What the envelopes reach, and the clock that readiness goes by."""

    def __init__(self, stand_in: SocketStandIn) -> None:
        self.slack = stand_in
        self.received: list[Deliverable] = []
        self.reply: Callable[[Deliverable], Reply] = lambda _: Reply(200, '{"text": "hello"}')
        self.gate = asyncio.Event()
        self.gate.set()
        self.now = 1000.0
        self.sockets: SocketMode

    async def answer(self, delivered: Deliverable, deadline: float) -> Reply:
        assert 0 < deadline - asyncio.get_running_loop().time() <= REQUEST_SECONDS
        self.received.append(delivered)
        await self.gate.wait()
        return self.reply(delivered)

    @asynccontextmanager
    async def running(self, *, connections: int = 1, at_work: int = 100, pace: Pace = QUICK) -> AsyncIterator[None]:
        async with Slack.connect("xoxb-1", self.slack.url, budget=5) as slack:
            self.sockets = SocketMode(
                self.answer,
                partial(slack.open_socket, APP_TOKEN),
                connections=connections,
                at_work=at_work,
                pace=pace,
                clock=lambda: self.now,
            )
            async with self.sockets.connected():
                yield

    @property
    def texts(self) -> list[str]:
        return [one.text for one in self.received if isinstance(one, SlashCommand)]


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    async with socket_stand_in() as stand_in:
        yield Bot(stand_in)


async def until(happened: Callable[[], bool]) -> None:
    for _ in range(1000):
        if happened():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it did not happen in time")


# envelopes and acknowledgements


async def test_connection_is_asked_for_with_the_app_level_token(bot: Bot) -> None:
    async with bot.running():
        await bot.slack.wire(0)

    assert bot.slack.calls == [f"Bearer {APP_TOKEN}"]


async def test_envelope_is_answered_in_its_acknowledgement(bot: Bot) -> None:
    async with bot.running():
        wire = await bot.slack.wire(0)
        await wire.send(envelope("e1", "take 42"))

        assert await wire.answer("e1") == {"envelope_id": "e1", "payload": {"text": "hello"}}
    assert bot.texts == ["take 42"]


@pytest.mark.parametrize(("accepts", "body"), [(False, '{"text": "hello"}'), (True, "")])
async def test_acknowledgement_has_no_payload_where_there_is_none_or_slack_takes_none(
    bot: Bot, accepts: bool, body: str
) -> None:
    bot.reply = lambda _: Reply(200, body)
    async with bot.running():
        wire = await bot.slack.wire(0)
        await wire.send(envelope("e1", accepts_response_payload=accepts))

        assert await wire.answer("e1") == {"envelope_id": "e1"}


@pytest.mark.parametrize("status", [400, 503])
async def test_what_http_would_have_repeated_is_not_acknowledged(bot: Bot, status: int) -> None:
    bot.reply = lambda delivered: Reply(status if "first" in str(delivered) else 200, "")
    async with bot.running():
        wire = await bot.slack.wire(0)
        await wire.send(envelope("e1", "first"))
        await wire.send(envelope("e2", "second"))
        await wire.answer("e2")

    assert [answer["envelope_id"] for answer in wire.received] == ["e2"]


async def test_same_envelope_twice_is_answered_twice_with_its_own_id(bot: Bot) -> None:
    async with bot.running():
        wire = await bot.slack.wire(0)
        await wire.send(envelope("e1"))
        await wire.send(envelope("e1", retry_attempt=1))
        await until(lambda: len(wire.received) == 2)

    assert bot.texts == ["mine", "mine"]


async def test_slacks_notices_are_acknowledged_and_reach_nobody(bot: Bot) -> None:
    notice = {"type": "app_rate_limited", "team_id": "T0SHOP"}
    async with bot.running():
        wire = await bot.slack.wire(0)
        await wire.send(envelope("e1", type="events_api", payload=notice, accepts_response_payload=False))

        assert await wire.answer("e1") == {"envelope_id": "e1"}
    assert bot.received == []


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "null",
        "[]",
        "{",
        '{"type": 1}',
        '{"type": "goodbye"}',
        "[" * 3000,
        '{"type": "slash_commands", "envelope_id": "e0"}',
        envelope("e0", payload="text"),
        envelope("e0", payload={}),
        envelope("", payload={}),
        envelope("e0", type="interactive"),
        envelope("e0", type="events_api"),
        envelope("e0", type="events_api", payload={"type": "event_callback", "event": None}),
    ],
)
async def test_bad_frame_is_ignored_and_logged_once(bot: Bot, frame: object) -> None:
    with capture_logs() as logs:
        async with bot.running():
            wire = await bot.slack.wire(0)
            for _ in range(3):
                await wire.send(frame)
            await wire.send(envelope("e1"))
            await wire.answer("e1")

    assert [entry["event"] for entry in logs if entry["log_level"] == "warning"] == ["ignored a frame"]
    assert [answer["envelope_id"] for answer in wire.received] == ["e1"]
    assert len(bot.slack.wires) == 1


async def test_message_that_is_not_text_is_ignored(bot: Bot) -> None:
    with capture_logs():
        async with bot.running():
            wire = await bot.slack.wire(0)
            await wire.socket.send_bytes(b"\xff\x00")
            await wire.send(envelope("e1"))

            await wire.answer("e1")


async def test_what_bolt_can_not_read_is_not_acknowledged(bot: Bot) -> None:
    def refuse(delivered: Deliverable) -> Reply:
        if "first" in str(delivered):
            raise Malformed("no")
        return Reply(200, "")

    bot.reply = refuse
    with capture_logs() as logs:
        async with bot.running():
            wire = await bot.slack.wire(0)
            await wire.send(envelope("e1", "first"))
            await wire.send(envelope("e2"))
            await wire.answer("e2")

    assert [entry["reason"] for entry in logs if entry["event"] == "ignored a frame"] == ["no"]


async def test_fault_of_ours_is_logged_and_harms_no_other(bot: Bot) -> None:
    def fail(delivered: Deliverable) -> Reply:
        if "first" in str(delivered):
            raise RuntimeError("bug")
        return Reply(200, "")

    bot.reply = fail
    with capture_logs() as logs:
        async with bot.running():
            wire = await bot.slack.wire(0)
            await wire.send(envelope("e1", "first"))
            await wire.send(envelope("e2"))
            await wire.answer("e2")

    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["an envelope was not dealt with"]


async def test_never_more_than_so_many_are_at_work(bot: Bot) -> None:
    bot.gate.clear()
    async with bot.running(at_work=2):
        wire = await bot.slack.wire(0)
        for number in range(5):
            await wire.send(envelope(f"e{number}", str(number)))
        await until(lambda: len(bot.received) == 2)
        await asyncio.sleep(0.05)
        assert len(bot.received) == 2

        bot.gate.set()

        for number in range(5):
            await wire.answer(f"e{number}")


# connections


async def test_connection_that_breaks_is_opened_again(bot: Bot) -> None:
    async with bot.running():
        (await bot.slack.wire(0)).drop()
        wire = await bot.slack.wire(1)
        await wire.send(envelope("e1"))

        await wire.answer("e1")


async def test_connection_that_slack_closes_is_opened_again(bot: Bot) -> None:
    async with bot.running():
        await (await bot.slack.wire(0)).socket.close()

        await bot.slack.wire(1)


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "something_new"])
async def test_next_connection_is_open_before_the_old_one_closes_and_both_are_heard(bot: Bot, reason: str) -> None:
    async with bot.running():
        old = await bot.slack.wire(0)
        await old.send({"type": "disconnect", "reason": reason})
        new = await bot.slack.wire(1)
        assert not old.closed.is_set()

        await old.send(envelope("e1", "late"))
        await new.send(envelope("e2", "new"))
        await old.answer("e1")
        await new.answer("e2")

    assert sorted(bot.texts) == ["late", "new"]


async def test_envelope_whose_connection_closed_meanwhile_is_acknowledged_over_the_next(bot: Bot) -> None:
    bot.gate.clear()
    async with bot.running():
        old = await bot.slack.wire(0)
        await old.send(envelope("e1"))
        await until(lambda: len(bot.received) == 1)
        await old.send({"type": "disconnect", "reason": "refresh_requested"})
        new = await bot.slack.wire(1)
        await old.socket.close()
        await until(lambda: bot.sockets.problem() is None)
        bot.gate.set()

        await new.answer("e1")


async def test_announced_end_that_does_not_come_is_made(bot: Bot) -> None:
    async with bot.running(pace=Pace(first_wait=0.01, steady=0.0, linger=0.1)):
        old = await bot.slack.wire(0)
        await old.send({"type": "disconnect", "reason": "warning"})

        await asyncio.wait_for(old.closed.wait(), 5)


async def test_connection_that_is_not_greeted_is_given_up(bot: Bot) -> None:
    bot.slack.greeting = None
    async with bot.running(pace=Pace(first_wait=0.01, hello=0.1)):
        await bot.slack.wire(1)


async def test_connection_that_answers_no_ping_is_given_up(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slack_module, "_PING_SECONDS", 0.1)
    bot.slack.autoping = False
    async with bot.running():
        await bot.slack.wire(1)


async def test_several_connections_are_kept_each_by_itself(bot: Bot) -> None:
    async with bot.running(connections=2):
        first, second = await bot.slack.wire(0), await bot.slack.wire(1)
        first.drop()
        await bot.slack.wire(2)
        await second.send(envelope("e1"))

        await second.answer("e1")
        assert len(bot.slack.wires) == 3


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (partial(refused, "invalid_auth"), "Slack refuses SLACK_APP_TOKEN (invalid_auth)"),
        (partial(limited, "0.01"), "Slack asks for patience"),
        (partial(web.Response, status=503), "Slack can't be reached"),
        (partial(web.json_response, {"ok": True}), "Slack can't be reached"),
        (partial(web.json_response, {"ok": True, "url": "http://127.0.0.1:9/"}), "Slack can't be reached"),
        (partial(web.json_response, {"ok": True, "url": "nonsense"}), "Slack can't be reached"),
    ],
)
async def test_refused_connection_is_asked_for_again_until_it_is_given(
    bot: Bot, refusal: Callable[[], web.Response], words: str
) -> None:
    bot.slack.refusals = [refusal() for _ in range(3)]
    with capture_logs() as logs:
        async with bot.running():
            await bot.slack.wire(0)

    assert len(bot.slack.calls) == 4
    [warning] = [entry for entry in logs if entry["log_level"] == "warning"]
    assert words in warning["reason"]


@pytest.mark.parametrize(
    ("reason", "words"), [("too_many_websockets", "ten connections"), ("link_disabled", "switched off")]
)
async def test_connection_that_slack_does_not_want_is_let_go_and_tried_again(bot: Bot, reason: str, words: str) -> None:
    bot.slack.greeting = {"type": "disconnect", "reason": reason}
    with capture_logs():
        async with bot.running():
            await asyncio.wait_for((await bot.slack.wire(0)).closed.wait(), 5)
            problem = bot.sockets.problem()
            bot.slack.greeting = {"type": "hello"}
            await until(lambda: bot.sockets.problem() is None)

    assert problem is not None
    assert words in problem


def test_wait_grows_with_each_failure_up_to_a_bound_and_is_never_the_same() -> None:
    pace = Pace()

    assert pace.wait(0) == 0
    for failures, longest in ((1, 1), (2, 2), (4, 8), (6, 30), (1000, 30)):
        waits = {pace.wait(failures) for _ in range(50)}
        assert longest / 2 <= min(waits) <= max(waits) <= longest
        assert len(waits) > 1


async def test_connections_that_do_not_last_are_not_opened_without_end(bot: Bot) -> None:
    async with bot.running(pace=Pace(first_wait=0.2, longest_wait=0.2)):
        for number in range(3):
            (await bot.slack.wire(number)).drop()
        await asyncio.sleep(0.05)

    assert len(bot.slack.calls) == 3


async def test_refreshed_connection_is_replaced_at_once_unless_that_goes_on(bot: Bot) -> None:
    end = {"type": "disconnect", "reason": "refresh_requested"}
    async with bot.running(pace=Pace(first_wait=60, longest_wait=60)):
        first = await bot.slack.wire(0)
        await until(lambda: bot.sockets.problem() is None)
        bot.now += 2
        await first.send(end)
        second = await bot.slack.wire(1)
        await second.send(end)
        await asyncio.sleep(0.05)

    assert len(bot.slack.calls) == 2


# what /readyz is told


async def test_nothing_is_wrong_while_a_connection_is_open_and_for_a_while_after(bot: Bot) -> None:
    async with bot.running():
        wire = await bot.slack.wire(0)
        await until(lambda: bot.sockets.problem() is None)
        bot.now += 10 * ABSENT_SECONDS
        assert bot.sockets.problem() is None

        bot.slack.refusals = [refused("invalid_auth") for _ in range(1000)]
        wire.drop()
        await until(lambda: len(bot.slack.calls) > 2)
        bot.now += ABSENT_SECONDS - 1
        assert bot.sockets.problem() is None
        bot.now += 2
        problem = bot.sockets.problem()

    assert problem is not None
    assert "invalid_auth" in problem
    assert APP_TOKEN not in problem


async def test_before_the_first_connection_it_is_said_that_nothing_can_arrive(bot: Bot) -> None:
    bot.slack.greeting = None
    async with bot.running():
        await bot.slack.wire(0)

        assert bot.sockets.problem() == "No Socket Mode connection to Slack is open: it is just being made."


# the end


async def test_what_is_at_work_is_finished_and_nothing_more_is_taken(bot: Bot) -> None:
    bot.gate.clear()
    wire: Wire

    async def stop() -> None:
        await until(bot.sockets._stopping.is_set)
        await wire.send(envelope("e2", "late"))
        await asyncio.sleep(0.05)
        bot.gate.set()

    async with bot.running():
        wire = await bot.slack.wire(0)
        await wire.send(envelope("e1", "begun"))
        await until(lambda: len(bot.received) == 1)
        stopper = asyncio.create_task(stop())

    await stopper
    await asyncio.wait_for(wire.closed.wait(), 5)
    assert bot.texts == ["begun"]
    assert [answer["envelope_id"] for answer in wire.received] == ["e1"]


async def test_work_without_end_does_not_hold_up_the_end(bot: Bot) -> None:
    bot.gate.clear()
    async with asyncio.timeout(5):
        async with bot.running(pace=Pace(finish=0.05)):
            wire = await bot.slack.wire(0)
            await wire.send(envelope("e1"))
            await until(lambda: len(bot.received) == 1)

    assert wire.received == []


# what is read, and what is never said


@pytest.mark.skipif(not PAYLOADS.exists(), reason="Slack's own payloads aren't here")
@pytest.mark.parametrize(
    "name",
    [
        "envelope_block_actions_message_button",
        "envelope_event_retry",
        "envelope_shortcut",
        "envelope_slash_command",
        "envelope_slash_command_min",
    ],
)
def test_slacks_own_envelopes_are_read(name: str) -> None:
    frame = read_frame((PAYLOADS / f"{name}.json").read_text())

    assert isinstance(frame, Envelope)
    frame.read()


@pytest.mark.skipif(not PAYLOADS.exists(), reason="Slack's own payloads aren't here")
def test_slacks_own_greeting_is_read() -> None:
    assert read_frame((PAYLOADS / "socket_hello.json").read_text()).type == "hello"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that is logged, as the bot logs."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logs("DEBUG", "json", stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


async def test_neither_token_nor_address_nor_text_is_logged(bot: Bot, written: io.StringIO) -> None:
    bot.slack.refusals = [refused("invalid_auth"), web.json_response({"ok": True, "url": f"ws://[{TICKET}"})]
    async with bot.running():
        wire = await bot.slack.wire(0)
        await wire.send(envelope("e1", "private words"))
        await wire.answer("e1")
        await wire.send('{"type": "private words"}')
        wire.drop()
        await bot.slack.wire(1)

    lines = written.getvalue()
    assert "connected to Slack" in lines
    for secret in (APP_TOKEN, TICKET, "private words"):
        assert secret not in lines
    assert all(json.loads(line) for line in lines.splitlines())


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("wss://wss-primary.slack.com/link", "http://proxy:3128"),
        ("ws://example.com/link", None),
        ("wss://internal.example/link", None),
        ("wss://127.0.0.1/link", None),
    ],
)
def test_socket_goes_by_the_proxy_for_https(monkeypatch: pytest.MonkeyPatch, url: str, expected: str | None) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", "http://proxy:3128")
    monkeypatch.setenv("no_proxy", "internal.example")

    assert slack_module._proxy_for(URL(url)) == expected
