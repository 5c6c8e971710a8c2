from decimal import Decimal

import pytest

from bot.errors import (
    FieldsRefused,
    NoLongerThere,
    NotTheWorker,
    RoleForbidden,
    TicketAlreadyCompleted,
    TicketChangedMeanwhile,
    TicketNotFound,
    TicketNotTaken,
)
from bot.views import ids
from bot.views.blocks import View
from tests.bot.desk import Desk, state_of
from tests.shop import Member, Shop


async def facts(shop: Shop, number: int) -> dict[str, object]:
    row = await shop.owner.fetchrow(
        "SELECT title, description, priority, category, estimated_hours, customer_id, tech, completed"
        " FROM tickets WHERE id = $1",
        number,
    )
    assert row is not None
    return dict(row)


def offered(form: View) -> set[str]:
    [block] = [block for block in form["blocks"] if block["type"] == "input"]
    element = block["element"]
    assert element["type"] == "static_select"
    return {option["value"] for group in element["option_groups"] for option in group["options"]}


async def open_assign(desk: Desk, who: Member, number: int) -> View:
    assert await desk.press(who, ids.TICKET_HAND, number) is None
    return desk.form


async def open_edit(desk: Desk, who: Member, number: int) -> View:
    assert await desk.press(who, ids.TICKET_CHANGE, number) is None
    return desk.form


async def test_manager_may_give_a_queued_ticket_to_anybody_who_works(desk: Desk, shop: Shop) -> None:
    number = await shop.add_ticket()
    form = await open_assign(desk, shop.manager, number)

    assert offered(form) == {"auto", "me", str(shop.technician.id), str(shop.colleague.id)}
    answer = await desk.submit(shop.manager, form, {"who": str(shop.colleague.id)})
    assert f"Ticket #{number} is assigned to Ana Lopez." in str(answer)
    assert (await facts(shop, number))["tech"] == shop.colleague.email


async def test_manager_is_not_offered_the_present_technician_nor_to_leave_it_to_the_shop(
    desk: Desk, shop: Shop
) -> None:
    number = await shop.add_ticket(worker=shop.technician)

    assert offered(await open_assign(desk, shop.manager, number)) == {"me", str(shop.colleague.id)}


async def test_technician_hands_over_their_own_and_is_not_offered_themselves(desk: Desk, shop: Shop) -> None:
    number = await shop.add_ticket(worker=shop.technician)
    form = await open_assign(desk, shop.technician, number)

    assert offered(form) == {"auto", str(shop.colleague.id)}
    answer = await desk.submit(shop.technician, form, {"who": "auto"})
    assert f"Ticket #{number} is assigned to Ana Lopez." in str(answer)


async def test_manager_takes_it_themselves(desk: Desk, shop: Shop) -> None:
    number = await shop.add_ticket(worker=shop.technician)
    answer = await desk.submit(shop.manager, await open_assign(desk, shop.manager, number), {"who": "me"})

    assert f"Ticket #{number} is yours now." in str(answer)


async def test_form_says_where_nobody_is_available(desk: Desk, shop: Shop) -> None:
    number = await shop.add_ticket()
    form = await open_assign(desk, shop.manager, number)
    await shop.owner.execute("UPDATE user_permissions SET is_active = false WHERE role = 'Technician'")
    answer = await desk.submit(shop.manager, form, {"who": "auto"})

    assert "No technician is available" in str(answer)
    assert (await facts(shop, number))["tech"] == "unassigned"


async def test_who_decided_on_a_queued_ticket_does_not_take_it_from_the_one_who_was_quicker(
    desk: Desk, shop: Shop
) -> None:
    number = await shop.add_ticket()
    form = await open_assign(desk, shop.manager, number)
    await desk.see(shop.technician, f"take {number}")
    with pytest.raises(TicketChangedMeanwhile) as caught:
        await desk.submit(shop.manager, form, {"who": str(shop.colleague.id)})

    assert "Tom Reed" in caught.value.sentence
    assert (await facts(shop, number))["tech"] == shop.technician.email


async def test_ticket_completed_meanwhile_is_not_assigned(desk: Desk, shop: Shop) -> None:
    number = await shop.add_ticket(worker=shop.technician)
    form = await open_assign(desk, shop.manager, number)
    await desk.see(shop.technician, f"done {number} 1h")

    with pytest.raises(TicketAlreadyCompleted):
        await desk.submit(shop.manager, form, {"who": "me"})


