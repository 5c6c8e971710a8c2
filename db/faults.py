"""From the database's errors to the refusals of ``bot.errors``, by constraint name and SQLSTATE.

The functions of schema ``app`` raise their refusals with a constraint name and a JSON document as DETAIL; the tables'
own checks come with the names that PostgreSQL gave them.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import asyncpg

from bot.errors import (
    AccessChanged,
    AccessDecidedAlready,
    AccessInactive,
    AccessRequestGone,
    AccountKnown,
    ApprovalGone,
    ApprovalNotAsked,
    ApprovalOpen,
    ApprovalSettled,
    BenchStepForbidden,
    ChecklistChanged,
    CompletionStays,
    CustomerChangedMeanwhile,
    CustomerExists,
    CustomerHasOpenTickets,
    CustomerInactive,
    CustomerIsErased,
    CustomerNotFound,
    CustomersChanged,
    CustomersNotTwo,
    DatabaseAway,
    DayAhead,
    FieldRefused,
    FileNotFound,
    FileNotYours,
    HoursChangedMeanwhile,
    LastManager,
    MergeNotLast,
    MergeUndone,
    NotLinked,
    NotTheWorker,
    OutcomeUnknown,
    Overwritten,
    PasscodeUnreadable,
    PersonAmbiguous,
    PersonChangedMeanwhile,
    PersonGone,
    PersonTakesNoTickets,
    PersonUnknown,
    PersonYourself,
    Refusal,
    ReminderGone,
    RequestErased,
    RoleForbidden,
    SearchTooCommon,
    SettingsChangedMeanwhile,
    TicketAlreadyCompleted,
    TicketAlreadyTaken,
    TicketChangedMeanwhile,
    TicketFilesFull,
    TicketNotFound,
    TicketNotTaken,
    TicketStillOpen,
    TimerNotRunning,
    ValueRefused,
)


class UnfitDatabase(Exception):
    """The database can't be used as it is configured; the message says why and what to do."""


def _overwritten(detail: Mapping[str, Any]) -> list[Overwritten]:
    changes = detail.get("changes", ())
    times = [change.get("at") and datetime.fromisoformat(change["at"]) for change in changes]
    return [Overwritten(**change | {"at": at}) for change, at in zip(changes, times, strict=True)]


def _changes(detail: Mapping[str, Any]) -> tuple[list[Overwritten], datetime | None]:
    seen = detail.get("seen")
    return _overwritten(detail), seen and datetime.fromisoformat(seen)


