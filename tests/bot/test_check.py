from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml

from bot.check import Finding, check
from bot.slack import SCOPES
from sandbox.documents import Document
from sandbox.server import Sandbox
from tests.journeys.floor import CHANNEL, ROOT, workspace_of
from tests.shop import KEYS, Shop
from tests.wire import Wire


@pytest.fixture
def workspace(shop: Shop) -> Document:
    return workspace_of(shop, [])


@pytest.fixture
async def sandbox(workspace: Document) -> AsyncIterator[Sandbox]:
    async with Sandbox.serve(manifest=ROOT / "app_manifest.yml", workspace=workspace) as served:
        yield served


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, bot_url: str, sandbox: Sandbox) -> None:
    """Settings with which everything is as it should be."""
    monkeypatch.chdir(tmp_path)
    for name in ("SLACK_APP_TOKEN", "SLACK_TEAM_ID", "DATABASE_ADMIN_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", bot_url)
    monkeypatch.setenv("ENCRYPTION_KEY", KEYS.present.get_secret_value())
    monkeypatch.setenv("SLACK_BOT_TOKEN", sandbox.credentials.token)
    monkeypatch.setenv("SLACK_SIGNING_SECRET", sandbox.credentials.signing_secret)
    monkeypatch.setenv("SLACK_API_URL", sandbox.api_url)
    monkeypatch.setenv("TICKETS_CHANNEL", CHANNEL)


async def found(thing: str) -> list[Finding]:
    return [finding async for finding in check() if finding.thing == thing]


async def test_everything_in_order_is_said_so_a_line_each() -> None:
    findings = [finding async for finding in check()]

    assert {finding.state for finding in findings} == {"ok"}
    about_the_database = ["database", "people", "clock", "outbox", "listen", "key"]
    assert [finding.thing for finding in findings] == [
        "settings",
        "links",
        *about_the_database,
        "files",
        *("token", "scopes", "channel", "clock"),
    ]
    assert not any("\n" in str(finding) for finding in findings)


async def test_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SLACK_BOT_TOKEN")

    (finding,) = await found("settings")
    assert finding.state == "fail"
    assert finding.words.startswith("SLACK_BOT_TOKEN: missing")


async def test_links_are_said_with_the_domain_that_the_manifest_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://tickets.shop.example")

    (finding,) = await found("links")
    assert "https://tickets.shop.example/t/42" in finding.words
    assert "tickets.shop.example under unfurl_domains" in finding.words
    assert "Work Object" not in finding.words
    monkeypatch.setenv("WORK_OBJECTS", "on")

    (finding,) = await found("links")
    assert "Work Object Previews must be on" in finding.words


async def test_database_that_is_away_is_said_and_slack_is_checked_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://repair_bot@127.0.0.1:1/shop")

    assert [finding.state for finding in await found("database")] == ["fail"]
    assert [finding.state for finding in await found("token")] == ["ok"]


async def test_storage_that_can_not_be_written_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    monkeypatch.setenv("FILES_URL", f"file://{tmp_path}/taken")

    (finding,) = await found("files")
    assert (finding.state, "FILES_URL" in finding.words) == ("fail", True)


