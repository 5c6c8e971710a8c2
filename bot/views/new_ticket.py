"""The form that files a ticket, its typeahead, its way back, and what it becomes."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, get_args

from bot.forms import PASSCODE_MAX, TEXT_MAX, TITLE_MAX, NewTicket
from bot.roles import Ability, Relation, may
from bot.text import clean_line, clean_lines, length, shorten
from bot.typed import as_typed
from bot.views import approvals, ids
from bot.views.attachments import coming, files_field
from bot.views.blocks import Context, Option, StaticSelect, View
from bot.views.device import device_fields, earlier, unfolded
from bot.views.entries import anew, entered, uploaded
from bot.views.kit import (
    actions,
    button,
    context,
    external_select,
    form,
    grouped_select,
    input_block,
    join,
    markup,
    moment_picker,
    mrkdwn,
    notice,
    option,
    option_group,
    section,
    select,
    text_input,
)
from bot.views.phrases import PRIORITIES, category, count, full_name, named, tickets
from bot.wording import worded
from db.models import Category, Customer, CustomerOption, Device, TicketChanged, TicketFormFacts

_FIELDS: Final = tuple(NewTicket.model_fields)
_TITLE_OF_MESSAGE: Final = 100  # characters: all of it stands in the description
_MENTION: Final = re.compile(r"<@([A-Z0-9]+)>")


def new_ticket_form(
    facts: TicketFormFacts,
    *,
    title: str = "",
    description: str = "",
    customer: Option | None = None,
    whole_device: bool = False,
    files: Sequence[str] = (),
) -> View:
    """Return the form, with what is known filled in. Block ids stand for ``NewTicket``'s field names.

    ``customer``: the one to be chosen in a form that is open already. ``whole_device``: with all fields of the device.
    ``files``: Slack's ids of a message's, which are kept with the ticket.
    """
    priorities = [option(words, value) for value, words in PRIORITIES.items()]
    categories = [option(category(value), value) for value in get_args(Category)]
    return form(
        ids.TICKET_FILE,
        "New ticket",
        "File",
        [
            input_block(
                "customer_id" if customer is None else anew("customer_id", customer["value"]),
                "Customer",
                external_select(
                    ids.CUSTOMER_CHOOSE,
                    min_query_length=1,
                    initial=customer,
                    placeholder="Name, phone or e-mail",
                    focus=customer is None,
                ),
            ),
            *actions([button("+ New customer", ids.CUSTOMER_NEW)]),
            input_block(
                "title",
                "Title",
                text_input(ids.enter("title"), max_length=TITLE_MAX, initial=title, placeholder="Laptop won't start"),
            ),
            input_block(
                "description",
                "Description",
                text_input(ids.enter("description"), multiline=True, initial=description),
            ),
            *device_fields(Device(), whole=whole_device),
            input_block("priority", "Priority", select(ids.enter("priority"), priorities, initial="medium")),
            input_block("category", "Category", select(ids.enter("category"), categories), optional=True),
            input_block(
                "estimated_hours",
                "Estimated hours",
                text_input(ids.enter("estimated_hours"), max_length=20),
                hint="For example 1.5, 1h30 or 90m",
                optional=True,
            ),
            input_block(
                "due_at",
                "Due",
                moment_picker(ids.enter("due_at")),
                hint="Empty: by the priority",
                optional=True,
            ),
            input_block(
                "passcode",
                "Passcode of the device",
                text_input(ids.enter("passcode"), max_length=PASSCODE_MAX),
                hint="Kept encrypted, shown only to the technician or a Manager",
                optional=True,
            ),
            files_field(optional=True),
            *_carried(files),
            input_block("assign", "Who works on it", _assign_select(facts)),
        ],
        private_metadata=" ".join(files),
    )


def unfolded_form(blocks: Sequence[Mapping[str, Any]], carried: str = "") -> View:
    """Return the form as it is open, with all fields of the device: what was typed stays, by the fields' block ids.

    ``carried``: its ``private_metadata``, which stays, too.
    """
    return form(ids.TICKET_FILE, "New ticket", "File", unfolded(blocks), private_metadata=carried)


def from_message(text: str, link: str, names: Mapping[str, str]) -> tuple[str, str]:
    """Return title and description of a ticket that a message becomes, with the message's address at the end.

    ``text`` is as Slack sends it; ``names`` are of those whose Slack ids are known.
    """
    known = _MENTION.sub(lambda match: f"@{names.get(match[1], match[1])}", text)
    words = clean_lines(as_typed(known))
    title = shorten(clean_line(next(iter(words.splitlines()), "")), _TITLE_OF_MESSAGE)
    origin = worded("From Slack: {link}", link=link) if link else ""
    whole = "\n\n".join(filter(None, [words, origin]))
    if length(whole) <= TEXT_MAX:
        return title, whole
    end = "\n\n".join(filter(None, ["(Shortened: the rest is in Slack.)", origin]))
    return title, f"{shorten(words, TEXT_MAX - length(end) - 2)}\n\n{end}"


def read_new_ticket(values: Mapping[str, Mapping[str, Any]]) -> NewTicket:
    """Return what was entered into the form. Raises ``FieldsRefused``."""
    fields = {field: entered(values, field) for field in _FIELDS if field != "files"}
    return NewTicket.check(**fields, files=uploaded(values, "files"))


def carried_files(private_metadata: str) -> tuple[str, ...]:
    """Return Slack's ids of the files that come with the message from which the form was opened."""
    return NewTicket.files_among(private_metadata.split())


