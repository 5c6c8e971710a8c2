"""What in a database isn't as ``db/sql`` says: changed by hand, by another program, or lost.

The catalogue is compared, object by object, with that of a scratch database beside it, where ``db/sql`` is run in a
transaction that is rolled back. So it takes an administrator who may create a database, and the same server; the shop's
own database is only read.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from db.catalogue import Definition, Key, read_catalogue
from db.schema import SQL, present_state

# What the cluster's roles may be: running db/sql mends what is missing, and leaves what is too much.
_ROLES: Final[Mapping[str, Mapping[str, str]]] = {
    "repair_owner": {},
    "authenticated_users": {},
    "repair_bot": {"rights": "LOGIN", "member of": "authenticated_users"},
    "repair_web": {"rights": "LOGIN", "member of": "authenticated_users"},
    "repair_maintenance": {"rights": "LOGIN", "member of": "repair_owner"},
}
_OPERATORS: Final = frozenset({"extension", "database setting"})  # whoever runs the server may add to these
_MONTH: Final = re.compile(r"activity_log_y\d{4}m\d{2}")
_A_MONTH: Final = "activity_log_y2024m01"  # in every new database: the schema document's own example
_READABLE: Final = 60  # characters of a definition that are worth showing


class CheckRefused(Exception):
    """The check can't be made; the message says why and what to do."""


def find_drift(url: str) -> tuple[list[str], int]:
    """Return a line for each difference, sorted by kind and name, and how many objects were compared.

    Raises:
        CheckRefused: no scratch database can be made, or another check is running.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        actual = read_catalogue(connection)
        with _scratch_database(connection, url) as scratch:
            scratch.execute(present_state().encode())
            wanted = read_catalogue(scratch)
            scratch.rollback()
    wanted |= {("role", name): Definition(None, aspects) for name, aspects in _ROLES.items()}
    return list(_differences(actual, _with_months(wanted, actual))), len(actual)


@contextmanager
def _scratch_database(connection: psycopg.Connection[Any], url: str) -> Iterator[psycopg.Connection[Any]]:
    """Yield a connection to a new database on the same server; it is dropped afterwards, whatever happens."""
    row = connection.execute(
        "SELECT format('drift_check_%s', oid), pg_try_advisory_lock(hashtext('drift_check'))"
        " FROM pg_database WHERE datname = current_database()"
    ).fetchone()
    name, free = row or ("", False)
    if not free:
        raise CheckRefused("Another check of this database is running: wait for its end.")
    drop = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
    try:
        connection.execute(drop)  # what a killed check left
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    except psycopg.errors.InsufficientPrivilege as error:
        raise CheckRefused(
            "The check makes a scratch database for as long as it runs, and the administrator's role may not: "
            "ALTER ROLE ... CREATEDB, or set DATABASE_ADMIN_URL to a role that may."
        ) from error
    try:
        with psycopg.connect(make_conninfo(url, dbname=name)) as scratch:
            yield scratch
    finally:
        connection.execute(drop)


def _with_months(wanted: Mapping[Key, Definition], actual: Mapping[Key, Definition]) -> dict[Key, Definition]:
    """Return what is wanted, with the months that there are: they come and go, and each is like the others."""
    months = {found[0] for _, name in actual if (found := _MONTH.search(name))}
    complete = {key: definition for key, definition in wanted.items() if not _MONTH.search(key[1])}
    for (kind, name), definition in wanted.items():
        if _A_MONTH in name:
            for month in months:
                complete[kind, name.replace(_A_MONTH, month)] = Definition(
                    definition.relation and definition.relation.replace(_A_MONTH, month),
                    {aspect: text.replace(_A_MONTH, month) for aspect, text in definition.aspects.items()},
                )
    return complete


def _differences(actual: Mapping[Key, Definition], wanted: Mapping[Key, Definition]) -> Iterator[str]:
    """Yield a line for each. What goes with a relation that is missing or not ours is not named beside it."""
    names, wanted_names = {name for _, name in actual}, {name for _, name in wanted}
    for key in sorted(actual.keys() | wanted.keys()):
        what = f"{key[0]} {key[1].removeprefix('public.')}"
        match actual.get(key), wanted.get(key):
            case None, Definition() as lost if lost.relation is None or lost.relation in names:
                yield f"{what}: missing; make it from {source_of(key, lost)}"
            case Definition() as strange, None if strange.relation is None or strange.relation in wanted_names:
                if key[0] not in _OPERATORS:
                    yield f"{what}: not in db/sql; drop it, or keep it in a schema of its own"
            case Definition() as found, Definition() as expected:
                for aspect in sorted(found.aspects.keys() | expected.aspects.keys()):
                    now, then = found.aspects.get(aspect, ""), expected.aspects.get(aspect, "")
                    if now != then:
                        where = source_of(key, expected, granted=aspect == "grants")
                        yield f"{what}: {_unlike(aspect, now, then)}; see {where}"


def _unlike(aspect: str, actual: str, wanted: str) -> str:
    if aspect == "grants":
        more, less = (sorted(set(a.split(", ")) - set(b.split(", "))) for a, b in ((actual, wanted), (wanted, actual)))
        parts = [("too many: ", [grant for grant in more if grant]), ("lacking: ", [grant for grant in less if grant])]
        return "grants, " + ", ".join(words + " ".join(grants) for words, grants in parts if grants)
    if max(len(actual), len(wanted)) > _READABLE:
        return f"another {aspect}"
    return f"{aspect}: {actual or 'none'} instead of {wanted or 'none'}"


def source_of(key: Key, definition: Definition, *, granted: bool = False) -> str:
    """Return the file under ``db/sql`` that makes an object, or that says who may use it."""
    kind, name = key
    relation = re.escape(_MONTH.sub("activity_log", definition.relation or name).removeprefix("public."))
    own = re.escape(name.rpartition(".")[2])
    match kind:
        case "function":
            pattern = rf"CREATE FUNCTION {re.escape(name.removeprefix('public.').partition('(')[0])}\b"
        case "policy":
            pattern = rf"CREATE POLICY {own} ON {relation}\b"
        case "trigger":
            pattern = rf"TRIGGER {own}\s[^;]*\bON {relation}\b"
        case "role":
            pattern = "CREATE ROLE"
        case "database setting":
            pattern = "ALTER DATABASE"
        case "extension":
            pattern = "CREATE EXTENSION"
        case "schema" | "default privilege":
            pattern = "CREATE SCHEMA"
        case _ if granted:
            pattern = rf"GRANT [^;]*\bON {relation} TO\b|CREATE (TABLE|VIEW|MATERIALIZED VIEW) {relation}\b"
        case _:
            pattern = rf"CREATE (TABLE|VIEW|MATERIALIZED VIEW) {relation}\b"
    return next((file for file, text in _files() if re.search(pattern, text)), "db/sql")


@cache
def _files() -> tuple[tuple[str, str], ...]:
    return tuple(
        (f"db/sql/{path.relative_to(SQL).as_posix()}", path.read_text(encoding="utf-8"))
        for path in sorted(SQL.rglob("*.sql"))
    )
