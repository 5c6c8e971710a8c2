"""Slack's Web API, as far as this app uses it: typed answers, and three kinds of failure.

Nothing here retries: a request answers in time or fails, and the dispatcher of notifications tries again by its own
rules (slack_sdk's own retry after a reset connection posted a message twice). Tokens and texts are never logged.
"""

import asyncio
import logging
import math
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, Self, TypeAlias
from urllib.request import getproxies, proxy_bypass

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from yarl import URL

from bot.clocks import find_zone
from bot.text import shorten

METHODS: Final = (
    "apps.connections.open",
    "auth.test",
    "chat.postEphemeral",
    "chat.postMessage",
    "chat.unfurl",
    "chat.update",
    "conversations.history",
    "conversations.open",
    "conversations.replies",
    "entity.presentDetails",
    "files.completeUploadExternal",
    "files.getUploadURLExternal",
    "files.info",
    "users.info",
    "views.open",
    "views.publish",
    "views.push",
    "views.update",
)
"""Every method of the Web API that is called; the manifest asks for exactly the scopes that these need."""

SCOPES: Final = (
    "app_mentions:read",
    "channels:history",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "im:history",
    "im:write",
    "links:read",
    "links:write",
    "users:read",
    "users:read.email",
)
"""Every scope that the manifest asks for: what the methods, the events and the command need."""

EVENT_TYPE: Final = "ticket_notification"  # of the metadata that each posted notification carries
REQUEST_BUDGET: Final = 2.0  # seconds for one call within a request of Slack's, which wants its answer within 3
GLANCE_BUDGET: Final = 1.0  # seconds for one call within such a request that it can do without
DISPATCH_BUDGET: Final = 5.0  # seconds for one call of the dispatcher, whose claim on a message soon ends
WORKER_BUDGET: Final = 15.0  # seconds for one call where nobody waits

TOKEN_REFUSED: Final = frozenset(
    {
        "account_inactive",
        "ekm_access_denied",
        "invalid_auth",
        "not_authed",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
    }
)
"""Slack's words for a token that is good for nothing (any more): docs.slack.dev/reference/methods/chat.postMessage."""

# a form was wanted more than 3 seconds after the press, or for the second time
_TOO_LATE: Final = frozenset({"expired_trigger_id", "exchanged_trigger_id", "trigger_expired", "trigger_exchanged"})
_PING_SECONDS: Final = 10.0  # between pings on a socket; one that hasn't answered after half of it is dead
_CLOSE_SECONDS: Final = 1.0  # for the other side to say goodbye, too: Slack often doesn't
_TS: Final = re.compile(r"[0-9]{1,10}\.[0-9]{1,6}")
_ALT_TEXT: Final = 1000  # characters: docs.slack.dev/reference/methods/files.getUploadURLExternal
_HISTORY_PAGE: Final = 200  # messages; Slack advises no more
_HISTORY_PAGES: Final = 10
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
# Slack's own trouble: what was asked may or may not have been done
_OUTCOME_UNKNOWN: Final = frozenset(
    {"fatal_error", "internal_error", "request_timeout", "service_unavailable", "update_failed"}
)
# nothing was done, and it is nobody's fault here: the same call works later
_LATER: Final = frozenset({"external_channel_migrating", "message_limit_exceeded", "team_added_to_org"})
_LATER_SECONDS: Final = 60.0
_LONGEST_LIMIT: Final = 3600.0  # seconds; Slack's own are a minute or less

Content: TypeAlias = Mapping[str, Any]  # a message or view of bot.views.kit


class SlackError(Exception):
    """A call of the Web API that did not succeed."""


class SlackRefused(SlackError):
    """Slack said no. ``code`` is its word for why; ``details`` what it said beside, for example which block is bad."""

    def __init__(self, code: str, details: tuple[str, ...] = ()) -> None:
        super().__init__(code, *details)
        self.code = code
        self.details = details

    @property
    def is_late(self) -> bool:
        """Tell whether only the time was up for opening a form."""
        return self.code in _TOO_LATE


