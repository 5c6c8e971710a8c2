"""The shop floor as a fixture."""

from collections.abc import AsyncIterator

import pytest

from tests.journeys.floor import Floor, open_floor
from tests.shop import Shop


@pytest.fixture
async def floor(shop: Shop, bot_url: str) -> AsyncIterator[Floor]:
    """A running bot in a workspace of the shop's people."""
    async with open_floor(shop, bot_url) as opened:
        yield opened
