import copy

import pytest

from sandbox.blocks.shapes import Faults
from sandbox.blocks.surfaces import check_blocks, check_view, complete_blocks, complete_view
from sandbox.documents import Document, Json
from tests.sandbox.samples import (
    BUTTON,
    CONFIRM,
    ELEMENTS,
    MRKDWN,
    OPTION,
    PLAIN,
    input_block,
    message_blocks,
    modal_of,
    modal_views,
)

SECTION: Document = {"type": "section", "text": MRKDWN}


def faults_of_message(*blocks: Json) -> list[str]:
    faults = Faults()
    check_blocks(list(blocks), "message", faults)
    return faults.messages


def faults_of_view(view: Json) -> list[str]:
    faults = Faults()
    check_view(view, faults)
    return faults.messages


@pytest.mark.parametrize("block", message_blocks(), ids=lambda block: str(block["type"]))
def test_sound_block_passes_before_and_after_completion(block: Document) -> None:
    assert faults_of_message(block) == []
    assert faults_of_message(*complete_blocks([block])) == []


@pytest.mark.parametrize("view", modal_views(), ids=lambda view: str(view["blocks"][0]["type"]))
def test_sound_modal_passes_before_and_after_completion(view: Document) -> None:
    assert faults_of_view(view) == []
    assert faults_of_view(complete_view(view)) == []


def button(**changes: Json) -> Document:
    return {"type": "actions", "elements": [{**BUTTON, **changes}]}


def menu(**changes: Json) -> Document:
    return {"type": "actions", "elements": [{**ELEMENTS["static_select"], **changes}]}


def field(kind: str, **changes: Json) -> Document:
    return input_block({**ELEMENTS[kind], **changes})


@pytest.mark.parametrize(
    ("block", "fault"),
    [
        ("text", "must provide an object [json-pointer:/blocks/0]"),
        ({}, "missing required field: type [json-pointer:/blocks/0]"),
        ({"type": "nothing"}, "unsupported type: nothing [json-pointer:/blocks/0/type]"),
        ({"type": ["a"]}, "unsupported type: ['a'] [json-pointer:/blocks/0/type]"),
        ({"type": "header"}, "missing required field: text [json-pointer:/blocks/0]"),
        ({"type": "section"}, "missing required field: text or fields [json-pointer:/blocks/0]"),
        ({**SECTION, "surplus": 1}, "invalid additional property: surplus [json-pointer:/blocks/0]"),
        (
            {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}},
            "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
        ),
        (
            {"type": "section", "fields": [PLAIN] * 11},
            "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
        ),
        ({"type": "header", "text": MRKDWN}, "must be one of: plain_text [json-pointer:/blocks/0/text/type]"),
        ({**SECTION, "block_id": "x" * 256}, "must be less than 256 characters [json-pointer:/blocks/0/block_id]"),
        (button(text={**PLAIN, "text": "x" * 76}), "must be less than 76 characters"),
        (button(value="x" * 2001), "must be less than 2001 characters"),
        (button(url="javascript:alert(1)"), "invalid url"),
        (button(style="loud"), "must be one of: primary, danger"),
        (button(confirm={**CONFIRM, "deny": {**PLAIN, "text": "x" * 31}}), "must be less than 31 characters"),
        ({"type": "actions", "elements": [BUTTON] * 26}, "no more than 25 items allowed"),
        ({"type": "actions", "elements": []}, "no less than 1 items allowed"),
        ({"type": "actions", "elements": [BUTTON, BUTTON]}, "`action_id` already exists for another element"),
        (menu(option_groups=[{"label": PLAIN, "options": [OPTION]}]), "only one of options and option_groups"),
        (menu(options=[OPTION] * 101), "no more than 100 items allowed"),
        (menu(options=[{**OPTION, "value": "x" * 151}]), "must be less than 151 characters"),
        (menu(initial_option={**OPTION, "value": "z"}), "initial_option must be one of the options"),
        (field("checkboxes", options=[OPTION] * 11), "no more than 10 items allowed"),
        (field("plain_text_input", min_length=8, max_length=4), "min_length must not be greater than max_length"),
        (field("number_input", min_value="9", max_value="1"), "min_value must not be greater than max_value"),
        (field("number_input", initial_value=3), "must provide a string"),
        (field("datepicker", initial_date="22.11.2026"), "invalid format"),
        (field("file_input"), "unsupported type: file_input"),
        (field("conversations_select", response_url_enabled=True), "response_url_enabled is only allowed"),
        ({"type": "table", "rows": [[{"type": "raw_text", "text": "x" * 10_001}]]}, "10001 characters in all cells"),
        ({"type": "alert", "text": PLAIN, "level": "loud"}, "must be one of"),
    ],
)
def test_faulty_block_is_named_with_its_place(block: Json, fault: str) -> None:
    assert fault in "\n".join(faults_of_message(block))


