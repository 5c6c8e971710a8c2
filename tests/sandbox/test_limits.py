"""Each number of Block Kit at its edge, as docs.slack.dev/reference has it: so much is taken, one more is refused."""

from collections.abc import Callable
from typing import Final

import pytest

from sandbox.blocks.shapes import Faults
from sandbox.blocks.surfaces import check_blocks, check_view
from sandbox.documents import Document
from tests.sandbox.samples import (
    BUTTON,
    CONFIRM,
    ELEMENTS,
    IMAGE,
    MRKDWN,
    OPTION,
    OVERFLOW,
    PLAIN,
    input_block,
    modal_of,
)

Make = Callable[[int], Document]
CELL: Final = {"type": "raw_text", "text": "a"}
FIELD: Final = ELEMENTS["plain_text_input"]


def words(count: int) -> Document:
    return {**PLAIN, "text": "x" * count}


def address(count: int) -> str:
    return "https://example.com/".ljust(count, "x")


def options(count: int) -> list[Document]:
    return [{"text": PLAIN, "value": str(number)} for number in range(count)]


def pressed(**changes: object) -> Document:
    return {"type": "actions", "elements": [{**BUTTON, **changes}]}


def chosen(kind: str, **changes: object) -> Document:
    element = {key: value for key, value in ELEMENTS[kind].items() if not key.startswith("initial_")}
    return {"type": "actions", "elements": [{**element, **changes}]}


def overflowing(**changes: object) -> Document:
    return {"type": "actions", "elements": [{**OVERFLOW, **changes}]}


BLOCKS: Final[dict[str, tuple[int, Make]]] = {
    "section text": (3000, lambda n: {"type": "section", "text": {**MRKDWN, "text": "x" * n}}),
    "section fields": (10, lambda n: {"type": "section", "fields": [PLAIN] * n}),
    "section field": (2000, lambda n: {"type": "section", "fields": [words(n)]}),
    "header": (150, lambda n: {"type": "header", "text": words(n)}),
    "context elements": (10, lambda n: {"type": "context", "elements": [PLAIN] * n}),
    "actions elements": (
        25,
        lambda n: {"type": "actions", "elements": [{**BUTTON, "action_id": f"a{each}"} for each in range(n)]},
    ),
    "image alt text": (2000, lambda n: {**IMAGE, "alt_text": "x" * n}),
    "image title": (2000, lambda n: {**IMAGE, "title": words(n)}),
    "image address": (3000, lambda n: {**IMAGE, "image_url": address(n)}),
    "input label": (2000, lambda n: {**input_block(FIELD), "label": words(n)}),
    "input hint": (2000, lambda n: {**input_block(FIELD), "hint": words(n)}),
    "block_id": (255, lambda n: {"type": "divider", "block_id": "x" * n}),
    "action_id": (255, lambda n: pressed(action_id="x" * n)),
    "button text": (75, lambda n: pressed(text=words(n))),
    "button value": (2000, lambda n: pressed(value="x" * n)),
    "button address": (3000, lambda n: pressed(url=address(n))),
    "button accessibility label": (75, lambda n: pressed(accessibility_label="x" * n)),
    "confirm title": (100, lambda n: pressed(confirm={**CONFIRM, "title": words(n)})),
    "confirm text": (300, lambda n: pressed(confirm={**CONFIRM, "text": words(n)})),
    "confirm button": (30, lambda n: pressed(confirm={**CONFIRM, "confirm": words(n)})),
    "confirm deny": (30, lambda n: pressed(confirm={**CONFIRM, "deny": words(n)})),
    "select options": (100, lambda n: chosen("static_select", options=options(n))),
    "option text": (75, lambda n: chosen("static_select", options=[{**OPTION, "text": words(n)}])),
    "option description": (75, lambda n: chosen("static_select", options=[{**OPTION, "description": words(n)}])),
    "option value": (150, lambda n: chosen("static_select", options=[{**OPTION, "value": "x" * n}])),
    "placeholder": (150, lambda n: chosen("static_select", placeholder=words(n))),
    "overflow options": (5, lambda n: overflowing(options=options(n))),
    "overflow address": (3000, lambda n: overflowing(options=[{**OPTION, "url": address(n)}])),
    "checkboxes": (10, lambda n: chosen("checkboxes", options=options(n))),
    "radio buttons": (10, lambda n: chosen("radio_buttons", options=options(n))),
    "text input's length": (3000, lambda n: input_block({**FIELD, "max_length": n})),
    "table rows": (100, lambda n: {"type": "table", "rows": [[CELL]] * n}),
    "table cells": (20, lambda n: {"type": "table", "rows": [[CELL] * n]}),
    "table column settings": (20, lambda n: {"type": "table", "rows": [[CELL]], "column_settings": [{}] * n}),
    "table characters": (10_000, lambda n: {"type": "table", "rows": [[{**CELL, "text": "x" * n}]]}),
    "markdown": (12_000, lambda n: {"type": "markdown", "text": "x" * n}),
}
VIEWS: Final[dict[str, tuple[int, Make]]] = {
    "title": (24, lambda n: {**modal_of(input_block(FIELD)), "title": words(n)}),
    "submit": (24, lambda n: {**modal_of(input_block(FIELD)), "submit": words(n)}),
    "close": (24, lambda n: {**modal_of(input_block(FIELD)), "close": words(n)}),
    "private_metadata": (3000, lambda n: {**modal_of(input_block(FIELD)), "private_metadata": "x" * n}),
    "callback_id": (255, lambda n: {**modal_of(input_block(FIELD)), "callback_id": "x" * n}),
    "external_id": (255, lambda n: {**modal_of(input_block(FIELD)), "external_id": "x" * n}),
    "modal blocks": (100, lambda n: modal_of(*[{"type": "divider"}] * n)),
    "home blocks": (100, lambda n: {"type": "home", "blocks": [{"type": "divider"}] * n}),
}


def faults_of_block(block: Document) -> list[str]:
    faults = Faults()
    check_blocks([block], "message", faults)
    return faults.messages


def faults_of_view(view: Document) -> list[str]:
    faults = Faults()
    check_view(view, faults)
    return faults.messages


@pytest.mark.parametrize(("most", "make"), BLOCKS.values(), ids=BLOCKS)
def test_block_takes_so_much_and_no_more(most: int, make: Make) -> None:
    assert faults_of_block(make(most)) == []
    assert len(faults_of_block(make(most + 1))) == 1


@pytest.mark.parametrize(("most", "make"), VIEWS.values(), ids=VIEWS)
def test_view_takes_so_much_and_no_more(most: int, make: Make) -> None:
    assert faults_of_view(make(most)) == []
    assert len(faults_of_view(make(most + 1))) == 1


def test_only_options_of_an_overflow_menu_carry_an_address() -> None:
    linked = [{**OPTION, "url": address(30)}]

    assert faults_of_block(overflowing(options=linked)) == []
    assert "url" in faults_of_block(chosen("static_select", options=linked))[0]
