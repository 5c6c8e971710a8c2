"""What the screens say and offer, beyond their wording."""

from decimal import Decimal

import pytest

from bot.errors import BenchStepForbidden, FieldsRefused, NoLongerThere
from bot.forms import Completion, NewTicket
from bot.grammar import COMMANDS
from bot.roles import TABLE, Ability, Relation, Role, may
from bot.views import approvals, bench, completion, edit_ticket, ids, lists, new_ticket, people, ticket
from bot.views.changes import Begun
from bot.views.device import is_whole
from bot.views.finding import Place
from bot.views.panel import panel
from bot.views.passcode import passcode_shown
from bot.views.phrases import BENCH_STATUSES, count, hours
from db.models import AskedHow, Cursor, Device, TicketFilter
from tests.bot import rows
from tests.bot.approval_screens import asked
from tests.bot.desk import buttons_in, state_of
from tests.bot.form_screens import edit_facts

ABILITY_OF_BUTTON = {
    ids.TICKET_ATTACH: Ability.ATTACH_FILE,
    ids.FILES_SHOW: Ability.SEE_FILES,
    ids.TICKET_TAKE: Ability.TAKE_TICKET,
    ids.TICKET_RELEASE: Ability.RELEASE_TICKET,
    ids.TICKET_FINISH: Ability.COMPLETE_TICKET,
    ids.STATUS_NEXT: Ability.CHANGE_STATUS,
    ids.TICKET_COLLECTED: Ability.HAND_OVER,
    ids.TICKET_HAND: Ability.ASSIGN_TICKET,
    ids.TICKET_REOPEN: Ability.REOPEN_TICKET,
    ids.TICKET_CHANGE: Ability.EDIT_TICKET,
    ids.TICKET_NOTE: Ability.ADD_NOTE,
    ids.TICKET_HISTORY: Ability.SEE_HISTORY,
    ids.PASSCODE_SHOW: Ability.REVEAL_PASSCODE,
    ids.TICKET_WATCH: Ability.WATCH_TICKET,
    ids.TICKET_OPEN: Ability.SEE_TICKET,
    ids.TICKET_NEW: Ability.FILE_TICKET,
    ids.MINE_PAGE: Ability.SEE_MINE,
    ids.QUEUE_PAGE: Ability.SEE_QUEUE,
}
OF_OPEN_TICKETS = {ids.TICKET_TAKE, ids.TICKET_RELEASE, ids.TICKET_FINISH, ids.TICKET_HAND}
OF_COMPLETED_TICKETS = {ids.TICKET_REOPEN, ids.TICKET_COLLECTED}
OF_ANY_TICKET = {ids.TICKET_CHANGE, ids.TICKET_NOTE, ids.TICKET_HISTORY, ids.TICKET_WATCH, ids.PASSCODE_SHOW}


MACHINE = Device(type="Laptop", model="ThinkPad T480", serial="PF-2X 9A", condition="Scratched", accessories="Charger")


def _name(relations: set[Relation]) -> str:
    return "+".join(sorted(relations))  # the same in every worker of a parallel run


RELATIONS = [
    {standing, *filer}
    for standing in (Relation.WORKER, Relation.QUEUE, Relation.OTHER)
    for filer in (set[Relation](), {Relation.FILER})
]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("relations", RELATIONS, ids=_name)
@pytest.mark.parametrize("completed", [False, True])
def test_card_offers_what_the_table_allows_in_this_state(
    role: Role, relations: set[Relation], *, completed: bool
) -> None:
    steps = ["collected"] if completed else ["diagnosing", "ready"]
    facts = rows.seen(rows.ticket(relations=relations, completed=completed, has_passcode=True, steps=steps), role)
    shown = {action for action, _ in buttons_in(ticket.card(facts))}

    for action in OF_OPEN_TICKETS | OF_ANY_TICKET | OF_COMPLETED_TICKETS:
        allowed = TABLE[ABILITY_OF_BUTTON[action]].get(role, frozenset())
        fits = action in OF_ANY_TICKET or completed == (action in OF_COMPLETED_TICKETS)
        assert (action in shown) == bool(allowed & relations and fits), action


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("relations", RELATIONS, ids=_name)
def test_no_row_of_a_card_has_more_than_five_buttons(role: Role, relations: set[Relation]) -> None:
    for completed in (True, False):
        facts = rows.seen(rows.ticket(relations=relations, completed=completed, has_passcode=True), role)
        for block in ticket.card(facts)["blocks"]:
            assert block["type"] != "actions" or len(block["elements"]) <= 5


@pytest.mark.parametrize(
    ("status", "steps", "offered", "chosen"),
    [
        ("received", ["diagnosing", "in_repair", "ready", "declined"], "diagnosing", ["in_repair", "declined"]),
        ("in_repair", ["quality_check", "ready"], "quality_check", []),
        ("quality_check", ["ready", "in_repair"], "", ["in_repair"]),
    ],
)
def test_card_offers_the_likeliest_step_first_and_the_others_to_choose(
    status: str, steps: list[str], offered: str, chosen: list[str]
) -> None:
    row = ticket.card(rows.seen(rows.standing(status, *steps)))["blocks"][-2]
    assert row["type"] == "actions"
    first, last = row["elements"][0], row["elements"][-1]

    assert first["type"] == "button"
    assert first["style"] == "primary"
    assert (first["action_id"], first["value"]) == (
        (ids.STATUS_NEXT, f"42 {offered}") if offered else (ids.TICKET_FINISH, "42")
    )
    options = last["options"] if last["type"] == "static_select" else []
    assert [choice["value"] for choice in options] == [f"42 {step}" for step in chosen]


