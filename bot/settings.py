"""What the operator sets: the only reader of the environment (and of ``.env``).

``load_settings`` either returns settings that the asked-for program can work with or raises ``SettingsRefused``, whose
lines name each wrong variable, what is wanted and where to find it; never a value, which may be a secret.
"""

import re
from datetime import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError

CacheName = Literal["customers", "tickets", "permissions"]
SLACK_API: Final = "https://slack.com/api/"
KEY_MISSING: Final = (
    "ENCRYPTION_KEY: missing; it encrypts the passcodes of devices. Make one with "
    '`python -c "import secrets; print(secrets.token_urlsafe(32))"` and keep it as safe as a backup.'
)

_KEY: Final = r"[!-~][ -~]{30,}[!-~]"


class Program(StrEnum):
    """Which of the bot's programs is starting; each needs other settings."""

    RUN = "run"  # the front and the worker in one process
    WEB = "web"
    WORKER = "worker"
    TOOL = "tool"  # a command that talks to the database alone


class SettingsRefused(Exception):
    """The settings can't be worked with. ``lines``: one for each fault."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("; ".join(lines))
        self.lines = lines


def _matching(pattern: str, wanted: str) -> AfterValidator:
    def check(value: str | SecretStr) -> str | SecretStr:
        plain = value.get_secret_value() if isinstance(value, SecretStr) else value
        if not re.fullmatch(pattern, plain, re.ASCII):
            raise ValueError(wanted)
        return value

    return AfterValidator(check)


def is_key(text: str) -> bool:
    """Tell whether a text can be an encryption key."""
    return re.fullmatch(_KEY, text) is not None


def _check_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("an http:// or https:// address is wanted")
    return value.rstrip("/") + "/"


def _find_zone(value: object) -> ZoneInfo:
    if isinstance(value, ZoneInfo):
        return value
    try:
        return ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("a time zone's name such as America/Los_Angeles is wanted") from None


_Token = Annotated[
    SecretStr, _matching(r"xox[a-z.]*[bp]-\S+", "a bot token is wanted; it begins with xoxb- (OAuth & Permissions)")
]
_AppToken = Annotated[
    SecretStr,
    _matching(
        r"xapp-[\w-]+", "an app-level token is wanted; it begins with xapp- (Basic Information, App-Level Tokens)"
    ),
]
_Secret = Annotated[SecretStr, _matching(r"\S+", "the secret has no blanks (Basic Information, App Credentials)")]
_Team = Annotated[str, _matching(r"T\w+", "a workspace's id is wanted, such as T0123ABCD")]
_Channel = Annotated[
    str, _matching(r"[CG]\w+", "a channel's id is wanted, such as C0123ABCD: it ends the channel's details in Slack")
]
_FilesUrl = Annotated[
    str,
    _matching(
        r"s3://[a-z0-9.-]+(/[\w.-]+)*/?|file:///\S*", "s3://bucket, s3://bucket/folder or file:///folder is wanted"
    ),
]
_FilesSecret = Annotated[SecretStr, _matching(r"\S+", "the secret access key has no blanks")]
_Dsn = Annotated[
    SecretStr, _matching(r"postgres(ql)?://\S+", "a DSN such as postgresql://repair_bot@host:5432/shop is wanted")
]


def _split(value: object) -> object:
    return [name for name in re.split(r"[\s,]+", value.strip()) if name] if isinstance(value, str) else value


_Caches = Annotated[frozenset[CacheName], NoDecode, BeforeValidator(_split)]
_Key = Annotated[SecretStr, _matching(_KEY, "at least 32 characters are wanted, without accents")]
_Seconds = Annotated[float, Field(gt=0, le=3600)]


class Settings(BaseSettings):
    """The environment variables of ``.env.example``, by their lower-case names."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True
    )

    slack_bot_token: _Token | None = None
    slack_app_token: _AppToken | None = None  # set: Socket Mode
    slack_signing_secret: _Secret | None = None
    slack_api_url: Annotated[str, AfterValidator(_check_url)] = SLACK_API
    slack_team_id: _Team | None = None
    tickets_channel: _Channel | None = None

    database_url: _Dsn | None = None
    database_admin_url: _Dsn | None = None
    database_listen_url: _Dsn | None = None  # past a transaction pooler, which keeps notifications to itself
    data_dir: Path = Path(".data")  # where the embedded server can't reach it, ``db.embedded`` chooses another

    files_url: _FilesUrl | None = None  # where attachments are; None: the folder ``files`` in ``data_dir``
    files_endpoint: Annotated[str, AfterValidator(_check_url)] | None = None  # of a service that isn't Amazon's
    files_region: str = "us-east-1"
    files_key_id: str | None = None
    files_secret: _FilesSecret | None = None

    encryption_key: _Key | None = None  # None: with the embedded database, a file in ``data_dir`` (``db.keys``)
    encryption_key_previous: _Key | None = None  # until `python -m db rotate-key` has been through

    host: str = "0.0.0.0"  # noqa: S104  a server behind a balancer; the demo sets 127.0.0.1
    port: int = Field(3000, ge=0, le=65535)  # 0: any free one

    public_url: Annotated[str, AfterValidator(_check_url)] | None = None  # None: tickets have no addresses
    work_objects: bool = False  # whether Work Object Previews are on in the Slack app's settings

    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = Field(None, ge=0, le=65535)  # None: no metrics

    shop_timezone: Annotated[ZoneInfo, BeforeValidator(_find_zone)] = ZoneInfo("America/Los_Angeles")
    summary_time: time = time(8)

    db_pool_min: int = Field(2, ge=0, le=1000)
    db_pool_max: int = Field(20, ge=1, le=1000)
    db_acquire_timeout: _Seconds = 10.0  # of the worker; a Slack request never waits as long
    db_statement_timeout: _Seconds = 30.0  # of the worker

    caches: _Caches = frozenset()  # what ``db.caches`` keeps; docs/decisions/0010-caches.md says why nothing

    drain_seconds: float = Field(5.0, ge=0, le=300)  # how long a balancer may take to notice /readyz

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["console", "json"] | None = None  # None: console on a terminal, else json

    @model_validator(mode="before")
    @classmethod
    def _fold_case(cls, values: dict[str, Any]) -> dict[str, Any]:
        folded = dict(values)
        for name, fold in (("log_level", str.upper), ("log_format", str.lower)):
            if isinstance(folded.get(name), str):
                folded[name] = fold(folded[name])
        return folded

    @model_validator(mode="after")
    def _check_pool(self) -> Self:
        if self.db_pool_min > self.db_pool_max:
            raise ValueError("DB_POOL_MIN: must not be greater than DB_POOL_MAX")
        return self

    @model_validator(mode="after")
    def _check_metrics(self) -> Self:
        if self.metrics_port and self.metrics_port == self.port:
            raise ValueError("METRICS_PORT: must not be PORT, which the world may reach")
        return self

    @model_validator(mode="after")
    def _check_work_objects(self) -> Self:
        if self.work_objects and self.public_url is None:
            raise ValueError("WORK_OBJECTS: needs PUBLIC_URL, since Slack knows a Work Object by its address")
        return self

    @model_validator(mode="after")
    def _check_files(self) -> Self:
        if (self.files_key_id is None) != (self.files_secret is None):
            missing = "FILES_SECRET" if self.files_secret is None else "FILES_KEY_ID"
            raise ValueError(f"{missing}: missing; FILES_KEY_ID and FILES_SECRET belong together")
        return self

    def missing_for(self, program: Program) -> list[str]:
        """Say what ``program`` lacks, a line each."""
        lines: list[str] = []
        if program is Program.TOOL:
            return lines
        if self.database_url is None and self.database_admin_url is not None:
            lines.append("DATABASE_URL: missing; DATABASE_ADMIN_URL is set, and the bot itself logs in as repair_bot.")
        if self.slack_bot_token is None:
            lines.append(
                "SLACK_BOT_TOKEN: missing; Slack shows it under OAuth & Permissions once the app is installed. "
                "`python -m bot demo` needs none."
            )
        if program is Program.WORKER:
            return lines
        if self.encryption_key is None and not self.is_embedded:
            lines.append(KEY_MISSING)
        if self.slack_app_token is None and self.slack_signing_secret is None:
            lines.append(
                "SLACK_SIGNING_SECRET: missing; Slack shows it under Basic Information, App Credentials. "
                "Without a public address set SLACK_APP_TOKEN instead: Socket Mode."
            )
        return lines

    @property
    def is_embedded(self) -> bool:
        """Whether the database is the embedded one."""
        return self.database_url is None and self.database_admin_url is None

    def secrets(self) -> tuple[str, ...]:
        """Return the values that no log may show."""
        hidden = (
            self.slack_bot_token,
            self.slack_app_token,
            self.slack_signing_secret,
            self.encryption_key,
            self.encryption_key_previous,
            self.files_secret,
        )
        return tuple(value.get_secret_value() for value in hidden if value is not None)


