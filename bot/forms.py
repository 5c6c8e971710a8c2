"""What people may enter: one model for a command's words and for a form's fields.

``Model.check(...)`` returns the cleaned values or raises ``FieldsRefused`` with a message for each field.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError, ValidationInfo

from bot.clocks import Clock, Zone
from bot.errors import FieldsRefused
from bot.roles import Role
from bot.text import clean_line, clean_lines, clean_word, is_blank, printable, quoted
from db.models import AskedHow, Category, ContactWay, CustomerId, ErasedTexts, ErasureReason, Priority, TicketId

TITLE_MAX: Final = 255  # characters: tickets.title
TEXT_MAX: Final = 3000  # characters: what a Slack text field takes
WORDS_MAX: Final = 200  # characters that are looked for: enough, and they fit into a button with room to spare
NAME_MAX: Final = 255  # characters: names, addresses and the like of customers
ZIP_MAX: Final = 10  # characters: customers.zip
COUNTRY_MAX: Final = 10  # characters: customers.country
CHECKS_MAX: Final = 10  # boxes that Slack shows together
CHECK_MAX: Final = 75  # characters of a box in Slack: checklist_items.text
PASSCODE_MAX: Final = 255  # characters: app.put_passcode()
DEVICE_TYPE_MAX: Final = 50  # characters: tickets.device_type
DEVICE_MODEL_MAX: Final = 100  # characters: tickets.device_model and device_serial
DEVICE_DETAIL_MAX: Final = 500  # characters: tickets.device_condition and device_accessories
NO_PASSCODE: Final = "-"  # what stands in the edit form's field to take the passcode away
ID_MAX: Final = 2_147_483_647  # PostgreSQL's integer
HOURS_MAX: Final = Decimal("999.99")  # tickets.actual_hours is numeric(5,2)
DOLLARS_MAX: Final = Decimal(1_000_000)  # customers_approval_limit_check

FILES_MAX: Final = 10  # at once: what Slack's field takes, and a message

_FILE_ID: Final = re.compile(r"F[A-Z0-9]{1,30}")
_DOLLARS: Final = re.compile(r"\$?(?P<dollars>(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9})(?:\.[0-9]{1,2})?)")
_NUMBER: Final = r"(?P<sign>[-+\u2212]?)(?P<number>\d+[.,]?\d*|[.,]\d+)"
_HOURS: Final = re.compile(_NUMBER + r"\s?(?:h|hrs?|hours?)")
_MINUTES: Final = re.compile(_NUMBER + r"(?:m|\s?(?:mins?|minutes?))")  # "2 m cable" is not two minutes
_HOURS_MINUTES: Final = re.compile(r"(?P<hours>\d+)\s?h\s?(?P<minutes>[0-5]?\d)\s?(?:m|mins?|minutes?)?")
_BARE: Final = re.compile(_NUMBER)
_EMAIL: Final = re.compile(  # customers_email_check
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+"
)


def hours_with_unit(typed: str) -> Decimal | None:
    """Read ``1.5h``, ``1,5h``, ``1h30``, ``90m``, ``2 hours`` as decimal hours; None where it is something else.

    A number without a unit is something else: in ``done 42 2 screws replaced`` nobody worked two hours. The result may
    be out of range; ``Completion`` judges that.
    """
    word = clean_word(typed).lower()
    if match := _HOURS_MINUTES.fullmatch(word):
        return Decimal(match["hours"]) + Decimal(match["minutes"]) / 60
    if match := _HOURS.fullmatch(word):
        return _signed(match)
    if match := _MINUTES.fullmatch(word):
        return _signed(match) / 60
    return None


def _signed(match: re.Match[str]) -> Decimal:
    number = Decimal(match["number"].replace(",", "."))
    return number if match["sign"] in {"", "+"} else -number


def _read_hours(entered: Any) -> Decimal | None:  # noqa: ANN401 - pydantic hands over whatever came in
    """Return hours to two places, rounded half up; a form's number without a unit is hours."""
    if entered is None or (isinstance(entered, str) and is_blank(entered)):
        return None
    hours = entered if isinstance(entered, Decimal) else hours_with_unit(str(entered))
    if hours is None and (match := _BARE.fullmatch(clean_word(str(entered)))):
        hours = _signed(match)
    if hours is None:
        raise ValueError(f"{quoted(str(entered))} can't be read as hours. Write them as 1.5, 1h30 or 90m.")
    if hours <= 0 or hours >= HOURS_MAX + Decimal("0.005"):
        raise ValueError(f"{quoted(str(entered))} is out of range: hours must be more than 0 and at most 999.99.")
    rounded = hours.quantize(Decimal("0.01"), ROUND_HALF_UP)
    if not rounded:
        raise ValueError("That is less than a hundredth of an hour; enter at least 0.01.")
    return rounded