async def test_nothing_chosen_is_refused_beside_the_field(desk: Desk, shop: Shop) -> None:
    form = await open_assign(desk, shop.manager, await shop.add_ticket())
    with pytest.raises(FieldsRefused) as caught:
        await desk.submit(shop.manager, form, {})

    assert set(caught.value.messages) == {"who"}


async def test_edit_form_shows_what_the_ticket_says(desk: Desk, shop: Shop) -> None:
    number = await shop.add_ticket(filer=shop.regular_user, estimated_hours=Decimal("2.50"))
    state = state_of(await open_edit(desk, shop.regular_user, number), {})

    assert {
        field: value["value"]
        for field, [value] in ((f, list(s.values())) for f, s in state.items())
        if "value" in value
    } == {
        "title": "Laptop does not start",
        "description": "Fans spin, the screen stays dark.",
        "estimated_hours": "2.5",
        **dict.fromkeys(("device_model", "device_serial", "device_condition", "device_accessories", "passcode")),
    }
    chosen = {field: option["value"] for field, option in _chosen(state).items()}
    assert chosen == {"priority": "medium", "category": "hardware", "customer_id": str(shop.customers[0])}


async def test_only_what_was_changed_is_written(desk: Desk, shop: Shop) -> None:
    number = await shop.add_ticket(worker=shop.technician)
    form = await open_edit(desk, shop.technician, number)
    await desk.see(shop.manager, f"take {await shop.add_ticket()}")
    await shop.owner.execute("UPDATE tickets SET description = 'Changed at the desk.' WHERE id = $1", number)
    answer = await desk.submit(
        shop.technician, form, {"title": "No power", "priority": "urgent", "estimated_hours": "90m"}
    )

    assert f"Saved for ticket #{number}: title, priority, estimate." in str(answer)
    assert await facts(shop, number) == {
        "title": "No power",
        "description": "Changed at the desk.",
        "priority": "urgent",
        "category": "hardware",
        "estimated_hours": Decimal("1.50"),
        "customer_id": shop.customers[0],
        "tech": shop.technician.email,
        "completed": False,
    }


async def test_customer_is_changed_and_category_and_estimate_are_taken_away(desk: Desk, shop: Shop) -> None:
    number = await shop.add_ticket(worker=shop.technician, estimated_hours=Decimal(1))
    form = await open_edit(desk, shop.technician, number)
    await desk.submit(
        shop.technician, form, {"customer_id": str(shop.customers[1]), "category": None, "estimated_hours": None}
    )

    after = await facts(shop, number)
    assert (after["customer_id"], after["category"], after["estimated_hours"]) == (shop.customers[1], None, None)


async def test_form_in_which_nothing_was_changed_says_so_and_writes_nothing(desk: Desk, shop: Shop) -> None:
    number = await shop.add_ticket(worker=shop.technician, estimated_hours=Decimal("2.50"))
    form = await open_edit(desk, shop.technician, number)
    answer = await desk.submit(shop.technician, form, {"title": " Laptop does not  start ".replace("  ", " ")})

    assert "Nothing in the form was different" in str(answer)
    assert await shop.owner.fetchval("SELECT count(*) FROM app.request_keys") == 0


async def test_text_too_long_for_the_form_is_not_cut_by_saving_something_else(desk: Desk, shop: Shop) -> None:
    long = "It clicks. " * 600
    number = await shop.add_ticket(worker=shop.technician, description=long)
    form = await open_edit(desk, shop.technician, number)
    assert "Only the beginning fits here" in str(form)
    await desk.submit(shop.technician, form, {"priority": "low"})

    assert (await facts(shop, number))["description"] == long


async def test_what_another_changed_meanwhile_is_not_overwritten(desk: Desk, shop: Shop) -> None:
    number = await shop.add_ticket(worker=shop.technician)
    mine = await open_edit(desk, shop.technician, number)
    theirs = await open_edit(desk, shop.manager, number)
    await desk.submit(shop.manager, theirs, {"title": "Battery"})
    with pytest.raises(TicketChangedMeanwhile) as caught:
        await desk.submit(shop.technician, mine, {"title": "Power supply"})

    assert caught.value.fields == ("title",)
    assert (await facts(shop, number))["title"] == "Battery"
    await desk.submit(shop.technician, mine, {"priority": "high"})
    assert (await facts(shop, number))["priority"] == "high"


async def test_ticket_handed_on_meanwhile_is_said_to_be_out_of_sight(desk: Desk, shop: Shop) -> None:
    number = await shop.add_ticket(worker=shop.technician)
    form = await open_edit(desk, shop.technician, number)
    await desk.submit(shop.manager, await open_assign(desk, shop.manager, number), {"who": str(shop.colleague.id)})
    with pytest.raises(TicketNotFound) as caught:
        await desk.submit(shop.technician, form, {"title": "Mine?"})

    assert "may have gone to somebody else" in (caught.value.form_sentence or "")


