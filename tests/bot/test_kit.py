import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import length
from bot.views import kit
from bot.views.entries import entered

ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_escaped_text_holds_no_live_markup(text: str) -> None:
    escaped = kit.escape(text)

    assert not set("<>*~`") & set(escaped)
    assert not ENTITY.search(escaped)


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("<!channel>", "&lt;!channel&gt;"),
        ("AT&T", "AT&amp;T"),
        ("&lt;", "&amp;lt;"),
        ("*now*", "∗now∗"),
        ("_now_", "ˍnowˍ"),
        ("file_name_2.txt", "file_name_2.txt"),
        ("a\u202eb\x07c", "abc"),
    ],
)
def test_escape_keeps_what_it_looks_like(text: str, escaped: str) -> None:
    assert kit.escape(text) == escaped


def test_markup_escapes_facts_and_keeps_markup() -> None:
    said = kit.markup("*{who}* {what} {number}", who="<@U1>", what=kit.markup("_{x}_", x="&"), number=3)

    assert said == "*&lt;@U1&gt;* _&amp;_ 3"


def test_sentence_keeps_code_and_escapes_the_rest() -> None:
    assert kit.sentence("“<!here>”: try `/ticket help`") == "“&lt;!here&gt;”: try `/ticket help`"


@given(st.text("&<> ab😀", max_size=200), st.integers(10, 60))
def test_cut_markup_fits_and_cuts_no_entity(text: str, limit: int) -> None:
    cut = kit.mrkdwn(kit.escape(text), limit)["text"]

    assert length(cut) <= limit
    assert not ENTITY.search(cut)


def test_cut_markup_cuts_no_date() -> None:
    moment = kit.date(datetime(2026, 11, 20, 9, 30, tzinfo=UTC))
    cut = kit.mrkdwn(kit.markup("{x} {moment}", x="x" * 20, moment=moment), 40)["text"]

    assert cut == "x" * 20 + "…"


def test_three_thousand_ampersands_fit_into_a_section() -> None:
    cut = kit.mrkdwn(kit.escape("&" * 3000))["text"]

    assert cut == "&amp;" * 599 + "…"


def test_date_is_shown_in_the_readers_zone_with_utc_to_fall_back_on() -> None:
    moment = datetime.fromisoformat("2026-11-20T01:30:00-08:00")

    assert kit.date(moment) == "<!date^1795167000^{date_short_pretty} at {time}|2026-11-20 09:30 UTC>"


def test_button_without_value_has_none() -> None:
    assert "value" not in kit.button("Queue", "queue.page")


def test_button_of_ticket_zero_would_keep_its_value() -> None:
    assert kit.button("Open", "ticket.open", 0)["value"] == "0"


def test_long_labels_are_shortened_to_slacks_limits() -> None:
    words = "word " * 1000

    assert length(kit.header(words)["text"]["text"]) <= 150
    assert length(kit.button(words, "a.b", spoken=words)["accessibility_label"]) <= 75
    assert length(kit.option(words, "1", words)["description"]["text"]) <= 75
    assert length(kit.notice(words, [])["title"]["text"]) <= 24
    assert length(kit.message(kit.sentence(words))["text"]) <= 4000


def test_message_has_at_most_fifty_blocks() -> None:
    assert len(kit.message(kit.sentence("x"), [kit.divider()] * 60)["blocks"]) == 50


def test_initial_option_is_one_of_the_options() -> None:
    options = [kit.option("One", 1), kit.option("Two", 2)]

    assert kit.select("a.b", options, initial="2")["initial_option"] is options[1]
    assert "initial_option" not in kit.select("a.b", options, initial="3")


def test_text_and_choice_are_read_from_a_form() -> None:
    values: dict[str, dict[str, Any]] = {
        "title": {"title.enter": {"type": "plain_text_input", "value": "Broken"}},
        "priority": {"priority.enter": {"type": "static_select", "selected_option": {"value": "high"}}},
        "category": {"category.enter": {"type": "static_select", "selected_option": None}},
        "hours": {"hours.enter": {"type": "plain_text_input", "value": None}},
    }

    assert entered(values, "title") == "Broken"
    assert entered(values, "priority") == "high"
    assert entered(values, "category") is None
    assert entered(values, "hours") is None
    assert entered(values, "missing") is None


def test_link_ends_where_it_should_whatever_the_address_and_the_words_hold() -> None:
    linked = kit.link("https://tickets.example.com/a|b> <!here>/t/42", "t/42|> <!here> *x*")

    assert linked == (
        "<https://tickets.example.com/a%7Cb&gt;%20&lt;!here&gt;/t/42|t/42|&gt; &lt;!here&gt; \u2217x\u2217>"
    )
