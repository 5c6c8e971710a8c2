"""`/ticket summary` and `/ticket team` on the real database."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from bot.errors import CommandNotUnderstood, DayAhead, RoleForbidden
from tests.bot.desk import Desk
from tests.shop import Shop


@pytest.mark.parametrize(
    ("typed", "said"), [("summary", "Yesterday, "), ("summary yesterday", "Yesterday, "), ("summary Today", "Today, ")]
)
async def test_summary_is_of_the_day_that_was_typed(desk: Desk, shop: Shop, typed: str, said: str) -> None:
    await shop.add_ticket(worker=shop.technician, completed=True, actual_hours=Decimal("1.5"))
    await shop.add_ticket(priority="urgent")
    text = (await desk.see(shop.manager, typed))["text"]
    flow = "2 opened, 1 completed, 1.5 hours" if said == "Today, " else "0 opened, 0 completed, 0 hours"

    assert text.startswith(said)
    assert text.endswith(f": {flow}. Open now: 1, 1 unassigned, 1 urgent, 0 overdue, 0 waiting.")


async def test_a_day_is_named_by_its_date(desk: Desk, shop: Shop) -> None:
    assert (await desk.see(shop.manager, "summary 2026-02-28"))["text"].startswith("Sat Feb 28: 0 opened")

    with pytest.raises(DayAhead, match="January 1, 9999 is still to come"):
        await desk.see(shop.manager, "summary 9999-01-01")


@pytest.mark.parametrize(("typed", "said"), [("summary week", "The week to "), ("summary Month", " 20")])
async def test_summary_is_of_a_week_or_month(desk: Desk, shop: Shop, typed: str, said: str) -> None:
    text = (await desk.see(shop.viewer, typed))["text"]

    assert said in text
    assert text.endswith(": 0 opened, 0 completed, 0 hours. 0 open now.")


@pytest.mark.parametrize("typed", ["tomorrow", "2026-02-30", "20260228", "0000-01-01"])
async def test_other_days_are_refused_with_the_ones_there_are(desk: Desk, shop: Shop, typed: str) -> None:
    with pytest.raises(CommandNotUnderstood, match="yesterday"):
        await desk.see(shop.manager, f"summary {typed}")


async def test_team_is_shown_to_a_viewer(desk: Desk, shop: Shop) -> None:
    filed = datetime.now().astimezone() - timedelta(days=1)
    await shop.add_ticket(worker=shop.technician, created_at=filed, completed=True, actual_hours=Decimal(2))
    text = (await desk.see(shop.viewer, "team"))["text"]

    assert text == "Completed of the tickets filed in the last 30 days: Tom Reed 1 of 1."


@pytest.mark.parametrize("typed", ["summary", "team"])
async def test_figures_are_for_managers_and_viewers(desk: Desk, shop: Shop, typed: str) -> None:
    for person in (shop.technician, shop.regular_user):
        with pytest.raises(RoleForbidden):
            await desk.see(person, typed)
