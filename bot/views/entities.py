"""A ticket as a Work Object: what Slack draws of it by itself, under a link and in its pane of details.

docs.slack.dev/messaging/work-objects-implementation. Texts are shown as they are: nothing in them is markup. Slack may
draw the preview in the channel anew from what one person's pane was given, so neither holds the customer, nor what was
written on the ticket; *Open* answers privately.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Literal, NotRequired, TypedDict

from bot.roles import Ability
from bot.standing import possible
from bot.text import printable, shorten
from bot.views.blocks import TEXT_BUTTON
from bot.views.ids import TICKET_OPEN, TICKET_TAKE
from bot.views.kit import sentence
from bot.views.phrases import BENCH_STATUSES, PRIORITIES, category, held, hours
from bot.wording import worded
from db.models import CardTicket, Ticket, TicketLine, TicketSeen

_TEXT: Final = 300  # characters of a fact, as many as a title and the names on it have; Slack names no limit
_TASK: Final = "slack#/entities/task"


class Words(TypedDict):
    """Text."""

    text: str


class Named(TypedDict, total=False):
    """Somebody: an account of the workspace, or a name."""

    user_id: str
    text: str


class Fact(TypedDict, total=False):
    """One line: ``value`` (a moment is in seconds), or ``user``. ``key`` and ``label``: where it isn't Slack's own."""

    key: str
    label: str
    type: str
    value: str | int
    user: Named


class EntityButton(TypedDict):
    """A button; pressed it comes as any other button."""

    text: str
    action_id: str
    value: str
    accessibility_label: str
    style: NotRequired[Literal["primary", "danger"]]


class Attributes(TypedDict):
    """What the entity is."""

    title: Words
    display_type: str
    display_id: str
    metadata_last_modified: NotRequired[int]  # seconds


class Actions(TypedDict):
    """The buttons that are always seen: two at most."""

    primary_actions: list[EntityButton]


class EntityPayload(TypedDict):
    """What Slack draws."""

    attributes: Attributes
    fields: Mapping[str, Fact]
    custom_fields: Sequence[Fact]
    display_order: list[str]
    actions: Actions


class Entity(TypedDict):
    """A Work Object, by the app's name for it."""

    url: str
    external_ref: dict[Literal["id"], str]
    entity_type: str
    entity_payload: EntityPayload
    app_unfurl_url: NotRequired[str]  # the link as it was posted, of which this is the preview


class EntityRefusal(TypedDict):
    """Why a pane stays empty."""

    status: Literal["custom"]
    custom_title: str
    custom_message: str
    message_format: Literal["markdown"]


def shared_entity(ticket: CardTicket, url: str, posted: str) -> Entity:
    """Return what everybody reads under a link, ``posted`` as it stands there; ``url`` is the ticket's own address."""
    custom = [
        _text("device", "Device", ticket.device or ""),
        _text("category", "Category", category(ticket.category or "")),
        _text("worked", "Worked", hours(ticket.actual_hours) if ticket.actual_hours is not None else ""),
    ]
    entity = _task(ticket, url, _named(ticket.worker_name), custom, [_open(ticket)])
    entity["app_unfurl_url"] = posted
    return entity


def detailed_entity(seen: TicketSeen, url: str) -> Entity:
    """Return what the pane shows to somebody who sees the ticket, with what they may do first."""
    ticket = seen.ticket
    device = " ".join(filter(None, (ticket.device.type, ticket.device.model)))
    custom = [
        _text("device", "Device", device),
        _text("category", "Category", category(ticket.category or "")),
        _text("estimate", "Estimate", hours(ticket.estimated_hours) if ticket.estimated_hours is not None else ""),
        _text("worked", "Worked", hours(ticket.actual_hours) if ticket.actual_hours is not None else ""),
        _moment("completed", "Completed", ticket.completed_at),
    ]
    buttons = [_open(ticket)]
    if possible(seen, Ability.TAKE_TICKET):
        take = _button("Take", TICKET_TAKE, ticket, spoken=worded("Take ticket #{ticket}", ticket=ticket.id))
        take["style"] = "primary"
        buttons.insert(0, take)
    worker: Named | None = _named(ticket.worker_name)
    if worker is not None and ticket.worker_slack_user_id is not None:
        worker = {"user_id": ticket.worker_slack_user_id}
    return _task(ticket, url, worker, custom, buttons, changed_at=ticket.updated_at)


def refused_entity(refusal: str) -> EntityRefusal:
    """Return a refusal's sentence for the pane."""
    return {
        "status": "custom",
        "custom_title": "Not shown",
        "custom_message": sentence(refusal),
        "message_format": "markdown",
    }


def _task(
    ticket: CardTicket | Ticket,
    url: str,
    worker: Named | None,
    custom: Sequence[Fact | None],
    buttons: list[EntityButton],
    *,
    changed_at: datetime | None = None,
) -> Entity:
    attributes: Attributes = {
        "title": {"text": _shown(ticket.title)},
        "display_type": "Ticket",
        "display_id": f"#{ticket.id}",
    }
    fields: dict[str, Fact] = {
        "status": {"value": _status(ticket)},
        "priority": {"value": PRIORITIES[ticket.priority]},
    }
    if worker is not None:
        fields["assignee"] = {"type": "slack#/types/user", "user": worker}
    if ticket.due_at is not None:
        fields["due_date"] = {"type": "slack#/types/timestamp", "value": _seconds(ticket.due_at)}
    fields["date_created"] = {"value": _seconds(ticket.created_at)}
    if changed_at is not None:
        fields["date_updated"] = {"value": _seconds(changed_at)}
        attributes["metadata_last_modified"] = _seconds(changed_at)  # else Slack may keep what it had
    said = [fact for fact in custom if fact is not None]
    return {
        "url": url,
        "external_ref": {"id": str(ticket.id)},
        "entity_type": _TASK,
        "entity_payload": {
            "attributes": attributes,
            "fields": fields,
            "custom_fields": said,
            "display_order": [*fields, *(fact["key"] for fact in said)],
            "actions": {"primary_actions": buttons},
        },
    }


def _status(ticket: CardTicket | TicketLine) -> str:
    """Return where the repair is; who has the ticket is said beside."""
    if ticket.worker_name is None and ticket.bench_status == "received":
        return held(ticket)
    return BENCH_STATUSES[ticket.bench_status]


def _named(name: str | None) -> Named | None:
    return None if name is None else {"text": _shown(name)}


def _text(key: str, label: str, text: str) -> Fact | None:
    return {"key": key, "label": label, "type": "string", "value": _shown(text)} if text else None


def _moment(key: str, label: str, moment: datetime | None) -> Fact | None:
    if moment is None:
        return None
    return {"key": key, "label": label, "type": "slack#/types/timestamp", "value": _seconds(moment)}


def _open(ticket: CardTicket | Ticket) -> EntityButton:
    return _button("Open", TICKET_OPEN, ticket, spoken=worded("Open ticket #{ticket}", ticket=ticket.id))


def _button(label: str, action_id: str, ticket: CardTicket | Ticket, *, spoken: str) -> EntityButton:
    value = str(ticket.id)
    return {"text": label, "action_id": action_id, "value": value, "accessibility_label": shorten(spoken, TEXT_BUTTON)}


def _shown(text: str) -> str:
    return shorten(printable(text), _TEXT)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
