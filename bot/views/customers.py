"""Customers: what a search has found, and one of them with totals and tickets. Never for a Viewer."""

from typing import Final

from bot.forms import chosen_customer
from bot.roles import Ability, may
from bot.text import shorten
from bot.views import ids
from bot.views.blocks import Block, Button, Message, Option, Section
from bot.views.contacts import contact_buttons, contacts
from bot.views.kit import (
    Markup,
    actions,
    button,
    confirm,
    context,
    date,
    fields,
    header,
    join,
    markup,
    mrkdwn,
    option,
    private,
    section,
)
from bot.views.merging import led_here, merges
from bot.views.phrases import count, full_name, hours, line, money, tickets
from bot.wording import commas, worded
from db.models import Customer, CustomerChanged, CustomerHits, CustomerOption, CustomerSeen

_NAME: Final = 120
_NAME_ASKED: Final = 60  # what a dialog's title has room for
_NOTES: Final = 500
_SPOKEN: Final = 3  # customers that the text names
# what customers.country says where nothing else was entered
_HERE: Final = frozenset({"US", "USA"})


def hits(found: CustomerHits, term: str) -> Message:
    """Return the customers that were found, the best first."""
    ways = [button("New customer", ids.CUSTOMER_NEW)] if may(found.actor.role, Ability.ADD_CUSTOMER) else []
    if not found.customers:
        text = markup("No customer is found for “{term}”.", term=term)
        return private(text, [header("Customers"), section(mrkdwn(text)), *actions(ways)])
    said = markup("“{term}”, the best first.", term=term)
    blocks: list[Block] = [header("Customers"), context(mrkdwn(said)), *map(_hit, found.customers)]
    if found.more:
        blocks.append(context(mrkdwn(markup("There are more: more letters or digits narrow it."))))
    names = [_short(customer.name) for customer in found.customers[:_SPOKEN]]
    return private(join(" ", [said, join(", ", names)]), [*blocks, *actions(ways)])


def profile(seen: CustomerSeen, *, said: Markup | None = None, replace: bool = False) -> Message:
    """Return one customer, under a sentence on what has just happened if there is one."""
    customer = seen.customer
    name = full_name(customer)
    if said is None and seen.led_from is not None:
        said = led_here(seen.led_from)
    blocks: list[Block] = [section(mrkdwn(said))] if said else []
    known_as = [markup("Customer {number}", number=customer.id)]
    if customer.erased_at is not None:
        known_as.append(markup("their personal data was erased {moment}", moment=date(customer.erased_at)))
    elif not customer.active:
        known_as.append(markup("no longer active: no ticket can be filed for them"))
    blocks += [header(name), context(mrkdwn(join(" · ", known_as)))]
    facts = (
        []
        if customer.erased_at is not None
        else [
            markup("*Phone*\n{phone}", phone=customer.phone),
            markup("*E-mail*\n{email}", email=customer.email),
            markup("*Address*\n{address}", address=_address(customer)),
        ]
    )
    facts.append(markup("*Tickets*\n{totals}", totals=_totals(customer)))
    if customer.active and customer.spending_limit is not None:
        facts.append(markup("*Without asking*\nUp to {limit} a repair", limit=money(customer.spending_limit)))
    blocks.append(fields(*facts))
    if customer.notes:
        blocks.append(section(mrkdwn(markup("*Notes*\n{notes}", notes=shorten(customer.notes, _NOTES)))))
    blocks += actions(_buttons(seen))
    if customer.erased_at is None and may(seen.actor.role, Ability.NOTE_CONTACT):
        blocks += actions(contact_buttons(customer))
    blocks += contacts(seen.contacts)
    blocks += merges(seen.merges)
    blocks += map(line, seen.tickets)
    summary = markup(
        "Customer {number}, {name}: {phone}, {total}.",
        number=customer.id,
        name=name,
        phone=customer.phone,
        total=tickets(customer.total_tickets, customer.open_tickets),
    )
    if customer.erased_at is not None:
        summary = markup(
            "Customer {number}, erased: {total}.", number=customer.id, total=count(customer.total_tickets, "ticket")
        )
    return private(join(" ", [said, summary]) if said else summary, blocks, replace=replace)


