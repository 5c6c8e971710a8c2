import json
from pathlib import Path

import pytest

from sandbox.documents import Document
from sandbox.tour import Tour
from sandbox.workspace import Workspace
from tests.sandbox.conftest import ANN, GENERAL, WORKSPACE

STEP: Document = {"title": "One", "words": "Do it.", "person": ANN, "channel": GENERAL, "done": {"message": "x"}}


def read(path: Path, *steps: Document) -> Tour:
    path.write_text(json.dumps({"title": "Visit", "steps": steps, "end": "Done."}))
    return Tour.read(path, Workspace.of(WORKSPACE))


def test_tour_of_the_workspace_is_read(tmp_path: Path) -> None:
    assert read(tmp_path / "tour.json", STEP).steps[0].person == ANN


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"person": "U0NOBODY"}, "names who isn't in the workspace: U0NOBODY"),
        ({"channel": "C0NONE"}, "names who isn't in the workspace: C0NONE"),
        ({"done": {}}, "done by a message, or by a delivery"),
        ({"done": {"message": "x", "delivery": "y"}}, "done by a message, or by a delivery"),
        ({"done": {"message": "x", "answer": "y"}}, "done by a message, or by a delivery"),
        ({"hint": "?"}, "hint"),
    ],
)
def test_steps_that_could_never_be_done_are_refused(change: Document, words: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=words):
        read(tmp_path / "tour.json", STEP | change)


def test_tour_without_steps_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="steps"):
        read(tmp_path / "tour.json")
