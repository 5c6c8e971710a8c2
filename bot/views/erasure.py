"""The form that erases a customer's personal data, its way back, and what it becomes: what is gone, what remains."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.forms import Erasure
from bot.text import shorten
from bot.views import ids
from bot.views.blocks import Block, View
from bot.views.changes import Begun
from bot.views.entries import entered
from bot.views.kit import (
    Markup,
    context,
    form,
    input_block,
    join,
    markup,
    mrkdwn,
    notice,
    option,
    section,
    select,
    text_input,
)
from bot.views.phrases import count, full_name, ticket_numbers
from bot.wording import worded
from db.models import CustomerErased, ErasureFacts, ErasureReason, TicketId

_NAME: Final = 120
_REASONS: Final[Mapping[ErasureReason, str]] = {
    "asked": "They asked for it",
    "law": "The law asks for it",
    "mistake": "They were added by mistake",
}
_REMAINS: Final = markup(
    "*What remains:* their tickets with dates, hours, category, device type and model, and who worked on them, under a "
    "customer without a name. Backups keep the rest until they expire. The tickets' cards in Slack follow; what else "
    "was posted, you delete there. Tickets of other customers aren't looked through: `/ticket search` finds names."
)


def erasure_form(facts: ErasureFacts) -> View:
    """Return the form. Block ids are ``Erasure``'s field names."""
    customer = facts.customer
    texts = [option(worded("Erase those that name them ({number})", number=len(facts.telling)), "telling")]
    if customer.total_tickets:
        texts.append(option(worded("Erase all of them ({number})", number=customer.total_tickets), "all"))
    texts.append(option("Leave them all as they are", "none"))
    reasons = [option(label, reason) for reason, label in _REASONS.items()]
    blocks: list[Block] = [
        section(mrkdwn(_what(facts))),
        section(mrkdwn(_named(facts.telling))),
        input_block("texts", "Titles, descriptions and notes", select(ids.enter("texts"), texts, initial="telling")),
        input_block("reason", "Why", select(ids.enter("reason"), reasons, initial="asked")),
        input_block(
            "confirmed",
            worded("Type {words} to confirm", words=Erasure.words(customer.id)),
            text_input(ids.enter("confirmed"), max_length=100),
            hint="It can't be undone.",
        ),
        context(mrkdwn(_REMAINS)),
    ]
    begun = Begun.of(customer.id)
    return form(
        ids.CUSTOMER_ERASE,
        worded("Erase customer {customer}", customer=customer.id),
        "Erase",
        blocks,
        private_metadata=begun.pack(),
    )


def read_erasure_entry(values: Mapping[str, Mapping[str, Any]], customer_id: int) -> Erasure:
    """Return what stands in the form. Raises ``FieldsRefused``."""
    fields = {field: entered(values, field) for field in ("texts", "reason", "confirmed")}
    return Erasure.check(customer_id=customer_id, **fields)


def customer_erased(erased: CustomerErased) -> View:
    """Return what the form becomes."""
    said = markup(
        "The personal data of customer {number} is erased: "
        "name, contact data and notes, {contacts}, {passcodes}, {files}, and the texts of {blanked}.",
        number=erased.customer_id,
        contacts=count(erased.contacts, "contact"),
        passcodes=count(erased.passcodes, "passcode"),
        files=count(erased.attachments, "file"),
        blanked=count(erased.blanked, "ticket"),
    )
    return notice("Customer erased", [section(mrkdwn(said)), context(mrkdwn(_REMAINS))])


def _what(facts: ErasureFacts) -> Markup:
    customer = facts.customer
    besides = [
        (
            facts.merged,
            worded(
                "those of {customers} merged into them",
                customers=count(facts.merged, "customer who was", "customers who were"),
            ),
        ),
        (facts.contacts, count(facts.contacts, "contact")),
        (facts.passcodes, count(facts.passcodes, "passcode")),
        (facts.attachments, count(facts.attachments, "file")),
        (
            customer.total_tickets,
            worded("the serial numbers of {tickets}", tickets=count(customer.total_tickets, "ticket")),
        ),
    ]
    earlier = markup("earlier values in the histories")
    return markup(
        "Erases *{name}* for good, wherever the database has them: name, phone, e-mail, address and notes; {besides}.",
        name=shorten(full_name(customer), _NAME),
        besides=join("; ", [*(markup("{what}", what=what) for number, what in besides if number), earlier]),
    )


def _named(tickets: Sequence[TicketId]) -> Markup:
    if not tickets:
        return markup("No ticket of theirs names them in its texts.")
    return markup(
        "Their name, phone, e-mail or street stands in the texts or the history of {numbers}.",
        numbers=ticket_numbers(tickets),
    )
