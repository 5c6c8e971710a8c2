"""``python -m db``: the database's own commands, run as its administrator."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from bot.settings import Program, Settings, SettingsRefused, load_settings
from db.backups import BackupRefused, back_up, restore
from db.drift import CheckRefused, find_drift
from db.embedded import BOT, OWNER, EmbeddedPostgres, usable_data_dir
from db.keys import Keys, encryption_keys
from db.maintenance import MaintenanceRefused, maintain
from db.programs import EmbeddedPostgresError
from db.revisions import revisions_after
from db.rotation import rotate
from db.sample.load import load_sample
from db.stats import figures_in_lines, read_figures

_ABOUT: Final = """
The database's own commands. They log in with DATABASE_ADMIN_URL; without DATABASE_URL and DATABASE_ADMIN_URL they mean
the embedded database in DATA_DIR, which is started for the time of the command if it isn't running.
"""
_TICKETS_NAMED: Final = 20
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


class _Refused(Exception):
    """The command can't be carried out; the message is all that is said."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code: 0 done, 1 not done, 2 not understood."""
    options = _parser().parse_args(arguments)
    try:
        settings = load_settings(Program.TOOL)
        return _run(options, settings)
    except SettingsRefused as error:
        _complain(*error.lines)
    except (_Refused, BackupRefused, CheckRefused, MaintenanceRefused, EmbeddedPostgresError) as error:
        _complain(str(error))
    except psycopg.OperationalError as error:
        _complain(f"The database doesn't let us in: {_first_line(error)}")
    except psycopg.Error as error:
        _complain(f"The database refuses: {_first_line(error)}")
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m db", description=_ABOUT)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    upgrade = commands.add_parser("upgrade", help="bring the schema to the newest revision", description=_ABOUT_UPGRADE)
    upgrade.add_argument("revision", nargs="?", default="head", help="stop at this one")
    downgrade = commands.add_parser("downgrade", help="take the schema back, with what it holds")
    downgrade.add_argument("revision", help="to this one; `base`: remove everything but the roles")
    commands.add_parser("current", help="show the schema's revision, and what is pending")
    commands.add_parser("check", help="tell what was changed in the schema by hand", description=_ABOUT_CHECK)
    commands.add_parser(
        "maintain", help="vacuum, and rebuild indexes, while the shop goes on", description=_ABOUT_MAINTAIN
    )
    commands.add_parser("stats", help="show how the database is", description=_ABOUT_STATS)
    url = commands.add_parser("url", help="print the database's address", description=_ABOUT_URL)
    url.add_argument("--admin", action="store_true", help="the administrator's instead of the bot's")
    backup = commands.add_parser("backup", help="write the whole database into a file")
    backup.add_argument("file", type=Path, help="a new file; it holds personal data, so only you may read it")
    restore = commands.add_parser("restore", help="fill an empty database from such a file")
    restore.add_argument("file", type=Path)
    commands.add_parser("rotate-key", help="encrypt passcodes with the present key", description=_ABOUT_ROTATE)
    commands.add_parser("sample", help="load the sample shop; a shop that isn't empty is left as it is")
    return parser


def _run(options: argparse.Namespace, settings: Settings) -> int:
    if options.command == "url":
        return _print_url(settings, admin=options.admin)
    with _admin_url(settings) as url:
        return _run_at(url, options, settings)


def _run_at(url: str, options: argparse.Namespace, settings: Settings) -> int:
    match options.command:
        case "sample":
            _load_sample(url)
        case "backup":
            _say(f"{options.file}: {back_up(url, options.file):,} bytes.")
        case "restore":
            restore(url, options.file)
            _say("The database is restored. Run `python -m db upgrade` before the bot starts.")
        case "current" | "check" | "stats":
            return _look(url, options.command)
        case "maintain":
            return int(maintain(url, _say) > 0)
        case "rotate-key":
            return _rotate(url, encryption_keys(settings))
        case "upgrade":
            _migrate(url, options.command, options.revision)
            _let_bot_in(url, _given_url(settings, admin=False))
        case "downgrade":
            _migrate(url, options.command, options.revision)
    return 0


