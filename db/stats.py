"""How the database is, for a terminal of 80 columns. The same figures as ``/ticket database``, more of them."""

import textwrap
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

import psycopg

from db.models import DatabaseFigures

_WIDTH: Final = 80
_NAME: Final = 40  # of a table or index
_MOST: Final = 10  # lines of each list
_LINES: Final = 3  # of a query or a sentence


def read_figures(url: str) -> DatabaseFigures:
    """Return the figures, read as a Manager would."""
    with psycopg.connect(url) as connection:
        connection.execute("SET LOCAL search_path = public")
        connection.execute("SELECT app.set_service_session()")
        row = connection.execute("SELECT app.database_figures(%s)::text", [_MOST]).fetchone()
    return DatabaseFigures.model_validate_json(row[0] if row else "")


def figures_in_lines(figures: DatabaseFigures) -> Iterator[str]:
    """Yield the report, line by line."""
    since = f" since {_moment(figures.counted_since)}" if figures.counted_since else ""
    hits = "-" if figures.cache_hit_percent is None else f"{figures.cache_hit_percent} %"
    yield f"PostgreSQL {figures.version}, {figures.size}"
    yield f"Found in the cache: {hits}; deadlocks: {figures.deadlocks}{since}"
    yield ""
    yield f"Connections: {sum(each.number for each in figures.connections)} of {figures.max_connections}"
    yield from _table(
        ("State", "Number", "Wait for a lock", "Oldest transaction"),
        [(each.state, each.number, each.waiting, _duration(each.oldest_seconds)) for each in figures.connections],
    )
    yield "Largest tables"
    yield from _table(
        ("Table", "Size", "Indexes", "Rows", "Dead"),
        [(each.name, each.size, each.index_size, f"{each.live:,}", f"{each.dead:,}") for each in figures.tables],
    )
    yield "Most used indexes"
    yield from _table(
        ("Index", "Size", "Scans"), [(each.name, each.size, f"{each.scans:,}") for each in figures.indexes]
    )
    yield f"Unused indexes{since}: {figures.unused_number}, {figures.unused_size}"
    yield from _table(("Index", "Size"), [(each.name, each.size) for each in figures.unused])
    yield from _slow(figures)
    differing = [each for each in figures.settings if not each.ok]
    yield f"Settings of the server: {len(figures.settings)}, of which differ from what is wanted: {len(differing)}"
    for each in differing:
        restart = ", needs a restart" if each.needs_restart else ""
        yield from _wrapped(f"{each.name} is {each.actual or 'not set'}, wanted {each.wanted}{restart}", "  ")
    yield ""
    yield f"Last maintenance: {_moment(figures.maintained_at) if figures.maintained_at else 'none yet'}"
    yield from _wrapped(figures.maintenance or "", "  ")


def _slow(figures: DatabaseFigures) -> Iterator[str]:
    if not figures.statements_watched:
        yield "Slow queries: not known, the server doesn't load pg_stat_statements"
    else:
        yield f"Queries that take more than 100 ms on average: {figures.slow_number}"
    for each in figures.slow:
        yield f"  {each.mean_ms:,.0f} ms, {each.calls:,} times, {_duration(each.total_ms / 1000)} in all"
        yield from _wrapped(each.query, "    ")
    yield ""


def _table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """Yield the rows under their headings, names to the left, the other columns to the right, and a blank line."""
    if rows:
        cells = [[_short(str(cell)) for cell in row] for row in (headings, *rows)]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        for name, *others in cells:
            right = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
            yield "  ".join(["", name.ljust(widths[0]), *right]).rstrip()
    yield ""


def _wrapped(text: str, indent: str) -> list[str]:
    """Return the text in a few lines."""
    return textwrap.wrap(
        text, _WIDTH, initial_indent=indent, subsequent_indent=indent, max_lines=_LINES, placeholder=" …"
    )


def _short(name: str) -> str:
    return name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    for unit, length in (("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:,.0f} {unit}"
    return f"{seconds:,.1f} s"
