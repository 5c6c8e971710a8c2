"""How the database is: as `python -m db stats` says it on a terminal, and what of it the bot may read."""

import re
from contextlib import suppress

import psycopg
import pytest

from bot.errors import RoleForbidden
from bot.roles import Ability, Role, roles_with
from db.__main__ import main
from db.models import DatabaseFigures, SlowQuery
from db.pool import Database
from db.reports import read_database
from db.stats import figures_in_lines, read_figures
from tests.shop import Connection, Shop

SLOW = "SELECT pg_sleep(0.101), 'Grace Hopper, 415-555-0101' AS told"


def watched(url: str, *statements: str) -> DatabaseFigures:
    """Return the figures after the statements have run. Other databases' statements don't count."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())
    return read_figures(url)


def test_the_command_shows_all_sections_within_eighty_columns(
    owner_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_ADMIN_URL", owner_url)
    watched(owner_url, "SELECT pg_sleep(0.101), " + ", ".join(f"repeat('x', {n})" for n in range(60)))

    assert main(["stats"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("PostgreSQL ")
    headed = (
        "Connections: ",
        "Largest tables",
        "Most used indexes",
        "Unused indexes",
        "Queries that take",
        "Settings of",
    )
    assert [sum(line.startswith(words) for line in lines) for words in headed] == [1] * len(headed)
    assert lines[-1] == "Last maintenance: none yet"
    assert max(map(len, lines)) <= 80


def test_a_database_without_the_schema_is_one_line(
    empty_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_ADMIN_URL", empty_url)

    assert main(["stats"]) == 1
    assert capsys.readouterr().err == "The schema isn't up to date: run `python -m db upgrade` first.\n"


def test_queries_are_shown_without_what_was_asked_for(owner_url: str) -> None:
    """Neither a query's constants nor a command that pg_stat_statements keeps whole, such as one with a password."""
    utility = "DO $$ BEGIN PERFORM pg_sleep(0.101), 'Grace Hopper' AS told; END $$"
    slow: list[SlowQuery] = []
    for _ in range(5):  # other tests' statements may push these out
        figures = watched(owner_url, SLOW, utility)
        if slow := [one for one in figures.slow if "told" in one.query]:
            assert figures.statements_watched
            assert "Grace" not in "\n".join(figures_in_lines(figures))
            break

    unnamed = [re.sub(r"\$\d|'…'|…", "?", one.query) for one in slow]  # either way of leaving a constant out
    assert unnamed == ["SELECT pg_sleep(?), ? AS told"]
    assert slow[0].mean_ms > 100


async def test_constants_that_were_kept_are_masked(owner: Connection, shop: Shop) -> None:
    """As they are where a statement's entry was thrown away while it ran."""
    kept = "SELECT 'O''Brien', 4155550101, $x$Grace$x$, $$a$$, 2.5, t1.c2, $1 FROM t1 WHERE n = 7"
    await owner.execute("DROP EXTENSION pg_stat_statements")
    await owner.execute(
        "CREATE TABLE pg_stat_statements AS SELECT text '' AS query, 1::bigint AS calls,"
        " float8 '200' AS total_exec_time,"
        " float8 '200' AS mean_exec_time, 1::bigint AS rows, 1::bigint AS shared_blks_hit,"
        " 0::bigint AS shared_blks_read, oid AS dbid FROM pg_database WHERE datname = current_database()"
    )
    await owner.execute("UPDATE pg_stat_statements SET query = $1", kept)
    await owner.execute("GRANT SELECT ON pg_stat_statements TO repair_owner")
    async with owner.transaction():
        await owner.execute("SELECT app.set_session($1)", shop.manager.web_id)
        shown = await owner.fetchval("SELECT query FROM slow_queries")

    assert shown == "SELECT '…', …, '…', '…', …, t1.c2, $1 FROM t1 WHERE n = …"


def test_without_pg_stat_statements_it_says_so(owner_url: str) -> None:
    figures = watched(owner_url, "DROP EXTENSION pg_stat_statements")

    assert not figures.statements_watched
    assert any("doesn't load pg_stat_statements" in line for line in figures_in_lines(figures))


def test_last_maintenance_and_settings_are_named(owner_url: str) -> None:
    figures = watched(owner_url, "SELECT perform_maintenance()")
    by_name = {one.name: one for one in figures.settings}

    assert figures.maintained_at is not None
    assert "statistics refreshed" in (figures.maintenance or "")
    assert by_name["shared_preload_libraries"].ok
    assert (by_name["shared_buffers"].wanted, by_name["shared_buffers"].actual) == ("256MB", "128 MB")
    assert not by_name["shared_buffers"].ok


def test_a_partitioned_table_counts_as_one(owner_url: str) -> None:
    figures = watched(owner_url)
    named = [one.name for one in figures.tables]
    named += [one.name for one in figures.indexes] + [one.name for one in figures.unused]

    assert "activity_log" in named
    assert not [name for name in named if "_y20" in name or "default" in name]


def test_whoever_waits_and_for_how_long_is_counted(owner_url: str) -> None:
    with psycopg.connect(owner_url) as holder:
        holder.execute("SELECT 1")
        idle = [one for one in read_figures(owner_url).connections if one.state == "idle in transaction"]

    assert [one.number for one in idle] == [1]
    assert (idle[0].oldest_seconds or 0) > 0


async def test_managers_alone_read_it(database: Database, shop: Shop) -> None:
    told = set()
    for person in shop.people:
        with suppress(RoleForbidden):
            report = await read_database(database, person.asker())
            told.add(person.role)
            assert len(report.figures.unused) == 3

    assert told == roles_with(Ability.SEE_DATABASE) == {Role.MANAGER}