def _required_hours(entered: Any) -> Decimal:  # noqa: ANN401 - as above
    hours = _read_hours(entered)
    if hours is None:
        raise ValueError("Enter the hours worked, for example 1.5, 1h30 or 90m.")
    return hours


def _words(name: str, limit: int, clean: Callable[[str], str], missing: str) -> Callable[[Any], str]:
    """Return a validator for a text of at most ``limit`` characters. ``missing`` empty: it may be left out."""

    def read(entered: Any) -> str:  # noqa: ANN401 - as above
        text = clean(entered) if isinstance(entered, str) else ""
        if is_blank(text):
            if missing:
                raise ValueError(missing)
            return ""
        if len(text) > limit:
            raise ValueError(f"{name} has at most {limit:,} characters; this one has {len(text):,}. Please shorten it.")
        return text

    return read


def _detail(name: str, limit: int) -> Callable[[Any], str | None]:
    """Return a validator for a line that may be left out: None then."""
    read = _words(name, limit, clean_line, "")
    return lambda entered: read(entered) or None


def _read_id(message: str) -> Callable[[Any], int]:
    def read(entered: Any) -> int:  # noqa: ANN401 - as above
        if isinstance(entered, str) and re.fullmatch(r"[1-9][0-9]{0,9}", entered) and int(entered) <= ID_MAX:
            return int(entered)
        if isinstance(entered, int) and 0 < entered <= ID_MAX:
            return entered
        raise ValueError(message)

    return read


def _read_passcode(entered: Any) -> SecretStr | None:  # noqa: ANN401 - as above
    code = printable(entered).strip() if isinstance(entered, str) else ""
    if is_blank(code):
        return None
    if len(code) > PASSCODE_MAX:
        raise ValueError(f"A passcode has at most {PASSCODE_MAX} characters; this one has {len(code):,}.")
    return SecretStr(code)


def _read_other_passcode(entered: Any) -> SecretStr | None:  # noqa: ANN401 - as above
    code = _read_passcode(entered)
    return SecretStr("") if code is not None and code.get_secret_value() == NO_PASSCODE else code


def _read_files(entered: Any) -> tuple[str, ...]:  # noqa: ANN401 - as above
    given = entered if isinstance(entered, list | tuple) else ()
    files = tuple(dict.fromkeys(file for file in given if isinstance(file, str) and _FILE_ID.fullmatch(file)))
    if len(files) > FILES_MAX:
        raise ValueError(f"Add up to {FILES_MAX} files at once.")
    return files


def _read_some_files(entered: Any) -> tuple[str, ...]:  # noqa: ANN401 - as above
    if files := _read_files(entered):
        return files
    raise ValueError("Choose at least one file.")


def _read_checks(entered: Any) -> tuple[str, ...]:  # noqa: ANN401 - as above
    lines = clean_lines(entered).split("\n") if isinstance(entered, str) else []
    checks = tuple(dict.fromkeys(line for line in map(clean_line, lines) if not is_blank(line)))
    if len(checks) > CHECKS_MAX:
        raise ValueError(f"A checklist has at most {CHECKS_MAX} checks; these are {len(checks)}.")
    for check in checks:
        if len(check) > CHECK_MAX:
            raise ValueError(
                f"A check has at most {CHECK_MAX} characters; {quoted(check)} has {len(check)}. Please shorten it."
            )
    return checks


