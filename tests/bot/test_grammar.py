from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import CommandNotUnderstood, FieldsRefused, Refusal, TicketNotFound
from bot.grammar import COMMANDS, find_verb, parse
from bot.reading import Command
from bot.text import length
from db.models import TicketFilter

WORDS = [word for verb in COMMANDS for word in (verb.verb, *verb.aliases)]
NUMBERED = [verb.verb for verb in COMMANDS if verb.takes_ticket]


def refusal(text: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        parse(text)
    return caught.value


def outcome(text: str) -> Command | Refusal:
    try:
        return parse(text)
    except Refusal as error:
        return error


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("", "panel"),
        ("  \n ", "panel"),
        ("\x00", "panel"),
        ("panel", "panel"),
        ("new", "new"),
        ("mine", "mine"),
        ("Queue", "queue"),
        ("WHOAMI", "whoami"),
        ("settings", "settings"),
        ("help", "help"),
        ("?", "help"),
        ("“mine”", "mine"),
        ("mi\u200bne", "mine"),
        ("\u202emine", "mine"),
        ("\uff4d\uff49\uff4e\uff45", "mine"),
        ("list", "list"),
        ("team", "team"),
        ("database", "database"),
        ("undelivered", "undelivered"),
        ("summary", "summary"),
    ],
)
def test_verb_is_found(text: str, verb: str) -> None:
    assert parse(text).verb == verb


@pytest.mark.parametrize("verb", NUMBERED)
@pytest.mark.parametrize(
    "number",
    [
        "42",
        "#42",
        "# 42",
        "#0042",
        "\uff14\uff12",
        "\uff03\uff14\uff12",
        "٤٢",
        "“42”",
        "42.",
        "\u200e42",
        " 42 ",
        "0" * 2900 + "42",
    ],
)
def test_ticket_number_is_read(verb: str, number: str) -> None:
    assert parse(find_verb(verb).about(f" {number}").removeprefix("/ticket")).ticket_id == 42


@pytest.mark.parametrize("text", ["42", "#42", "# 42", "#042", " 42 ", "'42'"])
def test_bare_number_shows_the_ticket(text: str) -> None:
    command = parse(text)

    assert (command.verb, command.ticket_id) == ("show", 42)


@pytest.mark.parametrize("prefix", ["", *(f"{verb} " for verb in NUMBERED)])
@pytest.mark.parametrize("number", ["0", "#0", "000", "-1", "+1", "9e99", "1.5", "0x2a", "1/2", "½"])
def test_bad_number_is_refused_with_the_right_way_to_write_it(prefix: str, number: str) -> None:
    error = refusal(prefix + number)

    assert isinstance(error, CommandNotUnderstood)
    assert "`/ticket" in error.sentence


@pytest.mark.parametrize("number", ["2147483648", "9999999999", "9" * 3000])
def test_number_beyond_the_database_is_a_missing_ticket(number: str) -> None:
    error = refusal(f"show {number}")

    assert isinstance(error, TicketNotFound)
    assert length(error.sentence) < 130


def test_number_beyond_the_database_reads_like_a_missing_ticket() -> None:
    assert refusal("2147483648").sentence == TicketNotFound(2147483648).sentence


@pytest.mark.parametrize("verb", NUMBERED)
def test_missing_number_is_asked_for(verb: str) -> None:
    assert refusal(verb).sentence.startswith("Which ticket? Write its number: `/ticket ")


@pytest.mark.parametrize("text", ["take 42 43", "show 42 please", "mine now", "queue high", "whoami @here", "42 43"])
def test_words_too_many_are_refused_by_name(text: str) -> None:
    assert f"“{text.rsplit(maxsplit=1)[-1]}”" in refusal(text).sentence


def test_verb_after_the_number_is_set_right() -> None:
    assert refusal("42 done").sentence == "Write the command first: `/ticket done 42`. Nothing was changed."


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tkae 17", "/ticket take 17"),
        ("tkae", "/ticket take 42"),
        ("relase #17", "/ticket release 17"),
        ("compelte 17", "/ticket done 17"),
        ("quue", "/ticket queue"),
        ("hlep", "/ticket help"),
        ("wohami", "/ticket whoami"),
        ("nwe", "/ticket new"),
        ("shwo 9e99", "/ticket show 42"),
    ],
)
def test_nearest_verb_is_suggested(typed: str, meant: str) -> None:
    assert f"Did you mean `{meant}`?" in refusal(typed).sentence


