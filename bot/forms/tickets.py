"""What may be entered about a ticket."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, SecretStr

from bot.forms.base import TEXT_MAX, Entered, detail, read_id, words
from bot.forms.hours import Hours, OptionalHours
from bot.text import clean_line, clean_lines, is_blank, printable, quoted
from bot.wording import worded
from db.models import Category, CustomerId, Priority

TITLE_MAX: Final = 255  # characters: tickets.title
WORDS_MAX: Final = 200  # characters that are looked for: enough, and they fit into a button with room to spare
CHECKS_MAX: Final = 10  # boxes that Slack shows together
CHECK_MAX: Final = 75  # characters of a box in Slack: checklist_items.text
PASSCODE_MAX: Final = 255  # characters: app.put_passcode()
DEVICE_TYPE_MAX: Final = 50  # characters: tickets.device_type
DEVICE_MODEL_MAX: Final = 100  # characters: tickets.device_model and device_serial
DEVICE_DETAIL_MAX: Final = 500  # characters: tickets.device_condition and device_accessories
NO_PASSCODE: Final = "-"  # what stands in the edit form's field to take the passcode away
FILES_MAX: Final = 10  # at once: what Slack's field takes, and a message
_FILE_ID: Final = re.compile(r"F[A-Z0-9]{1,30}")


def _read_passcode(entered: Any) -> SecretStr | None:  # noqa: ANN401 - whatever came in
    code = printable(entered).strip() if isinstance(entered, str) else ""
    if is_blank(code):
        return None
    if len(code) > PASSCODE_MAX:
        raise ValueError(
            worded(
                "A passcode has at most {most} characters; this one has {length}.",
                most=PASSCODE_MAX,
                length=f"{len(code):,}",
            )
        )
    return SecretStr(code)


def _read_other_passcode(entered: Any) -> SecretStr | None:  # noqa: ANN401 - whatever came in
    code = _read_passcode(entered)
    return SecretStr("") if code is not None and code.get_secret_value() == NO_PASSCODE else code


def _read_files(entered: Any) -> tuple[str, ...]:  # noqa: ANN401 - whatever came in
    given = entered if isinstance(entered, list | tuple) else ()
    files = tuple(dict.fromkeys(file for file in given if isinstance(file, str) and _FILE_ID.fullmatch(file)))
    if len(files) > FILES_MAX:
        raise ValueError(worded("Add up to {most} files at once.", most=FILES_MAX))
    return files


def _read_some_files(entered: Any) -> tuple[str, ...]:  # noqa: ANN401 - whatever came in
    if files := _read_files(entered):
        return files
    raise ValueError("Choose at least one file.")


def _read_checks(entered: Any) -> tuple[str, ...]:  # noqa: ANN401 - whatever came in
    lines = clean_lines(entered).split("\n") if isinstance(entered, str) else []
    checks = tuple(dict.fromkeys(line for line in map(clean_line, lines) if not is_blank(line)))
    if len(checks) > CHECKS_MAX:
        raise ValueError(
            worded(
                "A checklist has at most {most} checks; these are {length}.",
                most=CHECKS_MAX,
                length=len(checks),
            )
        )
    for check in checks:
        if len(check) > CHECK_MAX:
            raise ValueError(
                worded(
                    "A check has at most {most} characters; {check} has {length}. Please shorten it.",
                    most=CHECK_MAX,
                    check=quoted(check),
                    length=len(check),
                )
            )
    return checks


def _read_assignee(entered: Any) -> str:  # noqa: ANN401 - whatever came in
    if entered in {"me", "auto"}:
        return str(entered)
    return str(read_id("Choose from the list who gets the ticket.")(entered))


def _read_assign(entered: Any) -> str:  # noqa: ANN401 - whatever came in
    return "queue" if entered == "queue" else _read_assignee(entered)


def _read_due(entered: Any) -> datetime | None:  # noqa: ANN401 - whatever came in
    """Return a moment as commands give it, or as a form's picker does: seconds since 1970 as text."""
    if entered is None or isinstance(entered, datetime):
        return entered
    if isinstance(entered, str) and re.fullmatch(r"[0-9]{1,11}", entered):
        return datetime.fromtimestamp(int(entered), UTC)
    raise ValueError("Choose a day and a time.")