def _read_assignee(entered: Any) -> str:  # noqa: ANN401 - as above
    if entered in {"me", "auto"}:
        return str(entered)
    return str(_read_id("Choose who gets the ticket from the list.")(entered))


def _read_assign(entered: Any) -> str:  # noqa: ANN401 - as above
    return "queue" if entered == "queue" else _read_assignee(entered)


def _read_email(entered: Any) -> str:  # noqa: ANN401 - as above
    address = clean_word(entered).lower() if isinstance(entered, str) else ""
    if is_blank(address):
        raise ValueError("Give the customer's e-mail address.")
    if len(address) > NAME_MAX or not _EMAIL.fullmatch(address):
        raise ValueError(f"{quoted(address)} is no e-mail address. Write it like grace@example.com.")
    return address


def _read_phone(entered: Any) -> str:  # noqa: ANN401 - as above
    number = _words("A phone number", NAME_MAX, clean_word, "Give a phone number.")(entered)
    if not re.search("[0-9]", number):
        raise ValueError(f"{quoted(number)} is no phone number: it has no digit.")
    return number


def _read_country(entered: Any) -> str:  # noqa: ANN401 - as above
    country = _words("A country", COUNTRY_MAX, clean_line, "Give the country, for example US.")(entered)
    if country.casefold() in {"usa", "u.s.", "u.s.a."}:
        return "US"
    return country.upper() if len(country) == len("US") else country


def _read_zip(entered: Any, info: ValidationInfo) -> str:  # noqa: ANN401 - as above
    missing = "Give the ZIP or postal code."
    code = _words("A ZIP or postal code", ZIP_MAX, clean_line, missing)(entered)
    least = 5 if info.data.get("country") == "US" else 3
    if len(code) < least:
        raise ValueError(f"{quoted(code)} is too short: a code has at least {least} characters there.")
    return code


def _read_optional_ticket(entered: Any) -> int | None:  # noqa: ANN401 - as above
    return None if entered is None else _read_id("Choose a ticket from the list.")(entered)


def _read_account(entered: Any) -> str | None:  # noqa: ANN401 - as above
    if entered is None:
        return None
    if isinstance(entered, str) and re.fullmatch(r"[A-Z0-9]{2,32}", entered):
        return entered
    raise ValueError("Choose a Slack account from the list.")


def _required_account(entered: Any) -> str:  # noqa: ANN401 - as above
    account = _read_account(entered)
    if account is None:
        raise ValueError("Choose a Slack account from the list.")
    return account


def _read_due(entered: Any) -> datetime | None:  # noqa: ANN401 - as above
    """Return a moment as commands give it, or as a form's picker does: seconds since 1970 as text."""
    if entered is None or isinstance(entered, datetime):
        return entered
    if isinstance(entered, str) and re.fullmatch(r"[0-9]{1,11}", entered):
        return datetime.fromtimestamp(int(entered), UTC)
    raise ValueError("Choose a day and a time.")


def _read_dollars(entered: Any) -> Decimal | None:  # noqa: ANN401 - as above
    if not isinstance(entered, str) or is_blank(entered):
        return None
    amount = _DOLLARS.fullmatch(clean_word(entered).replace(" ", ""))
    if amount is None:
        raise ValueError(f"{quoted(entered)} can't be read as an amount. Write dollars, for example 150 or 99.50.")
    dollars = Decimal(amount["dollars"].replace(",", ""))
    if dollars > DOLLARS_MAX:
        raise ValueError("That is too much: at most 1,000,000 dollars.")
    return dollars


