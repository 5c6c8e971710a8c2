"""The judge of the torture sees each fault, and none where there is none."""

from dataclasses import replace

from sandbox.messages import Message
from tests.shop import Connection, Shop
from tests.torture.verdict import Seen, judge

CHANNEL = "C0SHOP"
SENT = "UPDATE notifications SET state = 'sent', channel = $2, ts = $3 WHERE ticket_id = $1 AND kind = 'card'"
KEY = "SELECT dedupe_key FROM notifications WHERE ticket_id = $1 AND kind = 'card'"
CALL = Seen("chat.postMessage", CHANNEL, 10.0, 10.5, beside=0, retry_after=None, trouble=None, done=True)


async def said(owner: Connection, shop: Shop, ts: str) -> Message:
    """File a ticket and take note that its card stands; return the card."""
    ticket = await shop.add_ticket()
    await owner.execute(SENT, ticket, CHANNEL, ts)
    metadata = {"event_payload": {"key": await owner.fetchval(KEY, ticket)}}
    return Message(ts=ts, channel=CHANNEL, user="U0BOT", text="In the queue", metadata=metadata)


async def test_what_stands_in_slack_is_held_against_the_outbox(owner: Connection, shop: Shop) -> None:
    card = await said(owner, shop, "1.000001")

    assert (await judge(owner, [card], [], pace=1)).faults == {}
    assert (await judge(owner, [], [], pace=1)).faults == {"lost": 1}
    assert (await judge(owner, [card, replace(card, ts="1.000002")], [], pace=1)).faults == {"doubled": 1}
    assert (await judge(owner, [replace(card, text="With Tom Reed")], [], pace=1)).faults == {"stale": 1}

    await owner.execute("UPDATE notifications SET state = 'waiting'")
    assert (await judge(owner, [card], [], pace=1)).faults == {"lost": 1}


async def test_reply_that_stands_before_its_card_is_out_of_order(owner: Connection, shop: Shop) -> None:
    card = await said(owner, shop, "1.000002")
    await owner.execute(
        "INSERT INTO notifications (kind, ticket_id, state, channel, ts, dedupe_key)"
        " SELECT 'thread', ticket_id, 'sent', channel, '1.000001', 'thread:1' FROM notifications"
    )
    reply = replace(card, ts="1.000001", metadata={"event_payload": {"key": "thread:1"}})

    assert (await judge(owner, [card, reply], [], pace=1)).faults == {"disordered": 1}


async def test_calls_are_held_against_what_slack_wants(owner: Connection) -> None:
    async def faults(*calls: Seen) -> dict[str, int]:
        return (await judge(owner, [], calls, pace=1)).faults

    limited = replace(CALL, retry_after=2.0, done=False)

    assert await faults(CALL, replace(CALL, at=11.0)) == {}
    assert await faults(CALL, replace(CALL, at=10.9)) == {"hasty": 1}
    assert await faults(CALL, replace(CALL, at=10.9, conversation="C0OTHER")) == {}
    assert await faults(limited, replace(CALL, at=12.5)) == {}
    assert await faults(limited, replace(CALL, at=12.4)) == {"early": 1}
    assert await faults(CALL, replace(CALL, at=11.0, beside=1)) == {"side_by_side": 1}