def _look(url: str, command: str) -> int:
    if command == "check":
        return _print_drift(url)
    (_print_current if command == "current" else _print_stats)(url)
    return 0


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
        raise _Refused("DATABASE_ADMIN_URL: missing; with a DATABASE_URL, the administrator's address is needed too")
    return None


def _embedded(settings: Settings) -> EmbeddedPostgres:
    folder = usable_data_dir(settings.data_dir)
    if folder != settings.data_dir.resolve():
        _complain(f"The embedded database's server can't reach {settings.data_dir.resolve()}; its data is in {folder}.")
    return EmbeddedPostgres.in_data_dir(folder)


def _print_url(settings: Settings, *, admin: bool) -> int:
    given = _given_url(settings, admin=admin)
    if given is not None:
        _say(given)
        return 0
    server = _embedded(settings)
    _say(server.dsn(OWNER) if admin else server.dsn())
    if server.is_running():
        return 0
    _complain("The embedded database isn't running; it runs while `make demo` or `python -m bot run` does.")
    return 1


def _print_current(url: str) -> None:
    from db.migrations import commands  # noqa: PLC0415 - alembic is slow to import

    revision = commands.current(url)
    pending = revisions_after(revision)
    _say(f"{revision or 'none'} ({'pending: ' + ' '.join(pending) if pending else 'head'})")


def _print_stats(url: str) -> None:
    _refuse_pending(url)
    for line in figures_in_lines(read_figures(url)):
        _say(line)


def _print_drift(url: str) -> int:
    differences, compared = find_drift(url)
    for line in differences:
        _say(line)
    if not differences:
        _say(f"As migrated: {compared} objects.")
        return 0
    _say(f"{len(differences)} difference{'' if len(differences) == 1 else 's'}.")
    return 1


def _refuse_pending(url: str) -> None:
    from db.migrations import commands  # noqa: PLC0415 - alembic is slow to import

    if revisions_after(commands.current(url)):
        raise _Refused("The schema isn't up to date: run `python -m db upgrade` first.")


def _migrate(url: str, command: str, revision: str) -> None:
    from alembic.util import CommandError  # noqa: PLC0415 - alembic is slow to import

    from db.migrations import commands  # noqa: PLC0415

    before = commands.current(url)
    try:
        if command == "upgrade":
            commands.upgrade(url, revision)
        else:
            commands.downgrade(url, revision)
    except CommandError as error:
        raise _Refused(_first_line(error)) from error
    after = commands.current(url)
    _say(
        f"The schema is at {after or 'none'}" + (", as before." if after == before else f", was at {before or 'none'}.")
    )


def _let_bot_in(url: str, bot_url: str | None) -> None:
    """Give the bot's login role the password that stands in DATABASE_URL, if one does."""
    if bot_url is None:
        return
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
    _say(f"{BOT} logs in with the password in DATABASE_URL.")


def _rotate(url: str, keys: Keys) -> int:
    done = rotate(url, keys, _say)
    _say(f"{done.changed} passcodes encrypted anew; {done.present} are under the present key.")
    if done.unreadable:
        tickets = ", ".join(f"#{ticket}" for ticket in done.unreadable[:_TICKETS_NAMED])
        _complain(
            f"{len(done.unreadable)} can't be read with either key: tickets {tickets}. They were left as they are."
        )
        return 1
    if keys.previous is not None:
        _say(f"The previous key isn't needed any more: remove {keys.previous_from}, and start the bot again.")
    return 0


def _load_sample(url: str) -> None:
    _refuse_pending(url)
    with psycopg.connect(url) as connection:
        loaded = load_sample(connection, datetime.now(UTC))
    _say("The sample shop is loaded." if loaded else "The shop isn't empty; it was left as it is.")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _complain(*lines: str) -> None:
    sys.stderr.writelines(line + "\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