Title = Annotated[str, BeforeValidator(words("A title", TITLE_MAX, clean_line, "Give the ticket a short title."))]
Description = Annotated[
    str, BeforeValidator(words("A description", TEXT_MAX, clean_lines, "Describe what is wrong or wanted."))
]
DeviceType = Annotated[str | None, BeforeValidator(detail("The kind of device", DEVICE_TYPE_MAX))]
DeviceModel = Annotated[str | None, BeforeValidator(detail("Brand and model", DEVICE_MODEL_MAX))]
DeviceSerial = Annotated[str | None, BeforeValidator(detail("A serial number", DEVICE_MODEL_MAX))]
DeviceDetail = Annotated[str | None, BeforeValidator(detail("This", DEVICE_DETAIL_MAX))]
Resolution = Annotated[str, BeforeValidator(words("What was done", TEXT_MAX, clean_lines, ""))]
Due = Annotated[datetime | None, BeforeValidator(_read_due)]
Passcode = Annotated[SecretStr | None, BeforeValidator(_read_passcode)]
OtherPasscode = Annotated[SecretStr | None, BeforeValidator(_read_other_passcode)]
ChosenCustomer = Annotated[CustomerId, BeforeValidator(read_id("Choose a customer from the list."))]
Assign = Annotated[str, BeforeValidator(_read_assign)]
Assignee = Annotated[str, BeforeValidator(_read_assignee)]
Body = Annotated[str, BeforeValidator(words("A note", TEXT_MAX, clean_lines, "Write what the note should say."))]
LookedFor = Annotated[
    str, BeforeValidator(words("What you look for", WORDS_MAX, clean_line, "Write what you are looking for."))
]
Why = Annotated[str, BeforeValidator(words("The reason", TEXT_MAX, clean_lines, "Say why it is reopened."))]
Files = Annotated[tuple[str, ...], BeforeValidator(_read_files)]
SomeFiles = Annotated[tuple[str, ...], BeforeValidator(_read_some_files)]


class NewTitle(Entered):
    """What may follow ``/ticket new``."""

    title: Title


class DeviceEntry(Entered):
    """The machine: its kind, brand and model, serial number, how it came in, and what was left with it."""

    device_type: DeviceType = None
    device_model: DeviceModel = None
    device_serial: DeviceSerial = None
    device_condition: DeviceDetail = None
    device_accessories: DeviceDetail = None

    @property
    def device(self) -> dict[str, str]:
        """Return what is known of the machine: type, model, serial, condition, accessories."""
        known = self.model_dump(include=set(DeviceEntry.model_fields), exclude_none=True)
        return {name.removeprefix("device_"): text for name, text in known.items()}


class NewTicket(DeviceEntry):
    """A ticket to be filed. ``assign``: the queue, the person themselves, automatically, or a technician's id."""

    customer_id: ChosenCustomer
    title: Title
    description: Description
    priority: Priority = "medium"
    category: Category | None = None
    estimated_hours: OptionalHours = None
    due_at: Due = None
    passcode: Passcode = None
    assign: Assign = "queue"
    files: Files = ()

    @staticmethod
    def files_among(words: Sequence[str]) -> tuple[str, ...]:
        """Return those words that are Slack's ids of files, as many as may come at once."""
        return tuple(dict.fromkeys(word for word in words if _FILE_ID.fullmatch(word)))[:FILES_MAX]


class NewFiles(Entered):
    """Files that are to be kept with a ticket, by Slack's ids."""

    files: SomeFiles


class TicketEdit(DeviceEntry):
    """Other values for a ticket. Only those that are given count; a category or estimate of None is taken away.

    A passcode of None stays as it is, an empty one is taken away.
    """

    title: Title = Field(default="", validate_default=False)
    description: Description = Field(default="", validate_default=False)
    priority: Priority = "medium"
    category: Category | None = None
    estimated_hours: OptionalHours = None
    due_at: Due = None
    passcode: OtherPasscode = None
    customer_id: ChosenCustomer = Field(default=CustomerId(0), validate_default=False)

    @property
    def fields(self) -> set[str]:
        """Return the names of what is to be changed."""
        return self.model_fields_set - ({"passcode"} if self.passcode is None else set())

    @property
    def changes(self) -> dict[str, Any]:
        """Return what was given, as JSON has it: a decimal is text. The passcode goes another way."""
        return self.model_dump(mode="json", include=self.fields - {"passcode"})


class Assignment(Entered):
    """Who gets a ticket: the person themselves, whom the shop finds automatically, or a technician's id."""

    who: Assignee


class NoteText(Entered):
    """A note on a ticket."""

    body: Body


class ChecklistEntry(Entered):
    """The checks of a checklist, written one a line."""

    items: Annotated[tuple[str, ...], BeforeValidator(_read_checks)] = ()


class Reopening(Entered):
    """Why a completed ticket is opened again."""

    why: Why


class SerialNumber(Entered):
    """The serial number of a machine that is looked for."""

    serial: Annotated[
        str, BeforeValidator(words("A serial number", DEVICE_MODEL_MAX, clean_line, "Write the serial number."))
    ]


class Words(Entered):
    """What is looked for: words of a ticket, or a customer."""

    words: LookedFor


class Report(Entered):
    """What was done about a ticket, if somebody says so."""

    resolution: Resolution = ""


class Completion(Report):
    """The end of a ticket's work: decimal hours, and what was done."""

    hours: Hours