def for_new_ticket(value: str) -> Option:
    """Return the customer whom a button carries, chosen for a new ticket. Raises ``FieldsRefused``."""
    number, _, name = value.partition(" ")
    return option(name or number, chosen_customer(number))


def switched(changed: CustomerChanged, *, replace: bool = False) -> Message:
    """Return the customer after being deactivated or made active again, or not: the database's own words say which."""
    return profile(changed, said=markup("{message}.", message=(changed.message or "").rstrip(".")), replace=replace)


def _hit(customer: CustomerOption) -> Section:
    known = tickets(customer.total_tickets, customer.open_tickets)
    if not customer.active:
        known = worded("{tickets}, no longer active", tickets=known)
    words = markup(
        "*{name}* · customer {number}\n{contact}\n{tickets}",
        name=_short(customer.name),
        number=customer.id,
        contact=join(" · ", [_short(detail) for detail in (customer.phone, customer.email) if detail]),
        tickets=known,
    )
    opened = button(
        "Open",
        ids.CUSTOMER_OPEN,
        customer.id,
        spoken=worded("Open customer {customer}, {name}", customer=customer.id, name=customer.name),
    )
    return section(mrkdwn(words), accessory=opened)


def _short(text: str) -> Markup:
    return markup("{text}", text=shorten(text, _NAME))


def _totals(customer: Customer) -> str:
    totals = [tickets(customer.total_tickets, customer.open_tickets)]
    if customer.total_hours:
        totals.append(hours(customer.total_hours))
    if customer.value:
        totals.append(money(customer.value))
    return commas(totals)


def _address(customer: Customer) -> str:
    town = worded("{city}, {state} {zip}", city=customer.city, state=customer.state, zip=customer.zip)
    lines = [customer.address1, customer.address2, town, None if customer.country in _HERE else customer.country]
    return "\n".join(part for part in lines if part)


def _buttons(seen: CustomerSeen) -> list[Button]:
    role, customer = seen.actor.role, seen.customer
    buttons: list[Button] = []
    if customer.erased_at is not None:
        return buttons
    if customer.active and may(role, Ability.FILE_TICKET):
        name = full_name(customer)
        value, spoken = f"{customer.id} {name}", worded("New ticket for {name}", name=name)
        buttons.append(button("New ticket", ids.CUSTOMER_TICKET, value, style="primary", spoken=spoken))
    if may(role, Ability.EDIT_CUSTOMER):
        buttons.append(button("Edit", ids.CUSTOMER_CHANGE, customer.id))
    if may(role, Ability.DEACTIVATE_CUSTOMER):
        buttons.append(_switch(customer))
    if customer.active and may(role, Ability.MERGE_CUSTOMERS):
        buttons.append(button("Duplicates", ids.DUPLICATES_OF, customer.id))
    if may(role, Ability.ERASE_CUSTOMER):
        spoken = worded("Erase the personal data of customer {customer}", customer=customer.id)
        buttons.append(button("Erase", ids.CUSTOMER_FORGET, customer.id, spoken=spoken))
    return buttons


def _switch(customer: Customer) -> Button:
    name = shorten(full_name(customer), _NAME_ASKED)
    if customer.active:
        text = "No ticket can be filed for them until a Manager reactivates them. Nothing is deleted."
        asked = confirm(worded("Deactivate {name}?", name=name), text, "Deactivate", style="danger")
        return button("Deactivate", ids.CUSTOMER_DEACTIVATE, customer.id, asked=asked)
    asked = confirm(worded("Reactivate {name}?", name=name), "Tickets can be filed for them again.", "Reactivate")
    return button("Reactivate", ids.CUSTOMER_REACTIVATE, customer.id, asked=asked)
