"""Each way in which a database can leave what was migrated is named, with where to look; and nothing else is."""

from typing import Any

import psycopg
import pytest

import db.drift
from db.__main__ import main
from db.catalogue import Definition, Key, read_catalogue
from db.drift import CheckRefused, find_drift, source_of
from db.schema import cluster_state

# what somebody did by hand -> what is said of it
TABLES, POLICIES = "db/sql/tables", "db/sql/policies"
BY_HAND = {
    "DROP INDEX tickets_queue_idx": f"index tickets_queue_idx: missing; make it from {TABLES}/40_tickets.sql",
    "DROP INDEX customers_created_at_idx; CREATE INDEX customers_created_at_idx ON customers (created_at) WHERE active":
        f"index customers_created_at_idx: another definition; see {TABLES}/30_customers.sql",
    "ALTER FUNCTION app.setting(text) RESET search_path":
        "function app.setting(text): another definition; see db/sql/functions/app.setting.sql",
    "GRANT EXECUTE ON FUNCTION app.grant_access TO PUBLIC":
        "function app.grant_access(text,text,text): grants, too many: =X/repair_owner;"
        " see db/sql/functions/app.grant_access.sql",
    "DROP FUNCTION refresh_customer_stats":
        "function refresh_customer_stats(): missing; make it from db/sql/functions/refresh_customer_stats.sql",
    "CREATE FUNCTION peek() RETURNS integer LANGUAGE sql RETURN 1":
        "function peek(): not in db/sql; drop it, or keep it in a schema of its own",
    "GRANT DELETE ON tickets TO repair_bot":
        f"table tickets: grants, too many: repair_bot=d/repair_owner; see {POLICIES}/tickets.sql",
    "REVOKE SELECT ON ticket_events FROM authenticated_users":
        "table ticket_events: grants, lacking: authenticated_users=r/repair_owner;"
        f" see {POLICIES}/ticket_events.sql",
    "GRANT UPDATE (created_by) ON tickets TO authenticated_users":
        "column tickets.created_by: grants, too many: authenticated_users=w/repair_owner;"
        f" see {POLICIES}/tickets.sql",
    "ALTER TABLE tickets DISABLE TRIGGER a_guard_tickets":
        "trigger tickets.a_guard_tickets: fires: no instead of yes; see db/sql/triggers/tickets.sql",
    "DROP POLICY preferences_policy ON preferences":
        f"policy preferences.preferences_policy: missing; make it from {POLICIES}/preferences.sql",
    "ALTER POLICY ticket_notes_policy ON ticket_notes USING (true)":
        f"policy ticket_notes.ticket_notes_policy: another USING; see {POLICIES}/ticket_notes.sql",
    "ALTER POLICY ticket_notes_web_policy ON ticket_notes TO PUBLIC":
        "policy ticket_notes.ticket_notes_web_policy: for: PUBLIC instead of repair_web;"
        f" see {POLICIES}/ticket_notes.sql",
    "CREATE POLICY peek ON customers FOR SELECT USING (true)":
        "policy customers.peek: not in db/sql; drop it, or keep it in a schema of its own",
    "ALTER TABLE tickets ALTER COLUMN priority SET DEFAULT 'low'":
        "column tickets.priority: default: 'low'::character varying instead of 'medium'::character varying;"
        f" see {TABLES}/40_tickets.sql",
    "ALTER TABLE customers DROP CONSTRAINT customers_zip_check":
        f"constraint customers.customers_zip_check: missing; make it from {TABLES}/30_customers.sql",
    "ALTER TABLE preferences DISABLE TRIGGER ALL; ALTER TABLE preferences ENABLE TRIGGER USER":
        "constraint preferences.preferences_user_id_fkey: enforced: no instead of yes;"
        f" see {TABLES}/70_preferences.sql",
    "ALTER TABLE preferences DISABLE ROW LEVEL SECURITY":
        f"table preferences: row-level security: off instead of on; see {TABLES}/70_preferences.sql",
    "ALTER TABLE customers FORCE ROW LEVEL SECURITY":
        f"table customers: forced row-level security: on instead of off; see {TABLES}/30_customers.sql",
    "ALTER VIEW index_usage RESET (security_invoker)":
        "view index_usage: options: none instead of security_invoker=true; see db/sql/views/index_usage.sql",
    "DROP TABLE home_openings": f"table home_openings: missing; make it from {TABLES}/92_home_openings.sql",
    "ALTER TABLE activity_log DROP CONSTRAINT activity_log_action_check":
        f"constraint activity_log.activity_log_action_check: missing; make it from {TABLES}/80_activity_log.sql",
    "CREATE STATISTICS mine ON city, state FROM customers":
        "statistics mine: not in db/sql; drop it, or keep it in a schema of its own",
    "CREATE TABLE notes_of_mine (id integer PRIMARY KEY)":
        "table notes_of_mine: not in db/sql; drop it, or keep it in a schema of its own",
    "GRANT CREATE ON SCHEMA public TO PUBLIC":
        "schema public: grants, too many: PUBLIC=CREATE; see db/sql/session/00_schemas.sql",
    "GRANT SELECT ON activity_log_y2024m01 TO repair_bot":
        "table activity_log_y2024m01: grants, too many: repair_bot=r/repair_owner;"
        f" see {POLICIES}/activity_log.sql",
    "DROP EXTENSION pg_stat_statements":
        "extension pg_stat_statements: missing; make it from db/sql/cluster/30_extensions.sql",
}  # fmt: skip


