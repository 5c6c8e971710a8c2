"""What Slack shows of tickets' addresses."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from bot.roles import Role
from bot.views.announcements import announcement
from bot.views.entities import detailed_entity, shared_entity
from bot.views.links import preview, with_address
from bot.views.ticket import card as ticket_card
from db.models import Device, NotificationKind, TicketId
from tests.bot import rows
from tests.bot.announcement_screens import DONE, DUE, HOSTILE, notification, ticket

BASE: Final = "https://tickets.example.com/"
ADDRESS: Final = f"{BASE}t/42"
ADDRESSED: Final[dict[NotificationKind, dict[str, Any]]] = {"card": {}, "assigned": {"worker_name": "Tom Reed"}}
_LONGEST: Final = {"title": "&" * 255, "worker_name": "&" * 255, "category": "&" * 100, "device": "&" * 511}
_HOSTILE: Final = {"title": HOSTILE, "worker_name": HOSTILE, "category": HOSTILE, "device": HOSTILE}
_WORKED: Final[dict[str, Any]] = {
    "device": Device(type="Laptop", model="ThinkPad X1", serial="PF-2X9A", condition="Dented", accessories="Charger"),
    "due_at": DUE,
    "estimated_hours": Decimal("2.25"),
}


def link_screens() -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Return name -> (kind, what is sent)."""
    previews = {
        "link_preview": preview(ticket(device="Laptop ThinkPad X1", due_at=DUE)),
        "link_preview_completed": preview(ticket(**DONE, category=None)),
        "link_preview_hostile": preview(ticket(**_HOSTILE)),
        "link_preview_longest": preview(ticket(**_LONGEST)),
    }
    addressed = {
        "card_addressed": with_address(ticket_card(rows.seen(rows.mine())), BASE, TicketId(42)),
        **{
            f"announced_{kind}_addressed": announcement(notification(kind, ticket(**changed)), BASE)
            for kind, changed in ADDRESSED.items()
        },
    }
    posted = f"{ADDRESS}?from=mail"
    entities = {
        "entity_shared": shared_entity(ticket(device="Laptop ThinkPad X1", due_at=DUE), ADDRESS, posted),
        "entity_shared_least": shared_entity(ticket(category=None), ADDRESS, posted),
        "entity_shared_completed": shared_entity(ticket(**DONE), ADDRESS, posted),
        "entity_shared_hostile": shared_entity(ticket(**_HOSTILE), ADDRESS, posted),
        "entity_shared_longest": shared_entity(ticket(**_LONGEST), ADDRESS, posted),
        "entity_details_queue": detailed_entity(rows.seen(rows.ticket(**_WORKED)), ADDRESS),
        "entity_details_mine": detailed_entity(rows.seen(rows.standing("waiting_parts", **_WORKED)), ADDRESS),
        "entity_details_completed": detailed_entity(rows.seen(rows.completed()), ADDRESS),
        "entity_details_viewer": detailed_entity(rows.seen(rows.ticket(category=None), Role.VIEWER), ADDRESS),
    }
    shown: dict[str, tuple[str, Mapping[str, Any]]] = {
        name: ("message", shown) for name, shown in (previews | addressed).items()
    }
    return shown | {name: ("entity", entity) for name, entity in entities.items()}
