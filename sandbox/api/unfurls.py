"""chat.unfurl: what an app shows of a link under the message that it stands in, or that somebody is writing."""

from sandbox.api.entities import read_entities
from sandbox.api.registry import Call, Method, Methods
from sandbox.content import read_attachments
from sandbox.documents import Document
from sandbox.entities import entity_attachment
from sandbox.links import Draft, app_links, unfurl_id, urls_in
from sandbox.messages import Message
from sandbox.refusals import Refused

SOURCES = ("composer", "conversations_history")


def unfurl(call: Call) -> Document:
    """Show something under a message for links in it; a second time takes the place of the first."""
    if any(call.get(name) for name in ("user_auth_required", "user_auth_url", "user_auth_blocks", "user_auth_message")):
        raise Refused("cannot_prompt")  # nobody here has an account with the app to sign in to
    message = _message(call)
    entities, warnings = read_entities(call)
    unfurls = _unfurls(call, with_entities=bool(entities or warnings))
    known = {link["url"] for link in app_links(message.text, call.state.unfurl_domains)}
    objects = {str(entity.pop("app_unfurl_url", "")): entity for entity in entities}
    for url in [*unfurls, *objects]:
        if url not in urls_in(message.text):
            raise Refused("cannot_unfurl_message")
        if url not in known:
            raise Refused("cannot_unfurl_url")
    app = call.state.app
    made = {
        url: {"fallback": "[no preview available]", **attachment, "bot_id": app.bot_id, "app_id": app.app_id}
        | {"app_unfurl_url": url, "is_app_unfurl": True}
        for url, attachment in zip(
            [*unfurls, *objects],
            [
                *(read_attachments(list(unfurls.values()), call.state.files) or ()),
                *(entity_attachment(entity) for entity in objects.values()),
            ],
            strict=True,
        )
    }
    others = [one for one in message.attachments or () if one.get("app_unfurl_url") not in made]
    together = [{**one, "id": number} for number, one in enumerate([*others, *made.values()], start=1)]
    if isinstance(message, Draft):
        call.state.drafts.show(message, together)
    else:
        call.state.messages.change(message, attachments=together)
    return warnings


def _message(call: Call) -> Message | Draft:
    if call.get("unfurl_id") is not None or call.get("source") is not None:
        return _named_message(call)
    for name in ("channel", "ts"):
        if call.get(name) is None:
            raise Refused(f"missing_{name}")
    try:
        channel = call.app_channel()
    except Refused as refused:
        raise Refused("cannot_find_channel") from refused
    message = call.state.messages.find(channel.id, str(call.get("ts")))
    if message is None or message.ephemeral_to is not None:
        raise Refused("cannot_find_message")
    return message


def _named_message(call: Call) -> Message | Draft:
    for name in ("unfurl_id", "source"):
        if call.get(name) is None:
            raise Refused(f"missing_{name}")
    if call.get("source") not in SOURCES:
        raise Refused("invalid_source")
    name = str(call.get("unfurl_id"))
    if call.get("source") == "composer":
        draft = call.state.drafts.find(name)
        if draft is None:
            raise Refused("invalid_unfurl_id")
        return draft
    channel, _, rest = name.partition(".")
    message = call.state.messages.find(channel, rest.rpartition(".")[0])
    if message is None or unfurl_id(message) != name:
        raise Refused("invalid_unfurl_id")
    return message


def _unfurls(call: Call, *, with_entities: bool) -> dict[str, Document]:
    if call.get("unfurls") is None and with_entities:
        return {}
    if call.get("unfurls") is None:
        raise Refused("missing_unfurls")
    try:
        unfurls = call.json("unfurls")
    except Refused as refused:
        raise Refused("invalid_unfurls_format") from refused
    if not isinstance(unfurls, dict) or not all(isinstance(one, dict) for one in unfurls.values()):
        raise Refused("invalid_unfurls_format")
    return unfurls


METHODS: Methods = {"chat.unfurl": Method(unfurl, ("links:write",), "t3")}