class SlackLimited(SlackError):
    """Too many calls: nothing was done, and nothing will be for ``retry_after`` seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"limited for {retry_after} s")
        self.retry_after = retry_after


class SlackUnreachable(SlackError):
    """No usable answer. ``uncertain``: the call may have been carried out all the same."""

    def __init__(self, reason: str, *, uncertain: bool) -> None:
        super().__init__(reason)
        self.uncertain = uncertain


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the token belongs to, what it may do, and what Slack's clock said (None: not said)."""

    team_id: str
    team: str
    user_id: str
    bot_id: str
    scopes: frozenset[str]
    answered_at: datetime | None = None
    url: str = ""  # where the workspace is


@dataclass(frozen=True, slots=True)
class SlackUser:
    """A person of the workspace as Slack knows them. ``name``: what colleagues see."""

    id: str
    team_id: str
    name: str
    email: str | None
    email_confirmed: bool
    is_bot: bool
    is_guest: bool
    is_deleted: bool
    zone: str | None = None  # as the IANA database names it

    @classmethod
    def from_document(cls, user: Mapping[str, Any]) -> Self:
        """Read Slack's user object, of ``users.info`` and of a ``user_change`` event alike."""
        profile = user.get("profile") or {}
        names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
        return cls(
            id=user["id"],
            team_id=user.get("team_id", ""),
            name=next((name.strip() for name in names if name and name.strip()), user["id"]),
            email=profile.get("email") or None,
            email_confirmed=bool(user.get("is_email_confirmed")),
            # Slackbot is a bot that doesn't say so
            is_bot=bool(user.get("is_bot")) or user["id"] == "USLACKBOT",
            is_guest=any(user.get(flag) for flag in ("is_restricted", "is_ultra_restricted", "is_stranger")),
            is_deleted=bool(user.get("deleted")),
            zone=find_zone(user.get("tz") or ""),
        )


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message is: ``channel`` and ``ts`` together name it."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class SlackFile:
    """A file as Slack knows it. ``address``: where its bytes are; empty where Slack doesn't keep them."""

    id: str
    user: str
    name: str
    size: int
    mime: str
    address: str

    @classmethod
    def from_document(cls, file: Mapping[str, Any]) -> Self:
        """Read Slack's file object."""
        elsewhere = file.get("is_external") or file.get("mode") in {"external", "tombstone", "hidden_by_limit"}
        address = "" if elsewhere else file.get("url_private_download") or file.get("url_private") or ""
        return cls(
            id=file["id"],
            user=file.get("user") or "",
            name=file.get("name") or file.get("title") or "",
            size=file.get("size") or 0,
            mime=file.get("mimetype") or "",
            address=address,
        )


