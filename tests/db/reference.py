"""Who sees and changes what, in plain Python over all rows: from the table of roles in words, not from the policies.

A world is every table's rows, as jsonb gives them. An asker is what the session's settings say, true or forged.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

Row: TypeAlias = dict[str, Any]
World: TypeAlias = Mapping[str, Sequence[Row]]
STAFF: Final = ("Manager", "Technician", "Regular User")  # all but Viewers


@dataclass(frozen=True, slots=True)
class Asking:
    """The session's settings; None: not set."""

    user_id: str | None = None
    email: str | None = None
    role: str | None = None


def sees_ticket(who: Asking, ticket: Row) -> bool:
    filed = who.user_id is not None and ticket["created_by"] == who.user_id
    nobodys = ticket["tech"] == "unassigned"
    if who.role == "Technician":
        own = not nobodys and ticket["tech"] == who.email
        return filed or own or (nobodys and not ticket["completed"])
    return who.role in {"Manager", "Viewer"} or (who.role == "Regular User" and filed)


def sees_customer(who: Asking, customer: Row) -> bool:
    return who.role == "Manager" or (who.role in {"Technician", "Regular User"} and customer["active"])


def sees_name(who: Asking, customer: Row) -> bool:
    return sees_customer(who, customer) or (who.role == "Viewer" and customer["active"])


def tickets_of(world: World, who: Asking) -> list[Row]:
    return [ticket for ticket in world["tickets"] if sees_ticket(who, ticket)]


def of_seen_tickets(table: str) -> "Rule":
    def rows(world: World, who: Asking) -> list[Row]:
        seen = {ticket["id"] for ticket in tickets_of(world, who)}
        return [row for row in world[table] if row["ticket_id"] in seen]

    return rows


def checks(world: World, who: Asking) -> list[Row]:
    seen = {row["id"] for row in of_seen_tickets("ticket_completions")(world, who)}
    return [row for row in world["ticket_checks"] if row["completion_id"] in seen]


def contacts(world: World, who: Asking) -> list[Row]:
    seen = {customer["id"] for customer in world["customers"] if sees_customer(who, customer)}
    return [row for row in world["customer_contacts"] if row["customer_id"] in seen]


def of_managers(table: str) -> "Rule":
    return lambda world, who: list(world[table]) if who.role == "Manager" else []


def person_of(world: World, who: Asking) -> Row | None:
    return next((p for p in world["user_permissions"] if who.role and p["kinde_user_id"] == who.user_id), None)


def people(world: World, who: Asking) -> list[Row]:
    return [p for p in world["user_permissions"] if who.role == "Manager" or p is person_of(world, who)]


def directory(world: World, who: Asking) -> list[Row]:
    names = ("id", "display_name", "slack_user_id", "role", "is_active")
    return [part(person, names) for person in world["user_permissions"] if who.role]


def own(table: str) -> "Rule":
    def rows(world: World, who: Asking) -> list[Row]:
        me = person_of(world, who)
        return [row for row in world[table] if me is not None and row["user_id"] == me["id"]]

    return rows


def events(world: World, who: Asking) -> list[Row]:
    """Of removed tickets, too, for Managers."""
    return list(world["ticket_events"]) if who.role == "Manager" else of_seen_tickets("ticket_events")(world, who)


def names(world: World, who: Asking) -> list[Row]:
    return [
        {"id": c["id"], "name": f"{c['first_name']} {c['last_name']}", "active": c["active"]}
        for c in world["customers"]
        if sees_name(who, c)
    ]


def summaries(world: World, who: Asking) -> list[Row]:
    """Of active customers, with the numbers of all their tickets; no contact data to Viewers."""
    found = []
    for customer in world["customers"]:
        tickets = [t for t in world["tickets"] if t["customer_id"] == customer["id"]]
        if who.role and customer["active"]:
            found.append(
                part(customer, ("id", "first_name", "last_name", "active", "created_at"))
                | contact(who, customer, "email", "phone")
                | {
                    "total_tickets": len(tickets),
                    "open_tickets": sum(not t["completed"] for t in tickets),
                    "completed_tickets": sum(t["completed"] for t in tickets),
                    "last_ticket_date": max((t["created_at"] for t in tickets), default=None),
                    "total_hours_billed": sum(t["actual_hours"] or 0 for t in tickets),
                }
            )
    return found


def lifetime_values(world: World, who: Asking) -> list[Row]:
    return [
        {"id": row["id"], "total_tickets": row["completed_tickets"]} | part(row, ("email",))
        for row in summaries(world, who)
        if row["completed_tickets"] and who.role in {"Manager", "Viewer"}
    ]


def performance(world: World, who: Asking) -> list[Row]:
    """Of the tickets that one sees: all of them are younger than 30 days here."""
    workers = {t["tech"] for t in tickets_of(world, who)} - {"unassigned"}
    return [{"tech": tech, "total_tickets": sum(t["tech"] == tech for t in tickets_of(world, who))} for tech in workers]


def contact(who: Asking, customer: Row, *columns: str) -> Row:
    return {column: None if who.role == "Viewer" else customer[column] for column in columns}


def part(row: Row, columns: Iterable[str]) -> Row:
    return {column: row[column] for column in columns}


Rule: TypeAlias = Callable[[World, Asking], list[Row]]

# Every table and view that the bot's role may read: which rows, in which columns (those of the answer).
VISIBLE: Final[Mapping[str, Rule]] = {
    "activity_log": of_managers("activity_log"),
    "customer_contacts": contacts,
    "customers": lambda world, who: [c for c in world["customers"] if sees_customer(who, c)],
    "customer_lifetime_value": lifetime_values,
    "customer_names": names,
    "customer_summary": summaries,
    "customer_summary_live": summaries,
    "preferences": own("preferences"),
    "shop_settings": of_managers("shop_settings"),
    "staff_directory": directory,
    "technician_performance": performance,
    "approvals": of_seen_tickets("approvals"),
    "labour_entries": of_seen_tickets("labour_entries"),
    "checklist_items": lambda world, who: list(world["checklist_items"]) if who.role else [],
    "ticket_checks": checks,
    "ticket_completions": of_seen_tickets("ticket_completions"),
    "ticket_attachments": lambda world, who: (
        [] if who.role == "Viewer" else of_seen_tickets("ticket_attachments")(world, who)
    ),
    "ticket_events": events,
    "ticket_notes": of_seen_tickets("ticket_notes"),
    "ticket_watchers": own("ticket_watchers"),
    "tickets": tickets_of,
    "user_permissions": people,
}


def may_add_note(who: Asking, ticket: Row, kind: str) -> bool:
    """Anybody who sees the ticket, Viewers apart; what was done only its technician, or a Manager."""
    own = who.role == "Technician" and ticket["tech"] == who.email
    return may_add_to(who, ticket) and (kind == "note" or who.role == "Manager" or own)


def may_add_to(who: Asking, ticket: Row) -> bool:
    return who.role in STAFF and sees_ticket(who, ticket)


def may_edit_ticket(who: Asking, ticket: Row) -> bool:
    """A Manager; the ticket's technician; at the front desk whoever filed it. The queue's must be taken first."""
    filed = who.user_id is not None and ticket["created_by"] == who.user_id
    own = ticket["tech"] not in {"unassigned", None} and ticket["tech"] == who.email
    return who.role == "Manager" or (who.role == "Technician" and own) or (who.role == "Regular User" and filed)


def may_edit_customer(who: Asking, customer: Row) -> bool:
    return who.role == "Manager" or (who.role == "Technician" and customer["active"])
