"""What a day's commands show: lists and hits, histories, customers, and tickets after each change."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from bot.forms import TicketEdit
from bot.roles import Relation, Role
from bot.views import assignment, bench, contacts, customers, finding, history, offers, reopening, ticket
from db.models import (
    Change,
    Contact,
    Customer,
    CustomerChanged,
    CustomerHits,
    CustomerId,
    CustomerOption,
    CustomerSeen,
    Device,
    History,
    HistoryEntry,
    TicketFilter,
    TicketHits,
    TicketLine,
    TicketList,
)
from tests.bot import rows
from tests.bot.form_screens import contact, customer

HOSTILE: Final = "<!channel> *bold* _em_ ~no~ `code` & <@U123> \u202egnp.exe"
LONGEST: Final = "&" * 3000
TEN: Final = [rows.ticket_line(110 - n, title=f"Ticket number {n}", worker_name="Ana Ruiz") for n in range(10)]
EVERYTHING: Final = TicketFilter.model_validate(
    {
        "status": "all",
        "worker": "U0ANA",
        "priority": "high",
        "category": "data recovery",
        "customer_id": 7,
        "words": "laptop",
    }
)


DEVICE: Final = Device(
    type="Laptop",
    model="ThinkPad T480",
    serial="PF-2X 9A",
    condition="Lid scratched, no key R",
    accessories="Charger, bag",
)


def device_of(text: str) -> Device:
    return Device(type=text[:50], model=text, serial=text, condition=text * 5, accessories=text * 5)


def listed(tickets: list[TicketLine], **facts: Any) -> TicketList:  # noqa: ANN401 - any field
    known = {"actor": rows.actor(), "tickets": tickets, "has_next": False, "has_previous": False}
    return TicketList.model_validate(known | facts)


def hits(tickets: list[TicketLine], *, more: bool = False) -> TicketHits:
    return TicketHits(actor=rows.actor(), tickets=tickets, more=more)


def change(field: str, old: str | None, new: str | None) -> Change:
    return Change(field=field, old=old, new=new)


def entry(*changes: Change, **facts: Any) -> HistoryEntry:  # noqa: ANN401 - any field
    known = {"at": rows.FILED, "who": "Ana Ruiz", "source": "slack:command", "kind": "changed", "body": None}
    return HistoryEntry.model_validate(known | {"changes": list(changes)} | facts)


def past(*entries: HistoryEntry, more: bool = False) -> History:
    dated = [
        each.model_copy(update={"at": rows.FILED - timedelta(minutes=number)}) for number, each in enumerate(entries)
    ]
    return History(actor=rows.actor(), ticket=rows.ticket_line(), entries=dated, more=more)


def seen(
    known: Customer, tickets: list[TicketLine], role: Role = Role.TECHNICIAN, contacts: tuple[Contact, ...] = ()
) -> CustomerSeen:
    return CustomerSeen(actor=rows.actor(role), customer=known, contacts=list(contacts), merges=[], tickets=tickets)


def contacted(*, repeated: bool = False) -> CustomerChanged:
    return CustomerChanged(
        actor=rows.actor(), customer=customer(), contacts=[contact()], merges=[], tickets=[], repeated=repeated
    )


def switched(known: Customer, message: str, *, success: bool = True) -> CustomerChanged:
    return CustomerChanged(
        actor=rows.actor(Role.MANAGER),
        customer=known,
        contacts=[],
        merges=[],
        tickets=[],
        repeated=False,
        success=success,
        message=message,
    )


def found(customers_found: list[CustomerOption], *, more: bool = False) -> CustomerHits:
    return CustomerHits(actor=rows.actor(), customers=customers_found, more=more)


def day_screens() -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Return name -> (kind, what is sent)."""
    inactive = customer(active=False, open_tickets=0)
    messages = {
        "list": finding.listed(listed(TEN[:2]), TicketFilter()),
        "list_middle": finding.listed(listed(TEN, has_next=True, has_previous=True), EVERYTHING, replace=True),
        "list_empty": finding.listed(listed([]), TicketFilter(worker="nobody", priority="urgent")),
        "list_gone": finding.listed(listed([], has_previous=True), TicketFilter(worker="me", status="completed")),
        "list_hostile": finding.listed(
            listed([rows.ticket_line(worker_name=HOSTILE)]), TicketFilter(worker=HOSTILE, words=HOSTILE)
        ),
        "search": finding.hits(hits(TEN[:2]), "ticket number"),
        "search_more": finding.hits(hits(TEN, more=True), "ticket"),
        "search_nothing": finding.hits(hits([]), "printer"),
        "search_nothing_hostile": finding.hits(hits([]), HOSTILE),
        "history": history.history(
            past(
                entry(change("completed", "true", "false"), who="Tom Okafor", source="slack:form"),
                entry(kind="note", body="The owner calls every day.", source="slack:mention"),
                entry(kind="resolution", body="Replaced the drive."),
                entry(change("actual_hours", None, "1.50"), change("completed", "false", "true")),
                entry(change("priority", "medium", "high"), source="slack:button"),
                entry(change("estimated_hours", "1.00", "2.50"), change("category", None, "hardware")),
                entry(change("tech", "Bo Chen", "Ana Ruiz"), who="Bo Chen"),
                entry(change("tech", None, "Bo Chen"), who="Maria Silva", source="slack:form"),
                entry(change("title", "Laptop", "Laptop won't start"), who="system", source="web"),
                entry(kind="filed", who="Tom Okafor", source="slack:form"),
            )
        ),
        "history_of_approval": history.history(
            past(
                entry(change("approval", "phone", "225.00"), kind="declined", who="Maria Silva"),
                entry(
                    change("approval", "in person", "187.50"), kind="approved", body="Go ahead.", source="slack:form"
                ),
                entry(change("approval", None, "300.00"), kind="withdrawn", who="system"),
                entry(change("approval", "150.00", "187.50"), kind="asked", source="slack:command"),
            )
        ),
        "history_longest": history.history(
            past(
                *[entry(kind="note", body=LONGEST, who=LONGEST[:255])] * 10,
                *[entry(change("title", LONGEST, LONGEST), change("description", LONGEST, LONGEST))] * 10,
                more=True,
            )
        ),
        "history_hostile": history.history(past(entry(change("category", HOSTILE, None), who=HOSTILE))),
        "history_of_nothing": history.history(past()),
        "customers_found": customers.hits(
            found([rows.customer(7, "Maria Delgado"), rows.customer(8, "Mario Delgado", open_tickets=0, active=False)]),
            "delga",
        ),
        "customers_more": customers.hits(found([rows.customer(n, f"Maria {n}") for n in range(1, 11)], more=True), "m"),
        "customers_none": customers.hits(found([]), "smith"),
        "customers_none_hostile": customers.hits(found([]), HOSTILE),
        "customers_longest": customers.hits(
            found([rows.customer(n, "&" * 511, phone="&" * 255, email="&" * 255) for n in range(1, 11)]), "&" * 200
        ),
        "customer_inactive": customers.profile(seen(inactive, [], Role.MANAGER)),
        "customer_hostile": customers.profile(
            seen(
                customer(first_name=HOSTILE, notes=HOSTILE, address2=HOSTILE),
                [rows.ticket_line(title=HOSTILE)],
                contacts=(contact(who=HOSTILE, body=HOSTILE),),
            )
        ),
        "customer_longest": customers.profile(
            seen(
                customer(
                    **dict.fromkeys(
                        ("first_name", "last_name", "email", "phone", "address1", "address2", "city", "state"),
                        "&" * 255,
                    ),
                    country="Germany",
                    notes=LONGEST,
                ),
                [rows.ticket_line(n, title="&" * 255) for n in range(1, 11)],
                contacts=(contact(who="&" * 255, body=LONGEST, ticket_id=2**31 - 1),) * 5,
            )
        ),
        "customer_contact_noted": customers.profile(
            contacted(), said=contacts.noted(contacted(), "called"), replace=True
        ),
        "customer_contact_noted_before": customers.profile(
            contacted(repeated=True), said=contacts.noted(contacted(repeated=True), "called"), replace=True
        ),
        "customer_deactivated": customers.switched(
            switched(inactive, "Customer deactivated successfully"), replace=True
        ),
        "customer_not_deactivated": customers.switched(
            switched(customer(), "Cannot deactivate customer with open tickets: 1", success=False)
        ),
        "priority_changed": ticket.changed(
            rows.changed(rows.mine(priority="urgent")), TicketEdit.check(priority="urgent")
        ),
        "category_changed": ticket.changed(
            rows.changed(rows.mine(category="network")), TicketEdit.check(category="network")
        ),
        "estimate_changed": ticket.changed(
            rows.changed(rows.mine(estimated_hours=Decimal("2.50"))), TicketEdit.check(estimated_hours="2.5h")
        ),
        "status_changed": bench.moved(
            rows.changed(
                rows.standing("waiting_parts", "in_repair", "waiting_approval", "diagnosing", "ready", "declined")
            )
        ),
        "status_checked": bench.moved(rows.changed(rows.standing("quality_check", "ready", "in_repair")), replace=True),
        "status_declined": bench.moved(
            rows.changed(rows.completed(bench_status="declined", actual_hours=None, notes=[]))
        ),
        "status_collected": bench.moved(rows.changed(rows.completed(bench_status="collected", steps=[]))),
        "status_shown_of_anothers": bench.standing(rows.seen(rows.anothers(filed=True))),
        "card_completed_front_desk": ticket.card(
            rows.seen(
                rows.completed().model_copy(update={"relations": {Relation.OTHER, Relation.FILER}}), Role.REGULAR_USER
            )
        ),
        "card_with_device": ticket.card(rows.seen(rows.mine(device=DEVICE, same_machine=2))),
        "card_with_hostile_device": ticket.card(rows.seen(rows.mine(device=device_of(HOSTILE)))),
        "card_with_longest_device": ticket.card(
            rows.seen(rows.completed(device=device_of("&" * 100), same_machine=12345, has_passcode=True), Role.MANAGER)
        ),
        "list_of_merged_customer": finding.listed(listed(TEN[:2], led_to=7), TicketFilter(customer_id=CustomerId(12))),
        "list_of_machine": finding.listed(listed(TEN[:2]), TicketFilter(status="all", serial="SN-12345")),
        "list_of_machine_hostile": finding.listed(listed(TEN[:2]), TicketFilter(status="all", serial=HOSTILE)),
        "noted": ticket.noted(rows.noted(rows.completed())),
        "noted_missed": ticket.noted(
            rows.noted(rows.mine(), Ana="hidden", Tom="unreachable", Kim="unclear", U0STRANGER="unknown")
        ),
        "noted_missed_hostile": ticket.noted(rows.noted(rows.mine(), **{HOSTILE: "hidden", HOSTILE + "2": "unclear"})),
        "noted_missed_longest": ticket.noted(
            rows.noted(rows.mine(), **{f"{n}" + "&" * 254: "hidden" for n in range(10)})
        ),
        "watched": ticket.watched(rows.changed(rows.anothers(watched=True)), replace=True),
        "watched_no_longer": ticket.watched(rows.changed(rows.anothers()), replace=True),
        "reopened": reopening.reopened_card(rows.changed(rows.mine())),
        "reopened_into_queue": reopening.reopened_card(rows.changed(rows.ticket(), Role.MANAGER)),
        "assigned": assignment.assigned_card(rows.changed(rows.anothers(), Role.MANAGER)),
        "assigned_away": assignment.assigned_card(rows.changed(rows.anothers())),
        "assigned_to_nobody": assignment.assigned_card(rows.changed(rows.ticket(), Role.MANAGER, no_technician=True)),
        "offer_reopening": offers.reopening_offer(rows.completed()),
        "card_completed_manager": ticket.card(rows.seen(rows.completed(), Role.MANAGER)),
    }
    for role in (Role.MANAGER, Role.TECHNICIAN, Role.REGULAR_USER):
        known = customer(value=Decimal("337.50") if role is Role.MANAGER else None)
        spoken = (contact(), contact(way="came by", body="", ticket_id=None))
        profile = customers.profile(seen(known, [rows.ticket_line(), rows.ticket_line(41)], role, spoken))
        messages[f"customer_{role.name.lower()}"] = profile
    modals = {
        "form_contact": contacts.contact_form(seen(customer(), [rows.ticket_line()])),
        "form_contact_longest": contacts.contact_form(
            seen(
                customer(**dict.fromkeys(("first_name", "last_name"), "&" * 255)),
                [rows.ticket_line(n, title="&" * 255) for n in range(1, 11)],
            )
        ),
        "form_contact_without_tickets": contacts.contact_form(seen(customer(), [])),
        "form_contact_noted": contacts.contact_noted(contacted()),
        "form_reopen": reopening.reopening_form(rows.completed()),
        "form_reopened": reopening.ticket_reopened(rows.changed(rows.mine())),
    }
    return {name: ("message", shown) for name, shown in messages.items()} | {
        name: ("modal", shown) for name, shown in modals.items()
    }
