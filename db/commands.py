"""What ``python -m db`` does at a database: one function a command. Each says its lines and returns the exit code."""

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from bot.settings import Settings
from db.backups import BackupRefused, back_up, restore
from db.drift import find_drift
from db.embedded import BOT
from db.kept_files import beside, kept_rows, missing_files, pack, unpack
from db.keys import encryption_keys
from db.maintenance import maintain
from db.revisions import revisions_after
from db.rotation import rotate
from db.sample.load import load_sample
from db.stats import figures_in_lines, read_figures
from db.storage import Storage, StorageAway, open_storage

_TICKETS_NAMED: Final = 20


class CommandRefused(Exception):
    """The command can't be carried out; the message is all that is said."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a command works with: the administrator's address, what was typed, and what is set."""

    url: str
    options: argparse.Namespace
    settings: Settings


def upgrade_schema(given: Given) -> int:
    """Bring the schema to a revision, and let the bot in with the password of its address."""
    _migrate(given)
    if given.settings.database_url is not None:
        _let_bot_in(given.url, given.settings.database_url.get_secret_value())
    return 0


def downgrade_schema(given: Given) -> int:
    """Take the schema back."""
    _migrate(given)
    return 0


def show_revision(given: Given) -> int:
    """Say where the schema is, and what is pending."""
    from db.migrations import commands  # noqa: PLC0415 - alembic is slow to import

    revision = commands.current(given.url)
    pending = revisions_after(revision)
    say(f"{revision or 'none'} ({'pending: ' + ' '.join(pending) if pending else 'head'})")
    return 0


def check_schema(given: Given) -> int:
    """Name what differs from ``db/sql``."""
    differences, compared = find_drift(given.url)
    missing = _check_files(given)
    for line in differences:
        say(line)
    if not differences:
        say(f"As migrated: {compared} objects.")
        return missing
    say(f"{len(differences)} difference{'' if len(differences) == 1 else 's'}.")
    return 1


def show_stats(given: Given) -> int:
    """Say how the database is."""
    _refuse_pending(given.url)
    for line in figures_in_lines(read_figures(given.url)):
        say(line)
    return 0


def run_maintenance(given: Given) -> int:
    """Vacuum and rebuild indexes."""
    return 1 if maintain(given.url, say) else 0


def write_backup(given: Given) -> int:
    """Write the database into a file."""
    _refuse_empty(given.url)
    file: Path = given.options.file
    if beside(file).exists():
        raise BackupRefused(f"{beside(file)} exists already: a backup is never overwritten.")
    say(f"{file}: {back_up(given.url, file):,} bytes.")
    return _write_files(given, file)


def read_backup(given: Given) -> int:
    """Fill an empty database from a file."""
    file: Path = given.options.file
    restore(given.url, file)
    if beside(file).is_file():
        storage = open_storage(given.settings)
        say(f"{unpack(beside(file), storage)} files are in {storage.place} again.")
    say("The database is restored. Run `python -m db upgrade` before the bot starts.")
    return 0


def rotate_key(given: Given) -> int:
    """Encrypt passcodes with the present key."""
    _refuse_pending(given.url)
    keys = encryption_keys(given.settings)
    done = rotate(given.url, keys, say)
    say(f"{done.changed} passcodes encrypted anew; {done.present} are under the present key.")
    if done.unreadable:
        tickets = ", ".join(f"#{ticket}" for ticket in done.unreadable[:_TICKETS_NAMED])
        complain(
            f"{len(done.unreadable)} can't be read with either key: tickets {tickets}. They were left as they are."
        )
        return 1
    if keys.previous is not None:
        say(f"The previous key isn't needed any more: remove {keys.previous_from}, and start the bot again.")
    return 0


def load_sample_shop(given: Given) -> int:
    """Load the sample shop into an empty one."""
    _refuse_pending(given.url)
    with psycopg.connect(given.url) as connection:
        loaded = load_sample(connection, datetime.now(UTC))
    say("The sample shop is loaded." if loaded else "The shop isn't empty; it was left as it is.")
    return 0


def first_line(error: Exception) -> str:
    """Return what an error says, without its context."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def say(line: str) -> None:
    """Write a line for whoever asked."""
    sys.stdout.write(line + "\n")


def complain(*lines: str) -> None:
    """Write lines that aren't the answer."""
    sys.stderr.writelines(line + "\n" for line in lines)


def _check_files(given: Given) -> int:
    """Say whether each row has its file; 1 where one doesn't."""
    rows = kept_rows(given.url)
    if not rows:
        return 0
    try:
        storage = open_storage(given.settings, make=False)
        missing = missing_files(rows, storage)
    except StorageAway as error:
        complain(f"Files of tickets were not looked at ({error}): run this where the worker runs, or set FILES_URL.")
        return 0
    if not missing:
        say(f"{len(rows)} files of tickets are in {storage.place}.")
    return _complain_missing(missing, storage)


def _write_files(given: Given, file: Path) -> int:
    """Write the folder's files beside the backup of the rows that name them, or say where they are."""
    rows = kept_rows(given.url)
    if not rows:
        return 0
    try:
        storage = open_storage(given.settings, make=False)
    except StorageAway as error:
        complain(f"Files of tickets are not in it ({error}): run this where the worker runs, or set FILES_URL.")
        return 1
    if storage.folder is None:
        say(f"{len(rows)} files of tickets stay in {storage.place}: let its own versions or copies keep them.")
        return 0
    missing = pack(rows, storage.folder, beside(file))
    say(f"{beside(file)}: {len(rows) - len(missing)} files of tickets.")
    return _complain_missing(missing, storage)


def _complain_missing(missing: Mapping[str, int], storage: Storage) -> int:
    for name, ticket in missing.items():
        complain(f"A file of ticket #{ticket} is not in {storage.place}: {name}")
    return 1 if missing else 0


def _refuse_pending(url: str) -> None:
    from db.migrations import commands  # noqa: PLC0415 - alembic is slow to import

    if revisions_after(commands.current(url)):
        raise CommandRefused("The schema isn't up to date: run `python -m db upgrade` first.")


def _refuse_empty(url: str) -> None:
    """Refuse a database that isn't the shop's: a backup of nothing would be found out when it is needed."""
    from db.migrations import commands  # noqa: PLC0415 - alembic is slow to import

    if commands.current(url) is None:
        raise CommandRefused("There is no shop in this database: is the address right?")


def _migrate(given: Given) -> None:
    from alembic.util import CommandError  # noqa: PLC0415 - alembic is slow to import

    from db.migrations import commands  # noqa: PLC0415

    url, revision = given.url, given.options.revision
    before = commands.current(url)
    try:
        if given.options.command == "upgrade":
            commands.upgrade(url, revision)
        else:
            commands.downgrade(url, revision)
    except CommandError as error:
        raise CommandRefused(first_line(error)) from error
    after = commands.current(url)
    say(
        f"The schema is at {after or 'none'}" + (", as before." if after == before else f", was at {before or 'none'}.")
    )


def _let_bot_in(url: str, bot_url: str) -> None:
    """Give the bot's login role the password that stands in DATABASE_URL, if one does."""
    login = conninfo_to_dict(bot_url)
    role, password = login.get("user"), login.get("password")
    if role != BOT or not password:
        return
    with psycopg.connect(url) as connection:
        # only the verifier is sent, so that no log can hold the password
        verifier = connection.pgconn.encrypt_password(str(password).encode(), BOT.encode(), b"scram-sha-256")
        connection.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(BOT), sql.Literal(verifier.decode()))
        )
    say(f"{BOT} logs in with the password in DATABASE_URL.")
