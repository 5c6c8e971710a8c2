"""Run a revision's own SQL, frozen beside it."""

from pathlib import Path
from typing import cast

import psycopg
from alembic import op


def run_script(path: Path) -> None:
    """Run a file of any number of statements inside the revision's transaction.

    Through psycopg itself: over asyncpg ``op.execute`` refuses such files, and the raw way left tables behind.
    """
    connection = cast("psycopg.Connection", op.get_bind().connection.dbapi_connection)
    connection.execute(path.read_bytes())
