"""The routing table and the identifiers that the views send are the same."""

from datetime import UTC, datetime

import pytest

from bot.app import routes_for
from bot.deps import Deps
from bot.routes import Routes
from bot.settings import Settings
from bot.slack import Slack
from bot.views import ids
from db.pool import Database
from tests.shop import KEYS


@pytest.fixture
def routes() -> Routes:
    # only the names are looked at: nothing is called
    database, slack = Database.__new__(Database), Slack.__new__(Slack)
    return routes_for(Deps(Settings.model_construct(), database, slack, lambda: datetime.now(UTC), KEYS))


def test_every_identifier_has_a_handler_and_every_handler_an_identifier(routes: Routes) -> None:
    identifiers = {value for name, value in vars(ids).items() if name.isupper() and isinstance(value, str)}

    assert identifiers - {ids.TICKET, ids.TICKET_MENU} == {
        *routes.actions,
        *routes.views,
        *routes.options,
        *routes.shortcuts,
    }


def test_no_identifier_means_two_things(routes: Routes) -> None:
    everything = [*routes.actions, *routes.views, *routes.options, *routes.shortcuts]

    assert len(everything) == len(set(everything))


def test_identifiers_are_noun_dot_verb(routes: Routes) -> None:
    for identifier in (*routes.actions, *routes.views, *routes.options, *routes.shortcuts):
        noun, verb = identifier.split(".")
        assert noun.isidentifier()
        assert verb.isidentifier()


def test_routing_something_twice_is_refused() -> None:
    async def handler(_request: object) -> None:
        return None

    routes = Routes()
    routes.command("take", handler)

    with pytest.raises(ValueError, match="take is routed twice"):
        routes.command("take", handler)
