"""Kept files beside the database: into one file with a backup and back, and whether each row has its file.

Rows are read with psycopg, as by the rest of ``python -m db``. A backup of the database is taken first and the files
after it, so every row in it has its file: removed ones stay for an hour (``app.announce_attachment``).
"""

import asyncio
import os
import re
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import psycopg

from db.backups import BackupRefused
from db.storage import PREFIX, Storage

_ROWS: Final = (
    "SELECT file_path, ticket_id FROM ticket_attachments WHERE file_path ~ '^slack/[0-9a-f]{32}$' ORDER BY id"
)
_NAME: Final = re.compile(PREFIX + r"[0-9a-f]{32}")


def beside(backup: Path) -> Path:
    """Return where a backup's files are."""
    return backup.with_name(f"{backup.name}.files.tar")


def kept_rows(url: str) -> dict[str, int]:
    """Return the files that rows name: path -> ticket."""
    with psycopg.connect(url) as connection:
        return dict(connection.execute(_ROWS).fetchall())


def pack(rows: Mapping[str, int], folder: Path, target: Path) -> dict[str, int]:
    """Write the folder's files that rows name into ``target``, readable by its owner alone, all of them or nothing.

    Return the rows whose file isn't there.
    """
    there = {name for name in rows if (folder / name).is_file()}
    if target.exists():
        raise BackupRefused(f"{target} exists already: a backup is never overwritten.")
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as archive:
                for kept in sorted(there):
                    archive.add(folder / kept, kept, recursive=False)
            file.flush()
            os.fsync(file.fileno())
        target.hardlink_to(unfinished)
    except OSError as error:
        raise BackupRefused(f"{target} can't be written: {error.strerror}.") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return {name: ticket for name, ticket in rows.items() if name not in there}


def unpack(source: Path, storage: Storage) -> int:
    """Put what ``pack`` has written into a storage, a folder or a bucket; return how many files."""
    return asyncio.run(_unpack(source, storage))


def missing_files(rows: Mapping[str, int], storage: Storage) -> dict[str, int]:
    """Return those of the rows whose file isn't there."""
    there = asyncio.run(_names(storage))
    return {name: ticket for name, ticket in rows.items() if name not in there}


async def _unpack(source: Path, storage: Storage) -> int:
    files = 0
    with tarfile.open(source, "r:") as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isreg() and _NAME.fullmatch(member.name) else None
            if content is None:
                raise BackupRefused(f"{source} holds something that isn't a kept file: {member.name}.")
            await storage.put(member.name, content)
            files += 1
    return files


async def _names(storage: Storage) -> set[str]:
    return {name async for batch in storage.names() for name in batch}
