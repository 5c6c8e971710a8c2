"""What the functions that the bot's role may call give away, against a brute-force reference (``readings.py``).

Each that reads is called for everybody of a random shop; those for a Slack request as that person, the others under
true, stale and forged settings. The functions come from the catalogue: a new one needs its rule or its reason here.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tests.db.random_shop import ask_as, askers, fill, read_world
from tests.db.readings import ASKED, DIRECT, Reading
from tests.db.reference import Asking, Row, World
from tests.db.test_catalogue import FUNCTIONS
from tests.shop import Connection, Shop

# Not called here, and why. Functions that take a request's key change something: test_roles, test_day_roles.
ELSEWHERE: Final[Mapping[str, set[str]]] = {
    "of a completion: test_completions": {
        "app.check_documents", "app.checklist_document", "app.checklist_of", "app.checks_counted",
        "app.keep_completion", "app.last_completion", "app.put_checklist", "app.may_undo", "app.withdraw_completion",
    },
    "of one's own timer: test_timers": {
        "app.begin_labour", "app.book_hours", "app.end_timer", "app.hold_timer", "app.put_off_timer",
        "app.timer_document",
    },
    "they compute with their arguments and the session's settings alone": {
        "app.check_customer", "app.check_hours", "app.check_text", "app.client_ip", "app.may_work", "app.refuse",
        "app.refuse_customer", "app.refuse_inactive_customer",
        "app.refuse_ticket", "app.require_role", "app.sees_ticket", "app.tech_email",
        "app.user_email", "app.user_id", "app.user_role", "decrypt_sensitive_data", "encrypt_sensitive_data",
        "app.seal", "app.shop_today", "app.spoken_value", "app.use_encryption_keys",
        "app.words_query", "app.kinds_told", "app.booked_hours", "app.is_time_zone",
        "app.bench_steps", "app.refuse_bench_step", "app.serial_key",
        "app.estimated_cost", "app.spending_limit", "app.steps_to_approve",
    },
    "a setting of the shop is nobody's secret": {"app.setting", "app.shop_time_zone", "app.read_clock"},
    "the request keys: test_requests": {"app.begin_request", "app.end_request"},
    "they make a session: test_sessions": {
        "app.link_slack_user", "app.set_service_session", "app.set_session", "app.set_slack_session",
    },
    "for the worker and the start, whoever uses the app": {
        "app.bury_notification", "app.claim_notifications", "app.claim_settings", "app.claim_stale_homes",
        "app.ask_about_timers",
        "app.claim_workspace", "app.confirm_notification", "app.count_linked_managers", "app.count_passcodes",
        "app.finish_notification",
        "app.forget_home", "app.keep_house", "app.next_notification_due", "app.note_home_opened",
        "app.postpone_notification", "app.refresh_slack_user", "app.repost_card", "app.revive_notifications",
        "app.list_notifications", "app.read_outbox",
        "app.run_due_maintenance", "app.schedule_reminders", "app.schedule_summaries", "app.attach_chart",
        "app.security_self_check", "perform_maintenance", "refresh_customer_stats",
    },
    "of people, for Managers: test_users, test_roles": {"app.read_people", "app.read_person"},
    "of checklists, for Managers: test_checklists, test_roles": {"app.read_checklist"},
    "for the worker, or how many are coming: test_files": {
        "app.export_report", "app.export_tickets",
        "app.card_ticket", "app.coming_files", "app.claim_file_errands", "app.end_file_errand",
        "app.postpone_file_errand", "app.store_file", "app.unknown_files",
    },
    "what didn't reach Slack, for Managers: test_undelivered, test_roles": {
        "app.count_undelivered", "app.read_undelivered",
    },
    "about the server": {"app.connection_metrics", "app.server_settings", "app.slow_queries", "app.database_figures",
                         "app.read_database"},
    "they change something: test_policies, test_people": {
        "app.hold_technician", "app.least_busy_technician", "assign_ticket",
        "auto_assign_ticket", "app.put_passcode", "app.add_file_errands", "app.record_acceptance", "change_user_email",
        "deactivate_customer", "log_activity", "reactivate_customer",
    },
    "the shop's hours, for Managers: test_shop_hours": {"app.hours_document", "app.read_hours"},
    "of what a form showed: test_overtaken": {"app.overtaken", "app.shown", "app.touched"},
    "it tells a technician of a ticket of theirs, for Managers: test_reminders": {"app.nudge"},
    "of a row that one has read": {"app.may_be_told"},
    "of tickets that one sees, of colleagues: test_watching": {"app.missed_mentions"},
    "only for the ticket's technician and Managers: test_history": {"app.reveal_passcode", "app.show_passcode"},
    "for Managers, of customers who are one: test_merges": {
        "app.customer_who_stays", "app.merge_documents", "app.pair_document", "app.read_duplicates", "app.read_pair",
        "app.put_customer", "app.read_erasure", "app.refuse_erased",
    },
    "what Managers were sent, for who may read figures: test_summary_schedule": {"app.kept_summary"},
    "of a customer whom one edits, which columns others changed: test_day_customers": {"app.customer_changed_since"},
    "it tells from app.ticket_trail": {"app.changed_since"},
    "it tells that an address is taken, as the unique index does": {"app.refuse_taken_email"},
    "of tickets that have just left the queue: test_day_at_once": {"app.refuse_missed_ticket"},
}  # fmt: skip

ANSWER = """
CREATE FUNCTION pg_temp.answer(p_call text, p_pick text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE v jsonb;
BEGIN
    EXECUTE 'SELECT to_jsonb(' || p_call || ')' INTO v;
    v := jsonb_path_query_array(v, p_pick::jsonpath);
    IF p_pick NOT LIKE '%[*]%' THEN v := v -> 0; END IF;
    RETURN NULLIF(NULLIF(v, '[]'), 'null');
EXCEPTION WHEN insufficient_privilege OR no_data_found OR object_not_in_prerequisite_state THEN
    RETURN NULL;                                   -- refused: nothing shown
END $$
"""


async def test_every_function_has_its_rule_or_reason(owner: Connection) -> None:
    granted = await owner.fetch(
        f"SELECT name FROM ({FUNCTIONS}) f"  # noqa: S608 - a constant
        " WHERE has_function_privilege('repair_bot', oid, 'EXECUTE')"
        " AND NOT coalesce(proargnames, '{}') @> '{p_source,p_key}'"
    )
    named = {reading.function for reading in (*DIRECT, *ASKED)}.union(*ELSEWHERE.values())

    assert sorted({row["name"] for row in granted} ^ named) == []


def calls(
    readings: Sequence[Reading], world: World, who: Asking, turn: int
) -> Iterator[tuple[Reading, str | None, object]]:
    """Yield each call, what stands in the place of its %s, and what it is to show; of tickets a third each turn."""
    for reading in readings:
        rows: Sequence[Row] = world[reading.each] if reading.each else [{reading.key: None}]
        for row in rows[turn % 3 :: 3] if reading.each == "tickets" else rows:
            place = row[reading.key]
            yield reading, None if place is None else str(place), reading.wanted(world, who, row)


async def differences(
    bot: Connection, tried: Sequence[tuple[Reading, str | None, object]], asked: str = ""
) -> list[tuple[str, str | None, object, object]]:
    rows = await bot.fetch(
        "SELECT pg_temp.answer(replace(x.call, '%s', quote_nullable(x.place)), x.pick)::text"
        " FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY x (call, place, pick, n) ORDER BY n",
        [reading.statement(asked) for reading, _, _ in tried],
        [place for _, place, _ in tried],
        [reading.pick for reading, _, _ in tried],
    )
    return [
        (reading.statement(asked), place, want, got)
        for (reading, place, want), (text,) in zip(tried, rows, strict=True)
        if (got := in_order(reading, None if text is None else json.loads(text))) != want
    ]


def in_order(reading: Reading, got: object) -> object:
    """Order doesn't matter where it depends on how well something fits; numbers of a team are summed up."""
    if not isinstance(got, list) or reading.function == "app.read_team":
        return sum(got) if isinstance(got, list) else got
    best_first = {
        "app.find_customers",
        "app.suggest_customers",
        "app.customer_options",
        "app.lines_in_order",
        "app.contact_documents",
    }
    return sorted(got) if reading.function in best_first else got


async def test_under_any_settings_functions_show_what_the_reference_shows(
    shop: Shop, bot: Connection, owner: Connection
) -> None:
    await fill(shop)
    world = await read_world(owner)
    await bot.execute(ANSWER)
    wrong = []
    for turn, who in enumerate(askers(world)):
        async with bot.transaction():
            await ask_as(bot, who)
            wrong += [(who, *found) for found in await differences(bot, list(calls(DIRECT, world, who, turn)))]

    assert wrong == []


async def test_for_each_person_slack_requests_show_what_the_reference_shows(
    shop: Shop, bot: Connection, owner: Connection
) -> None:
    """Nothing at all to who is inactive, a guest, or not linked."""
    await fill(shop)
    world = await read_world(owner)
    await bot.execute(ANSWER)
    wrong = []
    for turn, person in enumerate(world["user_permissions"]):
        let_in = person["is_active"] and person["slack_user_id"] and person["slack_state"] == "member"
        who = Asking(person["kinde_user_id"], person["email"], person["role"] if let_in else None)
        slack_user = person["slack_user_id"] or "U0UNLINKED"
        asked = f"'T0SHOP', '{slack_user}', '{{Manager,Technician,Regular User,Viewer}}', 'slack:command'"
        async with bot.transaction():
            tried = list(calls(ASKED, world, who, turn))
            wrong += [(who, *found) for found in await differences(bot, tried, asked)]

    assert wrong == []
