"""A whole database into one file and back, with PostgreSQL's own pg_dump and pg_restore.

The file is in PostgreSQL's custom format. It holds everything but the cluster's roles, which ``restore`` makes where
they are missing; their passwords are set again by ``python -m db upgrade``.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

from db.programs import EmbeddedPostgresError, find_programs
from db.schema import cluster_state

_TAIL: Final = 600  # characters of a program's complaint that are worth reading
_ENVIRONMENT: Final = {  # libpq's variables, so that no password stands in the list of processes
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}


class BackupRefused(Exception):
    """It was not done; the message says why and what to do. Nothing is left half-written."""


def back_up(url: str, file: Path) -> int:
    """Write the database at ``url`` to ``file``, readable by its owner alone, and return its size in bytes."""
    if file.exists():
        raise BackupRefused(f"{file} exists already: name another file, a backup is never overwritten.")
    if not file.parent.is_dir():
        raise BackupRefused(f"There is no folder {file.parent}.")
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)  # new, and its owner's alone
    except OSError as error:
        raise BackupRefused(f"{file} can't be written: {error.strerror}.") from error
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as target:
            _run("pg_dump", url, ["--format=custom"], stdout=target.fileno())
            os.fsync(target.fileno())
        file.hardlink_to(unfinished)  # refuses, where a rename would replace what came meanwhile
    except OSError as error:
        raise BackupRefused(f"{file} can't be written: {error.strerror}.") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return file.stat().st_size


def restore(url: str, file: Path) -> None:
    """Fill the empty database at ``url`` from ``file``, all of it or nothing."""
    if not file.is_file():
        raise BackupRefused(f"There is no file {file}.")
    with psycopg.connect(url) as connection:
        tables = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        if connection.execute(tables).fetchone() != (0,):
            raise BackupRefused("The database isn't empty: restore into a new one, so that nothing is overwritten.")
        connection.execute(cluster_state().encode())
        # the file brings its own
        connection.execute("DROP EXTENSION IF EXISTS pgcrypto, pg_trgm, pg_stat_statements")
    with file.open("rb") as source:
        _run("pg_restore", url, ["--single-transaction", "--exit-on-error", "--dbname="], stdin=source.fileno())
    with psycopg.connect(url) as connection:
        connection.execute("ANALYZE")  # a backup holds no statistics, and without them queries are planned badly


def _run(name: str, url: str, arguments: list[str], *, stdin: int | None = None, stdout: int | None = None) -> None:
    login = conninfo_to_dict(url)
    env = {variable: str(login[key]) for key, variable in _ENVIRONMENT.items() if login.get(key) is not None}
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own program, by its full path
        [_find(name, _major(url)), *arguments],
        stdin=subprocess.DEVNULL if stdin is None else stdin,
        stdout=subprocess.DEVNULL if stdout is None else stdout,
        stderr=subprocess.PIPE,
        env={**os.environ, **env},
        check=False,
    )
    if done.returncode:
        raise BackupRefused(f"{name} failed: {done.stderr.decode(errors='replace').strip()[-_TAIL:]}")


def _major(url: str) -> str:
    with psycopg.connect(url) as connection:
        return str(connection.info.server_version // 10_000)


def _find(name: str, major: str) -> str:
    """Find a program of the server's own version, else of another."""
    try:
        program = find_programs(major) / name
    except EmbeddedPostgresError:
        program = Path(name)
    found = str(program) if program.exists() else shutil.which(name)
    if found is None:
        raise BackupRefused(f"{name} is not installed: it comes with PostgreSQL's client programs.")
    return found