# refusal of a function -> what to make of its facts
SENTENCES: Final[Mapping[str, Callable[[Mapping[str, Any]], Refusal]]] = {
    "ticket_not_found": lambda detail: TicketNotFound(detail["ticket"]),
    "ticket_taken": lambda detail: TicketAlreadyTaken(detail["ticket"], detail["worker"], by_you=detail["by_you"]),
    "ticket_completed": lambda detail: TicketAlreadyCompleted(detail["ticket"]),
    "ticket_open": lambda detail: TicketStillOpen(detail["ticket"]),
    "checklist_changed": lambda detail: ChecklistChanged(detail["category"], _overwritten(detail)),
    "completion_stays": lambda detail: CompletionStays(detail["ticket"], detail["why"]),
    "ticket_changed": lambda detail: TicketChangedMeanwhile(
        detail["ticket"], detail["who"], detail["fields"], *_changes(detail)
    ),
    "timer_not_running": lambda detail: TimerNotRunning(detail["ticket"]),
    "bench_step_forbidden": lambda detail: BenchStepForbidden(
        detail["ticket"], detail["now"], detail["wanted"], detail["steps"]
    ),
    "approval_open": lambda detail: ApprovalOpen(
        detail["ticket"], Decimal(str(detail["amount"])), Decimal(str(detail["limit"]))
    ),
    "approval_gone": lambda _: ApprovalGone(),
    "approval_not_asked": lambda detail: ApprovalNotAsked(detail["ticket"]),
    "approval_settled": lambda detail: ApprovalSettled(detail["ticket"], detail["state"], detail["by"]),
    "ticket_in_queue": lambda detail: TicketNotTaken(detail["ticket"]),
    "ticket_not_yours": lambda detail: NotTheWorker(detail["ticket"], detail["worker"]),
    "secret_unreadable": lambda _detail: PasscodeUnreadable(),
    "file_not_found": lambda _detail: FileNotFound(),
    "file_not_yours": lambda detail: FileNotYours(detail["by"]),
    "ticket_files_full": lambda detail: TicketFilesFull(detail["ticket"], detail["most"], detail["there"]),
    "person_unknown": lambda detail: PersonUnknown(detail["who"]),
    "person_ambiguous": lambda detail: PersonAmbiguous(detail["who"], detail["names"]),
    "person_not_working": lambda detail: PersonTakesNoTickets(detail["name"]),
    "customer_not_found": lambda detail: CustomerNotFound(detail["customer"]),
    "customer_exists": lambda detail: CustomerExists(detail["customer"], detail["name"]),
    "customer_changed": lambda detail: CustomerChangedMeanwhile(
        detail["customer"], detail["who"], detail["fields"], *_changes(detail)
    ),
    "customer_inactive": lambda detail: CustomerInactive(detail["ticket"], detail["customer"]),
    "customer_erased": lambda detail: CustomerIsErased(detail["customer"]),
    "customer_has_open_tickets": lambda detail: CustomerHasOpenTickets(detail["customer"], detail["tickets"]),
    "request_erased": lambda _: RequestErased(),
    "customers_not_two": lambda detail: CustomersNotTwo(detail["customer"]),
    "customers_changed": lambda _: CustomersChanged(),
    "merge_undone": lambda _: MergeUndone(),
    "merge_not_last": lambda detail: MergeNotLast(detail["customer"]),
    "role_forbidden": lambda detail: RoleForbidden(detail["role"]),
    "not_linked": lambda detail: NotLinked(detail["reason"]),
    "hours_changed": lambda detail: HoursChangedMeanwhile(_overwritten(detail)),
    "settings_changed": lambda detail: SettingsChangedMeanwhile(_overwritten(detail)),
    "reminder_gone": lambda _: ReminderGone(),
    "access_request_gone": lambda _: AccessRequestGone(),
    "access_decided": lambda detail: AccessDecidedAlready(detail["name"], detail["by"], detail["role"]),
    "access_inactive": lambda detail: AccessInactive(detail["name"]),
    "access_changed": lambda detail: AccessChanged(detail["name"]),
    "person_gone": lambda _: PersonGone(),
    "person_yourself": lambda _: PersonYourself(),
    "person_changed": lambda detail: PersonChangedMeanwhile(detail["name"], _overwritten(detail)),
    "account_known": lambda detail: AccountKnown(detail["name"], linked=bool(detail["linked"])),
    "user_permissions_last_manager": lambda _: LastManager(),
    "summary_day_ahead": lambda detail: DayAhead(date.fromisoformat(detail["day"])),
    "search_too_common": lambda _: SearchTooCommon(),
}

