"""``python -m db``: the database's own commands, run as its administrator."""

import argparse
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg

from bot.settings import Program, Settings, SettingsRefused, load_settings
from db import commands
from db.backups import BackupRefused
from db.commands import CommandRefused, Given, complain, first_line, say
from db.drift import CheckRefused
from db.embedded import OWNER, EmbeddedPostgres, usable_data_dir
from db.maintenance import MaintenanceRefused
from db.programs import EmbeddedPostgresError

_ABOUT: Final = """
The database's own commands. They log in with DATABASE_ADMIN_URL; without DATABASE_URL and DATABASE_ADMIN_URL they mean
the embedded database in DATA_DIR, which is started for the time of the command if it isn't running.
"""
_ABOUT_UPGRADE: Final = """
Bring the schema to the newest revision, in one transaction. If DATABASE_URL names repair_bot with a password, that role
gets this password.
"""
_ABOUT_CHECK: Final = """
Compare every object of the schema with db/sql: definitions, owners, grants, policies, triggers, row-level security, and
the roles' rights. A line a difference, with the file that says how it should be; exit code 1 if there is any. For as
long as it runs there is a scratch database beside it, so the administrator must be allowed to make one.
"""
_ABOUT_MAINTAIN: Final = """
VACUUM and REINDEX CONCURRENTLY, as repair_maintenance: what the worker's weekly maintenance can't do. The shop goes on
meanwhile. What would have to wait more than five seconds is put off, and then the exit code is 1: run it again.
"""
_ABOUT_STATS: Final = """
How the database is: size, connections and who waits, tables, indexes and which nobody uses, slow queries, the server's
settings, the last maintenance. Only reads. Queries are shown without their constants.
"""
_ABOUT_URL: Final = """
Print the address of the database, for psql "$(python -m db url)" and the like. The embedded database runs as long as
somebody uses it (`make demo`, `python -m bot run`); `url` doesn't start it: if it isn't running, its address is
printed all the same, a line on standard error says so, and the exit code is 1.
"""
_ABOUT_ROTATE: Final = """
Encrypt anew, with ENCRYPTION_KEY, what ENCRYPTION_KEY_PREVIOUS encrypted. Set both for the bot first and start it
again; it works on meanwhile. Interrupted, this goes on where it was when it is run again. The embedded database's first
key is in DATA_DIR and needs no setting: it is the previous one as soon as ENCRYPTION_KEY is set.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code: 0 done, 1 not done, 2 not understood."""
    options = _parser().parse_args(arguments)
    try:
        settings = load_settings(Program.TOOL)
        return _run(options, settings)
    except SettingsRefused as error:
        complain(*error.lines)
    except (CommandRefused, BackupRefused, CheckRefused, MaintenanceRefused, EmbeddedPostgresError) as error:
        complain(str(error))
    except psycopg.OperationalError as error:
        complain(f"The database doesn't let us in: {first_line(error)}")
    except psycopg.Error as error:
        complain(f"The database refuses: {first_line(error)}")
    except KeyboardInterrupt:
        complain("Stopped before the end; it can be run again.")
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m db", description=_ABOUT)
    added = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, run: Callable[[Given], int] | None, words: str, about: str = "") -> argparse.ArgumentParser:
        command = added.add_parser(name, help=words, description=about or None)
        command.set_defaults(run=run)
        return command

    upgrade = add("upgrade", commands.upgrade_schema, "bring the schema to the newest revision", _ABOUT_UPGRADE)
    upgrade.add_argument("revision", nargs="?", default="head", help="stop at this one")
    downgrade = add("downgrade", commands.downgrade_schema, "take the schema back, with what it holds")
    downgrade.add_argument("revision", help="to this one; `base`: remove everything but the roles")
    add("current", commands.show_revision, "show the schema's revision, and what is pending")
    add("check", commands.check_schema, "tell what was changed in the schema by hand", _ABOUT_CHECK)
    add("stats", commands.show_stats, "show how the database is", _ABOUT_STATS)
    add("maintain", commands.run_maintenance, "vacuum, and rebuild indexes, while the shop goes on", _ABOUT_MAINTAIN)
    url = add("url", None, "print the database's address", _ABOUT_URL)
    url.add_argument("--admin", action="store_true", help="the administrator's instead of the bot's")
    backup = add("backup", commands.write_backup, "write the whole database into a file")
    backup.add_argument("file", type=Path, help="a new file; it holds personal data, so only you may read it")
    restore = add("restore", commands.read_backup, "fill an empty database from such a file")
    restore.add_argument("file", type=Path)
    add("rotate-key", commands.rotate_key, "encrypt passcodes with the present key", _ABOUT_ROTATE)
    add("sample", commands.load_sample_shop, "load the sample shop; a shop that isn't empty is left as it is")
    return parser


def _run(options: argparse.Namespace, settings: Settings) -> int:
    if options.run is None:
        return _print_url(settings, admin=options.admin)
    with _admin_url(settings) as url:
        code: int = options.run(Given(url, options, settings))
        return code


@contextmanager
def _admin_url(settings: Settings) -> Iterator[str]:
    """Yield the administrator's address; an embedded server runs meanwhile."""
    url = _given_url(settings, admin=True)
    if url is not None:
        yield url
        return
    with _embedded(settings) as server:
        yield server.dsn(OWNER)


def _given_url(settings: Settings, *, admin: bool) -> str | None:
    given = settings.database_admin_url if admin else settings.database_url
    if given is not None:
        return given.get_secret_value()
    if admin and settings.database_url is not None:
        raise CommandRefused(
            "DATABASE_ADMIN_URL: missing; with a DATABASE_URL, the administrator's address is needed too"
        )
    return None


def _embedded(settings: Settings) -> EmbeddedPostgres:
    folder = usable_data_dir(settings.data_dir)
    if folder != settings.data_dir.resolve():
        complain(f"The embedded database's server can't reach {settings.data_dir.resolve()}; its data is in {folder}.")
    return EmbeddedPostgres.in_data_dir(folder)


def _print_url(settings: Settings, *, admin: bool) -> int:
    given = _given_url(settings, admin=admin)
    if given is not None:
        say(given)
        return 0
    server = _embedded(settings)
    say(server.dsn(OWNER) if admin else server.dsn())
    if server.is_running():
        return 0
    complain("The embedded database isn't running; it runs while `make demo` or `python -m bot run` does.")
    return 1


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: what is half done is cleared away
    sys.exit(main())
