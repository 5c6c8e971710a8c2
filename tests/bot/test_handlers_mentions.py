"""Which messages are commands, and what they say."""

from typing import Any

import pytest

from bot.handlers.mentions import read_direct_message, read_mention, words_for
from bot.routes import Said

BOT = "U0BOT"


def mention(**changes: Any) -> dict[str, Any]:  # noqa: ANN401  what events hold
    return {
        "type": "app_mention",
        "user": "U0TOMREED",
        "text": "<@U0BOT> take 42",
        "ts": "1700000000.000200",
        "channel": "C0REPAIRS",
        "event_ts": "1700000000.000200",
        **changes,
    }


def direct(**changes: Any) -> dict[str, Any]:  # noqa: ANN401  as above
    return mention(type="message", text="take 42", channel="D0TOM", channel_type="im") | changes


def test_mention_says_what_follows_the_name_and_where() -> None:
    said = read_mention(mention(thread_ts="1700000000.000100"), BOT)

    assert said == Said(
        user="U0TOMREED", text="take 42", channel="C0REPAIRS", thread_ts="1700000000.000100", direct=False
    )


def test_direct_message_needs_no_name() -> None:
    said = read_direct_message(direct(), BOT)

    assert said == Said(user="U0TOMREED", text="take 42", channel="D0TOM", thread_ts=None, direct=True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<@U0BOT>", ""),
        ("<@U0BOT|tickets> help", "help"),
        ("<@U0BOT>: done 42 1.5h new fan.", "done 42 1.5h new fan."),
        ("<@U0BOT>, mine", "mine"),
        ("<@U0BOT>\u00a0\nmine", "mine"),
        ("Ana, see: <@U0BOT> show 42", "show 42"),
        ("done 42 1h <@U0BOT>", "done 42 1h"),
        ("<@U0BOT> assign 42 <@U0ANA>", "assign 42 <@U0ANA>"),
        ("<@U0BOT> note 42 ask <@U0BOT> -", "note 42 ask   -"),
        ("<@U0BOTX> take 42", "<@U0BOTX> take 42"),
        (" note 42 wait: ", "note 42 wait:"),
    ],
)
def test_name_is_left_out_wherever_it_stands(text: str, words: str) -> None:
    assert words_for(BOT, text) == words


@pytest.mark.parametrize(
    "changes",
    [
        {"bot_id": "B0BOT"},
        {"bot_id": "B0OTHER"},
        {"user": BOT},
        {"user": None},
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": "bot_message"},
        {"edited": {"user": "U0TOMREED", "ts": "1700000001.000000"}},
        {"text": None},
        {"channel": None},
        {"channel": {"id": "C0REPAIRS"}},
    ],
)
def test_bots_edits_and_deletions_say_nothing_to_us(changes: dict[str, Any]) -> None:
    assert read_mention(mention(**changes), BOT) is None
    assert read_direct_message(direct(**changes), BOT) is None


def test_mention_in_a_direct_conversation_is_read_once_as_the_message_that_it_is() -> None:
    assert read_mention(mention(channel="D0TOM"), BOT) is None
    assert read_direct_message(direct(text="<@U0BOT> take 42"), BOT) is not None


@pytest.mark.parametrize("kind", ["channel", "group", "mpim", None])
def test_messages_elsewhere_are_none_of_our_business(kind: str | None) -> None:
    assert read_direct_message(direct(channel_type=kind), BOT) is None
