"""Every screen that a person may see, by name: what the golden files hold and the judges judge."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from bot.errors import NotLinked, TicketNotFound
from bot.forms import TicketEdit
from bot.grammar import find_verb
from bot.roles import Role
from bot.views import completion, lists, new_ticket, offers, people, ticket
from bot.views.panel import panel
from bot.views.passcode import passcode_shown
from bot.views.refusals import refusal_message
from db.models import CustomerOfTicket, Device, Note
from tests.bot import rows
from tests.bot.access_screens import access_screens
from tests.bot.announcement_screens import announcement_screens
from tests.bot.approval_screens import approval_screens
from tests.bot.completion_screens import completion_screens
from tests.bot.day_screens import day_screens
from tests.bot.export_screens import export_screens
from tests.bot.file_screens import file_screens
from tests.bot.form_screens import form_screens
from tests.bot.home_screens import home_screens
from tests.bot.link_screens import link_screens
from tests.bot.merge_screens import merge_screens
from tests.bot.overtaken_screens import overtaken_screens
from tests.bot.report_screens import report_screens
from tests.bot.settings_screens import settings_screens
from tests.bot.timer_screens import timer_screens
from tests.bot.undelivered_screens import undelivered_screens
from tests.bot.users_screens import users_screens

HOSTILE: Final = "<!channel> *bold* _em_ ~no~ `code` & <@U123> \u202egnp.exe"
TEN: Final = [rows.ticket_line(100 + n, title=f"Ticket number {n}") for n in range(10)]
PRESSING: Final = (-90 * 86_400, -7200, -1, 30, 90 * 60, 23 * 3600, 25 * 3600)  # seconds until they are due
ENDED: Final = rows.FILED + timedelta(days=1)


def screens() -> Mapping[str, tuple[str, Mapping[str, Any]]]:
    """Return name -> (``message``, ``modal``, ``home`` or ``options``, what is sent)."""
    made: dict[str, tuple[str, Mapping[str, Any]]] = {}

    def add(kind: str, **named: Mapping[str, Any]) -> None:
        for name, payload in named.items():
            made[name] = (kind, payload)

    for role in Role:
        add("message", **{f"help_{role.name.lower()}": people.help_on_all(rows.actor(role))})
        add("message", **{f"card_queue_{role.name.lower()}": ticket.card(rows.seen(rows.ticket(), role))})
        add("message", **{f"panel_empty_{role.name.lower()}": panel(rows.panel([], role, queue_length=_queue(role)))})
        add("message", **{f"mine_empty_{role.name.lower()}": lists.mine(rows.page([], role))})
    add(
        "message",
        offer_new=offers.new_ticket_offer("Laptop won't start"),
        offer_completion=offers.completion_offer(rows.mine(), ""),
        offer_completion_longest=offers.completion_offer(rows.mine(2**31 - 1), "😀" * 3000),
    )
    add(
        "message",
        panel_one=panel(rows.panel([rows.ticket_line()], queue_length=1)),
        panel_overdue=panel(rows.panel([rows.ticket_line()], due={"overdue": 12, "today": 1})),
        panel_due_today=panel(rows.panel([rows.ticket_line()], due={"today": 2})),
        panel_many=panel(rows.panel(TEN, queue_length=12)),
        mine_one=lists.mine(rows.page([rows.ticket_line(worker_name="Ana Ruiz")])),
        mine_pressing=lists.mine(
            rows.page([rows.ticket_line(n, due_at=ENDED, due_in=seconds) for n, seconds in enumerate(PRESSING, 40)])
        ),
        mine_middle=lists.mine(rows.page(TEN, total=35, has_next=True, has_previous=True)),
        mine_gone=lists.mine(rows.page([], total=3, has_previous=True)),
        queue_empty=lists.queue(rows.page([])),
        queue_first=lists.queue(rows.page(TEN, total=11, has_next=True), replace=True),
        queue_last=lists.queue(rows.page([rows.ticket_line()], total=11, has_previous=True)),
        card_mine=ticket.card(rows.seen(rows.mine(estimated_hours=Decimal("2.25"), estimated_cost=Decimal("168.75")))),
        card_due=ticket.card(rows.seen(rows.mine(due_at=ENDED, due_in=3 * 3600 + 1))),
        card_overdue=ticket.card(rows.seen(rows.mine(due_at=ENDED, due_in=-3 * 86_400))),
        card_due_done=ticket.card(rows.seen(rows.completed(due_at=ENDED))),
        changed_due=ticket.changed(rows.changed(rows.mine(due_at=ENDED, due_in=60)), TicketEdit.check(due_at=ENDED)),
        changed_due_away=ticket.changed(rows.changed(rows.mine()), TicketEdit.check(due_at=None)),
        card_with_passcode=ticket.card(rows.seen(rows.mine(has_passcode=True))),
        card_with_passcode_of_anothers=ticket.card(
            rows.seen(rows.anothers(filed=True, has_passcode=True), Role.REGULAR_USER)
        ),
        passcode_shown=passcode_shown(rows.passcode("0000 4711")),
        passcode_hostile=passcode_shown(rows.passcode(HOSTILE, title=HOSTILE)),
        passcode_longest=passcode_shown(rows.passcode("\U0001f511" * 255, number=2**31 - 1, title="&" * 255)),
        passcode_gone=passcode_shown(rows.passcode(None)),
        card_completed=ticket.card(rows.seen(rows.completed())),
        card_filed_by_me=ticket.card(rows.seen(rows.anothers(filed=True), Role.REGULAR_USER)),
        card_anothers_for_manager=ticket.card(rows.seen(rows.anothers(), Role.MANAGER)),
        card_for_viewer=ticket.card(
            rows.seen(
                rows.anothers(
                    customer=CustomerOfTicket(
                        id=rows.ticket().customer.id, name="Maria Delgado", phone=None, email=None
                    ),
                    category=None,
                    filed_by_name=None,
                ),
                Role.VIEWER,
            )
        ),
        card_hostile=ticket.card(rows.seen(_filled(HOSTILE))),
        card_longest=ticket.card(rows.seen(_filled("&" * 3000))),
        taken=ticket.taken(rows.changed(rows.mine()), replace=True),
        accepted=ticket.accepted(rows.changed(rows.mine()), replace=True),
        released=ticket.released(rows.changed(rows.ticket()), replace=True),
        completed=completion.completed_card(rows.changed(rows.completed(undoable=True))),
        whoami=people.whoami(rows.actor()),
        whoami_viewer=people.whoami(rows.actor(Role.VIEWER, name="Юлия Иванова")),
        help_on_done=people.help_on(find_verb("done")),
        help_on_mine=people.help_on(find_verb("mine")),
        refused_not_found=refusal_message(TicketNotFound(42).sentence),
        refused_stranger=refusal_message(NotLinked("unknown").sentence),
    )
    add(
        "modal",
        form_new=new_ticket.new_ticket_form(rows.form_facts()),
        form_new_whole_device=new_ticket.new_ticket_form(rows.form_facts(), whole_device=True),
        filed_known_machine=new_ticket.ticket_filed(
            rows.changed(rows.ticket(151, device=Device(serial="PF-2X 9A"), same_machine=1))
        ),
        form_new_front_desk=new_ticket.new_ticket_form(rows.form_facts(Role.REGULAR_USER), title="Laptop won't start"),
        form_new_longest=new_ticket.new_ticket_form(
            rows.form_facts(technicians=tuple(rows.technician(n, f"Nº {n} " + "é" * 255) for n in range(1, 101))),
            title="&" * 255,
        ),
        form_completion=completion.completion_form(rows.mine()),
        form_completion_filled=completion.completion_form(rows.mine(2**31 - 1), resolution="😀" * 3000),
        filed_queue=new_ticket.ticket_filed(rows.changed(rows.ticket(151))),
        filed_mine=new_ticket.ticket_filed(rows.changed(rows.mine(151))),
        filed_assigned=new_ticket.ticket_filed(rows.changed(rows.anothers(151, filed=True), Role.REGULAR_USER)),
        filed_nobody_available=new_ticket.ticket_filed(rows.changed(rows.ticket(151), no_technician=True)),
        form_completed=completion.ticket_completed(rows.changed(rows.completed(undoable=True))),
    )
    add(
        "options",
        customers={
            "options": new_ticket.customer_options(
                [
                    rows.customer(3, "Maria Delgado"),
                    rows.customer(4, "محمد عبد الرحمن", total_tickets=0, open_tickets=0),
                    rows.customer(5, "N" * 511, phone="", total_tickets=1, open_tickets=0),
                    rows.customer(6, HOSTILE, phone="5" * 255),
                ]
            )
        },
    )
    for others in (
        access_screens,
        announcement_screens,
        completion_screens,
        approval_screens,
        day_screens,
        file_screens,
        export_screens,
        form_screens,
        link_screens,
        home_screens,
        merge_screens,
        report_screens,
        settings_screens,
        overtaken_screens,
        timer_screens,
        undelivered_screens,
        users_screens,
    ):
        made |= others()
    return made


def _queue(role: Role) -> int | None:
    return None if role is Role.REGULAR_USER else 0


def _filled(text: str) -> Any:  # noqa: ANN401 - a Ticket
    """Return a ticket with ``text`` wherever somebody may write."""
    note = Note(author=text[:255], kind="note", body=text, created_at=ENDED)
    return rows.completed(
        title=text[:255],
        description=text,
        category=text[:100],
        worker_name=text[:255],
        filed_by_name=text[:255],
        customer=CustomerOfTicket(id=rows.ticket().customer.id, name=text[:511], phone=text[:255], email=text[:255]),
        notes=[note] * 5,
    )
