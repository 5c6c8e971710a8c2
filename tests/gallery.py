"""The catalogue of screens, docs/screens.md: which recorded screens it shows, where, and in which words.

``python -m tests.gallery`` writes it; ``make pictures`` does that, too, and takes the pictures.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.bot.screens import screens

Screens = Mapping[str, tuple[str, Mapping[str, Any]]]

ANY: Final = re.compile("")
DOCS: Final = Path(__file__).parents[1] / "docs"
CATALOGUE: Final = DOCS / "screens.md"
PICTURES: Final = DOCS / "pictures" / "screens"

_ODD: Final = re.compile(r"hostile|longest")  # what only tests need to see
_TOKEN: Final = re.compile(r"<!date\^[^|>]*\|([^>]*)>|<[^|>]*\|([^>]*)>|[*`]")
_BEGINNING: Final = """# Every screen

What people read and fill in: the recorded screens (`tests/golden`) as the sandbox's page shows them, messages and the
Home tab at a phone's width. `python -m tests.gallery` writes this page, `make pictures` takes the pictures."""
_PLAIN: Final = str.maketrans("[]\\", "()/")  # what a picture's words in Markdown can't hold
_ALT: Final = 160  # characters


@dataclass(frozen=True, slots=True)
class Subject:
    """A chapter: its screens are those whose names begin with one of ``beginnings``.

    ``way``: how one gets there."""

    heading: str
    way: str
    beginnings: str


SUBJECTS: Final = (
    Subject("The Home tab", "The app's own tab, first thing in the morning; each role has its own.", "home"),
    Subject("The panel", "`/ticket` alone: what is mine and what presses, and buttons for the rest.", "panel"),
    Subject("Help", "`/ticket help`, `/ticket help done`, `/ticket whoami`: what this person may do.", "help whoami"),
    Subject(
        "Lists and searches",
        "`/ticket mine`, `/ticket queue`, `/ticket list overdue`, `/ticket search printer`: ten a page.",
        "mine queue list search",
    ),
    Subject("The ticket's card", "`/ticket 42`, or *Open* wherever a ticket is listed.", "card device"),
    Subject(
        "The living card",
        "One a ticket in the shop's channel, without personal data; it changes as the ticket does.",
        "told_card",
    ),
    Subject(
        "In the ticket's thread", "What happens to the ticket, under its living card.", "told_thread told_broadcast"
    ),
    Subject(
        "A new ticket",
        "`/ticket new`, *New ticket*, the shortcuts; the answer says where the ticket went.",
        "form_new offer_new filed customers",
    ),
    Subject(
        "Who works on it",
        "`/ticket take 42`, `/ticket release 42`, `/ticket assign 42 @ana`.",
        "taken released assigned accepted form_assign",
    ),
    Subject(
        "What is told of it",
        "Direct messages to whom it concerns, and their follow-ups.",
        "told_assigned told_unassigned told_completed told_reopened told_returned told_undone "
        "told_mentioned told_watched watched",
    ),
    Subject(
        "Changing a ticket",
        "`/ticket status`, `priority`, `category`, `due`, `estimate`, *Edit*; whoever was slower "
        "reads what changed meanwhile.",
        "status priority category changed estimate form_edit",
    ),
    Subject("Notes", "`/ticket note 42 text`, or *Note*.", "noted form_note"),
    Subject("The timer", "`/ticket start 42`, `/ticket stop`.", "timer told_timer"),
    Subject(
        "Completing and taking back",
        "`/ticket done 42`, *Complete*: hours, what was done, the checklist; *Undo* for ten "
        "minutes; `/ticket reopen 42 why`.",
        "completed form_complet offer_completion undone reopened form_reopen offer_reopening",
    ),
    Subject(
        "Checklists",
        "`/ticket checklist`: Managers write what is asked at a completion.",
        "checklist form_checklist form_overtaken_checklist offer_checklist",
    ),
    Subject(
        "Estimate and approval",
        "An estimate over the customer's limit waits for the customer's word.",
        "approval form_approv form_declin told_approval",
    ),
    Subject(
        "Reminders",
        "By direct message while the shop is open; *Snooze* puts them off, Managers nudge.",
        "told_reminder told_snoozed nudged",
    ),
    Subject(
        "Files",
        "`/ticket attach 42`, a file field, or a file shared in the ticket's thread.",
        "files file form_files offer_files told_file",
    ),
    Subject("Passcodes", "*Show passcode*, for the assignee and Managers; each showing is logged.", "passcode"),
    Subject(
        "Customers",
        "`/ticket find`, `/ticket customer 7`: the profile, its tickets, calls and e-mails.",
        "customer form_customer form_contact",
    ),
    Subject(
        "Duplicates",
        "*Duplicates* in a profile: two customers become one, and two again.",
        "duplicates form_merge offer_merge",
    ),
    Subject("Erasing a customer", "*Erase* in a profile, at the customer's request.", "form_eras offer_erasure"),
    Subject("History", "`/ticket history 42`: who changed what, old to new, from where.", "history"),
    Subject(
        "The daily summary", "At each Manager's hour; `/ticket summary`, `yesterday`, `week`, `month`.", "daily summary"
    ),
    Subject("The team", "`/ticket team`.", "team"),
    Subject("Export", "`/ticket export`: a month as files, to the Manager who asks.", "export told_export"),
    Subject(
        "People",
        "`/ticket users`: who has access, as what, by which Slack account.",
        "users form_person form_overtaken_person offer_person",
    ),
    Subject(
        "Asking for access",
        "What a stranger reads, what Managers are asked, and what becomes of it.",
        "refused access told_access",
    ),
    Subject(
        "One's own settings",
        "`/ticket settings`: quiet hours, time zone, what one wants to hear.",
        "settings form_overtaken_settings offer_settings",
    ),
    Subject(
        "The shop's settings",
        "`/ticket hours`: opening hours, holidays, prices, reminders, the summary's hour.",
        "hours form_overtaken_shop offer_hours",
    ),
    Subject("What didn't arrive", "`/ticket undelivered`, for Managers.", "undelivered undeliverable"),
    Subject("The database", "`/ticket database`, for Managers.", "database"),
    Subject(
        "Links",
        "A ticket's address: where it stands, and what becomes of it when it is posted.",
        "link entity announced",
    ),
)


