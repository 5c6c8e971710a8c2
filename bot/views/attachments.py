"""Files of a ticket: the form that adds them, what it becomes, the list of them, and what can't be done with one."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from bot.contents import SUFFIXES
from bot.forms import NewFiles
from bot.text import shorten
from bot.views import ids
from bot.views.blocks import Block, Input, Message, Section, StaticSelect, View
from bot.views.changes import Begun
from bot.views.entries import uploaded
from bot.views.kit import (
    Markup,
    actions,
    button,
    confirm,
    context,
    date,
    file_input,
    form,
    header,
    input_block,
    join,
    markup,
    message,
    mrkdwn,
    notice,
    option,
    private,
    section,
    select,
)
from bot.views.phrases import FILES, count, file_kind, named, open_button, size
from bot.wording import worded
from db.models import (
    CardTicket,
    FileAsked,
    FilesAttached,
    FilesOfType,
    KeptFile,
    Notification,
    Ticket,
    TicketFiles,
    TicketId,
)

_NAME: Final = 100  # characters of a file's name in the list
_SPOKEN: Final = 40  # for a screen reader
_ENDINGS: Final = sorted({suffix.removeprefix(".") for suffix in SUFFIXES.values()} | {"heif", "jpeg", "log"})

# why a file wasn't kept or sent -> in words; the reasons are those of ``bot.jobs.files``
_REASONS: Final[Mapping[str, Markup]] = {
    "too_large": markup("it is larger than 50 MB. A smaller one can be added."),
    "empty": markup("it is empty. Add it again once something is in it."),
    "type": markup("it isn't a photo, a PDF, a video or plain text. Add a picture of it, or its text, instead."),
    "elsewhere": markup("it isn't kept in Slack itself. Download it from where it is, and add it as a file."),
    "gone": markup("it isn't in Slack any more, or not where this app can see it. Add it by the ticket's form."),
    "not_yours": markup("somebody else uploaded it. Whoever has it can add it."),
    "not_given": markup("Slack didn't hand it over. Add it again; if that doesn't help, tell whoever runs this app."),
    "lost": markup("it isn't where it was kept. Please tell whoever looks after this app."),
    "not_taken": markup("Slack didn't take it. Please try again later."),
}


def files_field(*, optional: bool) -> Input:
    """Return the field for files, in this form and in that for a new ticket."""
    return input_block(
        "files",
        "Photos and other files",
        file_input(ids.enter("files"), _ENDINGS),
        hint="Photos, PDF, videos, text: up to 10 MB each here, 50 MB in the thread of the ticket's card",
        optional=optional,
    )


def files_form(ticket: Ticket) -> View:
    """Return the form that adds files to a ticket."""
    blocks: list[Block] = [section(mrkdwn(named(ticket))), files_field(optional=False)]
    return form(
        ids.FILE_ADD,
        worded("Files for #{ticket}", ticket=ticket.id),
        "Add",
        blocks,
        private_metadata=Begun.of(ticket.id).pack(),
    )


def read_files_form(values: Mapping[str, Mapping[str, Any]]) -> NewFiles:
    """Return what was chosen in the form. Raises ``FieldsRefused``."""
    return NewFiles.check(files=uploaded(values, "files"))


def files_attached(attached: FilesAttached) -> View:
    """Return what the form becomes."""
    return notice("Files added", [section(mrkdwn(_attached(attached))), section(mrkdwn(named(attached.ticket)))])


def files_shared(attached: FilesAttached) -> Message:
    """Return what is said to who shared files in the thread of a ticket's card."""
    return private(_attached(attached))


def coming(number: int) -> Markup:
    """Return that files are on their way, and what becomes of one that can't be kept."""
    files = count(number, "file is", "files are")
    return markup("{files} on the way to it; you hear of any that can't be kept.", files=files)


def files_line(ticket: Ticket) -> list[Section]:
    """Return what files a ticket has, for its card, with the button that lists them; nothing where it has none."""
    if not ticket.files and not ticket.coming_files:
        return []
    parts = [_counted(ticket.files)] if ticket.files else []
    if ticket.coming_files:
        parts.append(markup("{number} on the way", number=ticket.coming_files))
    said = markup("*Files*\n{parts}", parts=join(" · ", parts))
    shows = button("Files", ids.FILES_SHOW, ticket.id, spoken=worded("Files of ticket #{ticket}", ticket=ticket.id))
    return [section(mrkdwn(said), accessory=shows)]


