"""`/ticket summary` and `/ticket team` on the real database."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from bot.errors import CommandNotUnderstood, RoleForbidden
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


async def test_other_days_are_refused_with_the_ones_there_are(desk: Desk, shop: Shop) -> None:
    with pytest.raises(CommandNotUnderstood, match="yesterday"):
        await desk.see(shop.manager, "summary tomorrow")


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
