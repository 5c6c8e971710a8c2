"""The database's present state: every object's SQL, one object a file under ``db/sql``, in the order of creation.

Folders run in the order below, files within a folder by name: prefix a number where order matters. A table's file
holds its indexes too, a function's or view's file ends with who may use it, and the triggers and policies of a table
are one file each. Until the first release, revision 0001 is made anew from it with

    python -m db.schema > db/migrations/versions/0001_core.sql

and ``0001_core_down.sql`` names what is to be dropped; the tests say what either lacks.
"""

import sys
from pathlib import Path
from typing import Final

SQL: Final = Path(__file__).parent / "sql"

# Before `session` as whoever migrates, from there on as the role that owns everything, at the end as who migrates.
AS_MIGRATOR: Final = ("cluster",)
AS_OWNER: Final = (
    "session",  # who is asking: what tables' defaults and policies call
    "tables",
    "functions",
    "triggers",
    "views",
    "policies",
    "data",  # the first rows and partitions
)
AFTERWARDS: Final = ("schedule",)


def present_state() -> str:
    """Return the SQL that makes an empty database into the present one, to be run in one transaction."""
    parts = [
        "SET LOCAL search_path = public;\n",
        *_files(AS_MIGRATOR),
        "SET LOCAL ROLE repair_owner;\n",
        *_files(AS_OWNER),
        "RESET ROLE;\n",
        *_files(AFTERWARDS),
        "RESET search_path;\n",
    ]
    return "\n".join(parts)


def cluster_state() -> str:
    """Return the part of it that a backup doesn't hold: the cluster's roles and the database's own settings."""
    return "\n".join(_files(AS_MIGRATOR))


def _files(folders: tuple[str, ...]) -> list[str]:
    return [
        f"-- {path.relative_to(SQL).as_posix()}\n{path.read_text(encoding='utf-8').strip()}\n"
        for folder in folders
        for path in sorted((SQL / folder).glob("*.sql"))
    ]


if __name__ == "__main__":
    sys.stdout.write(present_state())
