"""Where the bytes of attachments are: a folder of this machine, or a bucket of an S3-compatible service for several.

Names are made by the database (``app.add_file_errands``) and hold nothing that people wrote.
"""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from bot.settings import Settings
from db.embedded import usable_data_dir

if TYPE_CHECKING:
    from obstore.store import S3Config

FOLDER: Final = "files"  # in DATA_DIR
PREFIX: Final = "slack/"  # begins the names of what is ours: the web application may keep files of its own beside
_PART: Final = 5 * 1024 * 1024  # bytes: the least that S3 takes as a part
_AT_ONCE: Final = 2  # parts
_TRIAL: Final = b"francisco-tickets"


class StorageAway(Exception):
    """The storage can't be reached, or refuses; the message says which error, and nothing secret."""


@dataclass(frozen=True, slots=True)
class Storage:
    """One place for files. Every method raises ``StorageAway``; ``read`` and ``size`` ``FileNotFoundError``, too.

    ``folder`` is None where it is a bucket; ``place`` names it for people.
    """

    place: str
    folder: Path | None
    _store: ObjectStore

    async def put(self, name: str, file: IO[bytes]) -> None:
        """Keep all of ``file`` under ``name``, or nothing: who reads meanwhile sees the old one, if any."""
        with _trouble():
            await obstore.put_async(self._store, name, file, chunk_size=_PART, max_concurrency=_AT_ONCE)
            if self.folder is not None:
                await asyncio.to_thread(_make_durable, self.folder / name)

    async def read(self, name: str) -> AsyncIterator[bytes]:
        """Yield what is kept under ``name``, in pieces."""
        with _trouble():
            found = await obstore.get_async(self._store, name)
            async for piece in found.stream(min_chunk_size=64 * 1024):
                yield bytes(piece)

    async def size(self, name: str) -> int:
        """Return how many bytes are kept under ``name``."""
        with _trouble():
            return (await obstore.head_async(self._store, name))["size"]

    async def remove(self, name: str) -> None:
        """Remove it; what isn't there is no trouble."""
        with _trouble():
            try:
                await obstore.delete_async(self._store, name)
            except FileNotFoundError:
                return

    async def names(self, *, unused_for: timedelta = timedelta(0)) -> AsyncIterator[list[str]]:
        """Yield the names of what has not changed for that long, in batches."""
        limit = datetime.now(UTC) - unused_for
        with _trouble():
            async for batch in obstore.list(self._store, PREFIX):
                yield [item["path"] for item in batch if item["last_modified"] <= limit]

    async def attempt(self) -> None:
        """Write, read and remove a small file."""
        name = f"{PREFIX}trial-{secrets.token_hex(8)}"
        with _trouble():
            await obstore.put_async(self._store, name, _TRIAL)
            found = bytes(await (await obstore.get_async(self._store, name)).bytes_async())
            await obstore.delete_async(self._store, name)
        if found != _TRIAL:
            raise StorageAway("what was written reads otherwise")


def open_storage(settings: Settings, *, make: bool = True) -> Storage:
    """Return the storage that is set. A folder is made, for its owner alone, unless not ``make``.

    Raises:
        StorageAway: it can't be used, or isn't there.
    """
    if settings.files_url is None:
        return _folder(usable_data_dir(settings.data_dir) / FOLDER, make=make)
    parts = urlsplit(settings.files_url)
    if parts.scheme == "file":
        return _folder(Path(unquote(parts.path)), make=make)
    login: S3Config = {"region": settings.files_region, "disable_bulk_delete": True}  # few services know that
    endpoint = settings.files_endpoint
    if endpoint is not None:
        login["endpoint"] = endpoint.rstrip("/")
    # without a key the service's own ways are tried: the machine's role, AWS_ACCESS_KEY_ID ...
    if settings.files_key_id is not None and settings.files_secret is not None:
        login["access_key_id"] = settings.files_key_id
        login["secret_access_key"] = settings.files_secret.get_secret_value()
    with _trouble():
        store = S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            config=login,
            client_options={
                "allow_http": endpoint is not None and endpoint.startswith("http:"),
                "connect_timeout": timedelta(seconds=5),
                "timeout": timedelta(seconds=60),
            },
            retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=20)},
        )
    return Storage(settings.files_url, None, store)


def _folder(folder: Path, *, make: bool) -> Storage:
    if not (make or folder.is_dir()):
        raise StorageAway(f"there is no folder {folder}")
    with _trouble():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / PREFIX).mkdir(mode=0o700, exist_ok=True)
        return Storage(str(folder), folder, LocalStore(folder))


def _make_durable(path: Path) -> None:
    """Have the file and its name outlive a power failure."""
    for wanted, flags in ((path, os.O_RDONLY), (path.parent, os.O_RDONLY | os.O_DIRECTORY)):
        number = os.open(wanted, flags)
        try:
            os.fsync(number)
        finally:
            os.close(number)


@contextmanager
def _trouble() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError) as error:
        raise StorageAway(type(error).__name__) from None  # its text may hold an address with a signature
