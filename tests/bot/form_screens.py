"""What forms begin with as the database answers it, and the screens made of it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from bot.errors import Overwritten
from bot.forms import TicketEdit
from bot.roles import Relation, Role
from bot.views import assignment, customer_form, edit_ticket, new_ticket, note
from bot.views.blocks import View
from bot.views.changes import Begun
from bot.views.conflicts import by_history, conflicting_form
from db.models import Contact, Customer, CustomerChanged, Person, Ticket, TicketEditFacts
from tests.bot import rows
from tests.bot.desk import state_of

HOSTILE: Final = "<!channel> *bold* & <@U123> \u202egnp.exe"
BO: Final = Person(
    id=rows.technician(8, "").id, name="Bo Chen", slack_user_id="U0BO", role=Role.TECHNICIAN, is_active=True
)
TEAM: Final = (rows.technician(7, "Ana Ruiz"), BO, rows.technician(9, "Cy Dunn"))


def overtaken(form: View, typed: Mapping[str, str], *changes: Overwritten) -> View:
    """Return a form as it stands for whom somebody else was quicker than."""
    begun = Begun.unpack(form["private_metadata"]).model_copy(update={"seen": rows.FILED})
    return conflicting_form(
        changes,
        begun.pack(),
        by_history,
        callback=form["callback_id"],
        title=form["title"]["text"],
        submit=form["submit"]["text"],
        blocks=form["blocks"],
        values=state_of(form, typed),
    )


def edit_facts(ticket: Ticket, role: Role = Role.TECHNICIAN, technicians: tuple[Person, ...] = TEAM) -> TicketEditFacts:
    return TicketEditFacts(actor=rows.actor(role), ticket=ticket, technicians=list(technicians))


def customer(**changed: Any) -> Customer:  # noqa: ANN401 - any field
    facts = {
        "id": 7,
        "first_name": "Maria",
        "last_name": "Delgado",
        "email": "maria@example.test",
        "phone": "415-555-0101",
        "address1": "12 Main St",
        "address2": None,
        "city": "Oakland",
        "state": "CA",
        "zip": "94607",
        "country": "US",
        "notes": "Rings twice.",
        "approval_limit": None,
        "spending_limit": Decimal("150.00"),
        "active": True,
        "total_tickets": 3,
        "open_tickets": 1,
        "total_hours": Decimal("4.50"),
        "updated_at": rows.FILED,
        "erased_at": None,
        "value": None,
    }
    return Customer.model_validate(facts | changed)


def contact(**changed: Any) -> Contact:  # noqa: ANN401 - any field
    facts = {
        "who": "Ana Ruiz",
        "way": "called",
        "body": "Asked for the price. Picks it up on Friday.",
        "happened_at": rows.FILED,
        "ticket_id": 42,
    }
    return Contact.model_validate(facts | changed)


def customer_changed(**changed: Any) -> CustomerChanged:  # noqa: ANN401 - any field
    return CustomerChanged(
        actor=rows.actor(), customer=customer(**changed), contacts=[], merges=[], tickets=[], repeated=False
    )


def form_screens() -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Return what ``tests.bot.screens`` returns, of the forms that change something."""
    crowd = tuple(rows.technician(number, f"Nº {number} " + "é" * 240) for number in range(1, 101))
    longest = rows.mine(
        2**31 - 1,
        title="&" * 255,
        description="😀" * 10_000,
        category="&" * 100,
        estimated_hours=Decimal("999.99"),
        customer=rows.ticket().customer.model_copy(update={"name": "&" * 511, "phone": "&" * 255}),
    )
    texts = dict.fromkeys(
        ("first_name", "last_name", "phone", "email", "address1", "address2", "city", "state"), "&" * 255
    )
    change = TicketEdit.check(title="Fan replaced", priority="urgent", estimated_hours="2.5")
    typed = {"title": "Power supply", "priority": "low", "passcode": "4711"}
    modals: Mapping[str, Mapping[str, Any]] = {
        "form_new_customer_chosen": new_ticket.new_ticket_form(
            rows.form_facts(), customer=new_ticket.customer_option(customer())
        ),
        "form_new_from_message": new_ticket.new_ticket_form(
            rows.form_facts(),
            title="The printer in the office is offline again",
            description="The printer in the office is offline again, since this morning.",
        ),
        "form_new_from_message_hostile": new_ticket.new_ticket_form(
            rows.form_facts(), title=HOSTILE, description=HOSTILE * 90
        ),
        "form_assign_queue_manager": assignment.assignment_form(edit_facts(rows.ticket(), Role.MANAGER)),
        "form_assign_mine": assignment.assignment_form(edit_facts(rows.mine())),
        "form_assign_anothers_manager": assignment.assignment_form(edit_facts(rows.anothers(), Role.MANAGER)),
        "form_assign_alone": assignment.assignment_form(edit_facts(rows.mine(), technicians=TEAM[:1])),
        "form_assign_longest": assignment.assignment_form(edit_facts(longest, technicians=crowd)),
        "form_assigned": assignment.ticket_assigned(rows.changed(rows.anothers())),
        "form_assigned_me": assignment.ticket_assigned(rows.changed(rows.mine(), Role.MANAGER)),
        "form_assigned_nobody": assignment.ticket_assigned(rows.changed(rows.ticket(), no_technician=True)),
        "form_edit": edit_ticket.edit_form(edit_facts(rows.mine(estimated_hours=Decimal("2.50")))),
        "form_edit_with_passcode": edit_ticket.edit_form(edit_facts(rows.mine(has_passcode=True))),
        "form_edited_passcode": edit_ticket.ticket_edited(
            rows.changed(rows.mine(has_passcode=True)), TicketEdit.check(passcode="4711")
        ),
        "form_edit_longest": edit_ticket.edit_form(edit_facts(longest)),
        "form_edited": edit_ticket.ticket_edited(rows.changed(rows.mine(title="Laptop won't start")), change),
        "form_edited_hostile": edit_ticket.ticket_edited(rows.changed(rows.mine(title=HOSTILE)), change),
        "form_edited_nothing": edit_ticket.nothing_edited(42),
        "form_note": note.note_form(rows.ticket(relations={Relation.QUEUE})),
        "form_noted": note.note_added(rows.noted(rows.mine())),
        "form_customer_new": customer_form.new_customer_form(),
        "form_customer_new_for_ticket": customer_form.new_customer_form(ticket_form="V0123456789"),
        "form_customer": customer_form.customer_form(customer()),
        "form_customer_longest": customer_form.customer_form(customer(**texts, notes="😀" * 10_000)),
        "form_edit_overtaken": overtaken(
            edit_ticket.edit_form(edit_facts(rows.mine(has_passcode=True))),
            typed,
            Overwritten("title", "Bo Chen", "Laptop won't start", "Battery"),
            Overwritten("priority", "Maria Francisco", "high", "urgent"),
            Overwritten("device_passcode", "Bo Chen"),
            Overwritten("due_at", "Bo Chen", None, "2026-11-20T17:00:00+00:00"),
        ),
        "form_edit_overtaken_longest": overtaken(
            edit_ticket.edit_form(edit_facts(rows.mine(description="&" * 3000))),
            typed,
            *(Overwritten(field, HOSTILE, "&" * 500, HOSTILE * 12) for field in ("title", "description", "category")),
        ),
        "form_assign_overtaken": overtaken(
            assignment.assignment_form(edit_facts(rows.ticket(), Role.MANAGER)),
            {"who": str(BO.id)},
            Overwritten("tech", "Ana Ruiz", None, "Ana Ruiz"),
        ),
        "form_assign_overtaken_hostile": overtaken(
            assignment.assignment_form(edit_facts(rows.anothers(title="&" * 255), Role.MANAGER)),
            {"who": str(TEAM[-1].id)},
            Overwritten("tech", HOSTILE, HOSTILE * 12, "&" * 255),
        ),
        "form_customer_added": customer_form.customer_added(customer_changed()),
        "form_customer_not_chosen": customer_form.customer_not_chosen(customer_changed(first_name="Grace")),
        "form_customer_not_chosen_hostile": customer_form.customer_not_chosen(customer_changed(first_name=HOSTILE)),
        "form_customer_edited": customer_form.customer_edited(customer_changed()),
        "form_customer_edited_nothing": customer_form.nothing_edited(7),
    }
    return {name: ("modal", payload) for name, payload in modals.items()}
