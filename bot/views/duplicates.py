"""Pairs of customers who look like the same person, and what one button of such a list carries."""

import re
from typing import Final

from bot.errors import NoLongerThere
from bot.text import shorten
from bot.views import ids
from bot.views.blocks import Block, Button, Message
from bot.views.kit import Markup, actions, button, context, header, join, markup, mrkdwn, private, section
from bot.views.phrases import count, tickets
from bot.wording import listed, worded
from db.models import AlikeCustomers, CustomerOption, Duplicates

_SHORT: Final = 120
_PAIR: Final = re.compile(r"([1-9][0-9]{0,9}) ([1-9][0-9]{0,9})")
_LAST: Final = re.compile(r"([1-3]) ([1-9][0-9]{0,9}) ([1-9][0-9]{0,9})")
_WHY: Final = {"e-mail": "e-mail address", "name": "name", "phone": "phone number"}


def duplicates(found: Duplicates, *, replace: bool = False) -> Message:
    """Return a page of the pairs, each to be compared or told apart."""
    said = _said(found)
    blocks: list[Block] = [header("Customers twice"), section(mrkdwn(said))]
    for pair in found.pairs:
        blocks += [section(mrkdwn(_pair(pair))), *actions(_choices(pair))]
    if found.pairs and found.customer_id is None:
        advice = "Only pairs that follow each other are listed: merge or tell apart one, and the next may appear."
        blocks.append(context(mrkdwn(markup("{advice}", advice=advice))))
    return private(said, [*blocks, *actions(_turning(found))], replace=replace)


def read_two(value: str) -> tuple[int, int]:
    """Return the two customers that a button carries. Raises ``NoLongerThere``."""
    match = _PAIR.fullmatch(value)
    if match is None:
        raise NoLongerThere
    return int(match[1]), int(match[2])


def read_last(value: str) -> tuple[int, int, int] | None:
    """Return behind which pair a page begins, None for the first page. Raises ``NoLongerThere``."""
    if not value:
        return None
    match = _LAST.fullmatch(value)
    if match is None:
        raise NoLongerThere
    return int(match[1]), int(match[2]), int(match[3])


def _said(found: Duplicates) -> Markup:
    if found.customer_id is not None:
        who = markup("customer {number}", number=found.customer_id)
        if not found.total:
            return markup("Nobody has the same name, phone or e-mail as {who}.", who=who)
        alike = count(found.total, "customer looks", "customers look")
        return markup("{alike} like {who}.", alike=alike, who=who)
    if not found.total:
        return markup("No two customers have the same name, phone or e-mail.")
    return markup("{pairs} the same person.", pairs=count(found.total, "pair looks like", "pairs look like"))


def _pair(pair: AlikeCustomers) -> Markup:
    same = listed([_WHY[why] for why in pair.why])
    return join("\n", [*map(_line, pair.customers), markup("The same {same}.", same=same)])


def _line(customer: CustomerOption) -> Markup:
    return markup(
        "*{name}* · customer {number} · {phone} · {email} · {tickets}",
        name=shorten(customer.name, _SHORT),
        number=customer.id,
        phone=shorten(customer.phone, _SHORT),
        email=shorten(customer.email, _SHORT),
        tickets=tickets(customer.total_tickets, customer.open_tickets),
    )


def _choices(pair: AlikeCustomers) -> list[Button]:
    first, second = (customer.id for customer in pair.customers)
    value = f"{first} {second}"
    return [
        button(
            "Compare",
            ids.CUSTOMER_COMPARE,
            value,
            spoken=worded("Compare customers {first} and {second}", first=first, second=second),
        ),
        button(
            "Not the same",
            ids.CUSTOMER_APART,
            value,
            spoken=worded("Not the same: customers {first} and {second}", first=first, second=second),
        ),
    ]


def _turning(found: Duplicates) -> list[Button]:
    buttons = []
    if found.has_previous:
        buttons.append(button("First page", ids.DUPLICATES_BACK))
    if found.has_next and found.pairs and found.customer_id is None:
        last = found.pairs[-1]
        value = f"{len(last.why)} {last.customers[1].id} {last.customers[0].id}"
        buttons.append(button("Next", ids.DUPLICATES_PAGE, value))
    return buttons
