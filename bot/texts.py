"""The catalogue of the texts that people read: ``python -m bot.texts > texts.pot``, as gettext's tools take it.

It is made from the code, without running it. In the modules of texts every literal with a space or a capital letter is
one, as is each template and each label of a table; what machines read (commands, patterns, identifiers) is left out.
"""

import ast
import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

_ROOT: Final = Path(__file__).parents[1]
_MODULES: Final = (
    *("bot/views/*.py", "bot/errors/*.py", "bot/forms/*.py", "db/faults.py", "bot/failures.py", "bot/wording.py"),
    *("bot/grammar.py", "bot/reading.py", "bot/verbs.py", "bot/words.py", "bot/roles.py", "bot/standing.py"),
    *("bot/clocks.py", "bot/counted.py", "bot/moments.py", "bot/opening_hours.py"),
)
_TEMPLATES: Final = {"markup", "worded", "CommandNotUnderstood"}  # their first argument is a text, whatever it is
_MACHINES: Final = {"cast", "compile", "fullmatch", "match", "sub", "strftime", "TypeVar"}
_HEAD: Final = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
_LETTER: Final = re.compile(r"[^\W\d_]")
_TEXT: Final = re.compile(r"[^\W\d_].*\s|[A-Z]", re.DOTALL)
_NO_TEXT: Final = re.compile(r"[/%]|\d\w*$|[A-Z]+$|\S*[<>=_]")


class Text(NamedTuple):
    """A text and where it stands; of what is counted the singular, and the plural besides."""

    place: str
    words: str
    plural: str = ""


def modules() -> list[Path]:
    """Return the modules in which texts stand."""
    return sorted(path for pattern in _MODULES for path in _ROOT.glob(pattern))


def texts() -> list[Text]:
    """Return every text, in the order of the modules."""
    return [text for path in modules() for text in _texts(path)]


def _texts(path: Path) -> Iterator[Text]:
    tree = ast.parse(path.read_text("utf-8"))
    unread = _unread(tree)
    tables = _tables(tree) if path.parent.name in {"views", "errors"} else ()  # elsewhere they hold what is typed
    labels = {id(value) for table in tables for value in table.values}
    templates = {id(call.args[0]) for call in _calls(tree, _TEMPLATES) if call.args}
    counted = {id(call.args[1]): call for call in _calls(tree, {"count"}) if len(call.args) > 1}
    unread |= {id(each) for call in counted.values() for each in call.args[2:]}  # plurals go with their singular
    for node in sorted(_literals(tree), key=lambda node: (node.lineno, node.col_offset)):
        place = f"{path.relative_to(_ROOT)}:{node.lineno}"
        if id(node) in counted:
            yield Text(place, str(node.value), _plural(counted[id(node)]))
        elif id(node) in templates or (id(node) not in unread and _is_text(str(node.value), label=id(node) in labels)):
            yield Text(place, str(node.value))


def _literals(tree: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _LETTER.search(node.value):
            yield node


def _is_text(words: str, *, label: bool) -> bool:
    return (label or _TEXT.search(words) is not None) and _NO_TEXT.match(words) is None


def _unread(tree: ast.Module) -> set[int]:
    """Return the literals that nobody reads: docstrings, parts of f-strings, types, keys and what is compared."""
    found: list[ast.AST] = []
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant() as docstring):
                found.append(docstring)
            case ast.Assign(targets=[ast.Name(id="__all__")], value=names):
                found += ast.walk(names)
            case ast.JoinedStr(values=pieces):
                found += pieces
            case ast.AnnAssign(annotation=annotation) | ast.arg(annotation=ast.AST() as annotation):
                found += ast.walk(annotation)
            case ast.Subscript(slice=key):
                found += ast.walk(key)
            case ast.Dict(keys=keys):
                found += [key for key in keys if key is not None]
            case ast.Compare() | ast.MatchValue():
                found += ast.walk(node)
            case ast.Call(args=arguments) if _called(node) in _MACHINES:
                found += arguments
            case _:
                pass
    return {id(node) for node in found}


def _tables(tree: ast.Module) -> Iterator[ast.Dict]:
    """Yield the dictionaries of a module or a class whose values are labels."""
    bodies = [tree.body, *(node.body for node in tree.body if isinstance(node, ast.ClassDef))]
    for statement in (each for body in bodies for each in body):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.value, ast.Dict):
            yield statement.value


def _calls(tree: ast.Module, names: set[str]) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call) and _called(node) in names)


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _plural(call: ast.Call) -> str:
    *_, last = (str(each.value) for each in call.args[1:] if isinstance(each, ast.Constant))
    return last if len(call.args) > 2 else f"{last}s"  # noqa: PLR2004 - as ``phrases.count`` does


def catalogue(found: Iterable[Text]) -> str:
    """Return the texts in gettext's form, each one once, with all its places."""
    places: dict[str, list[str]] = {}
    plurals: dict[str, str] = {}
    for text in found:
        places.setdefault(text.words, []).append(text.place)
        plurals[text.words] = plurals.get(text.words) or text.plural
    return "\n".join([_HEAD, *(_entry(words, plurals[words], where) for words, where in places.items())])


def _entry(words: str, plural: str, places: Sequence[str]) -> str:
    lines = [f"#: {' '.join(places)}"]
    if "{" in words:
        lines.append("#, python-brace-format")
    lines.append(f"msgid {_quoted(words)}")
    lines += [f"msgid_plural {_quoted(plural)}", 'msgstr[0] ""', 'msgstr[1] ""'] if plural else ['msgstr ""']
    return "\n".join(lines) + "\n"


def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)


if __name__ == "__main__":
    sys.stdout.write(catalogue(texts()))