class Slack:
    """The Web API for one workspace's bot token. Every method raises ``SlackError`` and nothing else."""

    def __init__(self, client: AsyncWebClient, session: aiohttp.ClientSession, budget: float) -> None:
        self._client = client
        self._session = session
        self._budget = budget
        self._direct: dict[str, str] = {}

    @classmethod
    @asynccontextmanager
    async def connect(
        cls, token: str, api_url: str = "https://slack.com/api/", *, budget: float = REQUEST_BUDGET
    ) -> AsyncIterator[Self]:
        """Open the one session that all calls share. ``budget``: seconds that a call may take."""
        # a proxy named in the environment is honoured (with its exceptions), but not for this machine itself
        trust_env = URL(api_url).host not in LOOPBACK
        async with aiohttp.ClientSession(trust_env=trust_env) as session:
            wire = logging.getLogger(f"{__name__}.wire")
            wire.setLevel(logging.WARNING)  # at DEBUG slack_sdk logs whole messages
            client = AsyncWebClient(token=token, base_url=api_url, session=session, logger=wire, retry_handlers=[])
            client.proxy = None  # slack_sdk's own reading of the environment knows no exceptions
            yield cls(client, session, budget)

    def with_budget(self, budget: float) -> "Slack":
        """Return the same connection with another number of seconds for a call."""
        return Slack(self._client, self._session, budget)

    @property
    def session(self) -> aiohttp.ClientSession:
        """The session, for what isn't a call of the Web API: the bytes of files (``bot.transfer``)."""
        return self._session

    @property
    def token(self) -> str:
        """The bot token, for Slack's own hosts alone."""
        return self._client.token or ""

    @property
    def api(self) -> URL:
        """The Web API's base."""
        return URL(self._client.base_url)

    async def auth_test(self) -> Identity:
        """Ask whose token it is and which scopes it has."""
        answer = await self._call("auth.test", json={})
        scopes = answer.headers.get("x-oauth-scopes", "")
        return Identity(
            team_id=answer["team_id"],
            team=answer["team"],
            user_id=answer["user_id"],
            bot_id=answer["bot_id"],
            scopes=frozenset(filter(None, scopes.replace(" ", "").split(","))),
            answered_at=_moment(answer.headers.get("date")),
            url=answer.get("url") or "",
        )

    async def user_info(self, user: str) -> SlackUser:
        """Read one person's profile."""
        answer = await self._call("users.info", params={"user": user})
        return SlackUser.from_document(answer["user"])

    async def open_view(self, trigger_id: str, view: Content) -> None:
        """Open a form for whoever caused ``trigger_id``, which lives for 3 seconds."""
        await self._call("views.open", json={"trigger_id": trigger_id, "view": view})

    async def publish_home(self, user: str, view: Content) -> None:
        """Show ``view`` in a person's Home tab."""
        await self._call("views.publish", json={"user_id": user, "view": view})

    async def push_view(self, trigger_id: str, view: Content) -> None:
        """Put a form on top of the one in which ``trigger_id`` was caused."""
        await self._call("views.push", json={"trigger_id": trigger_id, "view": view})

    async def update_view(self, view_id: str, view: Content) -> None:
        """Change an open form. What stands in its fields stays, where ``block_id`` and ``action_id`` stay."""
        await self._call("views.update", json={"view_id": view_id, "view": view})

    async def post_message(
        self, channel: str, message: Content, *, key: str, thread_ts: str | None = None, broadcast: bool = False
    ) -> Posted:
        """Post to a channel, or to a person by their user id. ``key`` finds the message again (``find_message``).

        ``broadcast``: a reply in a thread that the channel sees too.
        """
        answer = await self._call(
            "chat.postMessage",
            json={
                **message,
                **_in_thread(thread_ts),
                **({"reply_broadcast": True} if broadcast else {}),
                "channel": channel,
                "metadata": _metadata(key),
                "unfurl_links": False,
                "unfurl_media": False,
            },
        )
        return Posted(answer["channel"], answer["ts"])

    async def post_ephemeral(self, channel: str, user: str, message: Content, *, thread_ts: str | None = None) -> None:
        """Show a message to one person in a channel, or in one of its threads."""
        arguments = {**message, **_in_thread(thread_ts), "channel": channel, "user": user}
        await self._call("chat.postEphemeral", json=arguments)

    async def update_message(self, channel: str, ts: str, message: Content, *, key: str) -> Posted:
        """Put ``message`` in the place of one that this app posted."""
        arguments = {**message, "channel": channel, "ts": ts, "metadata": _metadata(key)}
        answer = await self._call("chat.update", json=arguments)
        return Posted(answer["channel"], answer["ts"])

    async def unfurl(self, unfurl_id: str, source: str, previews: Mapping[str, Content]) -> None:
        """Show previews under a message, by the addresses in it. ``link_shared`` said its id and its source."""
        unfurls = {address: {"blocks": preview["blocks"]} for address, preview in previews.items()}
        await self._call("chat.unfurl", json={"unfurl_id": unfurl_id, "source": source, "unfurls": unfurls})

    async def unfurl_entities(self, unfurl_id: str, source: str, entities: Sequence[Content]) -> str:
        """Show Work Objects under a message; each names its address as ``app_unfurl_url``.

        Return what Slack warns of, empty where it took them all: what it can't read it leaves out, with a warning.
        """
        arguments = {"unfurl_id": unfurl_id, "source": source, "metadata": {"entities": list(entities)}}
        answer = await self._call("chat.unfurl", json=arguments)
        return answer.get("warning") or ""

    async def present_details(self, trigger_id: str, entity: Content) -> None:
        """Show a Work Object in the pane that was opened for it; ``trigger_id`` lives for 3 seconds."""
        await self._call("entity.presentDetails", json={"trigger_id": trigger_id, "metadata": entity})

    async def refuse_details(self, trigger_id: str, refusal: Content) -> None:
        """Say in that pane why it stays empty."""
        await self._call("entity.presentDetails", json={"trigger_id": trigger_id, "error": refusal})

    async def open_conversation(self, user: str) -> str:
        """Return the id of the direct-message channel with a person, which never changes: asked for once."""
        if user not in self._direct:
            answer = await self._call("conversations.open", json={"users": user})
            self._direct[user] = answer["channel"]["id"]
        return self._direct[user]

    async def file_info(self, file: str) -> SlackFile:
        """Read what Slack knows of a file."""
        answer = await self._call("files.info", params={"file": file})
        return SlackFile.from_document(answer["file"])

    async def has_file(self, file: str) -> bool:
        """Say whether Slack still keeps a file, so that a message's blocks may show it.

        No answer in ``GLANCE_BUDGET`` is a no.
        """
        try:
            return bool((await self.with_budget(GLANCE_BUDGET).file_info(file)).address)
        except SlackError:
            return False

    async def begin_upload(self, name: str, size: int, *, alt_text: str = "") -> tuple[str, str]:
        """Announce a file of ``size`` bytes; return its id, and the address that takes its bytes.

        ``alt_text``: what a picture shows.
        """
        params = {"filename": name, "length": str(size)}
        if alt_text:
            params["alt_txt"] = shorten(alt_text, _ALT_TEXT)
        answer = await self._call("files.getUploadURLExternal", params=params)
        return answer["file_id"], answer["upload_url"]

    async def finish_upload(self, file: str, title: str, channel: str = "", comment: str = "") -> None:
        """Share a file whose bytes have arrived in a channel, with words beside it; without a channel, nowhere."""
        arguments: dict[str, Any] = {"files": [{"id": file, "title": title}]}
        if channel:
            arguments |= {"channel_id": channel, "initial_comment": comment}
        await self._call("files.completeUploadExternal", json=arguments)

    async def read_channel(self, channel: str) -> None:
        """Make sure that the bot may read a channel, which takes being in it; ``SlackRefused`` says why it may not."""
        await self._call("conversations.history", params={"channel": channel, "limit": "1"})

    async def find_message(
        self,
        channel: str,
        key: str,
        since: datetime,
        *,
        thread_ts: str | None = None,
        before_page: Callable[[], Awaitable[object]] | None = None,
    ) -> Posted | None:
        """Look for the message that was posted with ``key`` after ``since``, in a thread where there is one.

        ``channel`` is a channel's id. ``before_page`` is awaited before each call; what it raises ends the search.
        """
        params = {
            "channel": channel,
            "oldest": f"{since.timestamp():.6f}",
            "include_all_metadata": "1",
            "limit": str(_HISTORY_PAGE),
        }
        method = "conversations.history"
        if thread_ts is not None:
            method, params["ts"] = "conversations.replies", thread_ts
        for _ in range(_HISTORY_PAGES):
            if before_page is not None:
                await before_page()
            answer = await self._call(method, params=params)
            for message in answer["messages"]:
                metadata = message.get("metadata") or {}
                payload = metadata.get("event_payload") or {}
                if metadata.get("event_type") == EVENT_TYPE and payload.get("key") == key:
                    return Posted(channel, message["ts"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None
            params["cursor"] = cursor
        return None

    async def respond(self, response_url: str, message: Content) -> None:
        """Answer a command or a button by its ``response_url`` (5 times within 30 minutes)."""
        try:
            async with asyncio.timeout(self._budget), self._session.post(response_url, json=dict(message)) as response:
                status, retry_after = response.status, response.headers.get("Retry-After")
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise _unreachable(error) from error
        if status == 429:  # noqa: PLR2004
            raise SlackLimited(retry_after_of(retry_after))
        if status >= 500:  # noqa: PLR2004
            raise SlackUnreachable(f"HTTP {status}", uncertain=True)
        if status >= 400:  # noqa: PLR2004
            raise SlackRefused(f"response_url_http_{status}")

    async def open_socket(self, app_token: str) -> aiohttp.ClientWebSocketResponse:
        """Connect for Socket Mode with the app-level token. Pings keep the connection true; the caller closes it."""
        answer = await self._ask_for_socket(app_token)
        try:
            url = URL(answer["url"])
            async with asyncio.timeout(self._budget):
                return await self._session.ws_connect(
                    url,
                    heartbeat=_PING_SECONDS,
                    timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSE_SECONDS),
                    proxy=_proxy_for(url),
                )
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise _unreachable(error) from None  # its text holds the address, which is as good as the token
        except (KeyError, TypeError, ValueError) as error:
            raise SlackUnreachable("an answer that is not Slack's", uncertain=False) from error

    async def check_app_token(self, app_token: str) -> None:
        """Make sure that Slack would give a socket for the token; ``SlackRefused`` says why not. None is opened.

        To an open one Slack would hand what people do, and nobody would answer them.
        """
        await self._ask_for_socket(app_token)

    async def _ask_for_socket(self, app_token: str) -> AsyncSlackResponse:
        return await self._call("apps.connections.open", json={"token": app_token})  # becomes the header

    async def _call(
        self, method: str, *, json: dict[str, Any] | None = None, params: dict[str, str] | None = None
    ) -> AsyncSlackResponse:
        if method not in METHODS:
            raise ValueError(f"{method} is missing from METHODS")
        try:
            async with asyncio.timeout(self._budget):
                verb = "GET" if json is None else "POST"
                return await self._client.api_call(method, http_verb=verb, json=json, params=params)
        except SlackApiError as error:
            raise _failure(error.response) from None  # its text holds the whole answer
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise _unreachable(error) from error
        except (AttributeError, ValueError) as error:  # slack_sdk, given an answer of 200 that is no JSON object
            raise SlackUnreachable("an answer that is not Slack's", uncertain=True) from error


def _moment(date: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(date) if date else None
    except ValueError:
        return None


def moment_of(ts: object) -> datetime | None:
    """Return the moment of one of Slack's timestamps (``1790000000.000100``), None where it is something else."""
    if not isinstance(ts, str) or not _TS.fullmatch(ts):
        return None
    return datetime.fromtimestamp(float(ts), UTC)


def _metadata(key: str) -> dict[str, Any]:
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key}}


