from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.errors import FieldsRefused
from bot.forms import Completion, NewTicket, NoteText, Reopening, TicketEdit, chosen_ticket, hours_with_unit

FILLED: dict[str, Any] = {
    "customer_id": "3",
    "title": "Laptop won't start",
    "description": "It clicks.",
    "priority": "high",
    "category": "hardware",
    "estimated_hours": "1.5",
    "assign": "queue",
    "device_type": "Laptop",
    "device_model": "  ",
    "device_serial": " PF-2X 9A\n",
}


def refused(model: type[NewTicket | Completion], **entered: object) -> dict[str, str]:
    with pytest.raises(FieldsRefused) as caught:
        model.check(**entered)
    return caught.value.messages


def outcome(model: type[NewTicket | Completion], **entered: object) -> NewTicket | Completion | dict[str, str]:
    try:
        return model.check(**entered)
    except FieldsRefused as error:
        return error.messages


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("1.5h", "1.5"),
        ("1,5h", "1.5"),
        (".5h", "0.5"),
        ("1.h", "1"),
        ("2H", "2"),
        ("1h30", "1.5"),
        ("1h30m", "1.5"),
        ("1h 30min", "1.5"),
        ("90m", "1.5"),
        ("90 min", "1.5"),
        ("1.5 hours", "1.5"),
        ("+2h", "2"),
        ("-2h", "-2"),
        ("\u22122h", "-2"),
        ("\uff11.\uff15\uff48", "1.5"),
        ("٢h", "2"),
    ],
)
def test_hours_with_a_unit_are_read(typed: str, hours: str) -> None:
    assert hours_with_unit(typed) == Decimal(hours)


@pytest.mark.parametrize(
    "typed", ["", "2", "1.5", "h", "2 m", "1h90", "1.5.5h", "9e9h", "2hats", "1:30", "NaNh", "infh"]
)
def test_anything_else_is_no_hours(typed: str) -> None:
    assert hours_with_unit(typed) is None


@pytest.mark.parametrize(
    ("entered", "hours"),
    [
        ("1.5", "1.50"),
        ("20m", "0.33"),
        ("0.005", "0.01"),
        ("999.99", "999.99"),
        ("999.994h", "999.99"),
        ("1h30", "1.50"),
    ],
)
def test_hours_are_rounded_to_two_places(entered: str, hours: str) -> None:
    assert str(Completion.check(hours=entered).hours) == hours


@pytest.mark.parametrize("entered", ["0", "0h", "-1", "-1h", "999.995", "1000h", "9" * 3000, "0.004"])
def test_hours_out_of_range_are_refused(entered: str) -> None:
    assert set(refused(Completion, hours=entered)) == {"hours"}


@pytest.mark.parametrize("entered", ["abc", "1e3", "NaN", "Infinity", "1.5.5", "\x00x", "<!channel>"])
def test_other_words_are_no_hours(entered: str) -> None:
    assert set(refused(Completion, hours=entered)) == {"hours"}


def test_refused_hours_say_what_was_entered_and_how_to_write_them() -> None:
    assert refused(Completion, hours="lots") == {
        "hours": "“lots” can't be read as hours. Write them as 1.5, 1h30 or 90m."
    }


@pytest.mark.parametrize("entered", [None, "", "  ", "\u200b"])
def test_completion_needs_hours(entered: str | None) -> None:
    assert refused(Completion, hours=entered) == {"hours": "Enter the hours worked, for example 1.5, 1h30 or 90m."}


def test_what_was_done_may_be_left_out() -> None:
    assert Completion.check(hours="1h", resolution=None).resolution == ""


def test_new_ticket_is_read() -> None:
    assert NewTicket.check(**FILLED).model_dump() == {
        "customer_id": 3,
        "title": "Laptop won't start",
        "description": "It clicks.",
        "priority": "high",
        "category": "hardware",
        "estimated_hours": Decimal("1.50"),
        "due_at": None,
        "passcode": None,
        "assign": "queue",
        "device_type": "Laptop",
        "device_model": None,
        "device_serial": "PF-2X 9A",
        "device_condition": None,
        "device_accessories": None,
        "files": (),
    }
    assert NewTicket.check(**FILLED).device == {"type": "Laptop", "serial": "PF-2X 9A"}


