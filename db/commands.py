"""What ``python -m db`` does at a database: one function a command. Each says its lines and returns the exit code."""

import argparse
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from bot.settings import Settings
from db.backups import back_up, restore
from db.drift import find_drift
from db.embedded import BOT
from db.keys import encryption_keys
from db.maintenance import maintain
from db.revisions import revisions_after
from db.rotation import rotate
from db.sample.load import load_sample
from db.stats import figures_in_lines, read_figures

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
    for line in differences:
        say(line)
    if not differences:
        say(f"As migrated: {compared} objects.")
        return 0
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
    file = given.options.file
    say(f"{file}: {back_up(given.url, file):,} bytes.")
    return 0


def read_backup(given: Given) -> int:
    """Fill an empty database from a file."""
    restore(given.url, given.options.file)
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
