"""Which migrations this program knows, read from their files: the running bot imports no alembic."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_VERSIONS: Final = Path(__file__).parent / "migrations" / "versions"
_CONSTANT: Final = re.compile(r"""^(revision|down_revision)\b[^=]*=\s*(?:["'](.+?)["']|None)\s*$""", re.MULTILINE)


def revisions_after(present: str | None, folder: Path = _VERSIONS) -> tuple[str, ...]:
    """Return the revisions that follow ``present`` (None: a database without any), oldest first.

    A revision that isn't known here is a newer program's: then nothing is pending.
    """
    parents = dict(map(_revision_and_parent, sorted(folder.glob("[!_]*.py"))))
    if present is not None and present not in parents:
        return ()
    return tuple(_children(present, parents))


def _children(parent: str | None, parents: Mapping[str, str | None]) -> list[str]:
    for revision, its_parent in parents.items():
        if its_parent == parent:
            return [revision, *_children(revision, parents)]
    return []


def _revision_and_parent(path: Path) -> tuple[str, str | None]:
    constants: dict[str, str | None] = {
        name: value or None for name, value in _CONSTANT.findall(path.read_text(encoding="utf-8"))
    }
    return str(constants["revision"]), constants["down_revision"]
