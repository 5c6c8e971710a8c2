"""files.*: uploading in three steps, looking at, listing and deleting files."""

from dataclasses import replace
from math import inf
from typing import Final

from sandbox.api.paging import DEFAULT_LIMIT, MOST
from sandbox.api.registry import Call, Method, Methods
from sandbox.content import Content, read_content
from sandbox.documents import Document
from sandbox.files import File
from sandbox.refusals import Refused
from sandbox.workspace import Channel

MOST_CHANNELS: Final = 100  # channels_limit_exceeded: "A maximum of 100 channels is allowed per request"
ALT_TEXT: Final = 1000
_KINDS: Final = {"pdfs": "pdf", "zips": "zip"}
_TYPES: Final = {*_KINDS, "all", "images", "spaces", "snippets", "gdocs"}  # of the last three there are none here


def get_upload_url(call: Call) -> Document:
    """Announce a file; gives the address to post it to."""
    missing = [name for name in ("filename", "length") if call.get(name) is None]
    if missing:
        raise Refused("missing_argument", [f"missing required field: {name}" for name in missing])
    try:
        length = int(call.get("length"))
    except (TypeError, ValueError) as error:
        raise Refused("invalid_arguments", ["must provide a number [json-pointer:/length]"]) from error
    if length < 1:
        raise Refused("invalid_arguments", ["must be greater than 0 [json-pointer:/length]"])
    alt_text = str(call.get("alt_txt") or "")
    if len(alt_text) > ALT_TEXT:
        raise Refused("alt_txt_too_large")
    file, address = call.state.files.announce(str(call.get("filename")), length, alt_text)
    return {"upload_url": address, "file_id": file.id}


def complete_upload(call: Call) -> Document:
    """End uploads, and share them in one message in each of the conversations named; in none they stay private."""
    call.need("files")
    files = _uploaded(call)
    channels = _destinations(call)
    if call.get("thread_ts") is not None and len(channels) > 1:
        raise Refused("invalid_arguments", ["thread_ts goes with one channel only"])
    content = _comment(call)
    threads = [_thread(call, channel) for channel in channels]
    state = call.state
    for file, title in files:
        state.files.complete(file, title)
    told = [state.files.details(file) for file, _ in files]  # sharing comes later in Slack: `shares` are still empty
    for channel, thread_ts in zip(channels, threads, strict=True):
        message = state.post_as_app(
            channel.id,
            content.text or "",
            blocks=content.blocks,
            thread_ts=thread_ts,
            files=[file.id for file, _ in files],
        )
        state.messages.add(message)
    return {"files": told}


def info(call: Call) -> Document:
    """Describe a file that the app may see."""
    file = _seen(call)
    paging = {"count": 100, "total": 0, "page": 1, "pages": 0}
    return {
        "file": call.state.files.details(file),
        "comments": [],
        "paging": paging,
        "response_metadata": {"next_cursor": ""},
    }


def list_files(call: Call) -> Document:
    """List the files that the app may see, newest first, by who shared them, where, when, and what they are."""
    user, channel = call.get("user"), call.get("channel")
    if user is not None:
        call.state.person(user)
    wanted = str(call.get("types") or "all").split(",")
    if not _TYPES.issuperset(wanted):
        raise Refused("unknown_type")
    since, until = _moment(call, "ts_from", 0), _moment(call, "ts_to", inf)
    found = [
        file
        for file in call.state.files.seen_by(call.state.app.bot_user_id)
        if user in (None, file.user)
        and (channel is None or any(share.channel == channel for share in file.shares))
        and since <= file.created <= until
        and any(_is_of(file, kind) for kind in wanted)
    ]
    found.sort(key=lambda file: file.created, reverse=True)
    count, page = call.whole_number("count", DEFAULT_LIMIT, MOST), call.whole_number("page", 1, len(found) + 1)
    paging = {"count": count, "total": len(found), "page": page, "pages": -(-len(found) // count)}
    shown = found[(page - 1) * count : page * count]
    return {"files": [call.state.files.details(file) for file in shown], "paging": paging}


def _moment(call: Call, name: str, default: float) -> float:
    try:
        return default if call.get(name) is None else float(call.get(name))
    except (TypeError, ValueError) as error:
        raise Refused("invalid_arguments", [f"must provide a number [json-pointer:/{name}]"]) from error


def _is_of(file: File, kind: str) -> bool:
    return kind == "all" or (kind == "images" and file.kind.is_image) or file.kind.filetype == _KINDS.get(kind)


def delete(call: Call) -> Document:
    """Delete a file of the app's own; the messages that it was shared in say that it is gone."""
    file = _seen(call)
    if not file.by_app:
        raise Refused("cant_delete_file")
    for message in call.state.files.delete(file):
        call.state.messages.change(message)
    return {}


def _seen(call: Call) -> File:
    call.need("file")
    file = call.state.files.find(call.get("file"))
    if not call.state.files.is_seen_by(file, call.state.app.bot_user_id):
        raise Refused("file_not_found")
    return file


def _uploaded(call: Call) -> list[tuple[File, str | None]]:
    given = call.json("files")
    if not isinstance(given, list) or not given or not all(isinstance(one, dict) for one in given):
        raise Refused("invalid_arguments", ["must provide an array of files [json-pointer:/files]"])
    return [(call.state.files.uploaded(one.get("id")), one.get("title")) for one in given]


def _destinations(call: Call) -> list[Channel]:
    """Find where to share; `channels` takes people's ids too, `channel_id` none."""
    named = str(call.get("channels") or "").split(",")
    wanted = dict.fromkeys(filter(None, [str(call.get("channel_id") or ""), *(one.strip() for one in named)]))
    if len(wanted) > MOST_CHANNELS:
        raise Refused("channels_limit_exceeded")
    state = call.state
    channels = []
    for one in wanted:
        is_person = one in state.people and one != call.get("channel_id")
        channel = state.im_of(one) if is_person else state.channel(one)
        if not channel.has(state.app.bot_user_id):
            raise Refused("not_in_channel" if channel.kind == "channel" else "channel_not_found")
        if channel.is_archived:
            raise Refused("posting_to_channel_denied")
        channels.append(channel)
    return channels


def _comment(call: Call) -> Content:
    text = call.get("initial_comment")
    arguments = {"text": text} if text is not None else {"blocks": call.get("blocks")}
    return replace(read_content(arguments, call.state.files), attachments=None)


def _thread(call: Call, channel: Channel) -> str | None:
    thread_ts = call.get("thread_ts")
    return None if thread_ts is None else call.state.thread_root(channel.id, str(thread_ts))


_READ, _WRITE = ("files:read",), ("files:write",)
METHODS: Methods = {
    "files.getUploadURLExternal": Method(get_upload_url, _WRITE, "t4", takes_json=False),
    "files.completeUploadExternal": Method(complete_upload, _WRITE, "t4"),
    "files.info": Method(info, _READ, "t4", takes_json=False),
    "files.list": Method(list_files, _READ, "t3", takes_json=False),
    "files.delete": Method(delete, _WRITE, "t3"),
}
