"""Whatever people type gets a clear private answer; nothing is half-written, and nothing sent mentions anybody."""

import json
import re
from typing import Final

import pytest

from sandbox.documents import Json
from tests.journeys.floor import Floor

LIVE_MENTION: Final = re.compile(r"<[!@#](?!date\^)")
HOSTILE: Final = "<!channel> <!here> <@U0TOMREED> <#C0REPAIRS> <https://evil.example|bank> & *b* _i_ ~s~ `c`"
ODD: Final = {
    "unknown verb": "tkae 42",
    "no verb at all": "my printer is on fire",
    "zero": "take 0",
    "negative": "take -1",
    "exponent": "take 9e99",
    "beyond an integer": "take 99999999999999999999",
    "fraction": "show 1.5",
    "long": "x" * 3000,
    "long number": "9" * 3000,
    "emoji": "🔧🔧🔧",
    "right to left": "\u202etake 1\u202c",
    "arabic": "خذ ٤٢",
    "mention of all": "<!channel>",
    "mention of all after a verb": "take <!channel>",
    "quotes": 'take "42" \'; DROP TABLE tickets; --',
    "smart quotes": "take \u201cforty\u201d",
    "nul": "take \x00",
    "nul in the middle": "ta\x00ke 1",
    "tabs and lines": "take\t\n\n",
    "hours of no use": "done 1 0h",
    "too many hours": "done 1 1000h",
    "unknown filter": "list due:never",
    "unknown value of a filter": "list category:toaster",
    "filter without a value": "list tech:",
    "list beyond an integer": "list customer:99999999999999999999",
    "hostile words": "list <!channel> \u202e' OR 1=1 -- due:x",
    "search for nothing": "search \x00",
    "too many words": "search " + "x " * 1000,
    "customer by name": "customer Grace",
    "no such customer": "customer 999999",
    "assigned to nobody": "assign 1 nobody",
    "priority of no kind": "priority 1 <!here>",
    "category of no kind": "category 1 \U0001f527",
    "estimate of no kind": "estimate 1",
    "empty note": "note 99999 \u200b",
    "reopening what is open": "reopen 1 because",
    "history of a person": "history @ana.lopez",
    "day of no kind": "summary tomorrow",
}


async def fingerprint(floor: Floor) -> list[object]:
    """Return what would change with any write."""
    return [
        await floor.shop.owner.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608  fixed names
        for table in ("tickets", "ticket_notes", "ticket_events", "activity_log", "notifications", "app.request_keys")
    ]


async def test_odd_text_gets_a_clear_private_answer_and_changes_nothing(
    floor: Floor, subtests: pytest.Subtests
) -> None:
    await floor.shop.add_ticket(worker=floor.shop.technician)
    before = await fingerprint(floor)
    account = str(floor.shop.technician.slack_user_id)

    for name, text in ODD.items():
        with subtests.test(name):
            outcome = await floor.sandbox.command(account, f"/ticket {text}", "C0REPAIRS")

            assert outcome.ok
            assert outcome.error is None
            assert len(outcome.shown) == 1
            answer = outcome.shown[0]
            assert answer.ephemeral_to == account
            assert 10 < len(answer.text) < 600
            assert re.search("/ticket|must be|Write|Please", answer.text)  # what to do next
            assert "reference" not in answer.text  # not an accident
            assert await fingerprint(floor) == before
            assert live_mentions(floor) == []


async def test_hostile_text_in_every_field_is_never_a_live_mention(floor: Floor) -> None:
    shop = floor.shop
    await shop.owner.execute("UPDATE customers SET first_name = $1, last_name = $1", HOSTILE[:60])
    await shop.owner.execute("UPDATE user_permissions SET display_name = $1 WHERE role = 'Technician'", HOSTILE[:80])
    account = str(shop.regular_user.slack_user_id)
    await floor.ticket(shop.regular_user, f"new {HOSTILE}")
    customers = await floor.sandbox.suggest(account, "customer.choose", "channel")
    filed = await floor.sandbox.submit(
        account,
        {
            "customer_id": customers[0],
            "title": HOSTILE,
            "description": HOSTILE * 20,
            "assign": str(shop.technician.id),
        },
    )
    assert filed.errors == {}
    ticket_id = await shop.owner.fetchval("SELECT max(id) FROM tickets")
    for text in (
        f"{ticket_id}",
        "mine",
        "",
        f"release {ticket_id}",
        "queue",
        f"take {ticket_id}",
        f"list {HOSTILE}",
        f"search {HOSTILE}",
        f"note {ticket_id} {HOSTILE}",
        f"find {HOSTILE}",
        f"customer {shop.customers[0]}",
        f"assign {ticket_id} {HOSTILE}",
        f"history {ticket_id}",
    ):
        assert "HOSTILE" not in await floor.ticket(shop.technician, text)
    await floor.ticket(shop.technician, f"done {ticket_id} 1h {HOSTILE}")
    await floor.quiet()

    assert await shop.owner.fetchval("SELECT title FROM tickets WHERE id = $1", ticket_id) == HOSTILE
    assert await shop.owner.fetchval("SELECT count(*) FROM ticket_notes") == 2
    assert live_mentions(floor) == []


async def test_three_thousand_ampersands_can_be_filed_shown_and_completed(floor: Floor) -> None:
    shop = floor.shop
    filed = await floor.file(shop.technician, title="&" * 255, description="&" * 3000, assign="me")
    assert filed.errors == {}
    ticket_id = await shop.owner.fetchval("SELECT max(id) FROM tickets")

    shown = await floor.ticket(shop.technician, f"{ticket_id}")
    done = await floor.ticket(shop.technician, f"done {ticket_id} 1h " + "&" * 2500)

    assert "&amp;&amp;" in shown
    assert "completed" in done
    await floor.quiet()
    assert await shop.owner.fetchval("SELECT count(*) FROM notifications WHERE state = 'dead'") == 0


def live_mentions(floor: Floor) -> list[str]:
    """Return every mention in what the bot has sent, by any way."""
    sent: list[str] = []
    for call in floor.sandbox.calls:
        sent += texts(call.arguments)
    for delivery in floor.sandbox.deliveries:
        sent += texts(json.loads(delivery.body) if delivery.body.startswith("{") else delivery.body)
    return [text for text in sent if LIVE_MENTION.search(text)]


def texts(value: Json) -> list[str]:
    """Return the strings that Slack would read as markup; plain_text objects are shown as they are."""
    if isinstance(value, str):
        return texts(json.loads(value)) if value[:1] in {"{", "["} else [value]
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    if isinstance(value, dict):
        if value.get("type") == "plain_text":
            return []
        hidden = {"value", "initial_value", "private_metadata", "options", "values", "state", "accessibility_label"}
        return [text for key, item in value.items() if key not in hidden for text in texts(item)]
    return []
