"""What a function may not do: VACUUM, REINDEX CONCURRENTLY; one statement after the other, each by itself.

Nothing of it stands in the shop's way: these statements let reading and writing go on, and where one would have to wait
for somebody, it is put off instead of letting others queue behind it.
"""

from collections.abc import Callable
from typing import Any, Final

import psycopg

_ROLE: Final = "repair_maintenance"
_LEFTOVERS: Final = 100  # the ``ord`` from which maintenance_statements names what broken statements left behind
_SESSION: Final = {"application_name": "francisco-tickets maintain", "statement_timeout": "0", "search_path": "public"}
# The lock that perform_maintenance() takes: its ANALYZE beside a REINDEX CONCURRENTLY gave deadlocks.
_LOCK: Final = "SELECT pg_try_advisory_lock(hashtext('perform_maintenance'))"
_MIGRATED: Final = "SELECT to_regclass('public.maintenance_statements') IS NOT NULL"
_STATEMENTS: Final = "SELECT statement FROM maintenance_statements WHERE (ord >= %s) = %s ORDER BY ord, statement"


class MaintenanceRefused(Exception):
    """Nothing was done; the message says why and what to do."""


def maintain(url: str, say: Callable[[str], None], *, patience: str = "5s") -> int:
    """Run the statements of the view ``maintenance_statements`` and return how many were put off.

    ``say`` gets a line for each. ``patience``: how long a statement may wait for a lock, or for transactions that are
    older than itself.

    Raises:
        MaintenanceRefused: a run is under way, or the role can't be taken on.
    """
    warnings: list[str] = []
    with psycopg.connect(url, autocommit=True) as connection:
        connection.add_notice_handler(lambda notice: warnings.append(notice.message_primary or "a warning"))
        _begin(connection, patience)
        put_off = 0
        for leftovers in (False, True):
            for (statement,) in connection.execute(_STATEMENTS, [_LEFTOVERS, leftovers]).fetchall():
                outcome = _run(connection, statement, warnings)
                say(f"{statement}: {outcome or 'done'}")
                put_off += outcome is not None
        return put_off


def _begin(connection: psycopg.Connection[Any], patience: str) -> None:
    if connection.execute(_MIGRATED).fetchone() != (True,):
        raise MaintenanceRefused("There is no shop in this database: run `python -m db upgrade` first.")
    try:
        connection.execute(f"SET ROLE {_ROLE}")
    except psycopg.Error as error:
        raise MaintenanceRefused(
            f"The administrator's role may not become {_ROLE}: GRANT {_ROLE} TO it, or let DATABASE_ADMIN_URL log in "
            f"as {_ROLE} for this command."
        ) from error
    for name, value in {**_SESSION, "lock_timeout": patience, "client_min_messages": "warning"}.items():
        connection.execute("SELECT set_config(%s, %s, false)", [name, value])
    if connection.execute(_LOCK).fetchone() != (True,):
        raise MaintenanceRefused("Maintenance is running already: wait for its end.")


def _run(connection: psycopg.Connection[Any], statement: str, warnings: list[str]) -> str | None:
    """Run one statement; return why it was put off, or None if it was done. VACUUM only warns of what it may not do."""
    warnings.clear()
    try:
        connection.execute(statement.encode())
    except psycopg.errors.LockNotAvailable:
        return "put off, something else works on it or a transaction stays open"
    except psycopg.errors.DatabaseError as error:
        if connection.broken:
            raise
        return f"put off, {error.diag.message_primary}"
    return f"put off, {warnings[0]}" if warnings else None
