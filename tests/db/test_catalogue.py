"""Rules that every object of the schema keeps: whoever adds one finds out here what it lacks."""

import re

import psycopg
import pytest

from db.schema import SQL
from tests.shop import Connection, Shop

OURS = "('public'::regnamespace, 'app'::regnamespace, 'test'::regnamespace)"

# Each carries the rule of who sees what itself: its numbers or names are of rows that the asker may not see.
DEFINER_VIEWS = {
    "customer_lifetime_value",
    "customer_names",
    "customer_summary",
    "customer_summary_live",
    "staff_directory",
}
# Who may call what besides the owner. The group authenticated_users is the bot's role and the web application.
FOR_THE_BOT_ALONE = {
    "app.accept_ticket", "app.missed_mentions", "app.record_acceptance", "app.repost_card", "app.watch_ticket",
    "app.revive_notifications", "app.nudge", "app.schedule_reminders",
    "app.nudge_worker", "app.may_be_told",
    "app.due_counts", "app.read_clock",
    "app.hours_document", "app.read_hours", "app.save_hours", "app.snooze_reminders",
    "app.count_undelivered", "app.list_notifications", "app.read_outbox", "app.read_undelivered",
    "app.retry_notification",
    "app.customer_changed_since", "app.erase_customer", "app.read_erasure", "app.refuse_erased",
    "app.add_contact", "app.contact_documents", "app.customer_who_stays", "app.merge_customers", "app.merge_documents",
    "app.pair_document", "app.put_customer", "app.read_duplicates", "app.read_pair", "app.tell_customers_apart",
    "app.undo_merge",
    "app.ask_about_timers", "app.begin_labour", "app.book_hours", "app.booked_hours", "app.end_timer",
    "app.hold_timer", "app.keep_timer", "app.put_off_timer", "app.start_timer", "app.stop_timer", "app.timer_document",
    "app.add_file_errands", "app.ask_for_file", "app.attach_files", "app.card_ticket", "app.claim_file_errands",
    "app.coming_files", "app.end_file_errand", "app.files_document", "app.postpone_file_errand", "app.read_files",
    "app.remove_file", "app.store_file", "app.unknown_files",
    "app.set_bench_status",
    "app.ask_for_export", "app.export_report", "app.export_tickets",
    "app.check_documents", "app.checklist_document", "app.checklist_of", "app.checks_counted", "app.put_checklist",
    "app.read_checklist", "app.save_checklist", "app.overtaken", "app.shown", "app.touched",
    "app.keep_completion", "app.last_completion", "app.may_undo", "app.refuse_inactive_customer",
    "app.undo_completion", "app.withdraw_completion",
    "app.approval_document", "app.decide_approval", "app.estimated_cost", "app.open_approval",
    "app.read_approval", "app.spending_limit", "app.steps_to_approve",
    "app.add_customer", "app.add_note", "app.assign_ticket", "app.changed_since", "app.check_customer",
    "app.customer_document", "app.customer_options", "app.deactivate_customer", "app.edit_customer", "app.edit_ticket",
    "app.add_person", "app.change_person", "app.read_people", "app.read_person",
    "app.find_colleague", "app.find_customers", "app.lines_in_order", "app.reactivate_customer", "app.read_customer",
    "app.count_passcodes", "app.has_passcode", "app.put_passcode", "app.show_passcode", "app.use_encryption_keys",
    "app.pick_tickets", "app.read_edit_form", "app.read_history", "app.read_list", "app.refuse_customer",
    "app.words_query",
    "app.refuse_missed_ticket", "app.refuse_taken_email", "app.reopen_ticket", "app.search",
    "app.spoken_value", "app.technicians",
    "app.begin_request", "app.bury_notification", "app.check_hours", "app.check_text", "app.claim_notifications",
    "app.claim_settings", "app.claim_workspace", "app.complete_ticket", "app.confirm_notification",
    "app.count_linked_managers", "app.customer_name", "app.decide_access", "app.end_request",
    "app.file_ticket", "app.finish_notification", "app.hold_technician", "app.keep_house",
    "app.least_busy_technician", "app.link_slack_user",
    "app.claim_stale_homes", "app.forget_home", "app.note_home_opened", "app.read_home",
    "app.lock_ticket", "app.next_notification_due", "app.postpone_notification", "app.read_actor",
    "app.read_cards",
    "app.read_my_tickets", "app.read_panel", "app.read_queue", "app.read_ticket", "app.read_ticket_form",
    "app.kinds_told", "app.preferences_document", "app.read_settings", "app.save_settings",
    "app.flow", "app.kept_summary", "app.attach_chart", "app.read_period", "app.day_report", "app.day_figures",
    "app.read_summary", "app.read_team", "app.refresh_slack_user",
    "app.refuse_ticket", "app.release_ticket", "app.schedule_summaries", "app.set_service_session",
    "app.set_slack_session",
    "app.suggest_customers", "app.take_ticket", "app.ticket_document", "app.ticket_lines", "app.ticket_trail",
    "app.worker_email",
    "app.database_figures", "app.read_database", "app.run_due_maintenance", "perform_maintenance",
    "refresh_customer_stats",
}  # fmt: skip
FOR_EVERYBODY = {
    "app.client_ip", "app.connection_metrics", "app.customer_ticket_counts", "app.figures", "app.may_work",
    "app.bench_steps", "app.is_time_zone", "app.person_name", "app.refuse_bench_step", "app.serial_key",
    "app.technicians_figures",
    "app.refuse", "app.require_role", "app.reveal_passcode", "app.seal", "app.security_self_check", "app.sees_ticket",
    "app.server_settings", "app.set_session", "app.setting", "app.shop_time_zone", "app.shop_today",
    "app.slow_queries", "app.tech_email",
    "app.user_email", "app.user_id", "app.user_role", "app.worker_name", "app.worker_slack_user_id", "assign_ticket",
    "auto_assign_ticket", "change_user_email", "daily_summary", "deactivate_customer", "decrypt_sensitive_data",
    "encrypt_sensitive_data", "log_activity", "reactivate_customer", "search_customers", "search_tickets",
}  # fmt: skip
FUNCTIONS = f"""
SELECT p.oid::regproc::text AS name, p.* FROM pg_proc p
 WHERE p.pronamespace IN {OURS}
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE (d.classid, d.objid, d.deptype) = ('pg_proc'::regclass, p.oid, 'e'))
"""  # noqa: S608 - the schemas above
RELATIONS = f"""
SELECT c.oid::regclass::text AS name, c.* FROM pg_class c
 WHERE c.relnamespace IN {OURS} AND c.relname NOT LIKE 'alembic_version%'
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE (d.classid, d.objid, d.deptype) = ('pg_class'::regclass, c.oid, 'e'))
"""  # noqa: S608 - the schemas above


