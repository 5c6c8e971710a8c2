"""docs/database.md, line by line: against the database, the tree, and the schema document where it is at hand."""

import re
from pathlib import Path

import pytest

from tests.shop import Connection

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "database.md").read_text(encoding="utf-8")
SCHEMA_DOCUMENT = ROOT.parent / "shared" / "seed" / "database-design.md"
NAMED = set(re.findall(r"`([^`\n]+)`", PAGE))
WORDS = {word for name in NAMED for pattern in (r"[\w.]+", r"\w+") for word in re.findall(pattern, name)}
ROWS = re.findall(r"^\| `([\w.]+)` \| `([^`]+)` \|", PAGE, re.MULTILINE)  # a name, and how it is defined

COLUMNS = """
SELECT c.relname || '.' || a.attname,
       format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
       || CASE WHEN a.attidentity <> '' THEN ' identity' ELSE '' END
       || COALESCE(' default ' || CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END, '')
  FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE c.oid = ANY ('{customers,tickets,user_permissions,ticket_attachments,activity_log}'::regclass[])
"""
INDEXES = """
SELECT indexname, CASE WHEN indexdef LIKE 'CREATE UNIQUE%' THEN 'unique ' ELSE '' END
                  || substring(indexdef FROM ' USING (.*)')
  FROM pg_indexes
 WHERE schemaname = 'public' AND tablename IN ('customers', 'tickets', 'user_permissions', 'ticket_attachments',
                                               'activity_log', 'customer_ticket_stats')
"""
OTHERS = """
SELECT conname FROM pg_constraint
 WHERE conrelid = ANY ('{customers,tickets,user_permissions,ticket_attachments,activity_log}'::regclass[])
   AND contype IN ('p', 'f', 'u', 'c')
UNION
SELECT t.tgname FROM pg_trigger t
 WHERE NOT t.tgisinternal AND t.tgparentid = 0
   AND t.tgrelid = ANY ('{customers,tickets,user_permissions,ticket_attachments,activity_log}'::regclass[])
UNION
SELECT polname FROM pg_policy WHERE polrelid = ANY ('{customers,tickets,user_permissions}'::regclass[])
UNION
SELECT relname FROM pg_class
 WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm') AND relname NOT LIKE 'pg_stat_statements%'
UNION
SELECT p.proname FROM pg_proc p
 WHERE p.pronamespace IN ('public'::regnamespace, 'test'::regnamespace)
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE (d.classid, d.objid, d.deptype) = ('pg_proc'::regclass, p.oid, 'e'))
"""


def short(definition: str) -> str:
    """Return a type or an index's definition as the page writes it."""
    for long, brief in (
        ("character varying", "varchar"),
        ("timestamp with time zone", "timestamptz"),
        ("::varchar", ""),
        ("::text", ""),
        ("::regconfig", ""),
    ):
        definition = definition.replace(long, brief)
    return definition


async def read(owner: Connection, query: str) -> dict[str, str]:
    return {name: short(definition) for name, definition in await owner.fetch(query)}


async def test_columns_are_those_that_this_document_shows(owner: Connection) -> None:
    columns = await read(owner, COLUMNS)
    shown = {name: definition for name, definition in ROWS if "." in name}

    assert shown == {name: columns.get(name) for name in shown}
    assert set(columns) - set(shown) - WORDS == set()


async def test_indexes_are_those_that_this_document_shows(owner: Connection) -> None:
    indexes = await read(owner, INDEXES)
    shown = {name: definition for name, definition in ROWS if "." not in name and " (" in definition}

    assert shown == {name: indexes.get(name) for name in shown}
    assert set(indexes) - set(shown) - WORDS == set()


async def test_every_constraint_trigger_policy_view_and_function_is_named(owner: Connection) -> None:
    assert {row[0] for row in await owner.fetch(OTHERS)} - WORDS == set()


def test_every_file_and_test_that_is_named_exists() -> None:
    missing = set()
    for name in NAMED:
        path, _, function = name.partition("::")
        if not re.fullmatch(r"[\w./-]+\.(py|sql|md)", path):
            continue
        found = [
            place for place in (ROOT, ROOT / "db/sql", ROOT / "tests", ROOT / "tests/db") if (place / path).is_file()
        ]
        text = (found[0] / path).read_text(encoding="utf-8") if found else ""
        if not found or (function and not re.search(rf"^(async )?def {function}\(", text, re.MULTILINE)):
            missing.add(name)

    assert missing == set()


def test_every_row_names_a_test_or_a_shown_definition() -> None:
    rows = [
        line
        for line in PAGE.splitlines()
        if line.startswith("| ") and not re.match(r"\| (---|[\w ]+ \| (here|why))", line)
    ]

    assert [row for row in rows if "::test_" not in row] == []


def names_of(document: str) -> set[str]:
    """Return what the schema document defines or sets, columns as table.column."""
    names = set()
    for table, body in re.findall(r"^CREATE TABLE (\w+) \((.*?)^\);", document, re.MULTILINE | re.DOTALL):
        names |= {table, *(f"{table}.{column}" for column in re.findall(r"^ {4}([a-z]\w*) [A-Z]", body, re.MULTILINE))}
    kinds = "INDEX|VIEW|FUNCTION|TRIGGER|POLICY|TABLE|EXTENSION|SCHEMA"
    names |= set(re.findall(rf"CREATE (?:OR REPLACE )?(?:{kinds}) (?:IF NOT EXISTS )?(\w+)", document))
    names |= set(re.findall(r"ALTER SYSTEM SET ([\w.]+)", document))
    names |= set(re.findall(r"current_setting\('([\w.]+)'", document))
    names |= set(re.findall(r"process\.env\.(DATABASE_\w+)", document))
    names |= set(re.findall(r"^export (?:const|type) (\w+)", document, re.MULTILINE))
    names |= set(re.findall(r"^ +(\w+(?:Millis|_timeout|_threshold|_queries)): ", document, re.MULTILINE))
    names |= set(re.findall(r"^interface (\w+)", document, re.MULTILINE))
    names |= set(re.findall(r"^class (\w+)", document, re.MULTILINE))
    names |= set(re.findall(r"(cron\.\w+)\(", document))
    return names


def test_nothing_of_the_schema_document_is_without_a_row() -> None:
    if not SCHEMA_DOCUMENT.is_file():
        pytest.skip("the schema document is not beside this checkout")
    names = names_of(SCHEMA_DOCUMENT.read_text(encoding="utf-8"))

    assert len(names) > 130
    assert names - WORDS == set()
