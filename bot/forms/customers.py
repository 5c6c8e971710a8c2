"""What may be entered about a customer."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, ValidationInfo

from bot.forms.base import NAME_MAX, TEXT_MAX, Entered, read_id, words
from bot.forms.tickets import ChosenCustomer
from bot.text import clean_line, clean_lines, clean_word, is_blank, quoted
from bot.wording import worded
from db.models import AskedHow, ContactWay, CustomerId, ErasedTexts, ErasureReason, TicketId

ZIP_MAX: Final = 10  # characters: customers.zip
COUNTRY_MAX: Final = 10  # characters: customers.country
DOLLARS_MAX: Final = Decimal(1_000_000)  # customers_approval_limit_check
_DOLLARS: Final = re.compile(r"\$?(?P<dollars>(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9})(?:\.[0-9]{1,2})?)")
_EMAIL: Final = re.compile(  # customers_email_check
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+"
)


def _read_email(entered: Any) -> str:  # noqa: ANN401 - whatever came in
    address = clean_word(entered).lower() if isinstance(entered, str) else ""
    if is_blank(address):
        raise ValueError("Give the customer's e-mail address.")
    if len(address) > NAME_MAX or not _EMAIL.fullmatch(address):
        raise ValueError(
            worded("{address} is no e-mail address. Write it like grace@example.com.", address=quoted(address))
        )
    return address


def _read_phone(entered: Any) -> str:  # noqa: ANN401 - whatever came in
    number = words("A phone number", NAME_MAX, clean_word, "Give a phone number.")(entered)
    if not re.search("[0-9]", number):
        raise ValueError(worded("{number} is no phone number: it has no digit.", number=quoted(number)))
    return number


def _read_country(entered: Any) -> str:  # noqa: ANN401 - whatever came in
    country = words("A country", COUNTRY_MAX, clean_line, "Give the country, for example US.")(entered)
    if country.casefold() in {"usa", "u.s.", "u.s.a."}:
        return "US"
    return country.upper() if len(country) == len("US") else country


def _read_zip(entered: Any, info: ValidationInfo) -> str:  # noqa: ANN401 - whatever came in
    missing = "Give the ZIP or postal code."
    code = words("A ZIP or postal code", ZIP_MAX, clean_line, missing)(entered)
    least = 5 if info.data.get("country") == "US" else 3
    if len(code) < least:
        raise ValueError(
            worded("{code} is too short: a code has at least {least} characters there.", code=quoted(code), least=least)
        )
    return code


def _read_optional_ticket(entered: Any) -> int | None:  # noqa: ANN401 - whatever came in
    return None if entered is None else read_id("Choose a ticket from the list.")(entered)


def _read_dollars(entered: Any) -> Decimal | None:  # noqa: ANN401 - whatever came in
    if not isinstance(entered, str) or is_blank(entered):
        return None
    amount = _DOLLARS.fullmatch(clean_word(entered).replace(" ", ""))
    if amount is None:
        raise ValueError(
            worded(
                "{entered} can't be read as an amount. Write dollars, for example 150 or 99.50.",
                entered=quoted(entered),
            )
        )
    dollars = Decimal(amount["dollars"].replace(",", ""))
    if dollars > DOLLARS_MAX:
        raise ValueError("That is too much: at most 1,000,000 dollars.")
    return dollars


Dollars = Annotated[Decimal | None, BeforeValidator(_read_dollars)]
OptionalTicket = Annotated[TicketId | None, BeforeValidator(_read_optional_ticket)]
FirstName = Annotated[str, BeforeValidator(words("A name", NAME_MAX, clean_line, "Give the first name."))]
LastName = Annotated[str, BeforeValidator(words("A name", NAME_MAX, clean_line, "Give the last name."))]
Email = Annotated[str, BeforeValidator(_read_email)]
Phone = Annotated[str, BeforeValidator(_read_phone)]
Address = Annotated[str, BeforeValidator(words("An address", NAME_MAX, clean_line, "Give street and number."))]
MoreAddress = Annotated[str, BeforeValidator(words("An address", NAME_MAX, clean_line, ""))]
City = Annotated[str, BeforeValidator(words("A city", NAME_MAX, clean_line, "Give the city."))]
State = Annotated[str, BeforeValidator(words("A state", NAME_MAX, clean_line, "Give the state or province."))]
Country = Annotated[str, BeforeValidator(_read_country)]
Zip = Annotated[str, BeforeValidator(_read_zip)]
CustomerNotes = Annotated[str, BeforeValidator(words("A note", TEXT_MAX, clean_lines, ""))]
Said = Annotated[str, BeforeValidator(words("A note", TEXT_MAX, clean_lines, ""))]


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


class ApprovalWords(Entered):
    """What a customer said about what a repair costs."""

    said: Said = ""


class ApprovalEntry(ApprovalWords):
    """How a customer was asked about what a repair costs, and what they said."""

    how: AskedHow


class ContactEntry(Entered):
    """That somebody spoke with a customer. ``at`` None: just now."""

    way: ContactWay
    body: Said = ""
    ticket_id: OptionalTicket = None
    at: datetime | None = None


def _typed_out(entered: Any, info: ValidationInfo) -> str:  # noqa: ANN401 - whatever came in
    words = Erasure.words(info.data.get("customer_id", CustomerId(0)))
    if not isinstance(entered, str) or clean_line(entered).casefold() != words:
        raise ValueError(worded("Type {words} here, if that is what you want.", words=words))
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