BY_SUPERUSERS = ("EXTENSION", "TRIGGER ALL", "SCHEMA")


@pytest.fixture
def migrated_url(owner_url: str) -> str:
    """The test's database with the settings of its own that a clone doesn't take over."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(cluster_state().encode())
    return owner_url


def change(url: str, *statements: str) -> None:
    """Run each as the schema's owner, or as a superuser where it takes one."""
    with psycopg.connect(url) as connection:
        for statement in statements:
            above = any(words in statement for words in BY_SUPERUSERS)
            connection.execute("RESET ROLE" if above else "SET ROLE repair_owner")
            connection.execute(statement.encode())


def databases(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database WHERE datname ~ '^drift'")}


def test_each_change_by_hand_is_a_line(migrated_url: str) -> None:
    change(migrated_url, *BY_HAND)

    assert sorted(find_drift(migrated_url)[0]) == sorted(BY_HAND.values())


def test_the_command_says_as_migrated_or_what_differs(
    migrated_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Months that came and went are no difference. No scratch database stays, a killed check's neither."""
    monkeypatch.setenv("DATABASE_ADMIN_URL", migrated_url)
    with psycopg.connect(migrated_url) as connection:
        connection.execute("SELECT create_activity_log_partition('2031-05-01'), drop_old_activity_log_partitions()")
        row = connection.execute("SELECT 'drift_check_' || oid FROM pg_database WHERE datname = current_database()")
        scratch = str((row.fetchone() or ("",))[0])
    with psycopg.connect(migrated_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {scratch}".encode())
    assert scratch in databases(migrated_url)

    assert main(["check"]) == 0
    assert capsys.readouterr().out.startswith("As migrated: ")
    change(migrated_url, "CREATE INDEX mine ON tickets (completed_at)")
    assert main(["check"]) == 1
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "index mine: not in db/sql; drop it, or keep it in a schema of its own"
    assert out[1] == "1 difference."
    assert scratch not in databases(migrated_url)


def test_an_old_schema_is_upgraded_before_it_is_checked(
    empty_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_ADMIN_URL", empty_url)

    assert main(["check"]) == 1
    assert "python -m db upgrade" in capsys.readouterr().err


def test_roles_that_may_more_are_named(migrated_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Roles belong to the whole cluster, and other tests use them meanwhile: so they are changed as they are read."""
    more = {"rights": "LOGIN, BYPASSRLS", "member of": "authenticated_users, repair_owner"}

    def read(connection: psycopg.Connection[Any]) -> dict[Key, Definition]:
        return read_catalogue(connection) | {("role", "repair_bot"): Definition(None, more)}

    monkeypatch.setattr(db.drift, "read_catalogue", read)

    where = "see db/sql/cluster/10_roles.sql"
    assert find_drift(migrated_url)[0] == [
        f"role repair_bot: member of: authenticated_users, repair_owner instead of authenticated_users; {where}",
        f"role repair_bot: rights: LOGIN, BYPASSRLS instead of LOGIN; {where}",
    ]


def test_every_object_has_a_file(owner_url: str) -> None:
    with psycopg.connect(owner_url) as connection:
        found = read_catalogue(connection)

    assert [key for key, definition in found.items() if source_of(key, definition) == "db/sql"] == []


def test_two_checks_at_once_are_one(migrated_url: str) -> None:
    with psycopg.connect(migrated_url) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext('drift_check'))")
        with pytest.raises(CheckRefused, match="running"):
            find_drift(migrated_url)