@pytest.mark.parametrize("typed", ["printer", "laptop is broken", "😀", "&lt;!channel&gt;", "xyzzy", "\ud800x"])
def test_nothing_is_suggested_for_what_is_far_from_any_verb(typed: str) -> None:
    sentence = refusal(typed).sentence

    assert "Did you mean" not in sentence
    assert "`/ticket help`" in sentence
    assert "Nothing was changed." in sentence


def test_what_was_typed_is_quoted_shortened_and_clean() -> None:
    sentence = refusal("<!channel>\x00`\u202e" + "x" * 3000).sentence

    assert sentence.startswith("“@channel'xxx")
    assert length(sentence) < 140


@pytest.mark.parametrize(
    ("text", "hours", "done"),
    [
        ("done 42", None, ""),
        ("done 42 1.5h", "1.50", ""),
        ("done 42 1,5h new fan", "1.50", "new fan"),
        ("done 42 1h30 new fan\nand paste", "1.50", "new fan\nand paste"),
        ("done 42 1h 30m new fan", "1.50", "new fan"),
        ("done 42 90m", "1.50", ""),
        ("done 42 2 hours new fan", "2.00", "new fan"),
        ("done 42 “2h” new fan", "2.00", "new fan"),
        ("finish #42 2h", "2.00", ""),
        ("done 42 2 screws", None, "2 screws"),
        ("done 42 2 m cable", None, "2 m cable"),
        ("done 42 1.5", None, "1.5"),
        ("done 42 fixed in 2h", None, "fixed in 2h"),
    ],
)
def test_done_takes_hours_with_a_unit_and_the_rest_as_text(text: str, hours: str | None, done: str) -> None:
    command = parse(text)

    assert command.ticket_id == 42
    assert command.hours == (Decimal(hours) if hours else None)
    assert command.text == done


@pytest.mark.parametrize("text", ["done 42 0h", "done 42 -1h", "done 42 1000h", "done 42 0.001h", "done 42 0 hours x"])
def test_impossible_hours_are_refused(text: str) -> None:
    error = refusal(text)

    assert isinstance(error, FieldsRefused)
    assert set(error.messages) == {"hours"}


@pytest.mark.parametrize("hours", ["1h ", ""])
def test_report_longer_than_a_form_takes_is_refused(hours: str) -> None:
    error = refusal(f"done 42 {hours}" + "x" * 3001)

    assert isinstance(error, FieldsRefused)
    assert set(error.messages) == {"resolution"}


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("assign 42 <@U1|ana>", "U1"),
        ("assign #42 <@U1>", "U1"),
        ("assign 42 to <@U1|ana>.", "U1"),
        ("assign 42 @ana", "ana"),
        ("assign 42 Ana Reyes", "Ana Reyes"),
        ("give 42 to “Ana Reyes”", "Ana Reyes"),
        ("assign 42 tom", "tom"),
        ("assign 42 auto", "auto"),
        ("assign 42 Me", "me"),
        ("assign 42", ""),
        ("assign 42 to", "to"),
    ],
)
def test_assign_takes_a_person(text: str, who: str) -> None:
    command = parse(text)

    assert (command.verb, command.ticket_id, command.who) == ("assign", 42, who)


