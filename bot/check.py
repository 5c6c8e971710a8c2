"""``python -m bot check``: whether the bot would work, one line a thing, and what to do where it wouldn't."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal
from urllib.parse import urlsplit

import asyncpg

from bot.database import StartRefused, connect_database, database_address, listening_address
from bot.errors import Refusal
from bot.links import ticket_link
from bot.settings import Program, Settings, SettingsRefused, load_settings
from bot.slack import SCOPES, Slack, SlackError, SlackRefused
from db.keys import encryption_keys
from db.models import TicketId
from db.notifications import hear_notifications, read_outbox
from db.pool import Database
from db.storage import StorageAway, open_storage
from db.tickets import count_passcodes

_SKEW_WARNED: Final = 30  # seconds
_PARAMETERS_LOGGED: Final = """
SELECT current_setting('log_parameter_max_length_on_error') <> '0'
       OR (current_setting('log_parameter_max_length') <> '0'
           AND (current_setting('log_statement') = 'all' OR current_setting('log_duration')::boolean
                OR '-1' <> ANY (ARRAY[current_setting('log_min_duration_statement'),
                                      current_setting('log_min_duration_sample')])))
"""
_SKEW_REFUSED: Final = 300  # seconds: a signature older or newer than this is refused (bot.http.MAX_AGE)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about one thing. 'fail': the bot would not work; 'note': it would, but look at it."""

    thing: str
    state: Literal["ok", "note", "fail"]
    words: str

    def __str__(self) -> str:
        """Return the line to print."""
        return f"{self.state:<4}  {self.thing:<8}  {self.words}"


async def check(program: Program = Program.RUN) -> AsyncIterator[Finding]:
    """Yield what is found, one after the other: settings, database, files, Slack's tokens, scopes, channel, clocks."""
    try:
        settings = load_settings(program)
    except SettingsRefused as error:
        for line in error.lines:
            yield Finding("settings", "fail", line)
        return
    way = "Socket Mode" if settings.slack_app_token else f"HTTP on {settings.host}:{settings.port}"
    yield Finding("settings", "ok", f"complete; Slack is served by {way}")
    yield _describe_links(settings)
    async with AsyncExitStack() as stack:
        try:
            dsn = await stack.enter_async_context(database_address(settings))
            database = await connect_database(stack, dsn, settings, for_requests=True, patience=0)
        except (StartRefused, Refusal) as error:
            yield Finding("database", "fail", str(error))
        else:
            async for finding in _check_database(database):
                yield finding
            yield await _check_outbox(database)
            yield await _check_listening(listening_address(dsn, settings))
            async for finding in _check_keys(database, settings):
                yield finding
    yield await _check_files(settings)
    token = settings.slack_bot_token
    assert token is not None  # noqa: S101 - load_settings refuses without it
    async with Slack.connect(token.get_secret_value(), settings.slack_api_url) as slack:
        async for finding in _check_slack(slack, settings):
            yield finding
        if settings.slack_app_token is not None:
            yield await _check_app_token(slack, settings.slack_app_token.get_secret_value())


def _describe_links(settings: Settings) -> Finding:
    """Say what tickets' addresses look like, and what the manifest has to say for them, which nobody can ask Slack."""
    if settings.public_url is None:
        return Finding("links", "ok", "none: PUBLIC_URL is not set")
    domain = urlsplit(settings.public_url).hostname
    example = ticket_link(settings.public_url, TicketId(42))
    words = f"such as {example}; the app's manifest must have {domain} under unfurl_domains to show them"
    if settings.work_objects:
        words += ", and Work Object Previews must be on for tasks in its settings"
    return Finding("links", "ok", words)


async def _check_database(database: Database) -> AsyncIterator[Finding]:
    managers = await database.value("SELECT app.count_linked_managers()")
    yield Finding("database", "ok", "answers, is migrated, and row-level security holds for its role")
    if managers:
        yield Finding("people", "ok", f"{managers} active Manager{'' if managers == 1 else 's'} linked with Slack")
    else:
        words = "no Manager is linked yet: `python -m bot grant EMAIL Manager --slack-user U...`"
        yield Finding("people", "note", words)
    yield _clock("database", (datetime.now(UTC) - await database.value("SELECT clock_timestamp()")).total_seconds())


async def _check_outbox(database: Database) -> Finding:
    if dead := sum((await read_outbox(database)).messages.get("dead", {}).values()):
        words = f"{dead} undelivered: `python -m bot notifications --failed` says why"
        return Finding("outbox", "note", words)
    return Finding("outbox", "ok", "nothing is undelivered")


async def _check_listening(address: str) -> Finding:
    """Say whether workers hear of changes, or have to look each second."""
    each_second = "workers look each second instead of hearing of changes"
    try:
        async with hear_notifications(address, lambda: None) as hearing:
            if hearing.direct:
                return Finding("listen", "ok", "changes are heard at once")
    except (OSError, asyncpg.PostgresError):
        return Finding("listen", "note", f"nobody answers there, so {each_second}: correct DATABASE_LISTEN_URL")
    return Finding("listen", "note", f"a pooler stands between, so {each_second}: set DATABASE_LISTEN_URL")


