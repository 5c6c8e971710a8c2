"""Play the sample shop's history into an empty database: every change goes through the real triggers."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, Final, LiteralString, assert_never

import psycopg

from db.sample.customers import CUSTOMERS, Customer
from db.sample.history import DAYS, ZONE, Assigned, Completed, Filed, Moved, Noted, Step, shop_history
from db.sample.people import PEOPLE, Person

ANNOUNCED: Final = 6  # the newest open tickets, whose cards are still to be posted

_Connection = psycopg.Connection[tuple[Any, ...]]

_IS_EMPTY: Final = """
SELECT NOT EXISTS (SELECT FROM user_permissions) AND NOT EXISTS (SELECT FROM customers)
   AND NOT EXISTS (SELECT FROM tickets)
"""
_ADD_PERSON: Final = """
INSERT INTO user_permissions (kinde_user_id, email, role, display_name, slack_user_id, created_at)
VALUES (%s, %s, %s, %s, %s, %s)
"""
_ADD_CUSTOMER: Final = """
INSERT INTO customers (first_name, last_name, email, phone, address1, city, state, zip, notes, created_at)
VALUES (%s, %s, %s, %s, %s, %s, 'CA', %s, %s, %s)
RETURNING id
"""
_FILE: Final = """
INSERT INTO tickets (customer_id, title, description, priority, category, estimated_hours, device_model,
                     tech, created_by, created_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
RETURNING id
"""
# The open ones are promised for some day from yesterday to three days from now, what came in lately for one from
# tomorrow on, at five by the sample shop's clock.
_PROMISE: Final = """
UPDATE tickets t
   SET due_by_default = false,
       due_at = (date_trunc('day', %(now)s AT TIME ZONE %(zone)s) + o.days * interval '1 day' + interval '17 hours')
                AT TIME ZONE %(zone)s
  FROM (SELECT x.id,
               CASE WHEN x.created_at < %(now)s - interval '3 days' THEN x.n %% 5 - 1 ELSE x.n %% 3 + 1 END AS days
          FROM (SELECT id, created_at, row_number() OVER (ORDER BY due_at, id) AS n
                  FROM tickets WHERE NOT completed) x) o
 WHERE o.id = t.id
"""
_NOTE: Final = "INSERT INTO ticket_notes (ticket_id, kind, body, author, created_at) VALUES (%s, %s, %s, %s, %s)"
_CHECKLIST: Final = "INSERT INTO checklist_items (category, position, text) VALUES (%s, %s, %s)"
_CHECKLISTS: Final = {
    "data recovery": ("Files open on another machine", "Copy handed over", "Our copy erased"),
    "upgrade": ("Starts from cold", "New part is recognized", "Old part returned"),
}
_ACT_AS: Final = """
SELECT set_config('app.current_user_id', %s, true), set_config('app.current_user_email', %s, true),
       set_config('app.user_agent', 'sample', true)
"""
# what a step has just written bears the transaction's own time
_DATE_BACK: Final[Sequence[LiteralString]] = (
    "UPDATE activity_log SET created_at = %s WHERE created_at = now()",
    "UPDATE ticket_events SET created_at = %s WHERE created_at = now()",
)
_DATE_TICKET: Final = """
UPDATE tickets SET updated_at = %(at)s, completed_at = CASE WHEN completed THEN %(at)s END WHERE id = %(id)s
"""
_QUIET_PEOPLE: Final = "DELETE FROM notifications WHERE kind <> 'card'"
_QUIET_CARDS: Final = """
UPDATE notifications n SET state = 'sent', sent_at = now()
 WHERE n.kind = 'card'
   AND n.ticket_id NOT IN (SELECT t.id FROM tickets t WHERE NOT t.completed
                            ORDER BY t.created_at DESC, t.id DESC LIMIT %s)
"""


def load_sample(connection: _Connection, now: datetime) -> bool:
    """Fill the shop in one transaction; return False, and change nothing, if it isn't empty.

    ``connection`` is an administrator's, ``now`` timezone-aware. Of the notifications that the history has caused, the
    cards of the newest open tickets stay waiting; the others count as sent, and nobody is written to.
    """
    with connection.transaction():
        connection.execute("SET LOCAL ROLE repair_owner")
        connection.execute("LOCK TABLE user_permissions, customers, tickets IN SHARE ROW EXCLUSIVE MODE")
        if not _value(connection, _IS_EMPTY):
            return False
        steps = shop_history(now)
        _make_partitions(connection, steps)
        _add_people(connection, steps[0].at)
        customers = _add_customers(connection, steps)
        _add_checklists(connection)
        tickets = _play(connection, steps, customers)
        _date_tickets(connection, steps, tickets, now)
        connection.execute("UPDATE customers SET active = false WHERE email = ANY (%s)", [_moved_away()])
        connection.execute(_QUIET_PEOPLE)
        connection.execute(_QUIET_CARDS, [ANNOUNCED])
        connection.execute("REFRESH MATERIALIZED VIEW customer_ticket_stats")
    return True


def _make_partitions(connection: _Connection, steps: Sequence[Step]) -> None:
    for month in sorted({step.at.date().replace(day=1) for step in steps}):
        connection.execute("SELECT create_activity_log_partition(%s)", [month])


def _add_people(connection: _Connection, opening: datetime) -> None:
    since = opening - timedelta(days=400)
    for person in PEOPLE:
        values = (person.web_id, person.email, person.role.value, person.name, person.slack_user_id, since)
        connection.execute(_ADD_PERSON, values)
    _forget_log(connection)


def _add_customers(connection: _Connection, steps: Sequence[Step]) -> dict[Customer, int]:
    """Add them long before their first ticket, spread over two years; return their ids."""
    longest = timedelta(days=730)
    ids = {}
    for number, customer in enumerate(CUSTOMERS):
        at = steps[0].at - timedelta(days=DAYS) - longest * (len(CUSTOMERS) - number) / len(CUSTOMERS)
        values = (customer.first_name, customer.last_name, customer.email, customer.phone, customer.address)
        ids[customer] = _value(
            connection, _ADD_CUSTOMER, *values, customer.city, customer.zip, customer.notes, at.replace(microsecond=0)
        )
    _forget_log(connection)
    return ids


def _add_checklists(connection: _Connection) -> None:
    for category, checks in _CHECKLISTS.items():
        for position, check in enumerate(checks, 1):
            connection.execute(_CHECKLIST, [category, position, check])
    _forget_log(connection)


def _forget_log(connection: _Connection) -> None:
    """Leave out of the log what happened longer ago than it is kept."""
    connection.execute("DELETE FROM activity_log WHERE created_at = now()")


def _play(connection: _Connection, steps: Sequence[Step], customers: dict[Customer, int]) -> dict[int, int]:
    tickets: dict[int, int] = {}
    for step in steps:
        connection.execute(_ACT_AS, [step.by.web_id, step.by.email])
        if isinstance(step.what, Filed):
            tickets[step.ticket] = _file(connection, step, step.what, customers[step.what.customer])
        else:
            _change(connection, step, step.what, tickets[step.ticket])
        for statement in _DATE_BACK:
            connection.execute(statement, [step.at])
    return tickets


def _file(connection: _Connection, step: Step, what: Filed, customer: int) -> int:
    about = (what.title, what.description, what.priority, what.category, what.estimated_hours, what.device)
    ticket_id: int = _value(connection, _FILE, customer, *about, _tech(what.worker), step.by.web_id, step.at)
    return ticket_id


def _change(connection: _Connection, step: Step, what: Assigned | Moved | Noted | Completed, ticket_id: int) -> None:
    match what:
        case Assigned(worker):
            connection.execute("UPDATE tickets SET tech = %s WHERE id = %s", [_tech(worker), ticket_id])
        case Moved(status):
            connection.execute("UPDATE tickets SET bench_status = %s WHERE id = %s", [status, ticket_id])
        case Noted(body):
            connection.execute(_NOTE, [ticket_id, "note", body, step.by.web_id, step.at])
        case Completed(hours, resolution):
            connection.execute(_NOTE, [ticket_id, "resolution", resolution, step.by.web_id, step.at])
            done = "UPDATE tickets SET completed = true, actual_hours = %s WHERE id = %s"
            connection.execute(done, [hours, ticket_id])
        case _:
            assert_never(what)


def _date_tickets(connection: _Connection, steps: Sequence[Step], tickets: dict[int, int], now: datetime) -> None:
    """Give the tickets the times of their last change, and the open ones a day; triggers would see to both anew."""
    latest = {tickets[step.ticket]: step.at for step in steps if not isinstance(step.what, Noted)}
    connection.execute("ALTER TABLE tickets DISABLE TRIGGER USER")
    for ticket_id, at in latest.items():
        connection.execute(_DATE_TICKET, {"at": at, "id": ticket_id})
    connection.execute(_PROMISE, {"now": now, "zone": ZONE.key})
    connection.execute("ALTER TABLE tickets ENABLE TRIGGER USER")


def _moved_away() -> list[str]:
    return [customer.email for customer in CUSTOMERS if customer.moved_away]


def _tech(worker: Person | None) -> str:
    return worker.email if worker else "unassigned"


def _value(connection: _Connection, statement: LiteralString, *values: object) -> Any:  # noqa: ANN401 - any SQL type
    row = connection.execute(statement, values).fetchone()
    return next(chain(row or ()))