def test_assigning_to_nobody_is_set_right() -> None:
    assert refusal("assign 42 nobody").sentence == (
        "`/ticket release 42` puts the ticket back into the queue. Nothing was changed."
    )


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("priority 42 high", {"priority": "high"}),
        ("prio 42 URGENT", {"priority": "urgent"}),
        ("category 42 data recovery", {"category": "data recovery"}),
        ("category 42 “Network”", {"category": "network"}),
        ("estimate 42 2.5h", {"estimated_hours": "2.50"}),
        ("estimate 42 2,5", {"estimated_hours": "2.50"}),
        ("estimate 42 1h30", {"estimated_hours": "1.50"}),
        ("estimate 42 2 hours", {"estimated_hours": "2.00"}),
    ],
)
def test_detail_is_read(text: str, changes: dict[str, str]) -> None:
    command = parse(text)

    assert command.ticket_id == 42
    assert command.edit.changes == changes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("priority 42", "Which priority? It can be low, medium, high or urgent: `/ticket priority 42 high`."),
        ("priority 42 soon", "“soon” is no priority."),
        ("category 42 toaster", "“toaster” is no category."),
        ("estimate 42", "How many hours? Write them like this: `/ticket estimate 42 2.5h`."),
        ("estimate 42 soon", "“soon” can't be read as hours."),
        (
            "summary tomorrow",
            "“tomorrow” is no day. It can be today, yesterday, week or month: `/ticket summary 2026-11-20`.",
        ),
        ("search", "What are you looking for? Write it like this: `/ticket search blue screen`."),
        ("find  “”", "What are you looking for?"),
        ("customer", "Which customer? Write its number: `/ticket customer 7`."),
        ("customer Grace", "“Grace” isn't a customer's number."),
        ("customer 7 8", "“8”"),
        ("history @ana", "“@ana” isn't a ticket's number."),
        ("team now", "“now”"),
        ("42 priority low", "`/ticket priority 42 high`"),
        ("assgin 17 <@U1>", "Did you mean `/ticket assign 17`?"),
    ],
)
def test_wrong_argument_is_told_with_the_right_way_to_write_it(text: str, said: str) -> None:
    assert said in refusal(text).sentence


@pytest.mark.parametrize("verb", ["note", "reopen"])
@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("", ""),
        (" called &amp; asked <#C1|ana>\n&lt;twice&gt;", "called & asked #ana\n<twice>"),
        (" 2h", "2h"),
    ],
)
def test_rest_is_the_text(verb: str, written: str, text: str) -> None:
    command = parse(f"{verb} 42{written}")

    assert (command.ticket_id, command.text) == (42, text)


def test_note_names_people_by_their_ids() -> None:
    """Whom a label means, only Slack knows; the database puts the names there."""
    text = "note 42 <@U0ANA1|ana> &amp; <@U0TOM1>: see <#C1|repairs> @rita"

    assert parse(text).text == "@U0ANA1 & @U0TOM1: see #repairs @rita"


@pytest.mark.parametrize("verb", ["note", "reopen"])
@pytest.mark.parametrize("text", ["x" * 3001, "\u2800"])
def test_text_that_can_not_be_read_or_is_too_long_is_refused(verb: str, text: str) -> None:
    assert isinstance(refusal(f"{verb} 42 {text}"), FieldsRefused)


@pytest.mark.parametrize(("text", "day"), [("summary", "yesterday"), ("summary TODAY", "today")])
def test_summary_takes_a_day(text: str, day: str) -> None:
    assert parse(text).text == day


def test_list_takes_filters_and_words() -> None:
    wanted = parse("list tech:<@U1|ana> blue status:all screen").filter

    assert wanted == TicketFilter(status="all", worker="U1", words="blue screen")


def test_words_are_looked_for_as_they_were_typed() -> None:
    assert parse("search <https://x.example|x.example> AT&amp;T").text == "x.example AT&T"
    assert parse("search “blue screen” <it>").text == '"blue screen" <it>'
    assert parse("find <mailto:ana@x.example|ana@x.example>").text == "ana@x.example"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("new", ""),
        ("new Laptop won't start", "Laptop won't start"),
        ("new “Laptop won't start”", "Laptop won't start"),
        ('new "quoted"', "quoted"),
        ('new the "quoted" one', 'the "quoted" one'),
        ("new AT&amp;T &lt;!here&gt;", "AT&T <!here>"),
        ("new <@U1|ana> in <#C1|repairs>: see <https://x.example|it>", "@ana in #repairs: see https://x.example"),
        ("new C # 3", "C # 3"),
        ("new a\n\n b", "a b"),
        ('new ""', ""),
        ('new "', '"'),
        ("new 42", "42"),
        ("new שולחן עבודה", "שולחן עבודה"),
        ("new 😀", "😀"),
    ],
)
def test_new_takes_the_rest_as_title(text: str, title: str) -> None:
    assert parse(text).text == title


def test_title_of_3000_characters_is_refused() -> None:
    error = refusal("new " + "x" * 3000)

    assert isinstance(error, FieldsRefused)
    assert error.sentence == "A title has at most 255 characters; this one has 3,000. Please shorten it."