def test_message_takes_fifty_blocks() -> None:
    assert faults_of_message(*[SECTION] * 50) == []
    assert faults_of_message(*[SECTION] * 51) == ["no more than 50 items allowed [json-pointer:/blocks]"]


def test_block_id_is_unique_even_inside_a_container() -> None:
    inner = {"type": "container", "title": PLAIN, "child_blocks": [{**SECTION, "block_id": "a"}]}

    faults = faults_of_message({**SECTION, "block_id": "a"}, inner)

    assert faults == ["`block_id` already exists for another block [json-pointer:/blocks/1/child_blocks/0/block_id]"]


def test_only_one_element_takes_the_focus() -> None:
    fields = [
        {**input_block({**ELEMENTS["plain_text_input"], "focus_on_load": True}), "block_id": name} for name in "ab"
    ]

    assert "focus_on_load may be true on one element only" in faults_of_view(modal_of(*fields))[0]


def test_message_has_one_table_and_12000_characters_of_markdown() -> None:
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}
    markdown = {"type": "markdown", "text": "x" * 6001}

    assert "only_one_table_allowed" in faults_of_message(table, table)[0]
    assert "12001 characters in all markdown blocks" in faults_of_message(markdown, markdown)[0]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"title": {**PLAIN, "text": "x" * 25}}, "must be less than 25 characters [json-pointer:/view/title/text]"),
        ({"title": ...}, "missing required field: title [json-pointer:/view]"),
        ({"blocks": ...}, "missing required field: blocks [json-pointer:/view]"),
        ({"blocks": {}}, "must provide an array [json-pointer:/view/blocks]"),
        ({"submit": ...}, "missing required field: submit [json-pointer:/view]"),
        ({"private_metadata": "x" * 3001}, "must be less than 3001 characters [json-pointer:/view/private_metadata]"),
        ({"callback_id": "x" * 256}, "must be less than 256 characters [json-pointer:/view/callback_id]"),
        ({"blocks": [SECTION] * 101}, "no more than 100 items allowed [json-pointer:/view/blocks]"),
        (
            {"blocks": [{"type": "markdown", "text": "a"}]},
            "unsupported type: markdown [json-pointer:/view/blocks/0/type]",
        ),
        ({"type": "page"}, "must be one of: modal [json-pointer:/view/type]"),
    ],
)
def test_faulty_modal_is_named_with_its_place(changes: Document, fault: str) -> None:
    view = {**modal_of(input_block(ELEMENTS["plain_text_input"])), **changes}
    view = {key: value for key, value in view.items() if value is not ...}

    assert fault in faults_of_view(view)


def test_completion_fills_in_ids_and_leaves_what_came_untouched() -> None:
    came = [{"type": "actions", "elements": [{"type": "button", "text": PLAIN}]}, input_block(ELEMENTS["checkboxes"])]
    before = copy.deepcopy(came)

    done = complete_blocks(came)

    assert came == before
    assert done[0]["block_id"]
    assert done[0]["elements"][0]["action_id"]
    assert done[0]["elements"][0]["text"]["emoji"] is True
    assert done[1]["block_id"] == "i"
    assert done[1]["dispatch_action"] is False


def test_deep_nesting_is_refused_without_harm() -> None:
    deep: Json = []
    for _ in range(200):
        deep = [deep]

    assert faults_of_message({"type": "section", "fields": deep})
