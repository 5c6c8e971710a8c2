"""The dispatcher, with a real database and a Slack that fails when told to."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from decimal import Decimal
from typing import Any, TypeAlias

import asyncpg
import pytest
import structlog

from bot.jobs import announcements, saying
from bot.jobs.announcements import Announcer, Tempo
from bot.slack import DISPATCH_BUDGET, Slack
from db.hearing import Hearing
from db.notifications import confirm_notification, hear_notifications, revive_notifications
from db.pool import Database
from db.tickets import add_note, complete_ticket, take_ticket
from tests.bot.slack_stand_in import Fault, SlackStandIn, broken, limited, lost, refused, slack_stand_in
from tests.shop import Shop
from tests.wire import Wire

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Start = Callable[..., Awaitable[Announcer]]
CHANNEL = "C0SHOP"
FAST = Tempo(pace=0, lease=20, poll=0.5, backoff=0.05)


@pytest.fixture
async def stand_in() -> AsyncIterator[SlackStandIn]:
    async with slack_stand_in() as slack:
        yield slack


@pytest.fixture
async def start(stand_in: SlackStandIn, bot_url: str, database: Database) -> AsyncIterator[Start]:
    """Start a dispatcher; all of them are stopped at the end."""
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(Slack.connect("xoxb-1", stand_in.url, budget=5))

        async def begin(
            tempo: Tempo = FAST, *, channel: str | None = CHANNEL, pool: Database = database, dsn: str = bot_url
        ) -> Announcer:
            announcer = Announcer(pool, slack, dsn=dsn, shop_channel=channel, tempo=tempo)
            await stack.enter_async_context(running(announcer))
            return announcer

        yield begin


@asynccontextmanager
async def running(announcer: Announcer) -> AsyncIterator[None]:
    task = asyncio.create_task(announcer.run())
    try:
        yield
    finally:
        announcer.stop()
        await task


async def until_said(owner: Connection) -> None:
    """Wait until nothing waits any more."""
    async with asyncio.timeout(20):
        while await owner.fetchval("SELECT EXISTS (SELECT FROM notifications WHERE state = 'waiting')"):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not happened():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def states(owner: Connection) -> list[tuple[str, str | None]]:
    """Return what became of each message; word to Managers of what dies is the subject of tests.db.test_undelivered."""
    rows = await owner.fetch("SELECT state, error FROM notifications WHERE kind <> 'undeliverable' ORDER BY id")
    return [(row["state"], row["error"]) for row in rows]


async def test_filed_ticket_is_posted_and_edited_in_place_when_taken(
    owner: Connection, shop: Shop, database: Database, stand_in: SlackStandIn, start: Start
) -> None:
    await start()
    ticket = await shop.add_ticket()
    await until_said(owner)
    [card] = stand_in.posted_in(CHANNEL)

    assert "In the queue" in card["text"]

    await take_ticket(database, shop.technician.asker(), "key-1", ticket)
    await until_said(owner)
    [card] = stand_in.posted_in(CHANNEL)

    assert "With Tom Reed" in card["text"]
    assert [reply["text"] for reply in stand_in.replies_in(CHANNEL)] == [
        f"Ticket #{ticket} Laptop does not start: Tom Reed took it"
    ]
    assert len(stand_in.called("chat.postMessage")) == 2  # nobody is told of what they did


async def test_plain_sql_is_announced(owner: Connection, shop: Shop, stand_in: SlackStandIn, start: Start) -> None:
    await start()
    ticket = await shop.add_ticket(worker=shop.technician)
    await owner.execute("UPDATE tickets SET tech = $2 WHERE id = $1", ticket, shop.colleague.email)
    await until_said(owner)

    assert "With Ana Lopez" in stand_in.posted_in(CHANNEL)[0]["text"]
    assert "new ticket" in stand_in.posted_in(f"D{shop.colleague.slack_user_id}")[-1]["text"]


async def test_completion_is_told_to_who_filed_the_ticket(
    owner: Connection, shop: Shop, database: Database, stand_in: SlackStandIn, start: Start
) -> None:
    await start()
    ticket = await shop.add_ticket(worker=shop.technician, filer=shop.regular_user)
    await complete_ticket(database, shop.technician.asker(), "key-1", ticket, Decimal("1.5"), "New fan.")
    await until_said(owner)
    [told] = stand_in.posted_in(f"D{shop.regular_user.slack_user_id}")

    assert told["text"] == f"Tom Reed completed ticket #{ticket} Laptop does not start (1.5 hours)"
    assert "New fan." in str(told["blocks"])
    assert "New fan." not in str(stand_in.posted_in(CHANNEL))


async def test_change_during_a_send_is_edited_in_afterwards(
    owner: Connection, shop: Shop, stand_in: SlackStandIn, start: Start
) -> None:
    stand_in.gate.clear()
    await start()
    ticket = await shop.add_ticket()
    await stand_in.reached.wait()
    await owner.execute("UPDATE tickets SET priority = 'urgent' WHERE id = $1", ticket)
    stand_in.gate.set()
    await until_said(owner)

    assert stand_in.edits() == 1
    assert "urgent" in stand_in.posted_in(CHANNEL)[0]["text"]


@pytest.mark.parametrize("fault", [lost(done=True), lost(done=False), broken()])
async def test_lost_answer_makes_no_second_message(
    owner: Connection, shop: Shop, stand_in: SlackStandIn, start: Start, fault: Fault
) -> None:
    stand_in.faults["chat.postMessage"] = [fault, fault]  # one for each destination
    await start()
    await shop.add_ticket(worker=shop.technician)
    await until_said(owner)

    assert len(stand_in.posted_in(CHANNEL)) == 1
    assert len(stand_in.posted_in(f"D{shop.technician.slack_user_id}")) == 1


async def test_crash_between_post_and_finish_makes_no_second_message(
    owner: Connection,
    shop: Shop,
    stand_in: SlackStandIn,
    start: Start,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    crashed = asyncio.Event()

    async def crash(*_: object) -> bool:
        crashed.set()
        await asyncio.sleep(3600)
        return False

    with monkeypatch.context() as patch:
        patch.setattr(announcements, "finish_notification", crash)
        await start(Tempo(pace=0, lease=0.5, poll=0.1, backoff=0.05, grace=0))
        await shop.add_ticket()
        await crashed.wait()
    await start()
    await until_said(owner)

    assert len(stand_in.called("chat.postMessage")) == 1
    assert len(stand_in.called("conversations.history")) == 1


async def test_direct_channel_is_asked_for_once_however_often_a_message_is_tried(
    owner: Connection, shop: Shop, stand_in: SlackStandIn, start: Start
) -> None:
    await shop.add_ticket(worker=shop.technician)
    await owner.execute("DELETE FROM notifications WHERE kind = 'card'")
    stand_in.faults["chat.postMessage"] = [broken(), broken(), broken()]
    await start()
    await until_said(owner)

    assert len(stand_in.called("chat.postMessage")) == 4
    assert len(stand_in.called("conversations.history")) == 3
    assert len(stand_in.called("conversations.open")) == 1


async def test_unreadable_history_still_gets_the_message_out(
    owner: Connection, shop: Shop, stand_in: SlackStandIn, start: Start
) -> None:
    stand_in.faults = {"chat.postMessage": [lost(done=False)], "conversations.history": [refused("missing_scope")]}
    await start()
    await shop.add_ticket()
    await until_said(owner)

    assert len(stand_in.posted_in(CHANNEL)) == 1


async def test_deleted_card_is_posted_anew(owner: Connection, shop: Shop, stand_in: SlackStandIn, start: Start) -> None:
    await start()
    ticket = await shop.add_ticket()
    await until_said(owner)
    stand_in.messages.clear()
    await owner.execute("UPDATE tickets SET priority = 'low' WHERE id = $1", ticket)
    await until_said(owner)

    assert "low priority" in stand_in.posted_in(CHANNEL)[0]["text"]


async def test_what_happens_goes_into_the_cards_thread_and_its_end_to_the_channel(
    owner: Connection, shop: Shop, database: Database, stand_in: SlackStandIn, start: Start
) -> None:
    await start()
    ticket = await shop.add_ticket(worker=shop.technician)
    await until_said(owner)
    await add_note(database, shop.technician.asker(), "key-0", ticket, "Called.")
    await until_said(owner)
    async with owner.transaction():  # of the same minute, however long that took
        await owner.execute("UPDATE notifications SET created_at = now() WHERE kind = 'thread'")
        await owner.execute(
            "INSERT INTO ticket_notes (ticket_id, body, author) SELECT ticket_id, 'Called again.', author"
            " FROM ticket_notes, set_config('app.current_user_id', author, true)"
        )
    await until_said(owner)
    await complete_ticket(database, shop.technician.asker(), "key-1", ticket, Decimal(1), "New fan.")
    await until_said(owner)
    [card_ts] = [ts for (channel, ts), message in stand_in.messages.items() if message in stand_in.posted_in(CHANNEL)]
    notes, done = stand_in.replies_in(CHANNEL)

    assert notes["text"] == f"Ticket #{ticket} Laptop does not start: Tom Reed wrote 2 notes"
    assert done["text"] == f"Tom Reed completed ticket #{ticket} Laptop does not start (1 hour)"
    assert {notes["thread_ts"], done["thread_ts"]} == {card_ts}
    assert [call.get("reply_broadcast") for call in stand_in.called("chat.postMessage") if "thread_ts" in call] == [
        None,
        True,
    ]
    assert not any(word in str(stand_in.messages) for word in ("Called", "New fan"))


async def test_reply_that_may_have_arrived_is_looked_for_in_its_thread(
    owner: Connection, shop: Shop, database: Database, stand_in: SlackStandIn, start: Start
) -> None:
    await start()
    ticket = await shop.add_ticket()
    await until_said(owner)
    stand_in.faults["chat.postMessage"] = [lost(done=True)]
    await add_note(database, shop.manager.asker(), "key-1", ticket, "Called.")
    await until_said(owner)

    assert len(stand_in.replies_in(CHANNEL)) == 1
    assert len(stand_in.called("conversations.replies")) == 1


async def test_card_that_was_deleted_is_posted_anew_for_a_reply(
    owner: Connection, shop: Shop, database: Database, stand_in: SlackStandIn, start: Start
) -> None:
    await start()
    ticket = await shop.add_ticket()
    await until_said(owner)
    stand_in.messages.clear()
    await add_note(database, shop.manager.asker(), "key-1", ticket, "Called.")
    await until_said(owner)

    assert (len(stand_in.posted_in(CHANNEL)), len(stand_in.replies_in(CHANNEL))) == (1, 1)
    assert {state for state, _ in await states(owner)} == {"sent"}


async def test_direct_message_that_was_deleted_is_not_said_again(
    owner: Connection, shop: Shop, stand_in: SlackStandIn, start: Start
) -> None:
    await start()
    ticket = await shop.add_ticket(worker=shop.technician)
    await until_said(owner)
    stand_in.messages.clear()
    await owner.execute("UPDATE tickets SET priority = 'high' WHERE id = $1", ticket)
    await until_said(owner)

    assert stand_in.posted_in(f"D{shop.technician.slack_user_id}") == []
    assert {state for state, _ in await states(owner)} == {"sent"}


async def test_removed_ticket_is_said_on_its_card(
    owner: Connection, shop: Shop, stand_in: SlackStandIn, start: Start
) -> None:
    await start()
    ticket = await shop.add_ticket()
    await until_said(owner)
    await owner.execute("DELETE FROM tickets WHERE id = $1", ticket)
    await until_said(owner)
    [card] = stand_in.posted_in(CHANNEL)

    assert card["text"] == f"Ticket #{ticket} was removed: Laptop does not start"


async def test_slacks_wish_to_wait_is_obeyed_by_every_dispatcher(
    owner: Connection, shop: Shop, stand_in: SlackStandIn, start: Start
) -> None:
    stand_in.faults["chat.postMessage"] = [limited("1")]
    await asyncio.gather(start(), start())
    began = asyncio.get_running_loop().time()
    for _ in range(2):
        await shop.add_ticket()
    await until_said(owner)

    assert asyncio.get_running_loop().time() - began >= 1
    assert len(stand_in.called("chat.postMessage")) == 3


@pytest.mark.parametrize("code", ["channel_not_found", "is_archived", "not_in_channel", "token_revoked"])
async def test_refusal_for_good_is_buried_and_others_go_on(
    owner: Connection, shop: Shop, stand_in: SlackStandIn, start: Start, code: str
) -> None:
    stand_in.faults["chat.postMessage"] = [refused(code)]
    await start()
    for _ in range(2):
        await shop.add_ticket()
    await until_said(owner)

    assert await states(owner) == [("dead", code), ("sent", None)]


async def test_refused_token_lets_the_others_wait_and_all_are_said_once_it_holds(
    owner: Connection, shop: Shop, stand_in: SlackStandIn, start: Start
) -> None:
    """Hundreds of messages would die of it one by one; and who could be told? No Manager can be written to."""
    bad = refused("token_revoked")
    stand_in.faults = {"chat.postMessage": [bad, bad], "auth.test": [bad] * 10_000}
    await shop.add_ticket(worker=shop.technician)
    announcer = await start()
    await until(lambda: announcer.problem() is not None)
    for _ in range(5):
        await shop.add_ticket()

    assert Counter(state for state, _ in await states(owner)) == {"dead": 2, "waiting": 5}
    assert announcer.problem() == (
        "Slack token refused (token_revoked): set SLACK_BOT_TOKEN to the one under OAuth & Permissions."
    )

    stand_in.faults["auth.test"].clear()
    await until_said(owner)

    assert announcer.problem() is None
    assert len(stand_in.posted_in(CHANNEL)) == 6
    assert {state for state, _ in await states(owner)} == {"sent"}
    assert len(stand_in.called("chat.postMessage")) == 2 + 7


async def test_what_may_have_arrived_before_it_was_refused_is_looked_for_when_it_is_retried(
    owner: Connection, shop: Shop, stand_in: SlackStandIn, start: Start, database: Database
) -> None:
    stand_in.faults = {
        "chat.postMessage": [lost(done=True), refused("is_archived")],
        "conversations.history": [refused("missing_scope")],
    }
    await start()
    await shop.add_ticket()
    await until_said(owner)

    assert await states(owner) == [("dead", "is_archived")]

    await revive_notifications(database)
    await until_said(owner)

    assert await states(owner) == [("sent", None)]
    assert len(stand_in.posted_in(CHANNEL)) == 1


async def test_messages_go_on_while_no_wake_up_can_be_heard(
    owner: Connection, shop: Shop, stand_in: SlackStandIn, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind a pooler that shares sessions NOTIFY is lost."""

    @asynccontextmanager
    async def hear_nothing(*_: object) -> AsyncIterator[Hearing]:
        yield Hearing(asyncio.Event(), direct=False)

    monkeypatch.setattr(announcements, "hear_notifications", hear_nothing)
    announcer = await start(Tempo(poll=3600, deaf_poll=0.05))
    await shop.add_ticket()
    await until_said(owner)

    assert not announcer.hears
    assert len(stand_in.posted_in(CHANNEL)) == 1


