"""What an app answers an interaction with: in the ack of a slash command, or later at the response_url."""

from sandbox.content import Content, read_content
from sandbox.documents import Document
from sandbox.messages import Message
from sandbox.refusals import Refused
from sandbox.state import State
from sandbox.triggers import ResponseUrl


def answer_command(state: State, user: str, channel: str, typed: str, document: Document) -> list[Message]:
    """Show the ack of a slash command, to its sender alone unless it says in_channel; raises `Refused`."""
    shown: list[Message] = []
    content = read_content(document, state.files)
    public = document.get("response_type") == "in_channel"
    if public:
        # the command itself becomes visible with a public answer
        ts = state.messages.next_ts()
        shown.append(state.messages.add(Message(ts=ts, channel=channel, user=user, text=typed)))
    if not content.is_empty:
        shown.append(_post(state, channel, content, None if public else user, None))
    return shown


def use_response_url(state: State, target: ResponseUrl, document: Document | None) -> None:
    """Post, replace or delete as the body asks; raises `Refused`. None is a body that is no JSON object."""
    if document is None:
        raise Refused("invalid_payload")
    original = state.messages.find(target.channel, target.original) if target.original is not None else None
    if document.get("delete_original"):
        if original is not None:
            state.messages.remove(original)
        return
    content = read_content(document, state.files)
    if content.is_empty:
        raise Refused("no_text")
    if document.get("replace_original") and original is not None:
        state.messages.change(
            original,
            text=content.text or "",
            blocks=content.blocks,
            attachments=content.attachments,
            metadata=content.metadata,
        )
        return
    public = document.get("response_type") == "in_channel"
    thread_ts = document.get("thread_ts") or target.thread_ts
    _post(state, target.channel, content, None if public else target.user, thread_ts)


def _post(state: State, channel: str, content: Content, only_for: str | None, thread_ts: str | None) -> Message:
    message = state.post_as_app(
        channel,
        content.text or "",
        blocks=content.blocks,
        attachments=content.attachments,
        metadata=content.metadata,
        thread_ts=thread_ts,
        ephemeral_to=only_for,
    )
    return state.messages.add(message)