# constraint of a table -> the field of the model that a form or command fills it from, and what is wrong
FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "tickets_title_check": ("title", "Please give the ticket a title."),
    "tickets_description_check": ("description", "Please describe what is wrong."),
    "tickets_priority_check": ("priority", "The priority is low, medium, high or urgent."),
    "tickets_category_check": ("category", "Please choose a category."),
    "tickets_estimated_hours_check": ("estimated_hours", "Hours are more than 0 and at most 999.99."),
    "tickets_actual_hours_check": ("hours", "Hours are more than 0 and at most 999.99."),
    "tickets_bench_status_check": ("bench_status", "This is no status of a repair."),
    "tickets_device_type_check": ("device_type", "The kind of device takes at most 50 characters."),
    "tickets_device_model_check": ("device_model", "Brand and model take at most 100 characters."),
    "tickets_device_serial_check": ("device_serial", "The serial number takes at most 100 characters."),
    "tickets_device_condition_check": ("device_condition", "The condition takes at most 500 characters."),
    "tickets_device_accessories_check": ("device_accessories", "The accessories take at most 500 characters."),
    "ticket_due_past": ("due_at", "That is past. Choose a time that is still to come, or leave it empty."),
    "tickets_due_at_check": ("due_at", "This is no date that the shop can keep."),
    "tickets_customer_id_fkey": ("customer_id", "There is no such customer. Please choose one from the list."),
    "tickets_customer_active": (
        "customer_id",
        "This customer is unknown or no longer active. Please choose another one.",
    ),
    "tickets_tech_active": ("assign", "This person can't take tickets any more. Please choose somebody else."),
    "tickets_tech_fk": ("assign", "There is no such person. Please choose somebody else."),
    "checklist_items_text_check": ("items", "A check has 1 to 75 characters."),
    "checklist_items_position_check": ("items", "A checklist has at most 10 checks."),
    "ticket_passcode_check": ("passcode", "A passcode has at most 255 characters."),
    "ticket_notes_body_check": ("resolution", "Please say what was done."),
    "ticket_note_check": ("body", "Please write the note, in at most 10,000 characters."),
    "ticket_reopening_check": ("why", "Please say why in at most 10,000 characters."),
    "customers_first_name_check": ("first_name", "Please give a first name."),
    "customers_last_name_check": ("last_name", "Please give a last name."),
    "customers_email_check": ("email", "This is no e-mail address."),
    "customers_email_idx": ("email", "Another customer has this e-mail address."),
    "customers_phone_check": ("phone", "A phone number has digits."),
    "customers_address1_check": ("address1", "Please give street and number."),
    "customers_address2_check": ("address2", "This is too long: at most 255 characters."),
    "customers_city_check": ("city", "Please give a city."),
    "customers_state_check": ("state", "Please give a state."),
    "customers_zip_check": ("zip", "A ZIP code has 5 to 10 characters."),
    "customers_country_check": ("country", "Please give a country, in at most 10 characters."),
    "customers_notes_check": ("notes", "This is too long: at most 10,000 characters."),
    "customer_erasure_check": ("texts", "Choose one of the list."),
    "customers_approval_limit_check": ("approval_limit", "A limit is an amount in dollars, from 0 to 1,000,000."),
    "approvals_asked_how_check": ("how", "Choose how the customer was asked."),
    "approvals_said_check": ("said", "This is too long: at most 3,000 characters."),
    "customer_contacts_way_check": ("way", "Choose how you spoke with them."),
    "customer_contacts_body_check": ("body", "This is too long: at most 10,000 characters."),
    "customer_contacts_ticket_check": ("ticket_id", "This ticket isn't theirs any more. Please choose another one."),
    "customer_contacts_time_check": ("at", "That is still to come. Choose when it was, or leave it empty for now."),
    "preferences_quiet_check": ("quiet_until", "Choose both times of the quiet hours, or neither."),
    "preferences_quiet_length_check": ("quiet_until", "That is the time at which they begin. Choose another one."),
    "preferences_time_zone_check": ("time_zone", "There is no such time zone. Write it like Europe/Berlin."),
    "user_permissions_slack_user_id_idx": ("slack_user_id", "This account is somebody else's already."),
    "user_permissions_slack_user_id_check": ("slack_user_id", "Choose an account from the list."),
    "user_permissions_email_check": ("slack_user_id", "This account's e-mail address is none that can be stored."),
    "user_permissions_role_check": ("role", "The role is Manager, Technician, Regular User or Viewer."),
}

# The statement was not carried out, and may be when it's tried again.
_AWAY: Final = frozenset(
    {
        "25006",  # read only: a standby
        "40001",  # could not serialize
        "40P01",  # deadlock
        "55P03",  # waited too long for a lock
        "57014",  # the statement timeout, or cancelled by an operator
        "57P01",  # shutting down
        "57P03",  # starting up
        "57P04",  # the database was dropped
        "57P05",  # idle for too long
    }
)
_AWAY_CLASSES: Final = frozenset({"53"})  # no connection, memory or disk left
_BROKEN: Final = frozenset({"57P02"})  # a crash: it may have been committed just before
_BROKEN_CLASSES: Final = frozenset({"08"})  # the connection was lost
_VALUES: Final = frozenset(
    {
        "22001",  # too long
        "22003",  # a number out of range
        "22021",  # NUL
        "22P05",  # a character that the encoding lacks
    }
)
_SETUP: Final = frozenset({"3D000"})  # no such database
_SETUP_CLASSES: Final = frozenset({"28"})  # log-in refused


def refusal_for(error: asyncpg.PostgresError, *, writes: bool) -> Refusal | None:
    """Return what to tell the person, or None for what only a fault in the program can cause."""
    last_words = error.__cause__  # what the server said before it closed the connection
    if isinstance(last_words, asyncpg.PostgresError):
        error = last_words
    state = error.sqlstate or ""
    constraint = error.constraint_name or ""
    if constraint in SENTENCES:
        return SENTENCES[constraint](json.loads(error.detail or "{}"))
    if constraint in FIELDS:
        return FieldRefused(*FIELDS[constraint])
    if state in _BROKEN or state[:2] in _BROKEN_CLASSES:
        return OutcomeUnknown() if writes else DatabaseAway()
    if state in _AWAY or state[:2] in _AWAY_CLASSES:
        return DatabaseAway()
    if state in _VALUES or isinstance(error.__cause__, UnicodeError | OverflowError):  # the latter: not even sent
        return ValueRefused()
    return None


def is_setup_fault(error: asyncpg.PostgresError) -> bool:
    """Tell whether logging in failed for a reason that waiting doesn't cure."""
    state = error.sqlstate or ""
    return state in _SETUP or state[:2] in _SETUP_CLASSES
