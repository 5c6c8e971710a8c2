"""What Managers see of customers who are one person, and of one whose data is erased."""

from collections.abc import Mapping
from typing import Any, Final

from bot.errors import CustomerHasOpenTickets
from bot.roles import Role
from bot.views import customers, duplicates, erasure, merging, offers
from bot.views.kit import as_notice
from bot.views.refusals import refusal_message
from db.models import AlikeCustomers, CustomerErased, CustomersMerged, Duplicates, ErasureFacts, Merge, Pair
from tests.bot import rows
from tests.bot.form_screens import HOSTILE, contact, customer

LONGEST: Final = "&" * 255


def alike(first: int, *why: str, name: str = "Maria Delgado") -> AlikeCustomers:
    two = [rows.customer(first, name), rows.customer(first + 5, name.upper(), open_tickets=0)]
    return AlikeCustomers.model_validate({"customers": two, "why": list(why)})


def found(*pairs: AlikeCustomers, **facts: Any) -> Duplicates:  # noqa: ANN401 - any field
    known = {"total": len(pairs), "customer_id": None, "has_next": False, "has_previous": False}
    return Duplicates.model_validate({"actor": rows.actor(Role.MANAGER), "pairs": list(pairs)} | known | facts)


def pair(**changed: Any) -> Pair:  # noqa: ANN401 - any field of the second
    return Pair(
        actor=rows.actor(Role.MANAGER),
        first=customer(),
        second=customer(**({"id": 12, "total_tickets": 5, "open_tickets": 0} | changed)),
    )


def merge(number: int = 1, **changed: str) -> Merge:
    facts = {"name": "María Delgado", "phone": "415-555-0102", "email": "maria.d@example.test"} | changed
    return Merge.model_validate({"id": number, "customer_id": 11 + number, "merged_at": rows.FILED} | facts)


def done(merges: tuple[Merge, ...] = (), **facts: Any) -> CustomersMerged:  # noqa: ANN401 - any field
    known = {
        "actor": rows.actor(Role.MANAGER),
        "customer": customer(),
        "contacts": [contact()],
        "merges": list(merges),
        "tickets": [rows.ticket_line()],
        "repeated": False,
        "merge_id": 1,
        "merged_id": 12,
        "moved": 5,
        "left": [],
        "left_fields": [],
    }
    return CustomersMerged.model_validate(known | facts)


def erasable(**facts: Any) -> ErasureFacts:  # noqa: ANN401 - any field, of the customer too
    counted = {name: facts.pop(name, 0) for name in ("merged", "contacts", "passcodes", "attachments")}
    telling = facts.pop("telling", [])
    whose = customer(open_tickets=0, **facts)
    return ErasureFacts.model_validate(
        {"actor": rows.actor(Role.MANAGER), "customer": whose, "telling": telling} | counted
    )


def merge_screens() -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Return what ``tests.bot.screens`` returns."""
    other: Mapping[str, Any] = {
        "first_name": "María",
        "phone": "415 555 0102",
        "email": "maria.d@example.test",
        "address1": "4 Elm St",
        "notes": "Has a dog.",
    }
    longest = dict.fromkeys(("first_name", "last_name", "phone", "email", "address1", "city"), LONGEST)
    left = done(left=list(range(100, 140)), left_fields=["email", "first_name", "phone"], moved=1)
    messages: Mapping[str, Mapping[str, Any]] = {
        "duplicates_none": duplicates.duplicates(found()),
        "duplicates_one": duplicates.duplicates(found(alike(7, "e-mail", "name", "phone"))),
        "duplicates_many": duplicates.duplicates(
            found(*(alike(n, "phone") for n in range(10, 20)), total=999, has_next=True, has_previous=True),
            replace=True,
        ),
        "duplicates_of_one": duplicates.duplicates(found(alike(7, "name"), customer_id=7)),
        "duplicates_of_nobody": duplicates.duplicates(found(customer_id=7)),
        "duplicates_hostile": duplicates.duplicates(found(alike(7, "name", name=HOSTILE))),
        "duplicates_longest": duplicates.duplicates(found(*(alike(n, "name", name="&" * 511) for n in range(10, 20)))),
        "customer_led_here": customers.profile(done((merge(),)).model_copy(update={"led_from": 12})),
        "customer_merged": customers.profile(done((merge(),)), said=merging.merged(done())),
        "customer_merges_longest": customers.profile(
            done(tuple(merge(n, name="&" * 511, phone=LONGEST, email=LONGEST) for n in range(1, 4)))
        ),
        "customer_unmerged": customers.profile(done(), said=merging.undone(done()), replace=True),
        "customer_unmerged_in_part": customers.profile(done(), said=merging.undone(left), replace=True),
        "offer_merge": offers.merge_offer(customer(), customer(id=12)),
    }
    gone = customer(
        first_name="Erased",
        last_name="customer 7",
        phone="0",
        active=False,
        erased_at=rows.FILED,
        notes=None,
        open_tickets=0,
    )
    messages = {
        **messages,
        "customer_erased": customers.profile(done(customer=gone, contacts=[])),
        "offer_erasure": offers.erasure_offer(customer()),
        "refused_open_tickets": refusal_message(CustomerHasOpenTickets(7, range(40, 60)).sentence),
    }
    crowded = erasable(telling=list(range(1, 100)), merged=2, first_name="&" * 255)
    modals: Mapping[str, Mapping[str, Any]] = {
        "form_erasure": erasure.erasure_form(
            erasable(telling=[41, 42], merged=1, contacts=3, passcodes=1, attachments=2)
        ),
        "form_erasure_empty": erasure.erasure_form(erasable(total_tickets=0)),
        "form_erasure_hostile": erasure.erasure_form(erasable(first_name=HOSTILE)),
        "form_erasure_longest": erasure.erasure_form(crowded),
        "form_erased": erasure.customer_erased(
            CustomerErased.model_validate(
                {
                    "actor": rows.actor(Role.MANAGER),
                    "customer_id": 7,
                    "tickets": 3,
                    "blanked": 2,
                    "contacts": 3,
                    "passcodes": 1,
                    "attachments": 0,
                    "repeated": False,
                }
            )
        ),
        "form_merge": merging.merge_form(pair(**other)),
        "form_merge_alike": merging.merge_form(pair(total_tickets=0)),
        "form_merge_hostile": merging.merge_form(pair(first_name=HOSTILE, notes=None, phone=HOSTILE)),
        "form_merge_longest": merging.merge_form(pair(**longest, notes="&" * 10_000)),
        "form_merged": as_notice("Customers merged", customers.profile(done((merge(),)), said=merging.merged(done()))),
    }
    return {name: ("message", shown) for name, shown in messages.items()} | {
        name: ("modal", shown) for name, shown in modals.items()
    }
