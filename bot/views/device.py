"""The machine: its fields in the forms, and how it is described."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from bot.forms import DEVICE_DETAIL_MAX, DEVICE_MODEL_MAX
from bot.text import shorten
from bot.views import ids
from bot.views.blocks import Block, Section
from bot.views.finding import Place
from bot.views.kit import Markup, actions, button, input_block, markup, mrkdwn, option, section, select, text_input
from bot.views.phrases import count
from db.models import Device, Ticket, TicketFilter

_TYPES: Final = ("Laptop", "Desktop", "Phone", "Tablet", "Printer", "Monitor", "Console", "Network device", "Other")
_SHOWN: Final = 200  # characters of condition and accessories that the card shows


def device_fields(device: Device, *, whole: bool) -> list[Block]:
    """Return the fields. Not ``whole``: what is known of every machine, and a button that shows the rest."""
    kinds = [*_TYPES, *([device.type] if device.type and device.type not in _TYPES else [])]
    kind = select(ids.enter("device_type"), [option(each, each) for each in kinds], initial=device.type or "")
    return [
        input_block("device_type", "Device", kind, optional=True),
        _line("device_model", "Brand and model", device.model),
        *(_details(device) if whole else actions([button("More on the device", ids.DEVICE_MORE)])),
    ]


def unfolded(blocks: Sequence[Mapping[str, Any]]) -> list[Block]:
    """Return an open form's blocks with all fields of the device in the place of the button that shows them."""
    shown: list[Block] = []
    for block in blocks:
        pressed = any(element.get("action_id") == ids.DEVICE_MORE for element in block.get("elements", ()))
        shown += _details(Device()) if pressed else [cast("Block", block)]
    return shown


def is_whole(blocks: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether an open form shows all fields of the device."""
    return any(block.get("block_id") == "device_serial" for block in blocks)


def described(device: Device) -> list[Markup]:
    """Return what is known of a machine, as short texts with headings."""
    kind = " · ".join(filter(None, [device.type, device.model]))
    known = [
        ("*Device*\n{fact}", kind),
        ("*Serial number*\n{fact}", device.serial),
        ("*Came in*\n{fact}", device.condition),
        ("*Left with it*\n{fact}", device.accessories),
    ]
    return [markup(template, fact=shorten(fact, _SHOWN)) for template, fact in known if fact]


def earlier(ticket: Ticket) -> list[Section]:
    """Return the line that counts the other tickets of the same machine and lists them, if there are any."""
    if not ticket.same_machine or ticket.device.serial is None:
        return []
    place = Place(wanted=TicketFilter(status="all", serial=ticket.device.serial))
    words = markup("{others} of this machine", others=count(ticket.same_machine, "other ticket"))
    listed = button("List", ids.LIST_PAGE, place.pack(), spoken="List the other tickets of this machine")
    return [section(mrkdwn(words), accessory=listed)]


def _details(device: Device) -> list[Block]:
    return [
        _line("device_serial", "Serial number", device.serial),
        _line("device_condition", "Condition", device.condition, limit=DEVICE_DETAIL_MAX, hint="How it came in"),
        _line(
            "device_accessories",
            "Accessories",
            device.accessories,
            limit=DEVICE_DETAIL_MAX,
            hint="What was left with it, such as its charger",
        ),
    ]


def _line(field: str, label: str, known: str | None, *, limit: int = DEVICE_MODEL_MAX, hint: str = "") -> Block:
    element = text_input(ids.enter(field), max_length=limit, initial=known or "")
    return input_block(field, label, element, hint=hint, optional=True)