Hours = Annotated[Decimal, BeforeValidator(_required_hours)]
Dollars = Annotated[Decimal | None, BeforeValidator(_read_dollars)]
OptionalHours = Annotated[Decimal | None, BeforeValidator(_read_hours)]
Title = Annotated[str, BeforeValidator(_words("A title", TITLE_MAX, clean_line, "Give the ticket a short title."))]
Description = Annotated[
    str, BeforeValidator(_words("A description", TEXT_MAX, clean_lines, "Describe what is wrong or wanted."))
]
DeviceType = Annotated[str | None, BeforeValidator(_detail("The kind of device", DEVICE_TYPE_MAX))]
DeviceModel = Annotated[str | None, BeforeValidator(_detail("Brand and model", DEVICE_MODEL_MAX))]
DeviceSerial = Annotated[str | None, BeforeValidator(_detail("A serial number", DEVICE_MODEL_MAX))]
DeviceDetail = Annotated[str | None, BeforeValidator(_detail("This", DEVICE_DETAIL_MAX))]
Resolution = Annotated[str, BeforeValidator(_words("What was done", TEXT_MAX, clean_lines, ""))]
Due = Annotated[datetime | None, BeforeValidator(_read_due)]
Passcode = Annotated[SecretStr | None, BeforeValidator(_read_passcode)]
OtherPasscode = Annotated[SecretStr | None, BeforeValidator(_read_other_passcode)]
ChosenCustomer = Annotated[CustomerId, BeforeValidator(_read_id("Choose a customer from the list."))]
OptionalTicket = Annotated[TicketId | None, BeforeValidator(_read_optional_ticket)]
Assign = Annotated[str, BeforeValidator(_read_assign)]
Assignee = Annotated[str, BeforeValidator(_read_assignee)]
Body = Annotated[str, BeforeValidator(_words("A note", TEXT_MAX, clean_lines, "Write what the note should say."))]
LookedFor = Annotated[
    str, BeforeValidator(_words("What you look for", WORDS_MAX, clean_line, "Write what you are looking for."))
]
FirstName = Annotated[str, BeforeValidator(_words("A name", NAME_MAX, clean_line, "Give the first name."))]
LastName = Annotated[str, BeforeValidator(_words("A name", NAME_MAX, clean_line, "Give the last name."))]
Email = Annotated[str, BeforeValidator(_read_email)]
Phone = Annotated[str, BeforeValidator(_read_phone)]
Address = Annotated[str, BeforeValidator(_words("An address", NAME_MAX, clean_line, "Give street and number."))]
MoreAddress = Annotated[str, BeforeValidator(_words("An address", NAME_MAX, clean_line, ""))]
City = Annotated[str, BeforeValidator(_words("A city", NAME_MAX, clean_line, "Give the city."))]
State = Annotated[str, BeforeValidator(_words("A state", NAME_MAX, clean_line, "Give the state or province."))]
Country = Annotated[str, BeforeValidator(_read_country)]
Zip = Annotated[str, BeforeValidator(_read_zip)]
CustomerNotes = Annotated[str, BeforeValidator(_words("A note", TEXT_MAX, clean_lines, ""))]
Said = Annotated[str, BeforeValidator(_words("A note", TEXT_MAX, clean_lines, ""))]
Account = Annotated[str | None, BeforeValidator(_read_account)]
ChosenAccount = Annotated[str, BeforeValidator(_required_account)]
Why = Annotated[str, BeforeValidator(_words("The reason", TEXT_MAX, clean_lines, "Say why it is reopened."))]


Files = Annotated[tuple[str, ...], BeforeValidator(_read_files)]
SomeFiles = Annotated[tuple[str, ...], BeforeValidator(_read_some_files)]


class Entered(BaseModel):
    """Something entered by a person: immutable, and refused with one message a field."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    @classmethod
    def check(cls, **entered: object) -> Self:
        """Return the cleaned values. Raises ``FieldsRefused``."""
        try:
            return cls.model_validate(entered)
        except ValidationError as error:
            raise FieldsRefused({str(e["loc"][0]): _message(e.get("ctx", {})) for e in error.errors()}) from error


def _message(context: dict[str, Any]) -> str:
    return str(context["error"]) if "error" in context else "Choose one of the list."


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


class CustomerEntry(Entered):
    """A customer, as the table's own checks want them; the country comes first, since the code goes by it."""

    first_name: FirstName
    last_name: LastName
    phone: Phone
    email: Email
    address1: Address
    address2: MoreAddress = ""
    city: City
    state: State
    country: Country = "US"
    zip: Zip
    notes: CustomerNotes = ""
    approval_limit: Dollars = None


class ApprovalEntry(Entered):
    """How a customer was asked about what a repair costs, and what they said."""

    how: AskedHow
    said: Said = ""