def files_list(facts: TicketFiles, *, said: Markup | None = None, replace: bool = False) -> Message:
    """Return a ticket's files, each with what this person may do with it."""
    ticket = facts.ticket
    blocks: list[Block] = [section(mrkdwn(said))] if said else []
    blocks += [header(worded("Files of #{ticket}", ticket=ticket.id)), context(mrkdwn(named(ticket)))]
    blocks += [_row(file) for file in facts.files]
    notes = []
    if facts.coming:
        notes.append(markup("{files} on the way.", files=count(facts.coming, "file")))
    if facts.more:
        notes.append(markup("{files} more, the oldest, aren't shown.", files=facts.more))
    if not facts.files and not facts.coming:
        notes.append(markup("No files yet."))
    if notes:
        blocks.append(context(mrkdwn(join(" ", notes))))
    number = ticket.id
    blocks += actions(
        [
            button(
                "Add files", ids.TICKET_ATTACH, number, spoken=worded("Add files to ticket #{number}", number=number)
            ),
            open_button(number),
            *_removal(file for file in facts.files if file.kept and file.removable),
        ]
    )
    summary = markup("Ticket {ticket}: {files}.", ticket=named(ticket), files=count(len(facts.files), "file"))
    return private(join(" ", [said, summary]) if said else summary, blocks, replace=replace)


def file_asked(asked: FileAsked) -> Message:
    """Return that a file is on its way to who wanted it."""
    what = markup("The {what} of {ticket} is", what=file_kind(asked.type), ticket=named(asked.ticket))
    return private(join(" ", [what, markup("on its way to your direct messages with this app.")]))


def file_removed(removed: FileAsked) -> Message:
    """Return that a file is gone."""
    number = removed.ticket.id
    said = markup("The {what} was removed from {ticket}.", what=file_kind(removed.type), ticket=named(removed.ticket))
    shows = button("Files", ids.FILES_SHOW, number, spoken=worded("Files of ticket #{number}", number=number))
    return private(said, [section(mrkdwn(said)), *actions([shows])])


def file_sent(ticket: TicketId) -> Markup:
    """Return the words beside a file that is handed to somebody."""
    return markup("From ticket #{number}, as you asked.", number=ticket)


def file_refused(notification: Notification, ticket: CardTicket) -> Message:
    """Return the message to whoever wanted a file kept or sent, and why that wasn't done."""
    why = _REASONS.get(str(notification.facts.get("reason")), _REASONS["not_given"])
    if notification.facts.get("errand") == "send":
        said = markup("A file of ticket {ticket} wasn't sent to you: {why}", ticket=named(ticket), why=why)
    else:
        said = markup("A file for ticket {ticket} wasn't kept: {why}", ticket=named(ticket), why=why)
    opens = open_button(ticket.id)
    return message(said, [section(mrkdwn(said)), *actions([opens])])


def _attached(attached: FilesAttached) -> Markup:
    number = attached.ticket.id
    if attached.coming == 0:
        return markup("Ticket #{number} has these files already.", number=number)
    return markup(
        "{files} on the way to ticket #{number}; you hear of any that can't be kept.",
        files=count(attached.coming, "file is", "files are"),
        number=number,
    )


def _counted(files: Iterable[FilesOfType]) -> Markup:
    """Return ``3 photos, 1 PDF · 4.2 MB``. Types of one kind are counted together."""
    kinds: dict[str, int] = {}
    total = 0
    for some in files:
        kinds[file_kind(some.type)] = kinds.get(file_kind(some.type), 0) + some.count
        total += some.size
    words = join(", ", [markup("{some}", some=count(number, kind, FILES[kind])) for kind, number in kinds.items()])
    return markup("{words} · {size}", words=words, size=size(total))


def _row(file: KeptFile) -> Section:
    kind = file_kind(file.type)
    small = [markup("{size}", size=size(file.size)), date(file.created_at)]
    if file.by is not None:
        small.insert(1, markup("{by}", by=file.by))
    words = markup(
        "*{kind}* {name}\n{small}",
        kind=kind[0].upper() + kind[1:],
        name=shorten(file.name, _NAME),
        small=join(" · ", small),
    )
    if not file.kept:  # the web application's
        return section(mrkdwn(words))
    spoken = worded("Send me the {kind} {name}", kind=kind, name=shorten(file.name, _SPOKEN))
    return section(mrkdwn(words), accessory=button("Send to me", ids.FILE_SEND, file.id, spoken=spoken))


def _removal(files: Iterable[KeptFile]) -> list[StaticSelect]:
    """Return the choice of a file to be removed, of those that this person may remove."""
    options = [
        option(file.name, file.id, worded("{kind}, {size}", kind=file_kind(file.type), size=size(file.size)))
        for file in files
    ]
    if not options:
        return []
    sure = confirm("Remove this file?", "It can't be brought back.", "Remove", style="danger")
    return [select(ids.FILE_REMOVE, options, placeholder="Remove a file", asked=sure)]
