"""What each reading function of the database gives away, and to whom: rules over all rows, as in ``reference.py``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from tests.db.reference import STAFF, Asking, Row, World, own, sees_customer, sees_name, sees_ticket, tickets_of

ALL: Final = (*STAFF, "Viewer")
SEE_ALL: Final = ("Manager", "Viewer")
SEE_QUEUE: Final = ("Manager", "Technician", "Viewer")

Rule: TypeAlias = Callable[[World, Asking, Row], object]


@dataclass(frozen=True, slots=True)
class Reading:
    """A call, made for each row of the table ``each`` with its ``key`` in the place of %s; or once.

    ``asked`` are the first arguments of a function for a Slack request. ``pick``: the part of the answer that is
    compared, as a JSON path. Whoever has none of ``roles`` is shown nothing.
    """

    function: str
    rule: Rule
    pick: str = "$"
    call: str = "{function}(%s)"
    roles: Sequence[str | None] = ALL
    each: str | None = None
    key: str = "id"

    def wanted(self, world: World, who: Asking, row: Row) -> object:
        """Return what is to be shown, None for nothing."""
        return (self.rule(world, who, row) or None) if who.role in self.roles else None

    def statement(self, asked: str = "") -> str:
        return self.call.format(function=self.function, asked=asked)


def ids(rows: Sequence[Row]) -> list[int]:
    return [row["id"] for row in rows]


def urgent_first(rows: Sequence[Row], most: int) -> list[int]:
    return ids(sorted(rows, key=lambda t: (t["priority_rank"], t["created_at"], t["id"]))[:most])


def newest(rows: Sequence[Row], most: int) -> list[int]:
    return ids(sorted(rows, key=lambda t: (t["created_at"], t["id"]), reverse=True)[:most])


def open_of(rows: Sequence[Row]) -> list[Row]:
    return [ticket for ticket in rows if not ticket["completed"]]


def mine(world: World, who: Asking) -> list[Row]:
    """Open, and either worked on or filed by who asks."""
    return [t for t in open_of(world["tickets"]) if t["tech"] == who.email or t["created_by"] == who.user_id]


def queue(world: World) -> list[Row]:
    return [ticket for ticket in open_of(world["tickets"]) if ticket["tech"] == "unassigned"]


def queue_length(world: World, who: Asking) -> list[int]:
    return [] if who.role == "Regular User" else [len(queue(world))]


def seen(_: World, who: Asking, ticket: Row) -> object:
    return ticket["id"] if sees_ticket(who, ticket) else None


def approval_seen(world: World, who: Asking, approval: Row) -> object:
    ticket = next(t for t in world["tickets"] if t["id"] == approval["ticket_id"])
    return approval["id"] if sees_ticket(who, ticket) else None


def open_approval_seen(world: World, who: Asking, approval: Row) -> object:
    return approval_seen(world, who, approval) if approval["state"] == "open" else None


def seen_tickets(world: World, who: Asking, _: Row) -> list[int]:
    return sorted(ids(tickets_of(world, who)))


def name_of(customer: Row) -> str:
    return f"{customer['first_name']} {customer['last_name']}"


def customer_of(world: World, ticket: Row) -> Row:
    return next(c for c in world["customers"] if c["id"] == ticket["customer_id"])


def shown_name(_: World, who: Asking, customer: Row) -> str:
    return name_of(customer) if sees_name(who, customer) else "a former customer"


def customer_on(world: World, who: Asking, ticket: Row) -> object:
    """The customer as the ticket's document shows them."""
    customer = customer_of(world, ticket)
    contact = customer if sees_customer(who, customer) else {}
    return sees_ticket(who, ticket) and {
        "id": customer["id"],
        "name": shown_name(world, who, customer),
        "phone": contact.get("phone"),
        "email": contact.get("email"),
    }


def files_of(world: World, who: Asking, ticket: Row) -> list[int]:
    """The newest first; Viewers see tickets, but none of their files."""
    found = [row for row in world["ticket_attachments"] if row["ticket_id"] == ticket["id"]]
    newest_first = sorted(found, key=lambda f: (f["created_at"], f["id"]), reverse=True)
    return ids(newest_first) if sees_ticket(who, ticket) else []


def customer_seen(_: World, who: Asking, customer: Row) -> object:
    return customer["id"] if sees_customer(who, customer) else None


def contacts_with(world: World, who: Asking, customer: Row) -> list[str]:
    """What was said, in the order of time."""
    found = [row for row in world["customer_contacts"] if row["customer_id"] == customer["id"]]
    return sorted(row["body"] for row in found) if sees_customer(who, customer) else []


def customers(world: World, who: Asking, *, with_inactive: bool = True) -> list[int]:
    return sorted(ids([c for c in world["customers"] if sees_customer(who, c) and (c["active"] or with_inactive)]))