class ContactEntry(Entered):
    """That somebody spoke with a customer. ``at`` None: just now."""

    way: ContactWay
    body: Said = ""
    ticket_id: OptionalTicket = None
    at: datetime | None = None


def _typed_out(entered: Any, info: ValidationInfo) -> str:  # noqa: ANN401 - as above
    words = Erasure.words(info.data.get("customer_id", CustomerId(0)))
    if not isinstance(entered, str) or clean_line(entered).casefold() != words:
        raise ValueError(f"Type {words} here, if that is what you want.")
    return words


class Erasure(Entered):
    """That a customer is to be erased, of which tickets the texts, too, and why; confirmed by typing ``words``."""

    customer_id: ChosenCustomer
    texts: ErasedTexts
    reason: ErasureReason
    confirmed: Annotated[str, BeforeValidator(_typed_out)]

    @staticmethod
    def words(customer_id: int) -> str:
        """Return what has to be typed to confirm it."""
        return f"erase {customer_id}"


class PreferencesEntry(Entered):
    """How somebody wants to be told: quiet hours by their own clock, and the kinds of notification they want.

    ``time_zone`` None: the shop's. ``summary_at`` None: when the shop has it.
    """

    quiet_from: Clock = None
    quiet_until: Clock = None
    urgent_passes: bool = False
    time_zone: Zone = None
    summary_at: Clock = None
    heard: frozenset[str] = frozenset()

    @property
    def quiet_hours(self) -> tuple[time, time] | None:
        """Return when they begin and end."""
        if self.quiet_from is None or self.quiet_until is None:
            return None
        return self.quiet_from, self.quiet_until

    @classmethod
    def check(cls, **entered: object) -> Self:
        """Return the cleaned values. Raises ``FieldsRefused``."""
        told = super().check(**entered)
        if (told.quiet_from is None) != (told.quiet_until is None):
            missing = "quiet_until" if told.quiet_until is None else "quiet_from"
            raise FieldsRefused({missing: "Choose both times, or neither."})
        if told.quiet_from is not None and told.quiet_from == told.quiet_until:
            raise FieldsRefused({"quiet_until": "That is the time at which they begin. Choose another one."})
        return told


class PersonEntry(Entered):
    """Somebody's access, as a Manager sets it. ``slack_user_id`` None: linked with no Slack account."""

    role: Role
    access: Literal["on", "off"] = "on"
    slack_user_id: Account = None


class NewPerson(Entered):
    """Somebody to be added from their Slack account."""

    role: Role
    slack_user_id: ChosenAccount


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
        str, BeforeValidator(_words("A serial number", DEVICE_MODEL_MAX, clean_line, "Write the serial number."))
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


class _TicketChosen(Entered):
    ticket_id: Annotated[
        TicketId, BeforeValidator(_read_id("That isn't a ticket's number. `/ticket mine` lists your tickets."))
    ]


def chosen_ticket(value: int | str | None) -> TicketId:
    """Return the ticket that a command, a button or a form carries. Raises ``FieldsRefused``."""
    return _TicketChosen.check(ticket_id=value).ticket_id


class _CustomerChosen(Entered):
    customer_id: Annotated[
        CustomerId, BeforeValidator(_read_id("That isn't a customer's number. `/ticket find` looks for a customer."))
    ]


def chosen_customer(value: int | str | None) -> CustomerId:
    """Return the customer whom a command or a button carries. Raises ``FieldsRefused``."""
    return _CustomerChosen.check(customer_id=value).customer_id


class _MergeChosen(Entered):
    merge: Annotated[
        int, BeforeValidator(_read_id("That button is out of date. `/ticket customer` shows the customer."))
    ]


def chosen_merge(value: str) -> int:
    """Return the merge that a button carries. Raises ``FieldsRefused``."""
    return _MergeChosen.check(merge=value).merge


class _FileChosen(Entered):
    file_id: Annotated[int, BeforeValidator(_read_id("That isn't a file's number."))]


def chosen_file(value: str) -> int:
    """Return the number of the file that a button carries. Raises ``FieldsRefused``."""
    return _FileChosen.check(file_id=value).file_id