async def test_ticket_completed_meanwhile_is_edited_and_shown_as_completed(desk: Desk, shop: Shop) -> None:
    number = await shop.add_ticket(worker=shop.technician)
    form = await open_edit(desk, shop.technician, number)
    await desk.see(shop.manager, f"done {number} 1h")
    answer = await desk.submit(shop.technician, form, {"category": "software"})

    assert "Completed" in str(answer)


async def test_bad_values_are_refused_beside_their_fields(desk: Desk, shop: Shop) -> None:
    number = await shop.add_ticket(worker=shop.technician)
    form = await open_edit(desk, shop.technician, number)
    with pytest.raises(FieldsRefused) as caught:
        await desk.submit(shop.technician, form, {"title": " ", "description": None, "estimated_hours": "a while"})

    assert set(caught.value.messages) == {"title", "description", "estimated_hours"}


async def test_note_is_written_once_however_often_it_is_sent(desk: Desk, shop: Shop) -> None:
    number = await shop.add_ticket(worker=shop.technician)
    await desk.press(shop.technician, ids.TICKET_NOTE, number)
    entered = {"body": "Waiting for the <!channel> part."}
    answers = [str(await desk.submit(shop.technician, desk.form, entered, key="V1")) for _ in range(2)]

    assert f"Your note is on ticket #{number}." in answers[1]
    assert (
        await shop.owner.fetchval("SELECT string_agg(body, '|') FROM ticket_notes")
        == "Waiting for the <!channel> part."
    )


async def test_empty_note_is_refused_beside_the_field(desk: Desk, shop: Shop) -> None:
    await desk.press(shop.manager, ids.TICKET_NOTE, await shop.add_ticket())
    with pytest.raises(FieldsRefused) as caught:
        await desk.submit(shop.manager, desk.form, {"body": " \n"})

    assert set(caught.value.messages) == {"body"}


async def test_forms_are_not_opened_where_they_could_only_fail(desk: Desk, shop: Shop) -> None:
    completed = await shop.add_ticket(worker=shop.technician, completed=True)
    queued = await shop.add_ticket()
    filed = await shop.add_ticket(worker=shop.colleague, filer=shop.technician)
    hidden = await shop.add_ticket(worker=shop.colleague)

    for action, number, refusal in (
        (ids.TICKET_HAND, completed, TicketAlreadyCompleted),
        (ids.TICKET_HAND, queued, TicketNotTaken),
        (ids.TICKET_HAND, filed, NotTheWorker),
        (ids.TICKET_HAND, hidden, TicketNotFound),
        (ids.TICKET_CHANGE, queued, TicketNotTaken),
        (ids.TICKET_CHANGE, filed, NotTheWorker),
        (ids.TICKET_CHANGE, hidden, TicketNotFound),
        (ids.TICKET_NOTE, hidden, TicketNotFound),
    ):
        with pytest.raises(refusal):
            await desk.press(shop.technician, action, number)
    for action in (ids.TICKET_HAND, ids.TICKET_CHANGE, ids.TICKET_NOTE):
        with pytest.raises(RoleForbidden):
            await desk.press(shop.viewer, action, completed)
    with pytest.raises(RoleForbidden):
        await desk.press(shop.regular_user, ids.TICKET_HAND, queued)
    assert desk.forms == 0


@pytest.mark.parametrize("callback", [ids.TICKET_ASSIGN, ids.TICKET_EDIT, ids.NOTE_ADD])
@pytest.mark.parametrize("carried", ["", "42", "{}", '{"id":"x"}', '{"id":1,"marks":[]}', '{"id":1,"other":2}'])
async def test_form_that_carries_something_else_is_an_older_one(
    desk: Desk, shop: Shop, callback: str, carried: str
) -> None:
    await desk.press(shop.manager, ids.TICKET_NOTE, await shop.add_ticket())
    await open_assign(desk, shop.manager, await shop.add_ticket())
    form: View = {**desk.form, "callback_id": callback, "private_metadata": carried}

    with pytest.raises(NoLongerThere):
        await desk.submit(shop.manager, form, {"who": "me", "body": "x"})


def _chosen(state: dict[str, dict[str, dict[str, object]]]) -> dict[str, dict[str, str]]:
    found = {}
    for field, actions in state.items():
        [value] = actions.values()
        option = value.get("selected_option")
        if isinstance(option, dict):
            found[field] = option
    return found
