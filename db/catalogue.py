"""A database's definitions as text, by kind and name, so that two databases can be compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg

_QUERY: Final = Path(__file__).with_suffix(".sql")

Key = tuple[str, str]  # kind and qualified name


@dataclass(frozen=True, slots=True)
class Definition:
    """One object. ``relation``: the table or view that it goes with. ``aspects``: what can differ, as text."""

    relation: str | None
    aspects: Mapping[str, str]


def read_catalogue(connection: psycopg.Connection[Any]) -> dict[Key, Definition]:
    """Return all that stands in the project's schemas, and the project's roles.

    Sets the search_path of the present transaction; without one, of a transaction of its own.
    """
    with connection.transaction():
        connection.execute("SET LOCAL search_path = pg_catalog")
        rows = connection.execute(_QUERY.read_bytes()).fetchall()
    return {
        (kind, name): Definition(relation, {aspect: text for aspect, text in aspects.items() if text})
        for kind, name, relation, aspects in rows
    }
