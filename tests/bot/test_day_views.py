"""What the screens of a day's commands say and offer, beyond their wording."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FieldsRefused, NoLongerThere
from bot.roles import Ability, Role, may
from bot.text import length
from bot.views import customers, finding, history, ids
from bot.views.blocks import VALUE_BUTTON
from bot.views.finding import Place
from bot.views.home import home
from bot.words import filters
from db.models import Cursor, HistoryEntry, Home, TicketFilter, TicketId
from tests.bot import rows
from tests.bot.day_screens import change, entry, found, hits, listed, past, seen
from tests.bot.desk import buttons_in
from tests.bot.form_screens import customer

EDGE = datetime(2026, 11, 20, 9, 30, 0, 123456, tzinfo=UTC)


def test_list_carries_its_filters_and_the_edges_of_the_page() -> None:
    wanted = TicketFilter(status="all", worker="U0ANA", words="blue screen")
    tickets = [rows.ticket_line(3), rows.ticket_line(2), rows.ticket_line(1)]
    pressed = dict(buttons_in(finding.listed(listed(tickets, has_next=True, has_previous=True), wanted)))

    forth, back = Place.unpack(pressed[ids.LIST_PAGE]), Place.unpack(pressed[ids.LIST_BACK])
    assert forth.wanted == back.wanted == wanted
    assert forth.cursor == Cursor(rank=0, created_at=tickets[-1].created_at, id=TicketId(1))
    assert back.cursor == Cursor(rank=0, created_at=tickets[0].created_at, id=TicketId(3), backwards=True)


def test_page_that_has_become_empty_leads_to_the_first() -> None:
    wanted = TicketFilter(worker="me")
    pressed = dict(buttons_in(finding.listed(listed([], has_previous=True), wanted)))

    assert Place.unpack(pressed[ids.LIST_PAGE]) == Place(wanted=wanted)
    assert Place(wanted=wanted).cursor is None


@given(st.text(min_size=1, max_size=300), st.text(min_size=1, max_size=300))
def test_whatever_narrows_a_list_fits_into_a_button(words: str, name: str) -> None:
    try:
        wanted = filters(f'tech:"{name}" {words}')
    except Exception:  # noqa: BLE001 - refused: there is no list
        return
    place = Place(wanted=wanted, created_at=EDGE, id=2**31 - 1, backwards=True)

    assert length(place.pack()) <= VALUE_BUTTON
    assert Place.unpack(place.pack()) == place


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x",
        "{}",
        '{"wanted":{"due":"yesterday"}}',
        '{"wanted":{},"created_at":"2026-11-20T09:30:00"}',
        '{"wanted":{"priority":"soon"}}',
        '{"wanted":{"words":"' + "x" * 2000 + '"}}',
    ],
)
def test_place_of_another_version_is_refused(value: str) -> None:
    with pytest.raises(NoLongerThere):
        Place.unpack(value)


@pytest.mark.parametrize("number", ["0", "2147483648"])
def test_place_of_no_ticket_is_refused(number: str) -> None:
    place = Place.unpack(f'{{"wanted":{{}},"created_at":"2026-11-20T09:30:00Z","id":{number}}}')

    with pytest.raises(FieldsRefused):
        assert place.cursor


def test_person_of_a_list_is_called_by_name() -> None:
    wanted = TicketFilter(worker="U0ANA")
    shown = finding.listed(listed([rows.ticket_line(worker_name="Ana Ruiz")]), wanted)

    assert "with Ana Ruiz" in shown["text"]
    assert "U0ANA" not in shown["text"]
    assert "with this person" in finding.listed(listed([]), wanted)["text"]


def test_search_names_the_best_and_says_that_there_are_more() -> None:
    tickets = [rows.ticket_line(n, title=f"Title {n}") for n in range(1, 11)]
    shown = finding.hits(hits(tickets, more=True), "title")

    assert "#1 Title 1, #2 Title 2, #3 Title 3 …" in shown["text"]
    assert "There are more." in str(shown["blocks"])


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (entry(change("priority", "medium", "high")), "Ana Ruiz changed priority from medium to high"),
        (entry(change("category", None, "network")), "Ana Ruiz set category to network"),
        (entry(change("category", "network", None)), "Ana Ruiz removed category network"),
        (entry(change("customer_id", "Grace Hill", "Omar Diaz")), "changed customer from Grace Hill to Omar Diaz"),
        (entry(change("estimated_hours", None, "2.50")), "Ana Ruiz set estimate to 2.5 hours"),
        (entry(change("due_at", "2026-11-27T17:00:00+00:00", None)), "Ana Ruiz took the due date away"),
        (entry(change("due_at", None, "2026-11-27T17:00:00+00:00")), "|Friday, 2026-11-27 17:00 UTC>"),
        (entry(change("actual_hours", "1.00", "2.50")), "Ana Ruiz changed hours from 1 hour to 2.5 hours"),
        (entry(change("tech", None, "Ana Ruiz")), "Ana Ruiz took it"),
        (entry(change("tech", None, "Bo Chen")), "Ana Ruiz gave it to Bo Chen"),
        (entry(change("tech", "Bo Chen", "Ana Ruiz")), "Ana Ruiz took it over from Bo Chen"),
        (entry(change("tech", "Ana Ruiz", "Bo Chen")), "Ana Ruiz handed it on to Bo Chen"),
        (entry(change("tech", "Bo Chen", "Cy Dunn")), "Ana Ruiz handed it on from Bo Chen to Cy Dunn"),
        (entry(change("tech", "Ana Ruiz", None)), "Ana Ruiz put it back into the queue"),
        (entry(change("completed", "false", "true")), "Ana Ruiz completed the ticket"),
        (entry(change("completed", "true", "false")), "Ana Ruiz reopened the ticket"),
        (
            entry(
                change("completed", "false", "true"), change("actual_hours", None, "1.00"), change("tech", None, "X")
            ),
            "Ana Ruiz completed the ticket with 1 hour and gave it to X",
        ),
        (
            entry(change("title", "A", "B"), change("description", "C", "D"), change("priority", "low", "high")),
            "changed title from “A” to “B”, changed description from “C” to “D” and changed priority from low to high",
        ),
        (entry(change("passcode", None, "-")), "Ana Ruiz added the passcode"),
        (entry(change("passcode", "-", "-")), "Ana Ruiz changed the passcode"),
        (entry(change("passcode", "-", None)), "Ana Ruiz removed the passcode"),
        (entry(kind="revealed"), "Ana Ruiz looked at the passcode"),
        (entry(kind="accepted"), "Ana Ruiz accepted the ticket"),
        (entry(kind="filed"), "Ana Ruiz filed the ticket"),
        (entry(kind="note", body="x"), "Ana Ruiz wrote a note"),
        (entry(kind="resolution", body="x"), "Ana Ruiz wrote what was done"),
        (entry(kind="filed", who="system"), "The system filed the ticket"),
        (entry(), "Ana Ruiz changed the ticket"),
    ],
)
def test_history_is_told_in_words(told: HistoryEntry, words: str) -> None:
    assert words in history.history(past(told))["text"]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("slack:command", " · by command"),
        ("slack:button", " · by button"),
        ("slack:form", " · in a form"),
        ("slack:mention", " · by mention"),
        ("slack:message", " · by message"),
        ("web", " · outside Slack"),
        ("slack:something-new", ""),
        (None, ""),
    ],
)
def test_history_says_from_where(source: str | None, words: str) -> None:
    shown = str(history.history(past(entry(source=source)))["blocks"])

    assert words in shown
    assert (" · " in shown) == bool(words)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.TECHNICIAN, Role.REGULAR_USER])
@pytest.mark.parametrize("active", [True, False])
def test_customer_offers_what_the_role_may_do(role: Role, *, active: bool) -> None:
    shown = dict(buttons_in(customers.profile(seen(customer(active=active), [], role))))

    assert (ids.CUSTOMER_TICKET in shown) == (active and may(role, Ability.FILE_TICKET))
    assert (ids.CUSTOMER_CHANGE in shown) == may(role, Ability.EDIT_CUSTOMER)
    assert (ids.CUSTOMER_DEACTIVATE in shown) == (active and may(role, Ability.DEACTIVATE_CUSTOMER))
    assert (ids.CUSTOMER_REACTIVATE in shown) == (not active and may(role, Ability.DEACTIVATE_CUSTOMER))


def test_customer_goes_into_the_form_by_name() -> None:
    value = dict(buttons_in(customers.profile(seen(customer(), []))))[ids.CUSTOMER_TICKET]

    assert customers.for_new_ticket(value)["value"] == "7"
    assert customers.for_new_ticket(value)["text"]["text"] == "Maria Delgado"


@pytest.mark.parametrize("value", ["", "x", "0 Maria", "-1"])
def test_customer_of_another_version_is_refused(value: str) -> None:
    with pytest.raises(FieldsRefused):
        customers.for_new_ticket(value)


def test_every_customer_found_can_be_opened() -> None:
    shown = customers.hits(found([rows.customer(n, f"Maria {n}") for n in (3, 1, 2)]), "maria")

    assert [value for action, value in buttons_in(shown) if action == ids.CUSTOMER_OPEN] == ["3", "1", "2"]


def test_history_says_when_there_is_more() -> None:
    told = [entry(at=rows.FILED - timedelta(days=n)) for n in range(20)]

    assert "The newest 20." in str(history.history(past(*told, more=True))["blocks"])


def test_home_says_how_many_of_my_tickets_are_where() -> None:
    facts = Home(
        actor=rows.actor(),
        mine=[rows.ticket_line(bench_status="waiting_parts")],
        mine_total=6,
        bench={"in_repair": 2, "waiting_parts": 3, "received": 1},
        queue=[],
        queue_length=0,
        today=None,
    )

    assert "3 waiting for parts · 2 in repair" in str(home(facts))
    assert "waiting" not in str(home(facts.model_copy(update={"bench": {}, "mine": []})))