@pytest.mark.parametrize(
    ("text", "about"), [("help take", "take"), ("help /TAKE", "take"), ("help close", "done"), ("help /ticket", "")]
)
def test_help_is_about_a_verb(text: str, about: str) -> None:
    assert parse(text).text == about


def test_help_on_no_verb_suggests_the_nearest() -> None:
    assert "Did you mean `/ticket take 42`?" in refusal("help tkae").sentence


@pytest.mark.parametrize("usage", [usage for verb in COMMANDS for usage in verb.usage])
def test_every_usage_in_the_help_can_be_typed(usage: str) -> None:
    (verb,) = (verb for verb in COMMANDS if usage in verb.usage)
    command = parse(usage.removeprefix("/ticket"))

    assert (command.verb, command.ability) == (verb.verb, verb.ability)


def test_no_word_names_two_verbs() -> None:
    assert len(WORDS) == len(set(WORDS))


TYPED = st.one_of(
    st.text(st.characters()),
    st.builds(
        " ".join, st.lists(st.sampled_from([*WORDS, "42", "#", "-1", "1.5h", "“", "&lt;"]) | st.text(st.characters()))
    ),
)


@given(TYPED)
@example("\ud800")
@example("#" * 3000)
@example("take " + "٣" * 3000)
@example("done 1 " + "9" * 3000 + "h")
@example("-" * 3000 + "1")
def test_whatever_is_typed_is_a_command_or_a_refusal_with_a_short_clean_sentence(text: str) -> None:
    command = outcome(text)

    if isinstance(command, Refusal):
        assert command.sentence.endswith(".")
        assert command.sentence.isprintable()
        assert length(command.sentence) < 300
    else:
        command.text.encode()
        assert "\0" not in command.text


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("status 42 waiting_parts", "waiting_parts"),
        ("status 42 waiting for parts", "waiting_parts"),
        ("status 42 Parts", "waiting_parts"),
        ("status 42 waiting-for-approval.", "waiting_approval"),
        ("status 42 in repair", "in_repair"),
        ("status 42 quality check", "quality_check"),
        ("bench 42 DECLINED", "declined"),
        ("status 42", None),
    ],
)
def test_status_is_read_as_people_write_it(text: str, status: str | None) -> None:
    command = parse(text)

    assert (command.verb, command.ticket_id, command.status) == ("status", 42, status)


def test_to_be_ready_is_to_be_completed_and_to_be_collected_is_to_be_handed_over() -> None:
    assert parse("status 42 ready 1.5h new fan") == parse("done 42 1.5h new fan")
    assert parse("status 42 ready") == parse("done 42")
    assert parse("status 42 picked up by her brother") == parse("collected 42 her brother")


@pytest.mark.parametrize(
    ("text", "how", "said"),
    [
        ("approve 42", None, ""),
        ("approve 42 by phone", "phone", ""),
        ("approve #42 Phone: she needs it by Friday", "phone", "she needs it by Friday"),
        ("decline 42 by email, too dear", "e-mail", "too dear"),
        ("decline 42 In person", "in person", ""),
        ("approve 42 phones are fine", None, "phones are fine"),
    ],
)
def test_a_customers_word_is_read_with_how_they_were_asked(text: str, how: str | None, said: str) -> None:
    command = parse(text)

    assert (command.ticket_id, command.how, command.text) == (42, how, said)


def test_status_that_there_is_not_is_refused_with_the_nearest_or_all() -> None:
    assert "Did you mean `/ticket status 42 diagnosing`?" in refusal("status 42 diagnozing").sentence
    assert "`received`, `diagnosing`" in refusal("status 42 xyz").sentence


def test_status_takes_nothing_after_it() -> None:
    assert "Nothing may follow `/ticket status 42 waiting_parts`" in refusal("status 42 parts by Monday").sentence


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("list overdue", "overdue"),
        ("list due:overdue", "overdue"),
        ("list due: today fan", "today"),
        ("ls due:Week", "week"),
    ],
)
def test_due_date_narrows_a_list(text: str, due: str) -> None:
    assert parse(text).filter.due == due


def test_overdue_in_quotes_is_a_word() -> None:
    assert parse('list "overdue"').filter.words == '"overdue"'