async def _check_keys(database: Database, settings: Settings) -> AsyncIterator[Finding]:
    try:
        found = await count_passcodes(database, encryption_keys(settings))
    except SettingsRefused as error:
        yield Finding("key", "fail", str(error))
        return
    if found.unreadable:
        words = (
            f"{found.unreadable} of the stored passcodes can't be read: set ENCRYPTION_KEY to the key that they were "
            "encrypted with, or ENCRYPTION_KEY_PREVIOUS and run `python -m db rotate-key`"
        )
        yield Finding("key", "fail", words)
    elif found.previous:
        words = f"{found.previous} passcodes still need the previous key: run `python -m db rotate-key`"
        yield Finding("key", "note", words)
    else:
        yield Finding("key", "ok", f"fits: {found.present or 'no'} passcodes are stored")
    if await database.value(_PARAMETERS_LOGGED):
        words = "the server may write the key into its log: set log_parameter_max_length = 0 there (docs/operating.md)"
        yield Finding("key", "note", words)


async def _check_files(settings: Settings) -> Finding:
    """Say whether attachments can be kept, by writing, reading and removing a small one."""
    try:
        storage = open_storage(settings)
        await storage.attempt()
    except StorageAway as error:
        place = settings.files_url or f"the folder files in {settings.data_dir}"
        return Finding("files", "fail", f"{place} can't be used ({error}): correct FILES_URL or what goes with it")
    if storage.folder is not None and not settings.is_embedded:
        words = f"kept in {storage.place}: workers on several machines need a FILES_URL that all reach"
        return Finding("files", "ok", words)
    return Finding("files", "ok", f"kept in {storage.place}")


async def _check_slack(slack: Slack, settings: Settings) -> AsyncIterator[Finding]:
    try:
        me = await slack.auth_test()
    except SlackRefused as error:
        words = f"Slack refuses it ({error.code}): set SLACK_BOT_TOKEN to the one under OAuth & Permissions"
        yield Finding("token", "fail", words)
        return
    except SlackError as error:
        yield Finding("token", "fail", f"Slack doesn't answer ({error}): is {settings.slack_api_url} within reach?")
        return
    if settings.slack_team_id not in {None, me.team_id}:
        words = f"SLACK_TEAM_ID is {settings.slack_team_id}, but the token belongs to {me.team_id}: change one of them"
        yield Finding("token", "fail", words)
    else:
        yield Finding("token", "ok", f"belongs to {me.team} ({me.team_id})")
    missing = sorted(set(SCOPES) - me.scopes)
    if missing:
        words = f"missing: {', '.join(missing)}; update the app's manifest and install it again"
        yield Finding("scopes", "fail", words)
    else:
        yield Finding("scopes", "ok", "all that the manifest asks for")
    yield await _check_channel(slack, settings.tickets_channel)
    if me.answered_at is not None:
        yield _clock("Slack", (datetime.now(UTC) - me.answered_at).total_seconds())


async def _check_channel(slack: Slack, channel: str | None) -> Finding:
    if channel is None:
        return Finding("channel", "note", "TICKETS_CHANNEL is not set: no cards are posted")
    try:
        await slack.read_channel(channel)
    except SlackRefused as error:
        if error.code in {"not_in_channel", "channel_not_found"}:
            words = f"the bot is not in {channel}: type /invite @tickets there, or correct TICKETS_CHANNEL"
            return Finding("channel", "fail", words)
        return Finding("channel", "fail", f"{channel} can't be used ({error.code}): choose another TICKETS_CHANNEL")
    except SlackError as error:
        return Finding("channel", "fail", f"Slack doesn't answer ({error})")
    return Finding("channel", "ok", f"the bot is in {channel}")


async def _check_app_token(slack: Slack, token: str) -> Finding:
    try:
        await slack.check_app_token(token)
    except SlackRefused as error:
        words = (
            f"Slack refuses SLACK_APP_TOKEN ({error.code}): make an App-Level Token with connections:write under "
            "Basic Information, and switch Socket Mode on"
        )
        return Finding("socket", "fail", words)
    except SlackError as error:
        return Finding("socket", "fail", f"Slack doesn't answer ({error})")
    return Finding("socket", "ok", "Slack takes SLACK_APP_TOKEN")


def _clock(whose: str, seconds: float) -> Finding:
    ahead = f"this machine's clock is {abs(seconds):.0f} s {'ahead of' if seconds > 0 else 'behind'} {whose}'s"
    if abs(seconds) >= _SKEW_REFUSED:
        return Finding("clock", "fail", f"{ahead}: Slack's signatures would be refused; set the clock (NTP)")
    if abs(seconds) >= _SKEW_WARNED:
        return Finding("clock", "note", f"{ahead}: set the clock (NTP)")
    return Finding("clock", "ok", f"agrees with {whose}'s")


async def print_check() -> int:
    """Print the findings as they come; return the exit code: 1 if the bot would not work."""
    failed = False
    async for finding in check():
        print(finding, flush=True)  # noqa: T201 - the command's answer
        failed = failed or finding.state == "fail"
    return int(failed)


def run_check() -> int:
    """Do the whole of it; return the exit code."""
    return asyncio.run(print_check())