async def test_role_that_bypasses_row_level_security_fails(monkeypatch: pytest.MonkeyPatch, owner_url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", owner_url)

    (finding,) = await found("database")
    assert finding.state == "fail"
    assert "row-level security" in finding.words


async def test_shop_without_a_linked_manager_is_told_the_command(shop: Shop) -> None:
    await shop.owner.execute("UPDATE user_permissions SET slack_user_id = NULL WHERE role = 'Manager'")

    (finding,) = await found("people")
    assert finding.state == "note"
    assert "python -m bot grant" in finding.words


async def test_undelivered_messages_are_a_note(shop: Shop) -> None:
    await shop.add_ticket()
    await shop.owner.execute("UPDATE notifications SET state = 'dead', error = 'is_archived'")

    (finding,) = await found("outbox")
    assert (finding.state, finding.words.split(":")[0]) == ("note", "1 undelivered")


async def test_address_where_nothing_is_heard_is_a_note(monkeypatch: pytest.MonkeyPatch, wire: Wire) -> None:
    wire.pools = True
    monkeypatch.setenv("DATABASE_LISTEN_URL", wire.url)
    (pooled,) = await found("listen")
    monkeypatch.setenv("DATABASE_LISTEN_URL", "postgresql://repair_bot@127.0.0.1:1/shop")
    (away,) = await found("listen")

    assert (pooled.state, pooled.words.split(",")[0]) == ("note", "a pooler stands between")
    assert (away.state, away.words.split(",")[0]) == ("note", "nobody answers there")


async def test_key_that_does_not_fit_fails_and_one_to_be_rotated_is_a_note(
    monkeypatch: pytest.MonkeyPatch, shop: Shop
) -> None:
    ticket = await shop.add_ticket()
    async with shop.owner.transaction():
        await shop.owner.execute("SELECT app.use_encryption_keys($1)", KEYS.given())
        await shop.owner.execute("INSERT INTO ticket_secrets VALUES ($1, encrypt_sensitive_data('4711'))", ticket)
    assert [str(finding) for finding in await found("key")] == ["ok    key       fits: 1 passcodes are stored"]
    monkeypatch.setenv("ENCRYPTION_KEY", "n" * 40)

    (finding,) = await found("key")
    assert finding.state == "fail"
    assert "ENCRYPTION_KEY_PREVIOUS" in finding.words
    monkeypatch.setenv("ENCRYPTION_KEY_PREVIOUS", KEYS.present.get_secret_value())
    (finding,) = await found("key")
    assert finding.state == "note"
    assert "rotate-key" in finding.words


async def test_server_that_logs_parameters_is_a_note(shop: Shop) -> None:
    name = await shop.owner.fetchval("SELECT current_database()")
    await shop.owner.execute(f"ALTER DATABASE {name} SET log_parameter_max_length_on_error = -1")

    assert [finding.state for finding in await found("key")] == ["ok", "note"]


async def test_refused_token_fails_and_says_where_the_right_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-wrong")

    (finding,) = await found("token")
    assert finding.state == "fail"
    assert "invalid_auth" in finding.words
    assert "OAuth & Permissions" in finding.words
    assert "xoxb-wrong" not in finding.words


async def test_slack_out_of_reach_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:1/api/")

    (finding,) = await found("token")
    assert finding.state == "fail"
    assert "doesn't answer" in finding.words


async def test_token_of_another_workspace_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_TEAM_ID", "T0ELSEWHERE")

    assert [finding.state for finding in await found("token")] == ["fail"]


async def test_missing_scopes_are_named(monkeypatch: pytest.MonkeyPatch, workspace: Document) -> None:
    manifest = yaml.safe_load((ROOT / "app_manifest.yml").read_text())
    manifest["oauth_config"]["scopes"]["bot"].remove("im:write")
    async with Sandbox.serve(manifest=manifest, workspace=workspace) as poorer:
        monkeypatch.setenv("SLACK_BOT_TOKEN", poorer.credentials.token)
        monkeypatch.setenv("SLACK_API_URL", poorer.api_url)

        (finding,) = await found("scopes")

    assert finding.state == "fail"
    assert "im:write" in finding.words


async def test_channel_that_the_bot_is_not_in_fails_and_says_what_to_type(
    monkeypatch: pytest.MonkeyPatch, workspace: Document
) -> None:
    channels = workspace["channels"]
    assert isinstance(channels, list)
    assert isinstance(channels[0], dict)
    channels[0]["members"] = ["U0TOMREED"]
    async with Sandbox.serve(manifest=ROOT / "app_manifest.yml", workspace=workspace) as lonely:
        monkeypatch.setenv("SLACK_BOT_TOKEN", lonely.credentials.token)
        monkeypatch.setenv("SLACK_API_URL", lonely.api_url)

        (finding,) = await found("channel")

    assert finding.state == "fail"
    assert "/invite @tickets" in finding.words


async def test_no_channel_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TICKETS_CHANNEL")

    assert [finding.state for finding in await found("channel")] == ["note"]


def test_scopes_looked_for_are_those_that_the_manifest_asks_for() -> None:
    manifest = yaml.safe_load((ROOT / "app_manifest.yml").read_text())

    assert sorted(SCOPES) == sorted(manifest["oauth_config"]["scopes"]["bot"])


async def test_token_for_socket_mode_is_tried_without_opening_a_socket(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    monkeypatch.setenv("SLACK_APP_TOKEN", sandbox.credentials.app_token)

    assert [finding.state for finding in await found("socket")] == ["ok"]
    assert not sandbox.sockets.connections


async def test_refused_token_for_socket_mode_fails_and_says_where_the_right_one_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1-wrong")

    (finding,) = await found("socket")
    assert finding.state == "fail"
    assert "connections:write" in finding.words
    assert "xapp-1-wrong" not in finding.words
