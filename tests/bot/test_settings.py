import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.settings import Program, Settings, SettingsRefused, load_settings

ROOT = Path(__file__).parents[2]
ENOUGH = {"SLACK_BOT_TOKEN": "xoxb-1-a", "SLACK_SIGNING_SECRET": "abc"}
Load = Callable[..., Settings]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Load:
    """Load settings from nothing but what a test gives."""
    for name in os.environ:
        if name.lower() in Settings.model_fields:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def with_environment(program: Program = Program.RUN, **values: str) -> Settings:
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        return load_settings(program)

    return with_environment


def lines(load: Load, **values: str) -> list[str]:
    with pytest.raises(SettingsRefused) as caught:
        load(**values)
    return caught.value.lines


def test_two_values_are_enough(load: Load) -> None:
    settings = load(**ENOUGH)

    assert settings.slack_api_url == "https://slack.com/api/"
    assert (settings.host, settings.port) == ("0.0.0.0", 3000)  # noqa: S104
    assert settings.database_url is None
    assert settings.data_dir == Path(".data")
    assert (settings.db_pool_min, settings.db_pool_max) == (2, 20)
    assert (settings.db_acquire_timeout, settings.db_statement_timeout) == (10, 30)
    assert settings.shop_timezone.key == "America/Los_Angeles"
    assert f"{settings.summary_time:%H:%M}" == "08:00"
    assert (settings.log_level, settings.log_format) == ("INFO", None)


def test_metrics_are_off_and_never_on_the_public_port(load: Load) -> None:
    assert load(**ENOUGH).metrics_port is None
    assert load(**ENOUGH, METRICS_PORT="9100").metrics_host == "127.0.0.1"
    assert lines(load, **ENOUGH, METRICS_PORT="3000") == ["METRICS_PORT: must not be PORT, which the world may reach"]


def test_work_objects_are_off_and_need_addresses(load: Load) -> None:
    assert not load(**ENOUGH).work_objects
    assert lines(load, **ENOUGH, WORK_OBJECTS="maybe") == ["WORK_OBJECTS: on or off is wanted"]
    [line] = lines(load, **ENOUGH, WORK_OBJECTS="on")
    assert line.startswith("WORK_OBJECTS: needs PUBLIC_URL")
    assert load(**ENOUGH, PUBLIC_URL="https://tickets.shop.example", WORK_OBJECTS="on").work_objects


def test_caches_are_off_and_named_with_commas_or_blanks(load: Load) -> None:
    assert load(**ENOUGH).caches == frozenset()
    assert load(**ENOUGH, CACHES="tickets, customers permissions").caches == {"customers", "tickets", "permissions"}


def test_values_come_from_a_file_too_and_the_environment_wins(load: Load) -> None:
    Path(".env").write_text("SLACK_BOT_TOKEN=xoxb-file\nSLACK_SIGNING_SECRET=abc\nPORT=1\nUNKNOWN=1\n")

    settings = load(PORT="2")

    assert settings.slack_bot_token is not None
    assert settings.slack_bot_token.get_secret_value() == "xoxb-file"
    assert settings.port == 2


def test_empty_value_counts_as_unset(load: Load) -> None:
    assert load(**ENOUGH, DATABASE_URL="", PORT="").port == 3000


def test_every_missing_value_has_a_line(load: Load) -> None:
    assert [line.split(":")[0] for line in lines(load)] == ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"]


def test_worker_needs_no_signing_secret(load: Load) -> None:
    load(Program.WORKER, SLACK_BOT_TOKEN="xoxb-1-a")


def test_tool_needs_nothing_of_slack(load: Load) -> None:
    load(Program.TOOL)


@pytest.mark.parametrize("secret", [{}, {"SLACK_SIGNING_SECRET": "abc"}])
def test_app_token_takes_the_signing_secrets_place(load: Load, secret: dict[str, str]) -> None:
    settings = load(SLACK_BOT_TOKEN="xoxb-1-a", SLACK_APP_TOKEN="xapp-1-A0B1-2-c3d4", **secret)

    assert settings.slack_app_token is not None


def test_way_without_a_public_address_is_named_where_the_secret_is_missing(load: Load) -> None:
    [line] = lines(load, SLACK_BOT_TOKEN="xoxb-1-a")

    assert "SLACK_APP_TOKEN" in line


def test_administrators_login_alone_is_not_enough(load: Load) -> None:
    missing = lines(load, **ENOUGH, DATABASE_ADMIN_URL="postgresql://owner:hunter2@h/shop")

    assert [line.partition(";")[0] for line in missing] == ["DATABASE_URL: missing", "ENCRYPTION_KEY: missing"]