async def names(owner: Connection, source: str, condition: str) -> set[str]:
    return {row[0] for row in await owner.fetch(f"SELECT name FROM ({source}) o WHERE {condition}")}  # noqa: S608


async def test_every_function_has_a_fixed_search_path(owner: Connection) -> None:
    """Or a body that was parsed when it was made (RETURN ...): a caller's search_path changes neither."""
    loose = await names(
        owner,
        FUNCTIONS,
        "prosqlbody IS NULL AND COALESCE(array_to_string(proconfig, ','), '') NOT LIKE '%search_path=%'",
    )

    assert loose == set()
    elsewhere = "proconfig IS NOT NULL AND NOT 'search_path=public, pg_temp' = ANY (proconfig)"
    assert await names(owner, FUNCTIONS, elsewhere) == set()


async def test_who_may_execute_what(owner: Connection) -> None:
    def by(role: str) -> str:
        return f"has_function_privilege('{role}', oid, 'EXECUTE')"

    assert await names(owner, FUNCTIONS, by("public")) == set()
    assert await names(owner, FUNCTIONS, by("authenticated_users")) == FOR_EVERYBODY
    assert await names(owner, FUNCTIONS, by("repair_web")) == FOR_EVERYBODY
    assert await names(owner, FUNCTIONS, by("repair_bot")) == FOR_EVERYBODY | FOR_THE_BOT_ALONE


async def test_definers_are_those_that_the_document_gives_a_reason_for(owner: Connection) -> None:
    text = (SQL.parent.parent / "docs" / "security.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.+?) \|", text.partition("## Definer functions")[2], re.MULTILINE)
    documented = {name for row in rows for name in re.findall(r"`([\w.]+)`", row)}

    assert documented == await names(owner, FUNCTIONS, "prosecdef")


async def test_owner_owns_everything(owner: Connection) -> None:
    foreign = "pg_get_userbyid({}) <> 'repair_owner'"

    assert await names(owner, FUNCTIONS, foreign.format("proowner")) == set()
    assert await names(owner, RELATIONS, foreign.format("relowner")) == set()


async def test_every_table_has_row_level_security(owner: Connection) -> None:
    assert await names(owner, RELATIONS, "relkind IN ('r', 'p') AND NOT relrowsecurity") == set()
    await owner.execute("SELECT create_activity_log_partition(DATE '2031-05-01')")
    assert await names(owner, RELATIONS, "relkind IN ('r', 'p') AND NOT relrowsecurity") == set()


