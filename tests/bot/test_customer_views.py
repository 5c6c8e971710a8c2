"""Customers who are one person, and whose data is erased: what screens offer, and what forms and buttons bring back."""

import pytest

from bot.errors import FieldRefused, FieldsRefused, NoLongerThere
from bot.forms import Erasure
from bot.roles import Ability, Role, may
from bot.views import contacts, customers, duplicates, ids, merging
from tests.bot import rows
from tests.bot.day_screens import seen
from tests.bot.desk import buttons_in, state_of
from tests.bot.form_screens import customer
from tests.bot.merge_screens import pair


@pytest.mark.parametrize("role", [Role.MANAGER, Role.TECHNICIAN, Role.REGULAR_USER])
def test_customers_who_are_one_or_to_be_erased_are_the_managers(role: Role) -> None:
    shown = dict(buttons_in(customers.profile(seen(customer(), [], role))))
    gone = dict(buttons_in(customers.profile(seen(customer(active=False, erased_at=rows.FILED), [], role))))

    assert (ids.DUPLICATES_OF in shown) == may(role, Ability.MERGE_CUSTOMERS)
    assert (ids.CUSTOMER_FORGET in shown) == may(role, Ability.ERASE_CUSTOMER)
    assert set(contacts.WAYS) < set(shown)
    assert gone == {}


def test_merge_keeps_what_was_chosen_of_whoever_goes() -> None:
    form = merging.merge_form(pair(first_name="María", phone="415 555 0102", notes="Has a dog."))
    compared = merging.Compared.unpack(form["private_metadata"])
    state = state_of(form, {"kept": "7", "name": "12", "phone": "7", "notes": "both"})
    choice = merging.read_choice(state, compared)

    assert (choice.kept[0], choice.merged[0], choice.taken) == (7, 12, ("name", "both notes"))
    for made_up in ("8", "", None):
        with pytest.raises(FieldRefused):
            merging.read_choice(state_of(form, {"kept": made_up}), compared)
    with pytest.raises(NoLongerThere):
        merging.Compared.unpack('{"first": 7}')


@pytest.mark.parametrize("value", ["", "7", "7 x", "0 7", "7 8 9", "99999999999 1"])
def test_pair_of_another_version_is_refused(value: str) -> None:
    with pytest.raises(NoLongerThere):
        duplicates.read_two(value)


@pytest.mark.parametrize("typed", ["erase 7", " Erase  7 ", "ERASE 7"])
def test_erasure_is_confirmed_by_typing_it(typed: str) -> None:
    entry = Erasure.check(customer_id=7, texts="all", reason="law", confirmed=typed)

    assert (entry.customer_id, entry.texts, entry.reason) == (7, "all", "law")


@pytest.mark.parametrize("typed", ["", None, "erase", "erase 77", "yes", "7"])
def test_erasure_that_is_not_typed_out_is_refused_beside_its_field(typed: str | None) -> None:
    with pytest.raises(FieldsRefused) as caught:
        Erasure.check(customer_id=7, texts="all", reason="law", confirmed=typed)

    assert caught.value.messages == {"confirmed": "Type erase 7 here, if that is what you want."}
