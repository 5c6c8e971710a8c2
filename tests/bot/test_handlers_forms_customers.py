from typing import Any

import pytest

from bot.errors import CustomerExists, CustomerNotFound, FieldsRefused, RoleForbidden
from bot.routes import FieldErrors, UpdateView
from bot.slack import SlackRefused, SlackUnreachable
from bot.views import ids
from bot.views.blocks import View
from tests.bot.desk import Desk, state_of
from tests.shop import Member, Shop

GRACE: dict[str, str | None] = {
    "first_name": "Grace",
    "last_name": "Hopper",
    "phone": "+1 510 555 0199",
    "email": " Grace@Example.COM ",
    "address1": "1 Ship St",
    "city": "Oakland",
    "state": "CA",
    "zip": "94607",
}


async def row(shop: Shop, email: str = "grace@example.com") -> dict[str, Any]:
    found = await shop.owner.fetchrow("SELECT * FROM customers WHERE email = $1", email)
    assert found is not None
    return dict(found)


async def open_new(desk: Desk, who: Member, *, form: str = "") -> View:
    assert await desk.press(who, ids.CUSTOMER_NEW, form=form) is None
    return desk.form


async def open_changes(desk: Desk, who: Member, customer: int) -> View:
    assert await desk.press(who, ids.CUSTOMER_CHANGE, customer) is None
    return desk.form


def said(answer: FieldErrors | UpdateView | None) -> str:
    assert isinstance(answer, UpdateView)
    return str(answer.view["blocks"])


async def test_front_desk_adds_a_customer(desk: Desk, shop: Shop) -> None:
    answer = await desk.submit(shop.regular_user, await open_new(desk, shop.regular_user), GRACE)

    added = await row(shop)
    assert f"Grace Hopper is customer {added['id']}." in said(answer)
    assert {field: added[field] for field in ("first_name", "phone", "country", "address2", "notes", "active")} == {
        "first_name": "Grace",
        "phone": "+1 510 555 0199",
        "country": "US",
        "address2": None,
        "notes": None,
        "active": True,
    }


async def test_form_sent_twice_makes_one_customer(desk: Desk, shop: Shop) -> None:
    form = await open_new(desk, shop.regular_user)
    answers = [said(await desk.submit(shop.regular_user, form, GRACE, key="V1")) for _ in range(2)]

    assert answers[0] == answers[1]
    assert await shop.owner.fetchval("SELECT count(*) FROM customers WHERE email = 'grace@example.com'") == 1


async def test_taken_address_says_beside_the_field_whose_it_is(desk: Desk, shop: Shop) -> None:
    form = await open_new(desk, shop.regular_user)
    with pytest.raises(CustomerExists) as caught:
        await desk.submit(shop.regular_user, form, {**GRACE, "email": "Grace.Hill@example.com"})

    assert caught.value.field == "email"
    assert f"Customer {shop.customers[0]}, Grace Hill," in caught.value.message


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("first_name", " "),
        ("last_name", None),
        ("email", "grace"),
        ("email", "grace@example"),
        ("email", "grace@exam ple.com"),
        ("phone", "none yet"),
        ("zip", "9460"),
        ("zip", ""),
        ("city", "\u200b"),
        ("country", "Switzerland"),
    ],
)
async def test_what_the_table_would_refuse_is_refused_beside_its_field(
    desk: Desk, shop: Shop, field: str, typed: str | None
) -> None:
    form = await open_new(desk, shop.regular_user)
    with pytest.raises(FieldsRefused) as caught:
        await desk.submit(shop.regular_user, form, {**GRACE, field: typed})

    assert set(caught.value.messages) == {field}
    assert await shop.owner.fetchval("SELECT count(*) FROM customers") == len(shop.customers)


async def test_short_postal_code_is_right_in_another_country(desk: Desk, shop: Shop) -> None:
    form = await open_new(desk, shop.regular_user)
    await desk.submit(shop.regular_user, form, {**GRACE, "zip": "101", "country": "is"})

    added = await row(shop)
    assert (added["zip"], added["country"]) == ("101", "IS")


