"""What Slack's own client checks before it sends a form."""

import pytest

from sandbox.documents import Document, Json
from sandbox.inputs import REQUIRED, elements_of, field_faults, simple_value, state_values
from tests.sandbox.samples import ELEMENTS, OPTION, OTHER, input_block


def faults_of(element: Document, value: Json, *, optional: bool = False) -> dict[str, str]:
    blocks = [{**input_block({"action_id": "a", **element}), "optional": optional}]
    (place,) = elements_of(blocks)
    return field_faults(blocks, state_values(blocks, {"i": {"a": simple_value(place, value)}}))


@pytest.mark.parametrize(
    ("element", "value", "fault"),
    [
        ({"type": "plain_text_input"}, "", REQUIRED),
        ({"type": "plain_text_input"}, None, REQUIRED),
        ({"type": "checkboxes", "options": [OPTION]}, [], REQUIRED),
        ({"type": "static_select", "options": [OPTION]}, None, REQUIRED),
        ({"type": "plain_text_input", "min_length": 3}, "ab", "Please enter at least 3 characters."),
        ({"type": "plain_text_input", "max_length": 3}, "abcd", "Please enter at most 3 characters."),
        ({"type": "plain_text_input"}, "x" * 3001, "Please enter at most 3000 characters."),
        ({"type": "number_input", "is_decimal_allowed": False}, "1.5", "Please enter a whole number."),
        ({"type": "number_input", "is_decimal_allowed": True}, "much", "Please enter a valid number."),
        ({"type": "number_input", "min_value": "1"}, "0", "Please enter a number that is at least 1."),
        ({"type": "number_input", "max_value": "9"}, "10", "Please enter a number that is at most 9."),
        ({"type": "email_text_input"}, "nobody", "Please enter a valid email address."),
        ({"type": "url_text_input"}, "example", "Please enter a valid URL."),
        ({"type": "static_select", "options": [OPTION]}, OTHER, "Please choose one of the options."),
        ({"type": "checkboxes", "options": [OPTION]}, [OTHER], "Please choose one of the options."),
        ({"type": "multi_users_select", "max_selected_items": 1}, ["U1", "U2"], "You can select up to 1 items."),
    ],
)
def test_fault_is_told_beside_its_field(element: Document, value: Json, fault: str) -> None:
    assert faults_of(element, value) == {"i": fault}


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ({"type": "plain_text_input", "min_length": 3, "max_length": 3}, "abc"),
        ({"type": "number_input", "is_decimal_allowed": True, "min_value": "-1", "max_value": "1"}, "0.5"),
        ({"type": "email_text_input"}, "a@example.com"),
        ({"type": "url_text_input"}, "https://example.com/a?b"),
        ({"type": "static_select", "options": [OPTION]}, "a"),
        ({"type": "external_select"}, OTHER),
        ({"type": "datepicker"}, "2026-11-22"),
    ],
)
def test_sound_value_passes(element: Document, value: Json) -> None:
    assert faults_of(element, value) == {}


def test_optional_field_may_stay_empty() -> None:
    assert faults_of({"type": "plain_text_input", "min_length": 3}, "", optional=True) == {}


@pytest.mark.parametrize("kind", [kind for kind in ELEMENTS if kind != "file_input"])
def test_initial_value_is_the_state_until_something_is_entered(kind: str) -> None:
    (value,) = state_values([input_block(ELEMENTS[kind])], {})["i"].values()

    assert value["type"] == kind
    assert all(value.values())
