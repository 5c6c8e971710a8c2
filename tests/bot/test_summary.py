"""The reports' words, and who gets which buttons."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.roles import Role
from bot.views import ids, summary
from bot.views.announcements import announcement
from bot.views.kit import TEXT_TABLE, Message
from tests.bot.report_screens import asked, due, nothing_yet, performance, person, report_screens, team
from tests.bot.rows import ticket_line


def test_text_reads_alone_on_a_lock_screen() -> None:
    told = "12 opened, 9 completed, 14.5 hours. Open now: 25, 8 unassigned, 2 urgent."

    assert summary.summary(asked())["text"] == f"Yesterday, Sat Nov 21: {told}"
    assert announcement(due())["text"] == f"Yesterday, Sat Nov 21: {told}"


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 11, 22), "Today, Sun Nov 22: "),
        (date(2026, 11, 21), "Yesterday, Sat Nov 21: "),
        (date(2026, 11, 8), "Sun Nov 8: "),  # said so late that it is none of these
    ],
)
def test_day_is_named_as_of_when_it_is_read(day: date, said: str) -> None:
    assert summary.summary(asked(day=day))["text"].startswith(said)


def test_numbers_have_their_words() -> None:
    text = summary.summary(asked(opened=0, completed=1, hours=Decimal("1.00"), open=0))["text"]

    assert text == "Yesterday, Sat Nov 21: 0 opened, 1 completed, 1 hour. Nothing is open now."


def test_table_has_a_row_for_each_technician() -> None:
    assert cells(summary.summary(asked())) == [
        ["Technician", "Completed", "Hours", "Open now"],
        ["Ana Lopez", "6", "10.25", "9"],
        ["Tom Reed", "3", "4.25", "8"],
    ]


def test_hours_keep_their_hundreds() -> None:
    rows = cells(summary.summary(asked(technicians=[person("Tom Reed", hours="100.00")])))

    assert rows[1] == ["Tom Reed", "0", "100", "0"]


@pytest.mark.parametrize("name", ["summary_longest", "team_longest"])
def test_crowd_is_cut_to_what_slack_takes_and_that_is_said(name: str) -> None:
    shown = report_screens()[name][1]
    rows = cells(shown)

    assert len(rows) == 100
    assert sum(len(cell) for row in rows for cell in row) <= TEXT_TABLE
    assert "The first 99 of 150 people." in str(shown["blocks"])


def test_oldest_ticket_can_be_opened() -> None:
    assert (ids.TICKET_OPEN, "42") in buttons(announcement(due()))
    assert ids.TICKET_OPEN not in dict(buttons(announcement(due(oldest=None))))


@pytest.mark.parametrize(
    ("role", "offered"), [(Role.MANAGER, [ids.QUEUE_PAGE, ids.MINE_PAGE]), (Role.VIEWER, [ids.QUEUE_PAGE])]
)
def test_ways_on_are_those_of_the_role(role: Role, offered: list[str]) -> None:
    assert [action for action, _ in buttons(summary.summary(asked(role, oldest=None)))] == offered


def test_late_summary_says_so() -> None:
    assert "sent late" in str(announcement(due(late=True)))
    assert "sent late" not in str(announcement(due()))


def test_asked_for_is_private_and_sent_is_not_a_reply() -> None:
    assert summary.summary(asked())["response_type"] == "ephemeral"
    assert "response_type" not in announcement(due())


def test_team_is_said_in_a_line_and_shown_in_a_table() -> None:
    shown = summary.team(team(performance("Ana Lopez"), nothing_yet("Tom Reed")))

    assert shown["text"] == "Completed of the tickets filed in the last 30 days: Ana Lopez 12 of 15, Tom Reed 0 of 1."
    assert cells(shown) == [
        ["Technician", "Tickets", "Completed", "Open", "Hours each", "Days each"],
        ["Ana Lopez", "15", "12 (80%)", "3", "1.5", "1.2"],
        ["Tom Reed", "1", "0 (0%)", "1", "-", "-"],
    ]


def test_no_more_than_three_are_named_in_the_text() -> None:
    text = summary.team(team(*(performance(name) for name in "ABCD")))["text"]

    assert text.endswith("A 12 of 15, B 12 of 15, C 12 of 15 …")


def test_names_in_the_text_are_escaped_and_in_the_table_as_they_are() -> None:
    shown = summary.team(team(performance("<@U1>")))

    assert "&lt;@U1&gt;" in shown["text"]
    assert cells(shown)[1][0] == "<@U1>"


def test_ticket_line_is_the_same_as_in_lists() -> None:
    assert "Laptop won't start" in str(summary.summary(asked(oldest=ticket_line(7)))["blocks"])


def cells(shown: Message | Mapping[str, Any]) -> list[list[str]]:
    table: Any = next(block for block in shown["blocks"] if block["type"] == "table")
    return [[cell["text"] for cell in row] for row in table["rows"]]


def buttons(shown: Message) -> list[tuple[str, str]]:
    return list(_buttons(shown.get("blocks", [])))


def _buttons(blocks: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any block
    for block in blocks:
        for element in (*block.get("elements", []), block.get("accessory", {})):
            if element.get("type") == "button":
                yield element["action_id"], element.get("value", "")