def load_settings(program: Program) -> Settings:
    """Read the environment and ``.env`` for ``program``; raises ``SettingsRefused``."""
    try:
        settings = Settings()
    except ValidationError as error:
        raise SettingsRefused([_explain(fault) for fault in error.errors()]) from None
    except (SettingsError, OSError, UnicodeDecodeError) as error:
        raise SettingsRefused([f".env: can't be read ({type(error).__name__})"]) from None
    if lines := settings.missing_for(program):
        raise SettingsRefused(lines)
    return settings


_WANTED: Final = {  # by pydantic's kind of fault, which it words for programmers
    "int_parsing": "a whole number is wanted",
    "bool_parsing": "on or off is wanted",
    "float_parsing": "a number is wanted",
    "greater_than": "more than {gt} is wanted",
    "greater_than_equal": "at least {ge} is wanted",
    "less_than_equal": "at most {le} is wanted",
    "time_parsing": "a time of day such as 08:00 is wanted",
    "literal_error": "{expected} is wanted",
}


def _explain(fault: ErrorDetails) -> str:
    words = _WANTED.get(fault["type"], fault["msg"].removeprefix("Value error, ")).format_map(fault.get("ctx", {}))
    return f"{str(fault['loc'][0]).upper()}: {words}" if fault["loc"] else words