async def test_views_are_the_askers_or_have_a_reason(owner: Connection) -> None:
    invoker = "array_to_string(reloptions, ',') ~ 'security_invoker=(true|on)'"
    barrier = "array_to_string(reloptions, ',') ~ 'security_barrier=(true|on)'"

    assert await names(owner, RELATIONS, f"relkind = 'v' AND ({invoker}) IS NOT TRUE") == DEFINER_VIEWS
    assert await names(owner, RELATIONS, f"relkind = 'v' AND {barrier}") == DEFINER_VIEWS


async def test_nobody_is_granted_more_than_the_rules_need(owner: Connection) -> None:
    """No statistics, partitions or outbox; nothing to PUBLIC; no DELETE to the bot."""
    for role in ("repair_bot", "repair_web", "public"):
        reach = f"has_any_column_privilege('{role}', oid, 'SELECT, INSERT, UPDATE')"
        kinds = "relkind IN ('m') OR relispartition OR name LIKE 'notification%' OR name LIKE 'app.%'"
        assert await names(owner, RELATIONS, f"relkind IN ('r', 'p', 'm') AND ({kinds}) AND {reach}") == set()
    assert (
        await names(owner, RELATIONS, "relkind <> 'i' AND relkind <> 'I' AND relacl::text ~ '[{,]=[a-zA-Z]'") == set()
    )
    delete = "relkind IN ('r', 'p') AND has_table_privilege('repair_bot', oid, 'DELETE, TRUNCATE')"
    assert await names(owner, RELATIONS, delete) == set()


async def test_login_roles_are_plain(owner: Connection) -> None:
    rows = await owner.fetch(
        "SELECT rolname, rolcanlogin, "
        " rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication AS more"
        " FROM pg_roles WHERE rolname ~ '^repair_' OR rolname = 'authenticated_users' ORDER BY 1"
    )

    assert [tuple(row) for row in rows] == [
        ("authenticated_users", False, False),
        ("repair_bot", True, False),
        ("repair_maintenance", True, False),
        ("repair_owner", False, False),
        ("repair_web", True, False),
    ]


async def test_bots_role_passes_its_own_check(bot: Connection) -> None:
    checks = await bot.fetch("SELECT * FROM app.security_self_check()")

    assert len(checks) > 10
    assert all(row["ok"] for row in checks)


async def test_owner_fails_the_bots_check(owner: Connection) -> None:
    assert not all(row["ok"] for row in await owner.fetch("SELECT * FROM app.security_self_check()"))


async def test_bot_makes_no_objects(bot: Connection) -> None:
    for schema in ("public", "app", "test"):
        with pytest.raises(Exception, match="permission denied"):
            await bot.execute(f"CREATE TABLE {schema}.mine (id int)")


async def test_one_object_a_file(owner: Connection) -> None:
    """Each function's file is named after it, and holds it alone."""
    stems = {path.stem for path in (SQL / "functions").glob("*.sql")}
    in_session = {
        name
        for path in (SQL / "session").glob("*.sql")
        for name in re.findall(r"^CREATE FUNCTION ([\w.]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }

    assert stems | in_session == await names(owner, FUNCTIONS, "true")
    assert stems & in_session == set()


async def test_monitoring_answers(shop: Shop, bot: Connection) -> None:
    async with bot.transaction():
        await bot.execute("SELECT app.set_session($1)", shop.manager.web_id)
        for view in ("index_usage", "unused_indexes", "slow_queries", "connection_metrics", "storage_analytics",
                     "server_settings_check", "maintenance_statements"):  # fmt: skip
            await bot.fetch(f"SELECT * FROM {view}")  # noqa: S608 - from the line above


def test_maintenance_runs(owner_url: str) -> None:
    with psycopg.connect(owner_url, autocommit=True) as connection:
        row = connection.execute("SELECT perform_maintenance()").fetchone()
        assert row is not None
        assert "statistics refreshed" in row[0]
        for (statement,) in connection.execute("SELECT statement FROM maintenance_statements ORDER BY ord").fetchall():
            connection.execute(statement)


async def test_log_has_a_partition_for_each_coming_month(owner: Connection) -> None:
    assert await owner.fetchval("SELECT count(*) FROM activity_log_default") == 0
    ahead = await owner.fetchval(
        "SELECT to_regclass('activity_log_y' || to_char(now() + interval '3 months', 'YYYY\"m\"MM'))"
    )
    assert ahead is not None
    await owner.execute(
        "INSERT INTO activity_log (user_id, action, resource_type, created_at)"
        " VALUES ('system', 'X', 'system', '2031-05-15')"
    )
    assert await owner.fetchval("SELECT count(*) FROM activity_log_default") == 1
    await owner.execute("SELECT create_activity_log_partition(DATE '2031-05-01')")
    assert await owner.fetchval("SELECT count(*) FROM activity_log_y2031m05") == 1
    assert await owner.fetchval("SELECT drop_old_activity_log_partitions()") == 1  # the seed's 2024-01
