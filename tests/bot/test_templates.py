"""What a translation would start from: every sentence in Slack's markup is a whole template with named facts."""

import ast
import string
from pathlib import Path
from typing import Final

import pytest

VIEWS: Final = sorted((Path(__file__).parents[2] / "bot" / "views").glob("*.py"))


def templates(path: Path) -> list[ast.expr]:
    calls = [each for each in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(each, ast.Call)]
    return [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "markup"]


@pytest.mark.parametrize("path", VIEWS, ids=lambda path: path.stem)
def test_every_template_is_one_literal_whose_facts_have_names(path: Path) -> None:
    found = templates(path)
    literals = [each.value for each in found if isinstance(each, ast.Constant) and isinstance(each.value, str)]

    assert [ast.unparse(each) for each in found if isinstance(each, ast.JoinedStr | ast.BinOp | ast.Call)] == []
    names = [name for text in literals for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    assert [name for name in names if not name.isidentifier()] == []


def test_there_are_templates_to_read() -> None:
    assert sum(len(templates(path)) for path in VIEWS) > 200