def customer_option(customer: Customer) -> Option:
    """Return a customer who was added just now, as the typeahead would."""
    return option(full_name(customer), customer.id, customer.phone)


def customer_options(customers: Sequence[CustomerOption]) -> list[Option]:
    """Return the typeahead's answer: who, and enough to tell two of one name apart."""
    return [option(customer.name, customer.id, _told_apart(customer)) for customer in customers]


def ticket_filed(changed: TicketChanged) -> View:
    """Return what the form becomes once the ticket is filed."""
    ticket = changed.ticket
    if ticket.worker_name is None:
        where = markup("It is in the queue.")
    elif Relation.WORKER in ticket.relations:
        where = markup("It is yours.")
    else:
        where = markup("It is assigned to {worker}.", worker=ticket.worker_name)
    if changed.no_technician:
        where = markup("No technician is available, so it went to the queue.")
    filed = markup("Ticket #{number} is filed.", number=ticket.id)
    said = join(
        " ",
        [filed, where, *approvals.asked_for(ticket), *([coming(ticket.coming_files)] if ticket.coming_files else [])],
    )
    return notice(
        "Ticket filed",
        [
            section(mrkdwn(said)),
            context(mrkdwn(named(ticket)), mrkdwn(markup("`/ticket {number}` shows it.", number=ticket.id))),
            *earlier(ticket),
        ],
    )


def _carried(files: Sequence[str]) -> list[Context]:
    if not files:
        return []
    said = markup("The message's {files} will be kept with the ticket, too.", files=count(len(files), "file"))
    return [context(mrkdwn(said))]


def _assign_select(facts: TicketFormFacts) -> StaticSelect:
    ways = [option("Put it into the queue", "queue"), option("Assign it automatically", "auto")]
    if may(facts.actor.role, Ability.TAKE_TICKET):
        ways.insert(1, option("Me", "me"))
    technicians = [option(person.name, person.id) for person in facts.technicians if person.id != facts.actor.id]
    groups = [option_group("The shop decides", ways)]
    if technicians:
        groups.append(option_group("A technician", technicians))
    return grouped_select(ids.enter("assign"), groups, initial="queue")


def _told_apart(customer: CustomerOption) -> str:
    known = tickets(customer.total_tickets, customer.open_tickets)
    return worded("{phone} · {known}", phone=customer.phone, known=known) if customer.phone else known