def _in_thread(thread_ts: str | None) -> dict[str, str]:
    return {} if thread_ts is None else {"thread_ts": thread_ts}


def _proxy_for(url: URL) -> str | None:
    """Return the proxy for a socket: aiohttp asks for WSS_PROXY, which nobody sets; HTTPS_PROXY is meant."""
    host = url.host or ""
    if host in LOOPBACK or proxy_bypass(host):
        return None
    return getproxies().get("https" if url.scheme == "wss" else "http")


def _failure(response: object) -> SlackError:
    if not isinstance(response, AsyncSlackResponse):
        return SlackUnreachable("an answer that is not Slack's", uncertain=True)
    answer: object = response.data
    code = answer.get("error") if isinstance(answer, dict) else None
    if response.status_code == 429 or code in {"ratelimited", "rate_limited"}:  # noqa: PLR2004
        return SlackLimited(retry_after_of(response.headers.get("Retry-After")))
    if not isinstance(code, str) or not isinstance(answer, dict):
        return SlackUnreachable(f"HTTP {response.status_code}", uncertain=True)
    if code in _LATER:
        return SlackLimited(_LATER_SECONDS)
    if code in _OUTCOME_UNKNOWN:
        return SlackUnreachable(code, uncertain=True)
    details = (answer.get("response_metadata") or {}).get("messages") or []
    return SlackRefused(code, tuple(str(detail) for detail in details))


def _unreachable(error: Exception) -> SlackUnreachable:
    # no connection was made, so nothing was sent
    uncertain = not isinstance(error, aiohttp.ClientConnectorError)
    return SlackUnreachable(type(error).__name__, uncertain=uncertain)


def retry_after_of(retry_after: str | None) -> float:
    """Return the seconds that a Retry-After header asks for, within reason."""
    try:
        wanted = float(retry_after or "")
    except ValueError:
        return 1.0
    return min(max(wanted, 0.1), _LONGEST_LIMIT) if math.isfinite(wanted) else 1.0
