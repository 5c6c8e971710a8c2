"""conversations.*: channels, direct conversations and what was said in them."""

import re
from typing import Final

from sandbox.api.paging import DEFAULT_LIMIT, page_of, read_cursor, write_cursor
from sandbox.api.registry import Call, Method, Methods
from sandbox.documents import Document
from sandbox.messages import Message, thread_facts
from sandbox.refusals import Refused
from sandbox.workspace import Channel, ChannelKind

MOST_MESSAGES: Final = 999
TYPES: Final[dict[str, ChannelKind | None]] = {
    "public_channel": "channel",
    "private_channel": "private",
    "im": "im",
    "mpim": None,
}
_FAMILIES: Final = ("channels", "groups", "im", "mpim")


def open_conversation(call: Call) -> Document:
    """Open the direct conversation with one person."""
    if call.get("channel") is not None:
        channel = call.app_channel()
        if channel.kind != "im":
            raise Refused("method_not_supported_for_channel_type")
        return _opened(call, channel, was_open=True)
    users = [user.strip() for user in str(call.get("users") or "").split(",") if user.strip()]
    if not users:
        raise Refused("users_list_not_supplied")
    if len(users) > 1:
        # conversations with several people are not part of this workspace
        raise Refused("method_not_supported_for_channel_type")
    call.need_scope("im:write")
    person = call.state.person(users[0])
    if person.deleted:
        raise Refused("user_disabled")
    before = len(call.state.channels)
    channel = call.state.im_of(person.id)
    return _opened(call, channel, was_open=len(call.state.channels) == before)


def info(call: Call) -> Document:
    """Describe one conversation."""
    channel = call.app_channel()
    call.need_scope_for(channel, "read")
    document = _described(call, channel)
    if call.flag("include_num_members"):
        document["num_members"] = len(call.state.members_of(channel))
    return {"channel": document}


def list_conversations(call: Call) -> Document:
    """List the conversations of the wanted types that the app may know of."""
    wanted = str(call.get("types") or "public_channel").split(",")
    kinds = [TYPES[name.strip()] for name in wanted if name.strip() in TYPES]
    if len(kinds) != len(wanted):
        raise Refused("invalid_types")
    for kind in kinds:
        family = {"channel": "channels", "private": "groups", "im": "im", None: "mpim"}[kind]
        call.need_scope(f"{family}:read")
    bot = call.state.app.bot_user_id
    known = [c for c in call.state.channels.values() if c.kind in kinds and (c.kind == "channel" or c.has(bot))]
    if call.flag("exclude_archived"):
        known = [channel for channel in known if not channel.is_archived]
    page, metadata = page_of(call, known)
    return {"channels": [_described(call, channel) for channel in page], "response_metadata": metadata}


def members(call: Call) -> Document:
    """List who is in a conversation."""
    channel = call.app_channel()
    call.need_scope_for(channel, "read")
    page, metadata = page_of(call, call.state.members_of(channel))
    return {"members": list(page), "response_metadata": metadata}


def history(call: Call) -> Document:
    """List a conversation's messages, the newest first; replies are left to conversations.replies unless broadcast."""
    channel = _readable(call)
    found = [m for m in call.state.messages.of(channel.id) if m.broadcast or not m.is_reply]
    page, rest = _window(call, found[::-1])
    return {
        "messages": _said(call, page),
        "has_more": bool(rest),
        "pin_count": 0,
        **_more(page, rest),
    }


def replies(call: Call) -> Document:
    """List a thread: its first message, then the replies, the oldest first."""
    call.need("ts")
    channel = _readable(call)
    ts = str(call.get("ts"))
    root = call.state.messages.find(channel.id, ts)
    if root is None or root.ephemeral_to is not None:
        raise Refused("thread_not_found")
    page, rest = _window(call, call.state.messages.replies(root))
    thread = page if call.get("cursor") is not None else [root, *page]
    return {
        "messages": _said(call, thread),
        "has_more": bool(rest),
        **_more(page, rest),
    }