@pytest.mark.parametrize("value", ["", "42", "42 sold", "in_repair", "42 "])
def test_step_of_another_version_is_refused(value: str) -> None:
    with pytest.raises(NoLongerThere):
        bench.read_step(value)


def test_statuses_are_called_the_same_in_a_refusal() -> None:
    for status, words in BENCH_STATUSES.items():
        assert f"can't become {words.lower()};" in BenchStepForbidden(42, "", status, []).sentence


def test_watched_ticket_offers_to_unwatch_it() -> None:
    shown = {action for action, _ in buttons_in(ticket.card(rows.seen(rows.mine(watched=True))))}

    assert ids.TICKET_UNWATCH in shown
    assert ids.TICKET_WATCH not in shown


def test_passcode_is_offered_only_where_there_is_one() -> None:
    shown = {action for action, _ in buttons_in(ticket.card(rows.seen(rows.mine(), Role.MANAGER)))}

    assert ids.PASSCODE_SHOW not in shown


def test_passcode_stands_in_no_text_that_is_read_out_or_kept() -> None:
    message = passcode_shown(rows.passcode("4711"))

    assert "4711" not in message["text"]
    assert "4711" not in str(buttons_in(message))


@pytest.mark.parametrize("role", Role)
def test_no_screen_offers_a_button_that_the_role_may_not_press(role: Role) -> None:
    for message in (
        panel(rows.panel([rows.ticket_line()], role)),
        lists.mine(rows.page([], role)),
        lists.queue(rows.page([], role)),
        ticket.card(rows.seen(rows.ticket(), role)),
    ):
        for action, _ in buttons_in(message):
            assert may(role, ABILITY_OF_BUTTON[action])


@pytest.mark.parametrize("role", Role)
def test_help_and_whoami_name_exactly_the_verbs_of_the_role(role: Role) -> None:
    allowed = {verb.verb for verb in COMMANDS if role in TABLE[verb.ability]}

    assert {verb.verb for verb in people.verbs_of(role)} == allowed
    said = people.whoami(rows.actor(role))["text"]
    listed = people.help_on_all(rows.actor(role))["text"]
    for verb in COMMANDS:
        assert (f"`{verb.verb}`" in said) == (verb.verb in allowed)
        assert (f"`{verb.usage[0]}`" in listed) == (verb.verb in allowed)


@pytest.mark.parametrize(
    ("number", "words"), [(0, "no tickets"), (1, "1 ticket"), (10, "10 tickets"), (12345, "12,345 tickets")]
)
def test_plurals_are_right(number: int, words: str) -> None:
    assert count(number, "ticket") == words


@pytest.mark.parametrize(
    ("number", "words"),
    [("1.00", "1 hour"), ("1.50", "1.5 hours"), ("0.01", "0.01 hours"), ("10", "10 hours"), ("999.99", "999.99 hours")],
)
def test_hours_are_worded(number: str, words: str) -> None:
    assert hours(Decimal(number)) == words


@pytest.mark.parametrize("total", [0, 1, 10, 11])
def test_list_has_a_row_for_each_ticket_and_says_how_many(total: int) -> None:
    tickets = [rows.ticket_line(n) for n in range(1, min(total, 10) + 1)]
    message = lists.queue(rows.page(tickets, total=total, has_next=total > 10))

    assert [value for action, value in buttons_in(message) if action == ids.TICKET_OPEN] == [str(t.id) for t in tickets]
    assert ("The queue is empty" in message["text"]) == (total == 0)
    assert (f": {count(total, 'open ticket')}" in message["text"]) == (total > 0)
    assert ("most urgent first" in message["text"]) == (total > 1)


def test_page_buttons_carry_the_edges_of_the_page() -> None:
    tickets = [rows.ticket_line(1, priority="urgent"), rows.ticket_line(2), rows.ticket_line(3, priority="low")]
    message = lists.queue(rows.page(tickets, total=30, has_next=True, has_previous=True))
    pressed = dict(buttons_in(message))

    first, last = tickets[0], tickets[-1]
    assert lists.unpack_cursor(pressed[ids.QUEUE_BACK]) == Cursor(
        rank=1, created_at=first.created_at, id=first.id, backwards=True
    )
    assert lists.unpack_cursor(pressed[ids.QUEUE_PAGE]) == Cursor(rank=4, created_at=last.created_at, id=last.id)


def test_button_without_cursor_means_the_first_page() -> None:
    assert lists.unpack_cursor("") is None


