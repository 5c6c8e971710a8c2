"""Every screen about files, as ``tests.bot.screens`` has them."""

from collections.abc import Mapping
from typing import Any, Final

from bot.roles import Role
from bot.views import attachments, new_ticket, offers, ticket
from db.models import FileAsked, FilesAttached, FilesOfType, KeptFile, TicketFiles
from tests.bot import rows

HOSTILE: Final = "<!channel> *bold* _em_ ~no~ `code` & <@U123> \u202egnp.exe"
PHOTOS: Final = FilesOfType(type="image/jpeg", count=3, size=4_400_000)
EVERY_KIND: Final = [
    PHOTOS,
    FilesOfType(type="image/png", count=1, size=900),
    FilesOfType(type="application/pdf", count=1, size=20_000),
    FilesOfType(type="video/mp4", count=2, size=70_000_000),
    FilesOfType(type="text/plain", count=1, size=12),
    FilesOfType(type="application/x-strange", count=1, size=1),
]


def file(number: int = 1, name: str = "board.jpg", **changed: Any) -> KeptFile:  # noqa: ANN401  any field
    facts: dict[str, Any] = {
        "id": number,
        "name": name,
        "type": "image/jpeg",
        "size": 1_234_567,
        "by": "Tom Reed",
        "created_at": rows.FILED,
        "kept": True,
        "removable": False,
    }
    return KeptFile(**(facts | changed))


def files(*kept: KeptFile, title: str = "Laptop won't start", coming: int = 0, more: int = 0) -> TicketFiles:
    return TicketFiles(
        actor=rows.actor(), ticket=rows.ticket_line(42, title=title), files=list(kept), coming=coming, more=more
    )


def attached(coming: int) -> FilesAttached:
    changed = rows.changed(rows.mine())
    return FilesAttached(actor=changed.actor, ticket=changed.ticket, repeated=False, coming=coming)


def asked(title: str = "Laptop won't start", kind: str = "image/jpeg") -> FileAsked:
    return FileAsked(actor=rows.actor(), ticket=rows.ticket_line(42, title=title), type=kind, repeated=False)


def file_screens() -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Return name -> (kind of surface, what is sent)."""
    messages: dict[str, Mapping[str, Any]] = {
        "card_with_files": ticket.card(rows.seen(rows.mine(files=[PHOTOS], coming_files=1))),
        "card_with_every_kind": ticket.card(rows.seen(rows.mine(files=EVERY_KIND))),
        "files_none": attachments.files_list(files()),
        "files_one": attachments.files_list(files(file(removable=True)), replace=True),
        "files_coming": attachments.files_list(files(coming=2)),
        "files_many": attachments.files_list(
            files(*(file(n, f"photo {n}.jpg", removable=True) for n in range(1, 21)), coming=1, more=3)
        ),
        "files_hostile": attachments.files_list(files(file(1, HOSTILE, by=HOSTILE), title=HOSTILE)),
        "files_longest": attachments.files_list(files(file(2**31 - 1, "&" * 255, by="&" * 255), title="&" * 255)),
        "files_of_the_web": attachments.files_list(files(file(kept=False, type="application/zip", by=None))),
        "file_asked": attachments.file_asked(asked()),
        "file_removed": attachments.file_removed(asked("photo.jpg", "application/pdf")),
        "file_removed_hostile": attachments.file_removed(asked(HOSTILE, "application/pdf")),
        "files_shared": attachments.files_shared(attached(2)),
        "offer_files": offers.files_offer(rows.mine()),
    }
    modals: dict[str, Mapping[str, Any]] = {
        "form_files": attachments.files_form(rows.mine()),
        "form_files_longest": attachments.files_form(rows.mine(2**31 - 1, title="&" * 255)),
        "form_new_from_message_with_files": new_ticket.new_ticket_form(
            rows.form_facts(Role.REGULAR_USER), title="Look", files=["F1", "F2"]
        ),
        "files_attached": attachments.files_attached(attached(1)),
        "files_attached_before": attachments.files_attached(attached(0)),
        "filed_with_files": new_ticket.ticket_filed(rows.changed(rows.ticket(151, coming_files=2))),
    }
    return {name: ("message", sent) for name, sent in messages.items()} | {
        name: ("modal", sent) for name, sent in modals.items()
    }
