"""The manifest is what the code handles and calls: nothing less, nothing more."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from bot.app import routes_for
from bot.deps import Deps
from bot.grammar import COMMANDS
from bot.http import PATH
from bot.routes import Routes
from bot.settings import Settings
from bot.slack import METHODS, Slack
from bot.views import ids
from db.pool import Database
from tests.shop import KEYS

Document = dict[str, Any]

ROOT = Path(__file__).parents[2]
VALIDATOR = ROOT.parent / "shared" / "slack" / "validate_manifest.py"

# docs.slack.dev/reference/methods: what each needs for what it is called for here
SCOPES: dict[str, set[str]] = {
    "apps.connections.open": set(),  # an app-level token's
    "auth.test": set(),
    "chat.postEphemeral": {"chat:write"},
    "chat.postMessage": {"chat:write"},
    "chat.unfurl": {"links:write"},
    "chat.update": {"chat:write"},
    "conversations.history": {"channels:history", "groups:history", "im:history"},  # the shop channel, public or not
    "conversations.replies": {"channels:history", "groups:history", "im:history"},
    "conversations.open": {"im:write"},
    "entity.presentDetails": set(),
    "files.completeUploadExternal": {"files:write"},
    "files.getUploadURLExternal": {"files:write"},
    "files.info": {"files:read"},
    "users.info": {"users:read", "users:read.email"},  # people are linked by e-mail address
    "views.open": set(),
    "views.publish": set(),
    "views.push": set(),
    "views.update": set(),
}
EVENT_SCOPES: dict[str, set[str]] = {
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "entity_details_requested": set(),
    "link_shared": {"links:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "user_change": {"users:read"},
}


@pytest.fixture
def manifest() -> Document:
    document: Document = yaml.safe_load((ROOT / "app_manifest.yml").read_text())
    return document


@pytest.fixture
def routes() -> Routes:
    # only the names are looked at: nothing is called
    database, slack = Database.__new__(Database), Slack.__new__(Slack)
    return routes_for(Deps(Settings.model_construct(), database, slack, lambda: datetime.now(UTC), KEYS))


def test_scopes_are_what_the_methods_and_events_need(manifest: Document, routes: Routes) -> None:
    needed = {"commands"}
    for method in METHODS:
        needed |= SCOPES[method]
    for event in handled(routes):
        needed |= EVENT_SCOPES[event]

    assert set(manifest["oauth_config"]["scopes"]["bot"]) == needed
    assert "user" not in manifest["oauth_config"]["scopes"]


def test_events_are_the_ones_that_are_handled(manifest: Document, routes: Routes) -> None:
    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == handled(routes)


def handled(routes: Routes) -> set[str]:
    """Return the events that are handled, as the manifest calls them."""
    names = {"message": "message.im"}  # commands, of the direct ones alone
    shared = {"message.channels", "message.groups"} if "message" in routes.shares else set()
    return shared | {
        names.get(event, event) for event in (*routes.events, *routes.homes, *routes.details, *routes.messages)
    }


def test_the_command_is_ours_and_every_verb_has_a_handler(manifest: Document, routes: Routes) -> None:
    assert [command["command"] for command in manifest["features"]["slash_commands"]] == [ids.TICKET]
    assert set(routes.commands) == {verb.verb for verb in COMMANDS}


def test_shortcuts_are_the_ones_that_are_handled(manifest: Document, routes: Routes) -> None:
    announced = {shortcut["callback_id"]: shortcut["type"] for shortcut in manifest["features"]["shortcuts"]}

    assert announced == {ids.SHORTCUT_NEW: "global", ids.SHORTCUT_FILE: "message"}
    assert set(announced) == set(routes.shortcuts)


def test_everything_arrives_at_one_address(manifest: Document) -> None:
    settings = manifest["settings"]
    addresses = {
        settings["event_subscriptions"]["request_url"],
        settings["interactivity"]["request_url"],
        settings["interactivity"]["message_menu_options_url"],
        *(command["url"] for command in manifest["features"]["slash_commands"]),
    }

    [address] = addresses
    assert address.startswith("https://")
    assert address.endswith(PATH)
    assert manifest["features"]["unfurl_domains"] == [urlsplit(address).hostname]


def test_requests_come_over_http(manifest: Document) -> None:
    assert manifest["settings"]["socket_mode_enabled"] is False
    assert manifest["settings"]["interactivity"]["is_enabled"] is True


def test_names_are_the_contracts(manifest: Document) -> None:
    assert manifest["display_information"]["name"] == "Francisco Tickets"
    assert manifest["features"]["bot_user"]["display_name"] == "tickets"


def test_texts_fit(manifest: Document) -> None:
    display, [command] = manifest["display_information"], manifest["features"]["slash_commands"]

    assert len(display["name"]) <= 35
    assert len(display["description"]) <= 140
    assert 175 <= len(display["long_description"]) <= 4000
    assert len(command["description"]) <= 2000
    assert len(command["usage_hint"]) <= 1000


@pytest.mark.skipif(not VALIDATOR.exists(), reason="Slack's own schema isn't here")
def test_slacks_schema_accepts_it() -> None:
    pytest.importorskip("jsonschema")
    command = [sys.executable, str(VALIDATOR), str(ROOT / "app_manifest.yml"), "--methods", ",".join(METHODS)]

    judged = subprocess.run(command, capture_output=True, text=True, check=False)

    assert judged.returncode == 0, judged.stdout + judged.stderr
