"""chat.*: posting, changing and deleting messages."""

from sandbox.api.entities import read_entities
from sandbox.api.registry import Call, Method, Methods
from sandbox.content import Content, read_content
from sandbox.documents import Document
from sandbox.entities import entity_attachment
from sandbox.messages import Message
from sandbox.refusals import Refused
from sandbox.workspace import Channel


def post_message(call: Call) -> Document:
    """Post to a conversation; a person's id stands for the conversation with them."""
    call.need("channel")
    channel = _destination(call)
    _may_post(call, channel)
    content = _content(call)
    entities, warnings = read_entities(call)
    attachments = [*(content.attachments or ()), *map(entity_attachment, entities)]
    thread_ts = _thread(call, channel)
    state = call.state
    name = call.get("username") if "chat:write.customize" in call.scopes else None
    message = state.post_as_app(
        channel.id,
        content.text or "",
        blocks=content.blocks,
        attachments=[{**one, "id": number} for number, one in enumerate(attachments, start=1)] or None,
        metadata=None if warnings else content.metadata,
        thread_ts=thread_ts,
        broadcast=thread_ts is not None and call.flag("reply_broadcast"),
        username=name,
    )
    state.messages.add(message)
    return {**_posted(call, message, content), **warnings}


def post_ephemeral(call: Call) -> Document:
    """Show a message to one person in a conversation."""
    call.need("channel", "user")
    channel = _destination(call)
    _may_post(call, channel)
    user = call.get("user")
    if user not in call.state.people or not channel.has(user):
        raise Refused("user_not_in_channel")
    content = _content(call)
    message = call.state.post_as_app(
        channel.id,
        content.text or "",
        blocks=content.blocks,
        attachments=content.attachments,
        thread_ts=_thread(call, channel),
        ephemeral_to=user,
    )
    call.state.messages.add(message)
    return {"message_ts": message.ts}


def update(call: Call) -> Document:
    """Change a message of the app's own; what isn't given stays, and an empty list of blocks takes them away."""
    call.need("channel", "ts")
    message = _own_message(call, "cant_update_message")
    content = read_content(call.arguments, call.state.files, is_update=True)
    if content.text is None and content.blocks is None and content.attachments is None:
        raise Refused("no_text")
    if call.flag("reply_broadcast") and not message.is_reply:
        raise Refused("cant_broadcast_message")
    state = call.state
    changed = state.messages.change(
        message,
        text=message.text if content.text is None else content.text,
        blocks=(message.blocks if content.blocks is None else content.blocks) or None,
        attachments=(message.attachments if content.attachments is None else content.attachments) or None,
        metadata=(message.metadata if content.metadata is None else content.metadata) or None,
        broadcast=message.broadcast or call.flag("reply_broadcast"),
        edited={"user": state.app.bot_user_id, "ts": state.messages.next_ts()},
    )
    return {**_posted(call, changed, content), "text": changed.text}


def delete(call: Call) -> Document:
    """Delete a message of the app's own."""
    call.need("channel", "ts")
    message = _own_message(call, "cant_delete_message")
    call.state.messages.remove(message)
    return {"channel": message.channel, "ts": message.ts}


def get_permalink(call: Call) -> Document:
    """Give a message's address."""
    call.need("channel", "message_ts")
    channel = call.app_channel()
    message = call.state.messages.find(channel.id, str(call.get("message_ts")))
    if message is None or message.ephemeral_to is not None:
        raise Refused("message_not_found")
    link = f"https://{call.state.team.domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts not in (None, message.ts):
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def _destination(call: Call) -> Channel:
    wanted = str(call.get("channel"))
    state = call.state
    if wanted in state.people:
        if state.people[wanted].deleted or state.people[wanted].is_bot:
            raise Refused("channel_not_found")
        return state.im_of(wanted)
    by_name = next((c for c in state.channels.values() if c.name and c.name == wanted.removeprefix("#")), None)
    channel = by_name or state.channel(wanted)
    if channel.kind != "channel" and not channel.has(state.app.bot_user_id):
        raise Refused("channel_not_found")
    return channel


def _may_post(call: Call, channel: Channel) -> None:
    if channel.is_archived:
        raise Refused("is_archived")
    if channel.kind == "im" and not call.state.app_home.messages_tab_enabled:
        raise Refused("messages_tab_disabled")
    if not channel.has(call.state.app.bot_user_id) and "chat:write.public" not in call.scopes:
        raise Refused("not_in_channel")


def _content(call: Call) -> Content:
    content = read_content(call.arguments, call.state.files)
    if content.is_empty:
        raise Refused("no_text")
    return content


def _thread(call: Call, channel: Channel) -> str | None:
    thread_ts = call.get("thread_ts")
    if thread_ts is None:
        return None
    return call.state.thread_root(channel.id, str(thread_ts))


def _own_message(call: Call, if_foreign: str) -> Message:
    channel = call.app_channel()
    message = call.state.messages.find(channel.id, str(call.get("ts")))
    if message is None or message.ephemeral_to is not None:
        raise Refused("message_not_found")
    if message.bot_id != call.state.app.bot_id:
        raise Refused(if_foreign)
    return message


def _posted(call: Call, message: Message, content: Content) -> Document:
    answer: Document = {
        "channel": message.channel,
        "ts": message.ts,
        "message": call.state.written(message),
    }
    if content.warnings:
        answer["warning"] = ",".join(content.warnings)
        answer["response_metadata"] = {"warnings": list(content.warnings)}
    return answer


_WRITE = ("chat:write",)
METHODS: Methods = {
    "chat.postMessage": Method(post_message, _WRITE),
    "chat.postEphemeral": Method(post_ephemeral, _WRITE, "t4"),
    "chat.update": Method(update, _WRITE, "t3"),
    "chat.delete": Method(delete, _WRITE, "t3"),
    "chat.getPermalink": Method(get_permalink, takes_json=False),
}
