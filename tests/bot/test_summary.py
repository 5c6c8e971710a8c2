"""The reports' words, and who gets which buttons."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.roles import Role
from bot.views import ids, summary
from bot.views.announcements import announcement
from bot.views.blocks import TEXT_TABLE, Message
from tests.bot.report_screens import DUE, asked, due, flow, nothing_yet, performance, person, report_screens, team
from tests.bot.rows import ticket_line


def test_text_reads_alone_on_a_lock_screen() -> None:
    told = "12 opened, 9 completed, 14.5 hours. Open now: 25, 8 unassigned, 2 urgent, 3 overdue, 4 waiting."

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
    assert (ids.TICKET_OPEN, "42") in buttons(announcement(due(oldest=[ticket_line(worker_name="Ana Lopez")])))
    assert ids.TICKET_OPEN not in dict(buttons(announcement(due(oldest=[]))))


def test_figures_stand_beside_those_of_the_same_weekday() -> None:
    said = str(summary.summary(asked())["blocks"])

    assert "*12* opened: ▲ 2 more than last Saturday, ▲ 0.5 more than usual" in said
    assert "*9* completed: = as many as last Saturday, ▼ 1.5 fewer than usual" in said
    assert "*14.5 hours*: = as much as last Saturday, = as much as usual" in said
    assert "Usual: the mean of the last 4 Saturdays." in said
    assert "*25* open now: ▲ 3 more than a week before" in said


@pytest.mark.parametrize(
    ("weeks", "said"), [(0, []), (1, ["last Saturday"]), (2, ["last Saturday", "last 2 Saturdays"])]
)
def test_young_shop_is_compared_with_as_much_as_there_was(weeks: int, said: list[str]) -> None:
    shown = str(summary.summary(asked(flow=flow(date(2026, 11, 21), weeks=weeks), open_week_ago=None))["blocks"])

    assert [words for words in ("last Saturday", "last 2 Saturdays", "a week before") if words in shown] == said


def test_day_that_is_not_over_is_compared_with_nothing() -> None:
    assert "last" not in str(summary.summary(asked(day=date(2026, 11, 22), oldest=[]))["blocks"])


@pytest.mark.parametrize(("role", "action"), [(Role.MANAGER, ids.TICKET_HAND), (Role.VIEWER, ids.TICKET_OPEN)])
def test_what_nobody_works_on_can_be_assigned_there_by_who_may(role: Role, action: str) -> None:
    pressed = buttons(summary.summary(asked(role, queue=[ticket_line(7), ticket_line(8)], oldest=[ticket_line(7)])))

    assert pressed[:3] == [(action, "7"), (action, "8"), (ids.QUEUE_PAGE, "")]


@pytest.mark.parametrize(("role", "action"), [(Role.MANAGER, ids.TICKET_NUDGE), (Role.VIEWER, ids.TICKET_OPEN)])
def test_who_may_reminds_those_whose_tickets_are_late_or_wait(role: Role, action: str) -> None:
    theirs = [ticket_line(number, worker_name="Tom Reed") for number in (7, 8)]
    pressed = buttons(summary.summary(asked(role, past_due=theirs[:1], held_up=theirs[1:], oldest=[])))

    assert pressed[:2] == [(action, "7"), (action, "8")]


def test_what_is_done_meanwhile_needs_nobody() -> None:
    done = ticket_line(7, worker_name="Tom Reed", completed=True)

    assert buttons(summary.summary(asked(past_due=[done], oldest=[])))[0] == (ids.TICKET_OPEN, "7")


def test_what_somebody_took_meanwhile_is_not_offered() -> None:
    pressed = buttons(summary.summary(asked(queue=[ticket_line(7, worker_name="Tom Reed")], oldest=[])))

    assert pressed[0] == (ids.TICKET_OPEN, "7")


@pytest.mark.parametrize(
    ("role", "offered"), [(Role.MANAGER, [ids.QUEUE_PAGE, ids.MINE_PAGE]), (Role.VIEWER, [ids.QUEUE_PAGE])]
)
def test_ways_on_are_those_of_the_role(role: Role, offered: list[str]) -> None:
    assert [action for action, _ in buttons(summary.summary(asked(role, oldest=[])))] == offered


def test_late_summary_says_so() -> None:
    assert "sent late" in str(announcement(due(late=True)))
    assert "sent late" not in str(announcement(due()))


def test_days_without_one_are_named() -> None:
    said = str(announcement(due(missed=[date(2026, 11, 17), date(2026, 11, 18), date(2026, 11, 19)]))["blocks"])

    assert "No summary came of Tue Nov 17, Wed Nov 18 and Thu Nov 19: `/ticket summary 2026-11-19` has it." in said
    assert "No summary" not in str(announcement(due())["blocks"])


def test_what_was_sent_is_shown_as_of_then() -> None:
    shown = summary.summary(asked(today=date(2026, 11, 25), taken_at=DUE))

    assert shown["text"].startswith("Sat Nov 21: 12 opened")
    assert "Open then: 25, 8 unassigned" in shown["text"]
    assert "Open then" in cells(shown)[0]
    assert "As it was sent" in str(shown["blocks"])


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
    assert "Laptop won't start" in str(
        summary.summary(asked(oldest=[ticket_line(7, worker_name="Ana Lopez")]))["blocks"]
    )


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
