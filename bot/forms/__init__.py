"""What people may enter: one model for a command's words and for a form's fields, by subject.

``Model.check(...)`` returns the cleaned values or raises ``FieldsRefused`` with a message for each field.
"""

from bot.forms.base import ID_MAX, NAME_MAX, TEXT_MAX, Entered
from bot.forms.chosen import chosen_customer, chosen_file, chosen_merge, chosen_ticket
from bot.forms.customers import COUNTRY_MAX, ZIP_MAX, ApprovalEntry, ApprovalWords, ContactEntry, CustomerEntry, Erasure
from bot.forms.hours import hours_with_unit
from bot.forms.people import NewPerson, PersonEntry, PreferencesEntry
from bot.forms.tickets import (
    CHECKS_MAX,
    DEVICE_DETAIL_MAX,
    DEVICE_MODEL_MAX,
    FILES_MAX,
    NO_PASSCODE,
    PASSCODE_MAX,
    TITLE_MAX,
    Assignment,
    ChecklistEntry,
    Completion,
    DeviceEntry,
    NewFiles,
    NewTicket,
    NewTitle,
    NoteText,
    Reopening,
    Report,
    SerialNumber,
    TicketEdit,
    Words,
)

__all__ = [
    "CHECKS_MAX",
    "COUNTRY_MAX",
    "DEVICE_DETAIL_MAX",
    "DEVICE_MODEL_MAX",
    "FILES_MAX",
    "ID_MAX",
    "NAME_MAX",
    "NO_PASSCODE",
    "PASSCODE_MAX",
    "TEXT_MAX",
    "TITLE_MAX",
    "ZIP_MAX",
    "ApprovalEntry",
    "ApprovalWords",
    "Assignment",
    "ChecklistEntry",
    "Completion",
    "ContactEntry",
    "CustomerEntry",
    "DeviceEntry",
    "Entered",
    "Erasure",
    "NewFiles",
    "NewPerson",
    "NewTicket",
    "NewTitle",
    "NoteText",
    "PersonEntry",
    "PreferencesEntry",
    "Reopening",
    "Report",
    "SerialNumber",
    "TicketEdit",
    "Words",
    "chosen_customer",
    "chosen_file",
    "chosen_merge",
    "chosen_ticket",
    "hours_with_unit",
]
