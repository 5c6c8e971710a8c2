"""How the database is, for a phone: ``python -m db stats`` has more of it."""

from collections.abc import Iterator
from typing import Final

from bot.text import shorten
from bot.views.blocks import Message
from bot.views.kit import Markup, context, date, header, join, markup, mrkdwn, private, section
from bot.views.phrases import count
from bot.wording import commas, worded
from db.models import DatabaseFigures

_QUERY: Final = 120  # characters: about three lines
_LONG: Final = 60.0  # seconds from which an open transaction is worth a line: it keeps VACUUM from its work


def database_report(figures: DatabaseFigures) -> Message:
    """Return the figures, each with its unit, and what wants looking at in words."""
    blocks = [_load, _queries, _indexes, _settings]
    return private(
        _headline(figures),
        [
            header("The database"),
            *(section(mrkdwn(join("\n", words(figures)))) for words in blocks),
            context(mrkdwn(_maintenance(figures))),
        ],
    )


def _headline(figures: DatabaseFigures) -> Markup:
    """Return all of it in a line, which is enough on a lock screen."""
    return markup(
        "The database: {size}, {connected} of {most} connections, {slow}, {unused}, {settings}.",
        size=figures.size,
        connected=_connected(figures),
        most=figures.max_connections,
        slow=count(figures.slow_number, "slow query", "slow queries"),
        unused=count(figures.unused_number, "unused index", "unused indexes"),
        settings=worded("{settings} to look at", settings=count(_differing(figures), "setting")),
    )


def _load(figures: DatabaseFigures) -> Iterator[Markup]:
    hits = (
        ""
        if figures.cache_hit_percent is None
        else worded(" · {percent}% found in the cache", percent=str(figures.cache_hit_percent))
    )
    yield markup("*{size}* · PostgreSQL {version}{hits}", size=figures.size, version=figures.version, hits=hits)
    states = commas([f"{each.number} {each.state}" for each in figures.connections])
    yield markup(
        "*{connected}* of {most} connections: {states}",
        connected=_connected(figures),
        most=figures.max_connections,
        states=states,
    )
    if waiting := sum(each.waiting for each in figures.connections):
        yield markup("*{waiting}* of them waiting for a lock", waiting=waiting)
    oldest = max((each.oldest_seconds or 0 for each in figures.connections), default=0)
    if oldest >= _LONG:
        yield markup("A transaction has been open for {minutes}", minutes=count(int(oldest // 60), "minute"))


def _queries(figures: DatabaseFigures) -> Iterator[Markup]:
    if not figures.statements_watched:
        yield markup("*Slow queries* aren't known: the server doesn't load pg_stat_statements.")
    elif not figures.slow:
        yield markup("No query takes more than 100 ms on average.")
    else:
        number = count(figures.slow_number, "query takes", "queries take")
        yield markup("*{number}* more than 100 ms on average; the costliest:", number=number)
    for each in figures.slow:
        yield markup(
            "{mean} ms each, {times}: `{query}`",
            mean=f"{each.mean_ms:,.0f}",
            times="once" if each.calls == 1 else worded("{calls} times", calls=f"{each.calls:,}"),
            query=shorten(" ".join(each.query.split()), _QUERY),
        )


def _indexes(figures: DatabaseFigures) -> Iterator[Markup]:
    if not figures.unused:
        yield markup("Every index is used.")
        return
    number = count(figures.unused_number, "index", "indexes")
    since = markup("") if figures.counted_since is None else markup(" since {then}", then=date(figures.counted_since))
    yield markup("*{number}* unused{since}, {size}; the largest:", number=number, since=since, size=figures.unused_size)
    yield markup(
        "{names}", names=commas([worded("{name} ({size})", name=each.name, size=each.size) for each in figures.unused])
    )


def _settings(figures: DatabaseFigures) -> Iterator[Markup]:
    differing = [each for each in figures.settings if not each.ok]
    if not differing:
        yield markup("The server's settings are as they should be.")
        return
    yield markup(
        "*{number}* to look at:", number=count(len(differing), "setting of the server", "settings of the server")
    )
    for each in differing:
        restart = " (needs a restart)" if each.needs_restart else ""
        actual = each.actual or "nothing"
        yield markup(
            "{name}: {actual}, {wanted} wanted{restart}",
            name=each.name,
            actual=actual,
            wanted=each.wanted,
            restart=restart,
        )


def _maintenance(figures: DatabaseFigures) -> Markup:
    if figures.maintained_at is None:
        return markup("There has been no maintenance yet.")
    return markup(
        "Last maintenance {then}. {result}", then=date(figures.maintained_at), result=figures.maintenance or ""
    )


def _connected(figures: DatabaseFigures) -> int:
    return sum(each.number for each in figures.connections)


def _differing(figures: DatabaseFigures) -> int:
    return sum(not each.ok for each in figures.settings)
