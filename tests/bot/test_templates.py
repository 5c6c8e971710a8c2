"""What a translation would start from: every text that people read is a whole template with named facts."""

import ast
import re
import string
from pathlib import Path
from typing import Final

import pytest

from bot.texts import modules

MODULES: Final = [path for path in modules() if path.stem != "wording"]  # where the names of days are made
FILLED: Final = {"markup", "worded", "CommandNotUnderstood"}  # templates are their first argument
NAMES_OF_DAYS: Final = re.compile("%[AaBb]")  # bot.wording has them
# f-strings with words that a machine reads, or that people type as they stand
NO_SENTENCES: Final = {
    "f'/ticket {verb.verb} {ticket_id}'",
    "f'/ticket {verb.verb} {ticket_id} {status}'",
    "f'/ticket checklist {category}'",
    "f'erase {customer_id}'",
    "f'{worked:f}h '",
    "f'{word}-01'",
    "f'{field}.enter'",
    "f'<!date^{int(moment.timestamp())}^{{date_short_pretty}} at {{time}}|{fallback}>'",
    "f'<!date^{int(moment.timestamp())}^{{date_long_pretty}} at {{time}}|{fallback}>'",
    "f\"forms with a {element['type']} are saved whole\"",  # a fault of ours
    "f'{thing}s'",  # English has one rule for most plurals
    "f\"{_named(first)}{(f'-{_named(last)}' if last > first else '')} {opens:%H:%M}-{closes:%H:%M}\"",
    "f'-{_named(last)}'",
}


def templates(path: Path) -> list[ast.expr]:
    calls = [each for each in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(each, ast.Call)]
    return [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id in FILLED and call.args]


def glued(path: Path) -> list[str]:
    """Return what makes a text of pieces: f-strings, lists joined by words or commas, and sums."""
    tree = ast.parse(path.read_text("utf-8"))
    nodes = list(ast.walk(tree))
    patterns = {id(each) for call in nodes if is_pattern(call) for each in ast.walk(call)}
    formats = {id(each.format_spec) for each in nodes if isinstance(each, ast.FormattedValue)}
    named = [node for node in nodes if id(node) in formats and NAMES_OF_DAYS.search(ast.unparse(node))]
    pieces = [node for node in nodes if id(node) not in patterns | formats and is_glued(node)]
    return [ast.unparse(node) for node in (*named, *pieces)]


def is_glued(node: ast.AST) -> bool:
    match node:
        case ast.JoinedStr(values=pieces):
            return any(reads(piece) for piece in pieces)
        case ast.Call(func=ast.Attribute(value=text, attr="join" | "format")):
            return isinstance(text, ast.JoinedStr) or reads(text)
        case ast.BinOp(op=ast.Add() | ast.Mod(), left=left, right=right):
            return reads(left) or reads(right)
        case ast.AugAssign(op=ast.Add(), value=value):
            return reads(value)
        case _:
            return False


def is_pattern(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "re.compile"


def reads(node: ast.AST) -> bool:
    """Tell whether it is a literal that a person could read: with a letter, or what stands between words."""
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.search(r"[^\W\d_]|[.,;?!()“”$%]", node.value) is not None
    )


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_every_template_is_one_literal_whose_facts_have_names(path: Path) -> None:
    found = templates(path)
    literals = [each.value for each in found if isinstance(each, ast.Constant) and isinstance(each.value, str)]

    assert [ast.unparse(each) for each in found if isinstance(each, ast.JoinedStr | ast.BinOp | ast.Call)] == []
    names = [name for text in literals for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    assert [name for name in names if not name.isidentifier()] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_text_is_glued_from_pieces(path: Path) -> None:
    assert [text for text in glued(path) if text not in NO_SENTENCES] == []


def test_there_are_templates_to_read() -> None:
    assert sum(len(templates(path)) for path in MODULES) > 400


@pytest.mark.parametrize(
    "code",
    [
        'f"{name} takes no tickets"',
        'f"{one}, {two}"',
        '", ".join(names)',
        'f"{last:%A}"',
        '"with " + name',
        'said += " already"',
        'f" {last} ".join(names)',
    ],
)
def test_what_is_glued_is_found(code: str, tmp_path: Path) -> None:
    path = tmp_path / "glued.py"
    path.write_text(code, "utf-8")

    assert glued(path)
