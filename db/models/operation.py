"""The database's own figures."""

from datetime import datetime
from decimal import Decimal

from db.models.base import Actor, Row


class PasscodesFound(Row):
    """How many stored passcodes can be read with the present key, with the previous one, and with neither."""

    present: int
    previous: int
    unreadable: int


class Connections(Row):
    """Connections to the database in one state."""

    state: str
    number: int
    waiting: int  # for a lock
    oldest_seconds: float | None  # since their oldest transaction began


class TableFigures(Row):
    """One table, with all its partitions. Sizes are words: ``12 MB``."""

    name: str
    size: str
    index_size: str
    live: int  # rows, estimated
    dead: int
    vacuumed_at: datetime | None


class IndexFigures(Row):
    """One index, with all its partitions."""

    name: str
    size: str
    scans: int


class UnusedIndex(Row):
    """An index that no query has used since the figures are counted."""

    name: str
    size: str


class SlowQuery(Row):
    """A statement that takes long on average; its constants are replaced."""

    query: str
    calls: int
    mean_ms: float
    total_ms: float


class ServerSetting(Row):
    """One of the server's settings that the schema document wants, or better ones."""

    name: str
    wanted: str
    actual: str
    ok: bool
    needs_restart: bool


class DatabaseFigures(Row):
    """How the database is. Each list holds the first few, in the order in which they matter."""

    size: str
    version: str
    counted_since: datetime | None
    cache_hit_percent: Decimal | None
    deadlocks: int
    max_connections: int
    connections: list[Connections]
    tables: list[TableFigures]
    indexes: list[IndexFigures]
    unused: list[UnusedIndex]
    unused_number: int
    unused_size: str
    statements_watched: bool  # by pg_stat_statements
    slow: list[SlowQuery]
    slow_number: int
    settings: list[ServerSetting]
    maintained_at: datetime | None
    maintenance: str | None  # what perform_maintenance said


class DatabaseReport(Row):
    """``/ticket database``."""

    actor: Actor
    figures: DatabaseFigures