def test_database_of_ones_own_wants_a_key_where_passcodes_are_entered(load: Load) -> None:
    [line] = lines(load, **ENOUGH, DATABASE_URL="postgresql://repair_bot@h/shop")

    assert line.startswith("ENCRYPTION_KEY: missing")
    assert load(Program.WORKER).encryption_key is None
    assert load(ENCRYPTION_KEY="a pass phrase may have blanks in it").encryption_key is not None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", "hunter2"),
        ("SLACK_BOT_TOKEN", "xapp-hunter2"),
        ("SLACK_BOT_TOKEN", "xoxb-1 hunter2"),
        ("SLACK_APP_TOKEN", "hunter2"),
        ("SLACK_APP_TOKEN", "xoxb-hunter2"),
        ("SLACK_APP_TOKEN", "xapp-1-hunter2 hunter2"),
        ("SLACK_SIGNING_SECRET", "hunter2 hunter2"),
        ("SLACK_API_URL", "slack.com/hunter2"),
        ("SLACK_API_URL", "ftp://hunter2"),
        ("SLACK_TEAM_ID", "hunter2"),
        ("TICKETS_CHANNEL", "#hunter2"),
        ("DATABASE_URL", "mysql://hunter2"),
        ("DATABASE_URL", "hunter2"),
        ("ENCRYPTION_KEY", "hunter2"),
        ("ENCRYPTION_KEY_PREVIOUS", "hunter2" * 4),
        ("ENCRYPTION_KEY", "hünter2" * 5),
        ("PORT", "hunter2"),
        ("PORT", "70000"),
        ("PORT", "-1"),
        ("SHOP_TIMEZONE", "Mars/hunter2"),
        ("SHOP_TIMEZONE", "../hunter2"),
        ("SUMMARY_TIME", "hunter2"),
        ("SUMMARY_TIME", "25:00"),
        ("DB_POOL_MIN", "hunter2"),
        ("CACHES", "hunter2"),
        ("DB_POOL_MAX", "0"),
        ("DB_ACQUIRE_TIMEOUT", "0"),
        ("DB_STATEMENT_TIMEOUT", "hunter2"),
        ("DRAIN_SECONDS", "-1"),
        ("LOG_LEVEL", "hunter2"),
        ("LOG_FORMAT", "hunter2"),
    ],
)
def test_malformed_value_has_one_line_that_names_it_and_never_shows_it(load: Load, name: str, value: str) -> None:
    [line] = lines(load, **(ENOUGH | {name: value}))

    assert line.startswith(f"{name}: ")
    assert "\n" not in line
    assert "hunter2" not in line


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("PORT", "http", "a whole number is wanted"),
        ("PORT", "99999", "at most 65535 is wanted"),
        ("DB_POOL_MAX", "0", "at least 1 is wanted"),
        ("DRAIN_SECONDS", "soon", "a number is wanted"),
        ("DB_ACQUIRE_TIMEOUT", "0", "more than 0.0 is wanted"),
        ("SUMMARY_TIME", "8 o'clock", "a time of day such as 08:00 is wanted"),
        ("LOG_LEVEL", "loud", "'DEBUG', 'INFO', 'WARNING' or 'ERROR' is wanted"),
    ],
)
def test_malformed_value_is_said_in_an_operators_words(load: Load, name: str, value: str, wanted: str) -> None:
    assert lines(load, **(ENOUGH | {name: value})) == [f"{name}: {wanted}"]


def test_every_malformed_value_has_a_line(load: Load) -> None:
    found = lines(load, **(ENOUGH | {"PORT": "x", "SUMMARY_TIME": "x", "LOG_LEVEL": "x"}))

    assert sorted(line.split(":")[0] for line in found) == ["LOG_LEVEL", "PORT", "SUMMARY_TIME"]


def test_pool_can_not_be_smaller_than_its_least(load: Load) -> None:
    [line] = lines(load, **ENOUGH, DB_POOL_MIN="9", DB_POOL_MAX="3")

    assert line.startswith("DB_POOL_MIN: ")


def test_file_that_can_not_be_read_has_one_line(load: Load) -> None:
    Path(".env").write_bytes(b"SLACK_BOT_TOKEN=\xff\xfe\n")

    [line] = lines(load)

    assert line.startswith(".env: ")


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("http://127.0.0.1:8080/api", "http://127.0.0.1:8080/api/"),
        ("https://slack.com/api/", "https://slack.com/api/"),
    ],
)
def test_api_address_ends_with_a_slash(load: Load, given: str, used: str) -> None:
    assert load(**ENOUGH, SLACK_API_URL=given).slack_api_url == used


def test_level_may_be_written_in_any_case(load: Load) -> None:
    settings = load(**ENOUGH, LOG_LEVEL="debug", LOG_FORMAT="JSON")

    assert (settings.log_level, settings.log_format) == ("DEBUG", "json")


def test_printed_settings_hold_no_secret(load: Load) -> None:
    secrets = {"SLACK_SIGNING_SECRET": "hunter2", "DATABASE_URL": "postgresql://u:hunter2@h/d"}
    secrets |= {"ENCRYPTION_KEY": "hunter2" * 5, "ENCRYPTION_KEY_PREVIOUS": "hunter2" * 6}
    secrets |= {"FILES_KEY_ID": "mine", "FILES_SECRET": "hunter2"}
    settings = load(**(ENOUGH | secrets))

    assert "hunter2" not in repr(settings)
    assert "xoxb-1-a" not in repr(settings)


@pytest.mark.parametrize("given", ["https://bucket/x", "s3://", "s3://UPPER", "file://host/folder", "files"])
def test_storage_is_a_bucket_or_a_folder(load: Load, given: str) -> None:
    [line] = lines(load, **ENOUGH, FILES_URL=given)

    assert line == "FILES_URL: s3://bucket, s3://bucket/folder or file:///folder is wanted"


def test_storages_key_and_secret_belong_together(load: Load) -> None:
    [line] = lines(load, **ENOUGH, FILES_KEY_ID="mine")

    assert line.startswith("FILES_SECRET: missing")


def names_in_the_example() -> set[str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return {line.lstrip("#").split("=")[0].lower() for line in lines if "=" in line and "# " not in line}


def names_in_compose() -> set[str]:
    """Return what compose.yaml takes from .env itself, besides settings of the bot."""
    found = re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text())
    return {name.lower() for name in found} - set(Settings.model_fields)


def test_example_file_names_what_compose_needs() -> None:
    assert names_in_compose() == {"postgres_password", "repair_bot_password"}
    assert names_in_compose() <= names_in_the_example()


def test_example_file_names_every_setting() -> None:
    named = names_in_the_example() - names_in_compose()

    assert named == set(Settings.model_fields)