async def test_new_customer_is_chosen_in_the_form_below_and_nothing_else_of_it_is_touched(
    desk: Desk, shop: Shop
) -> None:
    await desk.type(shop.regular_user, "new Laptop won't start")
    before = desk.form
    child = await open_new(desk, shop.regular_user, form=ids.TICKET_FILE)
    assert desk.slack.pushed == [child]
    answer = await desk.submit(shop.regular_user, child, GRACE)

    added = await row(shop)
    assert answer is None
    after = desk.slack.updated["V1"]
    kept = {(block["block_id"], block["element"]["action_id"]) for block in _inputs(before)}
    changed = {(block["block_id"], block["element"]["action_id"]) for block in _inputs(after)}
    assert kept - changed == {("customer_id", "customer.choose")}
    assert changed - kept == {(f"customer_id:{added['id']}", "customer.choose")}
    assert state_of(after, {})[f"customer_id:{added['id']}"]["customer.choose"]["selected_option"] is not None


async def test_ticket_is_filed_from_the_form_in_which_the_new_customer_was_chosen(desk: Desk, shop: Shop) -> None:
    await desk.type(shop.regular_user, "new")
    await desk.submit(shop.regular_user, await open_new(desk, shop.regular_user, form=ids.TICKET_FILE), GRACE)
    await desk.submit(
        shop.regular_user, desk.slack.updated["V1"], {"title": "Hinge", "description": "Broken."}, key="parent"
    )

    assert await shop.owner.fetchval("SELECT customer_id FROM tickets") == (await row(shop))["id"]


@pytest.mark.parametrize(
    "fault",
    [SlackRefused("not_found"), SlackUnreachable("TimeoutError", uncertain=True), SlackRefused("view_too_large")],
)
async def test_where_the_form_below_cannot_be_told_the_words_say_how_to_find_the_customer(
    desk: Desk, shop: Shop, fault: Exception
) -> None:
    child = await open_new(desk, shop.regular_user, form=ids.TICKET_FILE)
    assert isinstance(fault, SlackRefused | SlackUnreachable)
    desk.slack.fault = fault
    answer = said(await desk.submit(shop.regular_user, child, GRACE))

    assert f"Grace Hopper is customer {(await row(shop))['id']}." in answer
    assert "look for Grace Hopper there" in answer


async def test_technician_changes_what_they_changed_and_nothing_else(desk: Desk, shop: Shop) -> None:
    number = shop.customers[0]
    form = await open_changes(desk, shop.technician, number)
    await shop.owner.execute("UPDATE customers SET city = 'Berkeley' WHERE id = $1", number)
    answer = await desk.submit(shop.technician, form, {"phone": "510 555 0123", "notes": "Rings <!here> twice."})

    after = await row(shop, "grace.hill@example.com")
    assert "Saved for customer" in said(answer)
    assert (after["phone"], after["notes"], after["city"]) == ("510 555 0123", "Rings <!here> twice.", "Berkeley")


async def test_form_in_which_nothing_was_changed_says_so(desk: Desk, shop: Shop) -> None:
    answer = await desk.submit(shop.manager, await open_changes(desk, shop.manager, shop.customers[0]), {})

    assert "Nothing in the form was different" in said(answer)
    assert await shop.owner.fetchval("SELECT count(*) FROM app.request_keys") == 0


async def test_long_notes_are_not_cut_by_saving_something_else(desk: Desk, shop: Shop) -> None:
    long = ("Careful. " * 600).strip()
    await shop.owner.execute("UPDATE customers SET notes = $2 WHERE id = $1", shop.customers[0], long)
    form = await open_changes(desk, shop.manager, shop.customers[0])
    await desk.submit(shop.manager, form, {"city": "Alameda"})

    after = await row(shop, "grace.hill@example.com")
    assert (after["notes"], after["city"]) == (long, "Alameda")


async def test_address_of_another_customer_is_refused_in_an_edit_too(desk: Desk, shop: Shop) -> None:
    form = await open_changes(desk, shop.manager, shop.customers[0])
    with pytest.raises(CustomerExists):
        await desk.submit(shop.manager, form, {"email": "OMAR.DIAZ@example.com"})


async def test_who_may_open_which_form(desk: Desk, shop: Shop) -> None:
    with pytest.raises(RoleForbidden):
        await desk.press(shop.viewer, ids.CUSTOMER_NEW)
    for who in (shop.viewer, shop.regular_user):
        with pytest.raises(RoleForbidden):
            await desk.press(who, ids.CUSTOMER_CHANGE, shop.customers[0])
    with pytest.raises(CustomerNotFound):
        await desk.press(shop.manager, ids.CUSTOMER_CHANGE, 999)
    assert desk.forms == 0


def _inputs(view: View) -> list[Any]:
    return [block for block in view["blocks"] if block["type"] == "input"]
