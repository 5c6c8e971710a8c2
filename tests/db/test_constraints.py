"""Each constraint of each table, from the catalogue: it refuses what it should, and a person reads a sentence.

A new constraint needs a statement in ``refused.sql``, and a sentence in ``db.faults`` or a reason here why no person
can meet it.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import asyncpg
import pytest

from bot.errors import FieldRefused
from db.faults import FIELDS, SENTENCES, refusal_for
from tests.shop import Connection, Shop

# constraint -> statements that it refuses
REFUSED: Final[dict[str, list[str]]] = {}
for _line in Path(__file__).with_name("refused.sql").read_text(encoding="utf-8").splitlines():
    if not _line.startswith("--"):
        REFUSED.setdefault(_line.rpartition(" -- ")[2], []).append(_line.rpartition(" -- ")[0])

# Why no person can meet it, or what it starts with, through the bot
UNMET: Final[Mapping[str, str]] = {
    "access_requests_": "what Slack says of an account, checked by app.request_access",
    "activity_log_": "written by triggers and log_activity alone, which the bot doesn't call",
    "customer_contacts_author_fkey": "who is asking, from the table itself",
    "customer_contacts_customer_id_fkey": "asked before whether the customer is seen",
    "customer_contacts_ticket_id_fkey": "asked before whether it is the customer's",
    "customer_merges_": "app.merge_customers asks before",
    "customers_erased_": "app.erase_customer switches them off",
    "customers_merged_": "app.merge_customers asks before",
    "distinct_customers_": "app.tell_customers_apart asks before",
    "customers_open_tickets": "deactivate_customer asks before",
    "file_errands_": "written by the database's functions",
    "home_openings_": "written by the database of who is asking",
    "ticket_checks_": "written by the database",
    "checklist_items_category_check": "a category is one of the list",
    "checklist_items_text_key": "what is there already comes back",
    "ticket_completions_": "written by the database",
    "approvals_": "requests are written by the database's functions",
    "labour_entries_": "timers are started and stopped by the database's functions",
    "maintenance_runs_": "written by the database",
    "notification": "written by triggers and the dispatcher",
    "preferences_pkey": "saved anew instead",
    "preferences_user_id_fkey": "who is asking, from the table itself",
    "request_keys_": "keys are Slack's ids, made by the bot",
    "shop_h": "the form checks what stands in it",
    "shop_settings_": "the form of hours checks its own, and nothing else writes them",
    "tickets_bench_completed_check": "a form or command writes one of the two, and a trigger the other",
    "ticket_attachments_": "written by workers, of what they have looked at",
    "ticket_events_": "written by triggers alone",
    "ticket_notes_author_fkey": "who is asking, from the table itself",
    "ticket_notes_kind_check": "said by the database's functions",
    "ticket_notes_ticket_id_fkey": "the ticket is locked before",
    "ticket_notes_time_check": "the database's clock",
    "ticket_reminders_": "written by the database",
    "ticket_snoozes_": "snoozed anew instead, of tickets that there are",
    "ticket_watchers_": "who is asking, of a ticket that they see",
    "ticket_secrets_": "no form or command writes them",
    "tickets_completed_": "filled by a trigger",
    "tickets_created_by_fkey": "who is asking, from the table itself",
    "tickets_time_check": "the database's clock",
    # the command line prints the database's words
    "user_permissions_": "people come from Slack, the command line or a Manager's decision, checked before",
}
CONSTRAINTS = """
WITH tables AS (
    SELECT r.oid FROM pg_class r
     WHERE r.relnamespace IN ('public'::regnamespace, 'app'::regnamespace) AND r.relkind IN ('r', 'p')
       AND NOT r.relispartition AND r.relname <> 'alembic_version')
SELECT c.conname::text AS name FROM pg_constraint c JOIN tables t ON t.oid = c.conrelid
 WHERE c.contype IN ('c', 'f', 'u', 'x') OR c.contype = 'p' AND NOT EXISTS (      -- numbers that the database gives
           SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = c.conkey[1] AND a.attidentity <> '')
UNION SELECT i.indexrelid::regclass::text FROM pg_index i JOIN tables t ON t.oid = i.indrelid
 WHERE i.indisunique AND NOT i.indisprimary
"""
# names under which triggers refuse
RAISED = {"shop_settings_due_hours_high_check", "shop_settings_remind_silent_check", "shop_settings_remind_most_check",
          "bench_step_forbidden", "shop_settings_approval_limit_check",
          "customers_open_tickets", "preferences_time_zone_check", "shop_settings_activity_log_keep_check",
          "shop_settings_hourly_rate_check", "shop_settings_summary_time_check", "shop_settings_time_zone_check",
          "tickets_customer_active", "tickets_tech_active", "user_permissions_last_manager"}  # fmt: skip


@pytest.fixture
async def refused(shop: Shop, owner: Connection) -> dict[str, asyncpg.PostgresError]:
    """The last refusal of each constraint's statements; each statement of it must be refused, by it."""
    await shop.add_ticket(worker=shop.technician, filer=shop.regular_user)
    await shop.add_ticket(worker=shop.technician, completed=True)
    found = {}
    wrong = []
    for constraint, statements in REFUSED.items():
        for statement in statements:
            await owner.execute("BEGIN")
            try:
                await owner.execute(statement)
                wrong.append((statement, "done"))
            except asyncpg.PostgresError as error:
                if error.constraint_name != constraint:
                    wrong.append((statement, str(error)))
                found[constraint] = error
            await owner.execute("ROLLBACK")
    assert wrong == []
    return found


async def test_each_constraint_refuses_what_it_should(
    refused: dict[str, asyncpg.PostgresError], owner: Connection
) -> None:
    existing = {row["name"].removeprefix("app.") for row in await owner.fetch(CONSTRAINTS)}

    assert refused.keys() == existing | RAISED


async def test_each_constraint_that_a_person_can_meet_has_a_sentence(
    refused: dict[str, asyncpg.PostgresError],
) -> None:
    for constraint, error in refused.items():
        refusal = refusal_for(error, writes=True)
        if refusal is None:
            assert any(constraint.startswith(start) for start in UNMET), constraint
        else:
            assert refusal.sentence.endswith("."), constraint
            assert not isinstance(refusal, FieldRefused) or re.fullmatch(r"[a-z_\d]+", refusal.field)


# refusals that only plain SQL meets
BY_SQL_ALONE = {
    "activity_log_action_reserved",
    "customers_open_tickets",
    "ticket_change_forbidden",
    "user_permissions_slack_state_check",
}
RAISED_IN = r"""
SELECT DISTINCT m[1] AS name
  FROM pg_proc p, regexp_matches(p.prosrc, '(?:app\.refuse(?:_ticket)?\(|CONSTRAINT = )''(\w+[a-z])''', 'g') m
 WHERE p.pronamespace IN ('app'::regnamespace, 'public'::regnamespace)
"""


async def test_each_refusal_of_a_function_has_a_sentence(owner: Connection) -> None:
    raised = {row["name"] for row in await owner.fetch(RAISED_IN)}

    assert len(raised) > 15
    assert raised - FIELDS.keys() - SENTENCES.keys() == BY_SQL_ALONE
