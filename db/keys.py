"""The key under which passcodes are encrypted: where it comes from, and how it travels to the database.

It comes from ENCRYPTION_KEY, or, with the embedded database, from a file in DATA_DIR that is made at the first start.
The database never keeps it: it goes along as a parameter of the one statement that needs it.
"""

import os
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from bot.settings import KEY_MISSING, Settings, SettingsRefused, is_key
from db.embedded import usable_data_dir

_FILE: Final = "encryption.key"
_PREVIOUS: Final = "ENCRYPTION_KEY_PREVIOUS"


class Hidden(str):
    """Text that no representation shows: of variables in a traceback, say, or of an argument in an error."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Return stars."""
        return "'**********'"


@dataclass(frozen=True, slots=True)
class Keys:
    """The present key, and the one before it while passcodes may still be under that one.

    ``previous_from``: where the latter comes from, for whoever is to remove it.
    """

    present: SecretStr
    previous: SecretStr | None = None
    previous_from: str = _PREVIOUS

    def given(self) -> list[Hidden]:
        """Return them as the database's functions take them."""
        return [hidden(key) for key in (self.present, self.previous) if key is not None]


def hidden(secret: SecretStr) -> Hidden:
    """Return a secret's text for the database alone."""
    return Hidden(secret.get_secret_value())


def encryption_keys(settings: Settings) -> Keys:
    """Return the keys. The embedded database's is made if there is none, and stands in for a previous one.

    Raises:
        SettingsRefused: there is none, or what is kept in the file is none.
    """
    present, previous = settings.encryption_key, settings.encryption_key_previous
    if settings.is_embedded:
        folder = usable_data_dir(settings.data_dir)
        if present is None:
            return Keys(kept_key(folder), previous)
        if previous is None and (folder / _FILE).exists():
            return Keys(present, kept_key(folder), str(folder / _FILE))
    if present is None:
        raise SettingsRefused([KEY_MISSING])
    return Keys(present, previous)


def kept_key(folder: Path) -> SecretStr:
    """Return the key that is kept in the folder, readable by its owner alone; make it at the first time.

    Raises:
        SettingsRefused: the file can't be read or written, or holds something else.
    """
    path = folder / _FILE
    try:
        if not path.exists():
            _make(path)
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsRefused([f"{path}: can't be read or written ({type(error).__name__})"]) from None
    if not is_key(key):
        raise SettingsRefused([f"{path}: holds no key; put the right file back, or set ENCRYPTION_KEY"])
    return SecretStr(key)


def _make(path: Path) -> None:
    """Make the file in one step: of two processes that start at once, both use the same."""
    number, new = tempfile.mkstemp(dir=path.parent)  # for its owner alone, whatever the umask
    try:
        with os.fdopen(number, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32) + "\n")
            file.flush()
            os.fsync(number)
        with suppress(FileExistsError):
            path.hardlink_to(new)
    finally:
        Path(new).unlink()