@pytest.mark.parametrize(
    ("field", "entered"),
    [
        ("customer_id", None),
        ("customer_id", "0"),
        ("customer_id", "-1"),
        ("customer_id", "2147483648"),
        ("customer_id", "٣"),
        ("title", None),
        ("title", " \u2800 "),
        ("title", "x" * 256),
        ("description", ""),
        ("description", "x" * 3001),
        ("priority", "critical"),
        ("priority", None),
        ("category", "plumbing"),
        ("estimated_hours", "soon"),
        ("assign", None),
        ("assign", "nobody"),
        ("assign", "1; DROP TABLE tickets"),
    ],
)
def test_each_field_is_refused_on_its_own_with_a_sentence(field: str, entered: object) -> None:
    messages = refused(NewTicket, **(FILLED | {field: entered}))

    assert list(messages) == [field]
    assert messages[field].endswith(".")


def test_every_bad_field_is_named_at_once() -> None:
    assert set(refused(NewTicket, **dict.fromkeys(FILLED))) == {
        "customer_id",
        "title",
        "description",
        "priority",
        "assign",
    }


def test_title_of_255_characters_in_any_script_is_kept() -> None:
    assert NewTicket.check(**(FILLED | {"title": "ñ" * 255})).title == "ñ" * 255


def test_title_becomes_one_clean_line() -> None:
    assert NewTicket.check(**(FILLED | {"title": " a\n\x00 b\u202e "})).title == "a b"


@pytest.mark.parametrize("assign", ["queue", "me", "auto", "17"])
def test_assign_is_a_way_or_a_technician(assign: str) -> None:
    assert NewTicket.check(**(FILLED | {"assign": assign})).assign == assign


@given(st.dictionaries(st.sampled_from(sorted(FILLED)), st.none() | st.text(st.characters()) | st.integers()))
def test_form_is_read_or_refused_with_a_message_for_each_field(entered: dict[str, object]) -> None:
    read = outcome(NewTicket, **(FILLED | entered))

    if isinstance(read, dict):
        assert set(read) <= set(entered)
        assert all(read.values())


@given(st.text(st.characters()))
def test_hours_are_in_range_or_refused(entered: str) -> None:
    read = outcome(Completion, hours=entered)

    if isinstance(read, Completion):
        assert Decimal("0.01") <= read.hours <= Decimal("999.99")
    else:
        assert isinstance(read, dict)
        assert set(read) == {"hours"}


def test_ticket_of_a_button_is_read() -> None:
    assert chosen_ticket("42") == 42


@pytest.mark.parametrize("value", ["", "x", "0", "-1", "2147483648", None])
def test_anything_else_in_a_button_is_refused(value: str | None) -> None:
    with pytest.raises(FieldsRefused):
        chosen_ticket(value)


def test_edit_changes_only_what_is_given() -> None:
    assert TicketEdit.check(priority="high").changes == {"priority": "high"}
    assert TicketEdit.check(estimated_hours="2h30").changes == {"estimated_hours": "2.50"}
    assert TicketEdit.check(category=None, estimated_hours="").changes == {"category": None, "estimated_hours": None}
    assert TicketEdit.check().changes == {}


def test_passcode_is_kept_as_typed_and_a_minus_in_an_edit_takes_it_away() -> None:
    typed = " O0l1  \u201cÅ\u201d \x00"

    assert [NewTicket.check(**FILLED, passcode=code).passcode for code in (typed, "-", " ", None)] == [
        SecretStr("O0l1  \u201cÅ\u201d"),
        SecretStr("-"),
        None,
        None,
    ]
    edits = [TicketEdit.check(title="New", passcode=code) for code in (typed, "-", " ", None)]
    assert [edit.passcode for edit in edits] == [SecretStr("O0l1  \u201cÅ\u201d"), SecretStr(""), None, None]
    assert [edit.fields for edit in edits] == [{"title", "passcode"}] * 2 + [{"title"}] * 2
    assert all(edit.changes == {"title": "New"} for edit in edits)


def test_too_long_a_passcode_is_refused_without_saying_it() -> None:
    with pytest.raises(FieldsRefused) as refused:
        NewTicket.check(**FILLED, passcode="4711" * 64)

    assert "256" in refused.value.messages["passcode"]
    assert "4711" not in f"{refused.value} {refused.value.__cause__}"


def test_every_bad_value_of_an_edit_is_told_apart() -> None:
    with pytest.raises(FieldsRefused) as caught:
        TicketEdit.check(title=" ", description="", priority="soon", category="toaster", customer_id="x")

    assert set(caught.value.messages) == {"title", "description", "priority", "category", "customer_id"}


@pytest.mark.parametrize("typed", ["", " \n", "\u200b", None, "x" * 3001])
def test_note_and_reason_have_words_and_an_end(typed: str | None) -> None:
    with pytest.raises(FieldsRefused):
        NoteText.check(body=typed)
    with pytest.raises(FieldsRefused):
        Reopening.check(why=typed)