@pytest.mark.parametrize(
    "value", ["x", "+ 9 1 2026-11-20T09:30:00+00:00", "+ 1 1 2026-11-20", "+ 1 1 9999-99-99T99:99:99+00:00 ", "{}"]
)
def test_button_of_another_version_is_refused(value: str) -> None:
    with pytest.raises(NoLongerThere):
        lists.unpack_cursor(value)


def test_viewer_sees_no_empty_lines_for_contact_data() -> None:
    hidden = rows.ticket().customer.model_copy(update={"phone": None, "email": None})
    message = ticket.card(rows.seen(rows.anothers(customer=hidden), Role.VIEWER))

    assert '*Customer*\\nMaria Delgado"' in str(message["blocks"]).replace("'", '"')


def test_new_ticket_form_gives_back_what_was_entered() -> None:
    form = new_ticket.new_ticket_form(rows.form_facts(), title="Laptop won't start")
    values = state_of(form, {"customer_id": "3", "description": "It clicks.", "estimated_hours": "90m", "assign": "8"})

    assert new_ticket.read_new_ticket(values) == NewTicket.check(
        customer_id=3,
        title="Laptop won't start",
        description="It clicks.",
        priority="medium",
        category=None,
        estimated_hours="1.5",
        assign="8",
    )


def test_every_field_of_the_new_ticket_has_its_block() -> None:
    form = new_ticket.new_ticket_form(rows.form_facts(), whole_device=True)

    assert set(state_of(form, {})) == set(NewTicket.model_fields)


def test_devices_other_fields_unfold_in_the_place_of_their_button_and_the_rest_stays() -> None:
    folded = new_ticket.new_ticket_form(rows.form_facts())

    assert new_ticket.unfolded_form(folded["blocks"]) == new_ticket.new_ticket_form(
        rows.form_facts(), whole_device=True
    )
    assert not is_whole(folded["blocks"])
    assert is_whole(new_ticket.unfolded_form(folded["blocks"])["blocks"])


def test_other_tickets_of_the_machine_are_listed_by_its_serial_number() -> None:
    shown = dict(buttons_in(ticket.card(rows.seen(rows.mine(device=MACHINE, same_machine=2)))))

    assert Place.unpack(shown[ids.LIST_PAGE]).wanted == TicketFilter(status="all", serial="PF-2X 9A")
    for facts in ({"device": MACHINE}, {"same_machine": 2}):
        assert ids.LIST_PAGE not in dict(buttons_in(ticket.card(rows.seen(rows.mine(**facts)))))


def test_kind_of_device_that_is_no_choice_stays_chosen() -> None:
    form = edit_ticket.edit_form(edit_facts(rows.mine(device=MACHINE.model_copy(update={"type": "Drone"}))))
    begun = Begun.unpack(form["private_metadata"])

    assert edit_ticket.read_edit(state_of(form, {}), begun).changes == {}
    assert edit_ticket.read_edit(state_of(form, {"device_serial": ""}), begun).changes == {"device_serial": None}


def test_empty_new_ticket_form_is_refused_beside_each_field() -> None:
    form = new_ticket.new_ticket_form(rows.form_facts())
    with pytest.raises(FieldsRefused) as caught:
        new_ticket.read_new_ticket(state_of(form, {}))

    assert set(caught.value.messages) == {"customer_id", "title", "description"}


@pytest.mark.parametrize(
    ("role", "ways"),
    [
        (Role.MANAGER, ["queue", "me", "auto"]),
        (Role.TECHNICIAN, ["queue", "me", "auto"]),
        (Role.REGULAR_USER, ["queue", "auto"]),
    ],
)
def test_ticket_may_be_assigned_to_oneself_by_who_works_on_tickets(role: Role, ways: list[str]) -> None:
    assert _assignments(role)[: len(ways)] == ways


def test_technician_is_offered_colleagues_and_not_themselves_twice() -> None:
    assert _assignments(Role.TECHNICIAN) == ["queue", "me", "auto", "8"]


def test_completion_form_gives_back_what_was_entered() -> None:
    ticket = rows.mine()
    form = completion.completion_form(ticket, resolution="Replaced the drive.")
    values = state_of(form, {"hours": "1h30"})

    assert completion.read_completion(values) == Completion.check(hours="1.5", resolution="Replaced the drive.")
    assert Begun.unpack(form["private_metadata"]) == Begun(id=42, seen=ticket.updated_at)


def _assignments(role: Role) -> list[str]:
    form = new_ticket.new_ticket_form(rows.form_facts(role))
    (element,) = (b["element"] for b in form["blocks"] if b["type"] == "input" and b["block_id"] == "assign")
    assert element["type"] == "static_select"
    return [choice["value"] for group in element["option_groups"] for choice in group["options"]]


@pytest.mark.parametrize(("how", "said"), [(None, ""), ("e-mail", ""), (None, "Go on.\nCall her."), ("phone", "Yes")])
def test_the_offer_to_note_a_customers_word_carries_what_was_said(how: AskedHow | None, said: str) -> None:
    ((_, carried),) = buttons_in(approvals.offer(asked(), approved=True, how=how, said=said))

    assert approvals.read_offer(carried) == (3, how, said)
