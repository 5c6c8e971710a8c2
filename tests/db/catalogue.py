"""A database's definitions as text, by kind and name, so that two databases can be compared."""

from pathlib import Path

import psycopg

_QUERY = Path(__file__).with_suffix(".sql")


def read_catalogue(url: str) -> dict[tuple[str, str], str]:
    """Return (kind, name) -> definition of all that stands in the project's schemas, alembic's own table apart."""
    with psycopg.connect(url) as connection:
        connection.execute("SET search_path = pg_catalog")
        return {(kind, name): text for kind, name, text in connection.execute(_QUERY.read_bytes())}