def technicians(world: World, *_: object) -> list[int]:
    found = [p for p in world["user_permissions"] if p["is_active"] and p["role"] == "Technician"]
    return ids(sorted(found, key=lambda p: (p["display_name"].lower(), p["id"])))


def open_count(world: World, *_: object) -> int:
    return len(open_of(world["tickets"]))


def assigned_count(world: World, *_: object) -> int:
    return sum(ticket["tech"] != "unassigned" for ticket in world["tickets"])


def quiet_from(world: World, who: Asking, _: Row) -> object:
    return next((row["quiet_from"] for row in own("preferences")(world, who)), None)


def of_person(column: str) -> Rule:
    return lambda _world, _who, person: person[column]


NUMBERS: Final = "ARRAY(SELECT generate_series(1, 60))"
TICKETS: Final = {"each": "tickets"}
APPROVALS: Final = {"each": "approvals"}
CUSTOMERS: Final = {"each": "customers"}
PEOPLE: Final = {"each": "user_permissions"}

# Under a session's settings
DIRECT: Final[Sequence[Reading]] = (
    Reading("app.customer_document", customer_seen, "$.customer.id", **CUSTOMERS),
    Reading("app.contact_documents", contacts_with, "$[*].body", **CUSTOMERS),
    Reading("app.customer_name", shown_name, roles=(*ALL, None), **CUSTOMERS),
    Reading("app.customer_options", lambda w, a, _: customers(w, a), "$[*].id", f"{{function}}({NUMBERS})"),
    Reading(
        "app.customer_ticket_counts",
        lambda w, a, _: sorted({t["customer_id"] for t in w["tickets"] if sees_name(a, customer_of(w, t))}),
        call="(SELECT jsonb_agg(f.customer_id ORDER BY f.customer_id) FROM {function}(ARRAY[1,2,3,4]) f)",
    ),
    Reading(
        "app.due_counts",
        lambda w, a, _: sum(t["due_at"] is not None for t in open_of(tickets_of(w, a))),
        "$.overdue ? (@ > 0)",
        "{function}()",
    ),
    Reading("app.figures", open_count, "$.open", "{function}()", roles=SEE_ALL),
    Reading("app.day_figures", open_count, "$.open", "{function}()", roles=SEE_ALL),
    Reading(
        "app.flow",
        lambda w, _a, _: len(w["tickets"]),
        call="(SELECT sum((d ->> 'opened')::int) FROM jsonb_array_elements({function}('1970-01-01', '2100-01-01')) d)",
        roles=SEE_ALL,
    ),
    Reading(
        "app.day_report",
        seen_tickets,
        "$.oldest[*].id",
        f"{{function}}(jsonb_build_object('lines', jsonb_build_object('oldest', {NUMBERS})))",
    ),
    Reading(
        "app.technicians_figures",
        lambda w, _a, _: sum(t["tech"] != "unassigned" for t in open_of(w["tickets"])),
        call="(SELECT sum((d ->> 'open')::int) FROM jsonb_array_elements({function}('2026-01-01', '2026-01-01')) d)",
        roles=SEE_ALL,
    ),
    Reading("daily_summary", open_count, call="(SELECT f.open_total FROM {function}() f)", roles=SEE_ALL),
    Reading("app.find_colleague", of_person("display_name"), call="(SELECT f.name FROM {function}(%s) f)", **PEOPLE),
    Reading("app.lines_in_order", seen_tickets, "$[*].id", f"{{function}}({NUMBERS})"),
    Reading(
        "app.ticket_lines",
        lambda w, a, _: urgent_first(tickets_of(w, a), 60),
        "$[*].id",
        f"{{function}}({NUMBERS})",
    ),
    Reading("app.approval_document", approval_seen, "$.id", **APPROVALS),
    Reading("app.open_approval", open_approval_seen, "$.id", **APPROVALS),
    Reading("app.lock_ticket", seen, "$.id", **TICKETS),
    Reading("app.pick_tickets", seen_tickets, call="(SELECT jsonb_agg(f ORDER BY f) FROM {function}(99, NULL) f)"),
    Reading("app.pick_tickets", seen_tickets, call="(SELECT jsonb_agg(f ORDER BY f) FROM {function}(99, 'laptop') f)"),
    Reading(
        "search_tickets", seen_tickets, call="(SELECT jsonb_agg(f.id ORDER BY f.id) FROM {function}('laptop', 99) f)"
    ),
    Reading(
        "search_customers",
        lambda w, a, _: customers(w, a),
        call="(SELECT jsonb_agg(f.id ORDER BY f.id) FROM {function}('example.com', true) f)",
    ),
    Reading(
        "search_customers",  # by a name: Viewers, too, but without the address
        lambda _, a, c: sees_name(a, c) and [c["id"], None if a.role == "Viewer" else c["email"]],
        call="(SELECT jsonb_build_array(f.id, f.email) FROM {function}(%s, true) f)",
        each="customers",
        key="first_name",
    ),
    Reading(
        "app.has_passcode",
        lambda w, a, t: sees_ticket(a, t) and any(s["ticket_id"] == t["id"] for s in w["ticket_secrets"]),
        call="NULLIF({function}(%s), false)",
        roles=STAFF,
        each="tickets",
    ),
    Reading("app.files_document", files_of, "$.files[*].id", "{function}('{{}}', %s)", roles=STAFF, **TICKETS),
    Reading("app.person_name", of_person("display_name"), each="user_permissions", key="kinde_user_id"),
    Reading("app.worker_name", of_person("display_name"), each="user_permissions", key="email"),
    Reading("app.worker_slack_user_id", of_person("slack_user_id"), each="user_permissions", key="email"),
    Reading(
        "app.worker_email",
        lambda _w, _a, p: p["is_active"] and p["role"] in {"Manager", "Technician"} and p["email"],
        roles=STAFF,
        each="user_permissions",
    ),
    Reading("app.technicians", technicians, "$[*].id", "{function}()"),
    Reading("app.ticket_document", customer_on, "$.customer", **TICKETS),
    Reading("app.preferences_document", quiet_from, "$.quiet_from", "{function}()"),
    Reading(
        "app.ticket_trail",
        seen,
        call="(SELECT max((f.new ->> 'id')::integer) FROM {function}(%s) f WHERE f.changed = 'tickets')",
        **TICKETS,
    ),
)

