from collections.abc import Callable
from typing import Any, get_args

import pytest

from bot.errors import CommandNotUnderstood, CustomerNotFound, FieldsRefused, Refusal
from bot.words import choice, customer_number, filters, person
from db.models import Category, TicketFilter


def refusal(read: Callable[[str], object], typed: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read(typed)
    return caught.value


@pytest.mark.parametrize(
    ("typed", "who"),
    [
        ("<@U1|ana>", "U1"),
        ("<@U1>", "U1"),
        ("“<@U1|ana>”", "U1"),
        ("<@U1|ana>.", "U1"),
        ("@ana", "ana"),
        ("ana", "ana"),
        ('"Ana Reyes"', "Ana Reyes"),
        ("“Ana  Reyes”", "Ana Reyes"),
        ("Ana Reyes", "Ana Reyes"),
        ('@"Ana Reyes"', "Ana Reyes"),
        ("me", "me"),
        ("@Me", "me"),
        ("AUTO", "auto"),
        ("nobody", "nobody"),
        ("ana@shop.example", "ana@shop.example"),
        ("<mailto:ana@shop.example|ana@shop.example>", "ana@shop.example"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_person_is_read_in_every_written_form(typed: str, who: str) -> None:
    assert person(typed) == who


@pytest.mark.parametrize("typed", ["7", "@7", "٧"])
def test_number_is_not_a_person(typed: str) -> None:
    assert "isn't a person" in refusal(person, typed).sentence


@pytest.mark.parametrize(
    "typed", ["data recovery", "Data  Recovery", "“data recovery”", "data-recovery", "DATA_RECOVERY."]
)
def test_choice_is_read_however_it_is_written(typed: str) -> None:
    assert choice("category", typed, get_args(Category)) == "data recovery"


def test_wrong_choice_is_told_what_there_is() -> None:
    error = refusal(lambda typed: choice("category", typed, get_args(Category)), "toaster")

    assert error.sentence == (
        "“toaster” is no category. It can be hardware, software, network, data recovery, upgrade or other."
    )


@pytest.mark.parametrize("typed", ["2147483648", "9" * 3000])
def test_number_beyond_the_database_is_a_missing_customer(typed: str) -> None:
    assert isinstance(refusal(lambda number: customer_number(number, "/ticket customer 7"), typed), CustomerNotFound)


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("", {}),
        ("status:all", {"status": "all"}),
        ("tech:<@U1|ana> status:completed", {"worker": "U1", "status": "completed"}),
        ("tech:me", {"worker": "me"}),
        ("tech:nobody", {"worker": "nobody"}),
        ('tech:"Ana Reyes"', {"worker": "Ana Reyes"}),
        ("priority:HIGH category:“data recovery”", {"priority": "high", "category": "data recovery"}),
        ("category:data-recovery", {"category": "data recovery"}),
        ("customer:7", {"customer_id": 7}),
        ("customer:#7", {"customer_id": 7}),
        ("status:parts", {"status": "waiting_parts"}),
        ('status:"in repair" tech:me', {"status": "in_repair", "worker": "me"}),
        ("waiting tech:me", {"status": "waiting", "worker": "me"}),
        ('"waiting" room', {"words": '"waiting" room'}),
        ("status: all laptop", {"status": "all", "words": "laptop"}),
        ("Priority\uff1ahigh", {"priority": "high"}),
        ("blue status:all screen", {"status": "all", "words": "blue screen"}),
        ('"blue screen"', {"words": '"blue screen"'}),
        ('"error: disk" error: AT&amp;T', {"words": '"error: disk" error: AT&T'}),
        ("<https://x.example|x.example>", {"words": "x.example"}),
        ("https://x.example", {"words": "https://x.example"}),
        ("10:30 C:", {"words": "10:30 C:"}),
    ],
)
def test_filters_and_words_stand_in_any_order(typed: str, wanted: dict[str, Any]) -> None:
    assert filters(typed) == TicketFilter.model_validate(wanted)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("colour:red", "`status:`, `tech:`, `priority:`, `category:`, `customer:`"),
        ("status:asleep", "`open`, `completed`, `all`, `waiting`, `received`"),
        ("priority:soon", "low, medium, high or urgent"),
        ("priority:", "Which priority?"),
        ("category:toaster", "data recovery"),
        ("category:data recovery", "“data” is no category"),
        ("customer:grace", "“grace” isn't a customer's number"),
        ("customer:0", "numbers start at 1"),
        ("tech:auto", "`tech:me`"),
        ("tech:", "`tech:me`"),
        ("tech:7", "isn't a person"),
        ("status:all status:open", "only once"),
        ("status:all waiting", "only once"),
    ],
)
def test_wrong_filter_is_told_what_there_is(typed: str, said: str) -> None:
    error = refusal(filters, typed)

    assert isinstance(error, CommandNotUnderstood)
    assert said in error.sentence


def test_more_words_than_a_button_carries_are_refused() -> None:
    assert isinstance(refusal(filters, "x" * 201), FieldsRefused)