def _readable(call: Call) -> Channel:
    channel = call.app_channel()
    call.need_scope_for(channel, "history")
    if not channel.has(call.state.app.bot_user_id):
        raise Refused("not_in_channel")
    return channel


def _window(call: Call, ordered: list[Message]) -> tuple[list[Message], list[Message]]:
    oldest, latest = _bound(call, "oldest"), _bound(call, "latest")
    inclusive = call.flag("inclusive")

    def inside(message: Message) -> bool:
        at = _number(message.ts)
        after = oldest is None or at > oldest or (inclusive and at == oldest)
        before = latest is None or at < latest or (inclusive and at == latest)
        return after and before

    found = [message for message in ordered if inside(message)]
    start = read_cursor(call, "next_ts")
    if start is not None:
        places = [index for index, message in enumerate(found) if message.ts.replace(".", "") == start]
        if not places:
            raise Refused("invalid_cursor")
        found = found[places[0] :]
    limit = call.whole_number("limit", DEFAULT_LIMIT, MOST_MESSAGES)
    return found[:limit], found[limit:]


def _bound(call: Call, name: str) -> int | None:
    value = call.get(name)
    if value is None or value == "now":
        return None
    if not re.fullmatch(r"\d{1,12}(\.\d{1,6})?", str(value)):
        raise Refused(f"invalid_ts_{name}")
    return _number(str(value))


def _number(ts: str) -> int:
    seconds, _, fraction = ts.partition(".")
    return int(seconds) * 1_000_000 + int(fraction.ljust(6, "0"))


def _more(page: list[Message], rest: list[Message]) -> Document:
    if not page or not rest:
        return {}
    return {"response_metadata": {"next_cursor": write_cursor("next_ts", rest[0].ts.replace(".", ""))}}


def _said(call: Call, page: list[Message]) -> list[Document]:
    threads: dict[str, list[Message]] = {message.ts: [] for message in page}
    for message in call.state.messages.of(page[0].channel) if page else ():
        if message.is_reply and message.thread_ts in threads:
            threads[message.thread_ts].append(message)
    with_metadata = call.flag("include_all_metadata")
    return [
        call.state.written(message, with_metadata=with_metadata) | thread_facts(message, threads[message.ts])
        for message in page
    ]


def _opened(call: Call, channel: Channel, *, was_open: bool) -> Document:
    document = _described(call, channel) if call.flag("return_im") else {"id": channel.id}
    return {"channel": document, "no_op": was_open, "already_open": was_open}


def _described(call: Call, channel: Channel) -> Document:
    bot = call.state.app.bot_user_id
    if channel.kind == "im":
        user = next(user for user in channel.members or () if user != bot)
        return {
            "id": channel.id,
            "created": 0,
            "is_im": True,
            "is_org_shared": False,
            "user": user,
            "is_archived": channel.is_archived,
            "is_user_deleted": user in call.state.people and call.state.people[user].deleted,
        }
    private = channel.kind == "private"
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not private,
        "is_group": private,
        "is_im": False,
        "is_mpim": False,
        "is_private": private,
        "is_archived": channel.is_archived,
        "is_general": channel.name == "general",
        "is_shared": False,
        "is_org_shared": False,
        "is_ext_shared": False,
        "is_member": channel.has(bot),
        "created": 0,
        "creator": "",
        "context_team_id": call.state.team.id,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def _scopes(action: str) -> tuple[str, ...]:
    return tuple(f"{family}:{action}" for family in _FAMILIES)


METHODS: Methods = {
    "conversations.open": Method(
        open_conversation, ("im:write", "mpim:write", "groups:write", "channels:manage"), "t3"
    ),
    "conversations.info": Method(info, _scopes("read"), "t3", takes_json=False),
    "conversations.list": Method(list_conversations, _scopes("read"), "t2", takes_json=False),
    "conversations.members": Method(members, _scopes("read"), "t4", takes_json=False),
    "conversations.history": Method(history, _scopes("history"), "t3"),
    "conversations.replies": Method(replies, _scopes("history"), "t3", takes_json=False),
}