PAGE: Final = "{function}({asked}, NULL, NULL, NULL, NULL)"
ONE: Final = "{function}({asked}, %s)"
NOTHING: Final = "{function}({asked})"

# For a Slack request
ASKED: Final[Sequence[Reading]] = (
    Reading("app.read_actor", lambda _w, a, _: a.email, "$.actor.email", NOTHING),
    Reading("app.read_settings", quiet_from, "$.preferences.quiet_from", NOTHING),
    Reading("app.read_panel", lambda w, a, _: urgent_first(mine(w, a), 5), "$.mine[*].id", NOTHING),
    Reading("app.read_panel", lambda w, a, _: queue_length(w, a), "$.queue_length[*] ? (@ != null)", NOTHING),
    Reading("app.read_my_tickets", lambda w, a, _: urgent_first(mine(w, a), 10), "$.tickets[*].id", PAGE),
    Reading("app.read_queue", lambda w, _a, _: urgent_first(queue(w), 10), "$.tickets[*].id", PAGE, roles=SEE_QUEUE),
    Reading(
        "app.read_home", lambda w, a, _: urgent_first(mine(w, a), 10), "$.mine[*].id", "{function}({asked}, false)"
    ),
    Reading(
        "app.read_home",
        lambda w, a, _: [] if a.role == "Regular User" else urgent_first(queue(w), 5),
        "$.queue[*].id",
        "{function}({asked}, false)",
    ),
    Reading("app.read_home", open_count, "$.today.open", "{function}({asked}, false)", roles=SEE_ALL),
    Reading("app.read_summary", open_count, "$.figures.open", "{function}({asked}, NULL)", roles=SEE_ALL),
    Reading("app.read_period", open_count, "$.report.backlog.open", "{function}({asked}, 'week')", roles=SEE_ALL),
    Reading("app.read_team", assigned_count, "$.technicians[*].total_tickets", NOTHING, roles=SEE_ALL),
    Reading("app.read_ticket_form", technicians, "$.technicians[*].id", NOTHING),
    Reading(
        "app.read_list",
        lambda w, a, _: newest(tickets_of(w, a), 10),
        "$.tickets[*].id",
        "{function}({asked}, 'all', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
    ),
    Reading(
        "app.search", lambda w, a, _: newest(tickets_of(w, a), 10), "$.tickets[*].id", "{function}({asked}, 'laptop')"
    ),
    Reading(
        "app.find_customers",
        lambda w, a, _: customers(w, a),
        "$.customers[*].id",
        "{function}({asked}, 'example.com')",
        roles=STAFF,
    ),
    Reading(
        "app.suggest_customers",
        lambda w, a, _: customers(w, a, with_inactive=False),
        "$.customers[*].id",
        "{function}({asked}, 'example.com')",
        roles=STAFF,
    ),
    Reading("app.read_customer", customer_seen, "$.customer.id", ONE, roles=STAFF, **CUSTOMERS),
    Reading("app.read_ticket", customer_on, "$.ticket.customer", ONE, **TICKETS),
    Reading("app.read_cards", seen_tickets, "$.tickets[*].id", f"{{function}}({{asked}}, {NUMBERS})"),
    Reading("app.read_approval", open_approval_seen, "$.approval.id", ONE, roles=("Manager",), **APPROVALS),
    Reading("app.read_files", files_of, "$.files[*].id", ONE, roles=STAFF, **TICKETS),
    Reading("app.read_edit_form", seen, "$.ticket.id", ONE, **TICKETS),
    Reading("app.read_history", seen, "$.ticket.id", ONE, **TICKETS),
)
