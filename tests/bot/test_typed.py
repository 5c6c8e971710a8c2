import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.typed import as_typed, mentioned


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("AT&amp;T &lt;3", "AT&T <3"),
        ("&amp;lt;", "&lt;"),
        ("ask <@U1|ana>", "ask @ana"),
        ("ask <@U1>", "ask @U1"),
        ("in <#C1|repairs> or <#C1|>", "in #repairs or #C1"),
        ("see <https://x.example/a?b=1&amp;c=2|the page>", "see https://x.example/a?b=1&c=2"),
        ("see <https://x.example>", "see https://x.example"),
        ("see <http://example.com|example.com>", "see example.com"),
        ("write to <mailto:ana@shop.example|ana@shop.example>", "write to ana@shop.example"),
        ("call <tel:+15105550001|(510) 555-0001>", "call (510) 555-0001"),
        ("<!channel> <!here|here> <!subteam^S1|@techs>", "@channel @here @techs"),
        ("<!date^1392734382^{date}|18 February>", "18 February"),
        ("&lt;!channel&gt; &lt;@U1&gt;", "<!channel> <@U1>"),
        ("a < b > c <b> <", "a < b > c <b> <"),
    ],
)
def test_text_is_as_it_was_typed(sent: str, typed: str) -> None:
    assert as_typed(sent) == typed


@given(st.text())
def test_what_slack_escapes_comes_back(typed: str) -> None:
    sent = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    assert as_typed(sent) == typed


@pytest.mark.parametrize(
    ("word", "slack_id"),
    [("<@U1|ana>", "U1"), ("<@W0ANA>", "W0ANA"), ("@ana", None), ("<#C1|ana>", None), ("<@U1> x", None), ("", None)],
)
def test_a_mention_names_a_person(word: str, slack_id: str | None) -> None:
    assert mentioned(word) == slack_id
