"""What forms make of what people enter, and of messages that become tickets."""

import json
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FieldsRefused, NoLongerThere
from bot.forms import TEXT_MAX, TITLE_MAX, CustomerEntry, NewTicket
from bot.identity import Workspace
from bot.text import is_blank, length
from bot.views import edit_ticket, new_ticket
from bot.views.changes import Begun
from bot.views.entries import entered
from db.models import TicketEditFacts
from tests.bot import rows
from tests.bot.desk import state_of
from tests.bot.form_screens import edit_facts
from tests.shop import Connection

LINK = "https://shop.slack.com/archives/C0REPAIRS/p1700000000000100"
EMAILS = (
    *("a@b.c", "a.b-c+d@x-y.z0", "o'n@b.c", "a@b", "@b.c", "a@.c", "a@b..c", "a@-b.c", "a@b-.c", "a b@c.d"),
    *("\u00e4@b.c", "a@b.c\u0131", "a@b,c"),
)
GRACE = {
    "first_name": "Grace",
    "last_name": "Hopper",
    "phone": "510 555 0199",
    "email": "grace@example.com",
    "address1": "1 Ship St",
    "city": "Oakland",
    "state": "CA",
    "zip": "94607",
}


def test_message_becomes_title_and_description() -> None:
    text = "<@U0ANA> says: the *fan* &amp; <https://example.com|the belt>\nSecond line, <@U0WHO>."

    assert new_ticket.from_message(text, LINK, {"U0ANA": "Ana Ruiz"}) == (
        "@Ana Ruiz says: the *fan* & https://example.com",
        f"@Ana Ruiz says: the *fan* & https://example.com\nSecond line, @U0WHO.\n\nFrom Slack: {LINK}",
    )


def test_message_without_words_is_its_address() -> None:
    assert new_ticket.from_message("", LINK, {}) == ("", f"From Slack: {LINK}")
    assert new_ticket.from_message("Fan", "", {}) == ("Fan", "Fan")


@given(st.text(st.characters(), max_size=200).map(lambda text: text * 40))
def test_any_message_fits_into_the_form(text: str) -> None:
    title, description = new_ticket.from_message(text, LINK, {})

    assert length(title) <= TITLE_MAX
    assert length(description) <= TEXT_MAX
    assert description.endswith(LINK)
    form = new_ticket.new_ticket_form(
        rows.form_facts(), title="x" if is_blank(title) else title, description=description
    )
    filled = {field: entered(state_of(form, {"customer_id": "3"}), field) for field in NewTicket.model_fields}
    assert NewTicket.check(**filled).description == description


def test_shortened_message_says_so() -> None:
    _, description = new_ticket.from_message("word " * 2000, LINK, {})

    assert description.endswith(f"…\n\n(Shortened: the rest is in Slack.)\n\nFrom Slack: {LINK}")


@pytest.mark.parametrize(
    ("thread", "address"),
    [
        (None, LINK),
        ("1700000000.000100", LINK),
        ("1690000000.000200", f"{LINK}?thread_ts=1690000000.000200&cid=C0REPAIRS"),
    ],
)
def test_address_of_a_message_is_slacks_own(thread: str | None, address: str) -> None:
    workspace = Workspace(url="https://shop.slack.com/")

    assert workspace.link_to("C0REPAIRS", "1700000000.000100", thread) == address
    assert Workspace().link_to("C0REPAIRS", "1700000000.000100", thread) == ""


@given(st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=300))
def test_form_that_is_sent_as_it_came_has_no_changes(description: str) -> None:
    ticket = rows.mine(description=description, title=description[:255])
    form = edit_ticket.edit_form(edit_facts(ticket))

    assert Begun.unpack(form["private_metadata"]).changed(state_of(form, {})) == {}


def test_whatever_can_be_carried_fits_into_a_form() -> None:
    form = edit_ticket.edit_form(edit_facts(rows.mine(2**31 - 1, title="😀" * 255, description="😀" * 10_000)))

    assert len(form["private_metadata"]) < 1000
    assert json.loads(form["private_metadata"])["id"] == 2**31 - 1


@pytest.mark.parametrize("carried", ["", "null", "[]", '{"id": 1e400}', '{"id": 1, "seen": "soon"}'])
def test_anything_else_is_of_an_older_version(carried: str) -> None:
    with pytest.raises(NoLongerThere):
        Begun.unpack(carried)


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("email", " \uff27race@Example.COM\u200b", "grace@example.com"),
        ("email", "o'neil+shop@sub.example.co.uk", "o'neil+shop@sub.example.co.uk"),
        ("phone", "\uff15\uff11\uff10 555", "510 555"),
        ("country", "usa", "US"),
        ("country", "de", "DE"),
        ("country", "Chile", "Chile"),
        ("first_name", " Ana  María\n", "Ana María"),
        ("notes", "a\r\nb ", "a\nb"),
    ],
)
def test_customer_is_read_as_meant(field: str, typed: str, kept: str) -> None:
    assert CustomerEntry.check(**(GRACE | {field: typed})).model_dump()[field] == kept


@pytest.mark.parametrize(
    ("email", "phone", "zip_code", "country"),
    [
        *((email, "1", "94607", "US") for email in EMAILS),
        *(("a@b.c", phone, "94607", "US") for phone in ("+1 (510) 555", "call", "-")),
        *(("a@b.c", "1", code, country) for code in ("10", "101", "9460", "94607") for country in ("US", "IS")),
    ],
)
async def test_form_and_table_agree(owner: Connection, email: str, phone: str, zip_code: str, country: str) -> None:
    values = GRACE | {"email": email, "phone": phone, "zip": zip_code, "country": country}
    statement = (
        f"INSERT INTO customers ({', '.join(values)})"  # noqa: S608  fixed names
        f" VALUES ({', '.join(f'${number}' for number in range(1, len(values) + 1))})"
    )
    try:
        await owner.execute(statement, *values.values())
        stored = True
    except asyncpg.CheckViolationError:
        stored = False

    assert stored == reads(values)


def reads(values: dict[str, str]) -> bool:
    try:
        CustomerEntry.check(**values)
    except FieldsRefused:
        return False
    return True


def test_due_date_is_sent_only_where_another_one_was_chosen() -> None:
    due = datetime(2026, 11, 27, 17, 0, tzinfo=UTC)
    form = edit_ticket.edit_form(TicketEditFacts(actor=rows.actor(), ticket=rows.mine(due_at=due), technicians=[]))
    begun = Begun.unpack(form["private_metadata"])

    def changes(**entered: str | None) -> dict[str, Any]:
        return edit_ticket.read_edit(state_of(form, entered), begun).changes

    assert changes() == {}
    assert changes(due_at=str(int(due.timestamp()) + 60)) == {"due_at": "2026-11-27T17:01:00Z"}
    assert changes(due_at=None) == {"due_at": None}