async def test_pooler_is_told_from_the_server_by_its_connections_numbers(wire: Wire) -> None:
    async with hear_notifications(wire.url, lambda: None) as hearing:
        assert hearing.direct
    wire.pools = True
    async with hear_notifications(wire.url, lambda: None) as hearing:
        assert not hearing.direct


def test_killed_workers_message_is_anothers_within_10_seconds() -> None:
    """The lease covers the longest call that follows a confirmation; then whoever is there polls."""
    tempo = Tempo()

    assert tempo.lease * 2 / 3 > DISPATCH_BUDGET
    assert tempo.lease + tempo.deaf_poll < 10


async def test_long_search_in_the_history_keeps_its_claim(
    owner: Connection, shop: Shop, stand_in: SlackStandIn, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed = 0

    async def count_and_confirm(*arguments: Any) -> bool:  # noqa: ANN401 - the real one's
        nonlocal confirmed
        confirmed += 1
        return await confirm_notification(*arguments)

    await start()
    for _ in range(5):
        await shop.add_ticket()
    await until_said(owner)
    monkeypatch.setattr(saying, "confirm_notification", count_and_confirm)
    stand_in.faults["chat.postMessage"] = [lost(done=True)]
    await shop.add_ticket()
    await until_said(owner)

    assert len(stand_in.called("conversations.history")) == 3  # pages of the stand-in
    assert confirmed == 1 + 3 + 1


async def test_line_about_a_message_has_its_key_and_nothing_that_people_wrote(
    owner: Connection, shop: Shop, stand_in: SlackStandIn, start: Start
) -> None:
    stand_in.faults["chat.postMessage"] = [limited("0.1")]
    with structlog.testing.capture_logs() as logs:
        await start()
        ticket = await shop.add_ticket()
        await until_said(owner)
    lines = [entry for entry in logs if entry.get("key") == f"card:{ticket}"]

    assert [(entry["event"], entry["attempt"]) for entry in lines] == [("postponed", 1), ("said", 2)]
    assert lines[1]["lag_ms"] >= 100
    assert "Laptop" not in str(logs)


async def test_destination_that_has_to_wait_holds_up_no_other(
    owner: Connection, shop: Shop, stand_in: SlackStandIn, start: Start
) -> None:
    stand_in.faults["chat.postMessage"] = [limited("3600")]
    await start(channel=None)
    await owner.execute(
        "INSERT INTO notifications (kind, recipient_id, facts)"
        """ SELECT 'returned_to_queue', $1, '{"name": "Ann", "count": 1}' FROM generate_series(1, 3)""",
        shop.technician.id,
    )
    await until(lambda: len(stand_in.called("chat.postMessage")) == 1)
    for _ in range(2):
        await shop.add_ticket(worker=shop.colleague)
    await until(lambda: len(stand_in.posted_in(f"D{shop.colleague.slack_user_id}")) == 2)

    assert len(stand_in.called("chat.postMessage")) == 1 + 2


async def test_two_dispatchers_say_each_card_once_and_in_order(
    owner: Connection, shop: Shop, stand_in: SlackStandIn, start: Start
) -> None:
    async with owner.transaction():
        tickets = [await shop.add_ticket(title=f"Ticket {number}", worker=shop.technician) for number in range(100)]
    await asyncio.gather(start(), start())
    await until_said(owner)
    cards = [message["blocks"][0]["text"]["text"].split("\n")[0] for message in stand_in.posted_in(CHANNEL)]
    direct = stand_in.posted_in(f"D{shop.technician.slack_user_id}")

    assert cards == [f"*#{ticket} Ticket {number}*" for number, ticket in enumerate(tickets)]
    assert [f"#{ticket} " in message["text"] for ticket, message in zip(tickets, direct, strict=True)] == [True] * 100


async def test_cards_show_the_last_state_after_a_busy_time(
    owner: Connection, owner_url: str, shop: Shop, stand_in: SlackStandIn, start: Start
) -> None:
    tickets = [await shop.add_ticket() for _ in range(6)]
    people = ["unassigned", shop.technician.email, shop.colleague.email]

    async def write(seed: int) -> None:
        writer = await asyncpg.connect(owner_url)
        for step in range(40):
            await writer.execute(
                "UPDATE tickets SET tech = $2, title = $3 WHERE id = $1",
                tickets[(seed + step) % len(tickets)],
                people[(seed * step) % len(people)],
                f"State {seed}.{step}",
            )
        await writer.close()

    await asyncio.gather(start(), start(), *(write(seed) for seed in range(4)))
    await until_said(owner)
    rows = await owner.fetch("SELECT title FROM tickets ORDER BY id")
    cards = stand_in.posted_in(CHANNEL)

    assert sorted(card["blocks"][0]["text"]["text"].split("\n")[0] for card in cards) == sorted(
        f"*#{ticket} {row['title']}*" for ticket, row in zip(tickets, rows, strict=True)
    )
    assert {state for state, _ in await states(owner)} <= {"sent", "dropped"}


async def test_messages_to_one_destination_keep_the_pace(
    owner: Connection, shop: Shop, stand_in: SlackStandIn, start: Start
) -> None:
    for _ in range(3):
        await shop.add_ticket()
    began = asyncio.get_running_loop().time()
    slow = Tempo(pace=0.3)
    await asyncio.gather(start(slow), start(slow))
    await until_said(owner)

    assert asyncio.get_running_loop().time() - began >= 0.6
    assert stand_in.edits() == 0


async def test_lost_database_connections_are_made_again(
    owner: Connection, shop: Shop, stand_in: SlackStandIn, start: Start, wire: Wire
) -> None:
    async with Database.connect(wire.url, pool_min=1, pool_max=3, acquire_timeout=5) as pool:
        announcer = await start(pool=pool, dsn=wire.url)
        await shop.add_ticket()
        await until_said(owner)
        wire.fault = "lose_request"
        wire.cut()
        await shop.add_ticket()
        await asyncio.sleep(0.2)
        wire.fault = None
        await until_said(owner)
        announcer.stop()

    assert len(stand_in.posted_in(CHANNEL)) == 2


async def test_notification_wakes_the_dispatcher_at_once(
    owner: Connection, shop: Shop, stand_in: SlackStandIn, start: Start
) -> None:
    await start(Tempo(poll=60))
    await asyncio.sleep(0.3)  # it listens, and nothing is due
    began = asyncio.get_running_loop().time()
    await shop.add_ticket()
    await until_said(owner)

    assert asyncio.get_running_loop().time() - began < 5
    assert len(stand_in.messages) == 1


async def test_fault_of_ours_is_logged_once_a_try_and_given_up(
    owner: Connection, shop: Shop, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a fault in a view")

    monkeypatch.setattr(saying, "announcement", fail)
    with structlog.testing.capture_logs() as logs:
        await start(Tempo(pace=0, backoff=0.001, poll=0.05))
        await shop.add_ticket()
        await until_said(owner)
    failures = [entry for entry in logs if entry["event"] == "failed" and entry["kind"] == "card"]

    assert len(failures) == 8
    assert await states(owner) == [("dead", f"RuntimeError, logged as {failures[-1]['reference']}")]


async def test_stop_finishes_what_is_on_its_way(
    owner: Connection, shop: Shop, stand_in: SlackStandIn, start: Start
) -> None:
    stand_in.gate.clear()
    announcer = await start()
    await shop.add_ticket()
    await stand_in.reached.wait()
    announcer.stop()
    await asyncio.sleep(0.05)
    stand_in.gate.set()
    await until_said(owner)

    assert await states(owner) == [("sent", None)]


async def test_listener_that_cannot_go_on_ends_the_run(
    stand_in: SlackStandIn, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("no such DSN")

    monkeypatch.setattr(announcements, "hear_notifications", fail)
    async with Slack.connect("xoxb-1", stand_in.url) as slack:
        announcer = Announcer(database, slack, dsn="", shop_channel=CHANNEL, tempo=Tempo(poll=0.05))
        with pytest.raises(ValueError, match="no such DSN"):
            await announcer.run()


async def test_heartbeat_goes_on_while_nothing_happens(start: Start) -> None:
    announcer = await start(Tempo(poll=0.05))
    before = announcer.heartbeat()
    await asyncio.sleep(0.5)

    assert announcer.heartbeat() > before


async def test_message_that_cannot_be_read_keeps_no_other_from_being_said(
    owner: Connection, shop: Shop, stand_in: SlackStandIn, start: Start
) -> None:
    """It is claimed together with the others each time: whoever gave up on all of them would never say any."""
    await shop.add_ticket(worker=shop.technician)
    await shop.add_ticket(worker=shop.colleague)
    await owner.execute(
        """UPDATE notifications SET facts = '{"worker": ["Ana"]}' WHERE recipient_id = $1""", shop.technician.id
    )
    await start(Tempo(pace=0, backoff=0.001, poll=0.05))
    await until_said(owner)
    unread = await owner.fetchrow("SELECT state, error FROM notifications WHERE recipient_id = $1", shop.technician.id)

    assert len(stand_in.posted_in(CHANNEL)) == 2
    assert len(stand_in.posted_in(f"D{shop.colleague.slack_user_id}")) == 1
    assert unread is not None
    assert unread["state"] == "dead"
    assert unread["error"].startswith("ValueError, logged as")


async def test_process_that_was_paused_at_its_confirmation_says_nothing_afterwards(
    owner: Connection, shop: Shop, stand_in: SlackStandIn, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    paused, goes_on = asyncio.Event(), asyncio.Event()

    async def confirm_and_pause(*arguments: Any) -> bool:  # noqa: ANN401 - the real one's
        held = await confirm_notification(*arguments)
        if not paused.is_set():
            paused.set()
            await goes_on.wait()
        return held

    monkeypatch.setattr(saying, "confirm_notification", confirm_and_pause)
    await asyncio.gather(*(start(Tempo(pace=0, lease=0.3, poll=0.05)) for _ in range(2)))
    await shop.add_ticket()
    await paused.wait()
    await until_said(owner)  # by the other one, once the lease has ended
    goes_on.set()
    await asyncio.sleep(0.2)

    assert len(stand_in.called("chat.postMessage")) == 1


async def test_summary_whose_picture_is_gone_is_said_without_it(
    shop: Shop, owner: Connection, stand_in: SlackStandIn, start: Start
) -> None:
    stand_in.faults["chat.postMessage"] = [refused("invalid_blocks")]
    await owner.execute(
        "INSERT INTO notifications (kind, recipient_id, facts) VALUES ('summary', $1, jsonb_build_object("
        "'day', current_date, 'due_at', now(), 'chart', '{\"file\": \"F1\", \"words\": \"Bars.\"}'::jsonb))",
        shop.manager.id,
    )
    await start()
    await until_said(owner)

    pictured = ["image" in [block["type"] for block in sent["blocks"]] for sent in stand_in.called("chat.postMessage")]
    assert pictured == [True, False]
