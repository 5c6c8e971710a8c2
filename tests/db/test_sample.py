import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

import db.sample
from bot.roles import Role
from db.sample.history import DAYS, OPEN, TICKETS, UNASSIGNED, Assigned, Completed, Filed, shop_history
from db.sample.load import ANNOUNCED, load_sample
from db.sample.people import PEOPLE
from tests.shop import Connection

NOW = datetime(2026, 3, 9, 19, 30, tzinfo=UTC)  # the Monday after a change to daylight saving time
WORKSPACE = json.loads((Path(db.sample.__file__).parent / "workspace.json").read_text(encoding="utf-8"))


def test_the_same_moment_has_the_same_history() -> None:
    assert shop_history(NOW) == shop_history(NOW)


@pytest.mark.parametrize("hours", range(0, 24 * 8, 5))
def test_the_history_is_whole_whatever_the_weekday_and_hour(hours: int) -> None:
    now = NOW + timedelta(hours=hours)
    steps = shop_history(now)
    filed = {step.ticket: step for step in steps if isinstance(step.what, Filed)}
    workers = {number: step.what.worker for number, step in filed.items() if isinstance(step.what, Filed)}
    done = set()
    for step in steps:
        assert filed[step.ticket].at <= step.at <= now
        assert step.ticket not in done
        if isinstance(step.what, Assigned):
            assert workers[step.ticket] != step.what.worker
            workers[step.ticket] = step.what.worker
        elif isinstance(step.what, Completed):
            assert workers[step.ticket] == step.by
            done.add(step.ticket)

    assert len(filed) == TICKETS
    assert len(filed) - len(done) == OPEN
    assert sum(workers[number] is None for number in filed) == UNASSIGNED
    assert min(step.at for step in steps) > now - timedelta(days=DAYS + 1)


def test_no_two_tickets_read_alike() -> None:
    titles = [step.what.title for step in shop_history(NOW) if isinstance(step.what, Filed)]

    assert [title for title, count in Counter(titles).items() if count > 1] == []


def test_slack_and_the_rows_know_the_same_people() -> None:
    linked = {(p.slack_user_id, p.name, p.email) for p in PEOPLE}
    in_slack = {(p["id"], p["real_name"], p["email"]) for p in WORKSPACE["people"]}
    others = {name: email for _, name, email in in_slack - linked}

    assert linked < in_slack
    assert set(others) == {"Noah Patel", "Erik Larsen"}  # without access: one has no row, one is a guest
    assert [p["real_name"] for p in WORKSPACE["people"] if p.get("is_restricted")] == ["Erik Larsen"]


def test_everybody_of_the_shop_and_the_bot_is_in_the_shop_channel() -> None:
    (channel,) = (c for c in WORKSPACE["channels"] if c["name"] == "repairs")
    guests = {p["id"] for p in WORKSPACE["people"] if p.get("is_restricted")}

    assert set(channel["members"]) == {p["id"] for p in WORKSPACE["people"]} - guests | {
        WORKSPACE["app"]["bot_user_id"]
    }


@pytest.mark.usefixtures("sample_loaded_at")
async def test_the_shop_has_its_people_customers_and_tickets(owner: Connection) -> None:
    linked = "SELECT role, count(*) FROM user_permissions WHERE slack_user_id IS NOT NULL GROUP BY role"
    roles = {row["role"]: row["count"] for row in await owner.fetch(linked)}
    open_tickets = "SELECT count(*) FROM tickets WHERE NOT completed"

    assert roles == {Role.MANAGER: 1, Role.TECHNICIAN: 3, Role.REGULAR_USER: 2, Role.VIEWER: 1}
    assert await owner.fetchval("SELECT count(*) FROM customers") == 40
    assert await owner.fetchval("SELECT count(*) FROM tickets") == TICKETS
    assert await owner.fetchval(open_tickets) == OPEN
    assert await owner.fetchval(f"{open_tickets} AND tech = 'unassigned'") == UNASSIGNED
    assert await owner.fetchval(f"{open_tickets} AND due_at <= created_at") == 0
    assert 0 < await owner.fetchval(f"{open_tickets} AND due_at < now()") < OPEN


async def test_every_time_is_that_of_the_story(owner: Connection, sample_loaded_at: datetime) -> None:
    times = """
    SELECT min(at), max(at) FROM (SELECT created_at FROM tickets UNION ALL SELECT updated_at FROM tickets
        UNION ALL SELECT created_at FROM ticket_notes UNION ALL SELECT created_at FROM ticket_events) t (at)
    """
    (oldest, newest), *_ = await owner.fetch(times)
    assert sample_loaded_at - timedelta(days=DAYS + 1) < oldest < newest <= sample_loaded_at
    late = "SELECT count(*) FROM activity_log WHERE created_at > $1 AND resource_type = 'ticket'"
    assert await owner.fetchval(late, sample_loaded_at) == 0
    assert await owner.fetchval("SELECT count(*) FROM activity_log_default") == 0


@pytest.mark.usefixtures("sample_loaded_at")
async def test_the_log_says_who_did_what(owner: Connection) -> None:
    strangers = """
    SELECT count(*) FROM activity_log l
     WHERE resource_type = 'ticket' AND NOT EXISTS (SELECT FROM user_permissions u WHERE u.kinde_user_id = l.user_id)
    """
    completed_by_others = """
    SELECT count(*) FROM activity_log l JOIN tickets t ON t.id = l.resource_id
      JOIN user_permissions u ON u.email = t.tech
     WHERE l.resource_type = 'ticket' AND l.metadata -> 'new' ->> 'completed' = 'true' AND u.kinde_user_id <> l.user_id
    """

    assert await owner.fetchval(strangers) == 0
    assert await owner.fetchval(completed_by_others) == 0


@pytest.mark.usefixtures("sample_loaded_at")
async def test_only_the_newest_open_tickets_are_still_to_be_announced(owner: Connection) -> None:
    waiting = await owner.fetch("SELECT kind, ticket_id FROM notifications WHERE state = 'waiting'")
    newest = await owner.fetch(
        "SELECT id FROM tickets WHERE NOT completed ORDER BY created_at DESC LIMIT $1", ANNOUNCED
    )

    assert {tuple(row) for row in waiting} == {("card", row["id"]) for row in newest}
    assert await owner.fetchval("SELECT count(*) FROM notifications WHERE kind <> 'card'") == 0


async def test_a_shop_that_has_anything_is_left_as_it_is(
    owner: Connection, owner_url: str, sample_loaded_at: datetime
) -> None:
    with psycopg.connect(owner_url) as connection:
        assert not load_sample(connection, sample_loaded_at)

    assert await owner.fetchval("SELECT count(*) FROM tickets") == TICKETS


@pytest.mark.usefixtures("sample_loaded_at")
async def test_triggers_work_again_after_the_load(owner: Connection) -> None:
    disabled = "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'tickets'::regclass AND tgenabled = 'D'"

    assert await owner.fetchval(disabled) == 0