def pictured(all_screens: Screens) -> set[str]:
    """Return the names of the screens that the catalogue shows: all but those with hostile or overlong texts."""
    return {name for name in all_screens if not _ODD.search(name)}


def by_subject(names: set[str]) -> dict[str, list[str]]:
    """Return heading -> its screens, in the order of their names. Raises ``LookupError`` for one without a chapter."""
    found: dict[str, list[str]] = {subject.heading: [] for subject in SUBJECTS}
    for name in sorted(names):
        # the longest beginning is the nearest: told_card is not told
        fitting = [
            (len(beginning), subject.heading)
            for subject in SUBJECTS
            for beginning in subject.beginnings.split()
            if name.startswith(beginning)
        ]
        if not fitting:
            raise LookupError(f"{name} has no chapter in tests/gallery.py")
        found[max(fitting)[1]].append(name)
    return found


def words_of(screen: Mapping[str, Any]) -> str:
    """Return a screen in a line: what stands for it where it isn't seen."""
    title = screen.get("title", {}).get("text", "")
    if title:
        return str(title)
    said = screen.get("text") or next(
        (block["text"]["text"] for block in screen.get("blocks", []) if block.get("text")), ""
    )
    words = " ".join(_TOKEN.sub(lambda token: token[1] or token[2] or "", said).split())
    for escaped, plain in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        words = words.replace(escaped, plain)
    return words


def catalogue(all_screens: Screens) -> str:
    """Return docs/screens.md."""
    chapters = [_BEGINNING]
    for subject, names in zip(SUBJECTS, by_subject(pictured(all_screens)).values(), strict=True):
        shown = [f"## {subject.heading}\n\n{subject.way}"]
        for name in names:
            alt = words_of(all_screens[name][1])[:_ALT].strip().translate(_PLAIN)
            shown.append(f"`{name}`\n\n![{alt or name}](pictures/screens/{name}.png)")
        chapters.append("\n\n".join(shown))
    return "\n\n".join(chapters) + "\n"


if __name__ == "__main__":
    CATALOGUE.write_text(catalogue(screens()), encoding="utf-8")
