import pytest

from db.pool import Database
from tests.bot.desk import Desk
from tests.shop import Shop


@pytest.fixture
def desk(database: Database, shop: Shop) -> Desk:  # noqa: ARG001 - the people must be there
    return Desk(database)
