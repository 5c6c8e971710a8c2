"""Work Objects: what an app says of a thing elsewhere, shown under a message, and in a pane beside it for one person.

docs.slack.dev/messaging/work-objects-implementation; the shapes are those of slack_sdk's models.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from sandbox.blocks.shapes import Faults
from sandbox.blocks.surfaces import check_blocks
from sandbox.documents import Document, Json

TYPES: Final = frozenset(f"slack#/entities/{name}" for name in ("task", "file", "incident", "content_item", "item"))
MOST_PRIMARY: Final = 2
MOST_OVERFLOW: Final = 5
_AT: Final = "/entity_payload"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person opened a Work Object: the message, and the link there, if it stands for one."""

    channel: str
    ts: str
    thread_ts: str | None
    app_unfurl_url: str | None


@dataclass(frozen=True, slots=True)
class Pane:
    """What one person reads of a Work Object: the app's `entity` for them, its `error`, or where they may sign in."""

    user: str
    opened: Document
    place: Place
    entity: Document | None = None
    error: Document | None = None
    sign_in: str | None = None

    @property
    def blocks(self) -> list[Document]:
        """The buttons in it, as the block that they act like."""
        actions = self.error.get("actions") if self.error is not None else None
        return entity_blocks(self.entity) if self.entity is not None else _buttons(actions or ())

    def document(self) -> Document:
        """Write the pane for the page."""
        return {"opened": self.opened, "entity": self.entity, "error": self.error, "sign_in": self.sign_in} | {
            "blocks": self.blocks
        }


@dataclass(slots=True)
class Panes:
    """The pane that each person has open, one at most."""

    listeners: list[Callable[[Pane], None]] = field(default_factory=list)
    _open: dict[str, Pane] = field(default_factory=dict)

    def of(self, user: str) -> Pane | None:
        """Find a person's pane."""
        return self._open.get(user)

    def show(self, pane: Pane) -> None:
        """Show a pane in the place of another one, and tell of it."""
        self._open[pane.user] = pane
        for listener in self.listeners:
            listener(pane)


def entity_faults(entity: Json, allowed: Iterable[str] = TYPES) -> list[str]:
    """Say what is wrong with a Work Object; nothing if it can be shown. `allowed`: the types that the app has."""
    if not isinstance(entity, dict):
        return ["must be an object"]
    payload = entity.get("entity_payload")
    attributes = payload.get("attributes") if isinstance(payload, dict) else None
    reference = entity.get("external_ref")
    title = attributes.get("title") if isinstance(attributes, dict) else None
    faults = Faults()
    if entity.get("entity_type") not in TYPES.intersection(allowed):
        faults.add("must be a valid enum value", "/entity_type")
    for at, value in (
        ("/url", entity.get("url")),
        ("/external_ref/id", reference.get("id") if isinstance(reference, dict) else None),
        (f"{_AT}/attributes/title/text", title.get("text") if isinstance(title, dict) else None),
    ):
        if not isinstance(value, str) or not value:
            faults.add("missing required field", at)
    if isinstance(payload, dict) and isinstance(attributes, dict):
        icon = attributes.get("product_icon")
        if icon is not None and not (isinstance(icon, dict) and icon.get("alt_text")):
            faults.add("missing required field: alt_text", f"{_AT}/attributes/product_icon")
        _check_fields(payload, faults)
        _check_actions(payload.get("actions", {}), faults)
    return faults.messages


def _check_fields(payload: Document, faults: Faults) -> None:
    fields, custom, order = (
        payload.get("fields", {}),
        payload.get("custom_fields", []),
        payload.get("display_order", []),
    )
    if not isinstance(fields, dict) or not all(isinstance(one, dict) for one in fields.values()):
        faults.add("must be an object of fields", f"{_AT}/fields")
    if not isinstance(custom, list):
        faults.add("must be a list", f"{_AT}/custom_fields")
        custom = []
    for number, one in enumerate(custom):
        for key in ("key", "label", "type"):
            if not isinstance(one, dict) or not isinstance(one.get(key), str):
                faults.add(f"missing required field: {key}", f"{_AT}/custom_fields/{number}")
    if not isinstance(order, list) or not all(isinstance(one, str) for one in order):
        faults.add("must be a list of keys", f"{_AT}/display_order")


def _check_actions(actions: Json, faults: Faults) -> None:
    if not isinstance(actions, dict):
        faults.add("must be an object", f"{_AT}/actions")
        return
    for name, most in (("primary_actions", MOST_PRIMARY), ("overflow_actions", MOST_OVERFLOW)):
        buttons, at = actions.get(name, []), f"{_AT}/actions/{name}"
        if not isinstance(buttons, list) or not all(isinstance(one, dict) for one in buttons):
            faults.add("must be a list of buttons", at)
            continue
        if len(buttons) > most:
            faults.add(f"no more than {most} items allowed", at)
        lacks = [
            (number, key)
            for number, one in enumerate(buttons)
            for key in ("text", "action_id")
            if not isinstance(one.get(key), str)
        ]
        for number, key in lacks:
            faults.add(f"missing required field: {key}", f"{at}/{number}")
        if not lacks:
            check_blocks(_buttons(buttons), "message", faults, at)


def entity_blocks(entity: Document) -> list[Document]:
    """Write a Work Object's buttons as the block that they act like."""
    actions = entity["entity_payload"].get("actions", {})
    return _buttons([*actions.get("primary_actions", ()), *actions.get("overflow_actions", ())])


def _buttons(actions: Iterable[Document]) -> list[Document]:
    kept = ("action_id", "value", "style", "url", "accessibility_label")
    elements = [
        {"type": "button", "text": {"type": "plain_text", "text": one["text"], "emoji": True}}
        | {key: one[key] for key in kept if key in one}
        for one in actions
    ]
    return [{"type": "actions", "block_id": "entity_actions", "elements": elements}] if elements else []


def entity_attachment(entity: Document) -> Document:
    """Write what stands under a message for a Work Object."""
    return {
        "fallback": entity["entity_payload"]["attributes"]["title"]["text"],
        "from_url": entity["url"],
        "entity": entity,
        "blocks": entity_blocks(entity),
    }
