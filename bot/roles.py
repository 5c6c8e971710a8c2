"""Who may do what: the one table of role x ability.

The help text, the buttons shown, the handlers' checks and the tests are derived from it. Row-level security in the
database enforces the same rules independently (``db/sql/policies``).
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """``user_permissions.role``."""

    MANAGER = "Manager"
    TECHNICIAN = "Technician"
    REGULAR_USER = "Regular User"
    VIEWER = "Viewer"


class Ability(StrEnum):
    """Something a linked person may be allowed to do."""

    SEE_WHOAMI = "see_whoami"
    SEE_PANEL = "see_panel"
    SEE_MINE = "see_mine"
    SEE_QUEUE = "see_queue"
    SEE_TICKET = "see_ticket"
    SEE_CUSTOMER_CONTACT = "see_customer_contact"
    FIND_CUSTOMER = "find_customer"
    FILE_TICKET = "file_ticket"
    TAKE_TICKET = "take_ticket"
    ACCEPT_TICKET = "accept_ticket"
    RELEASE_TICKET = "release_ticket"
    NUDGE_WORKER = "nudge_worker"  # have them reminded of a ticket
    COMPLETE_TICKET = "complete_ticket"
    UNDO_COMPLETION = "undo_completion"
    CHANGE_STATUS = "change_status"  # where the repair is on the bench
    HAND_OVER = "hand_over"  # the machine, to its owner
    SEE_LIST = "see_list"
    SEE_HISTORY = "see_history"
    SEE_SUMMARY = "see_summary"
    SEE_TEAM = "see_team"
    EXPORT = "export"
    SEE_DATABASE = "see_database"
    SEE_UNDELIVERED = "see_undelivered"  # and retry it
    SEE_HOME = "see_home"
    CHANGE_SETTINGS = "change_settings"  # how they themselves are told
    CHANGE_HOURS = "change_hours"  # the shop's, holidays and what is counted in them
    WATCH_TICKET = "watch_ticket"
    SNOOZE_REMINDERS = "snooze_reminders"  # one's own
    ASSIGN_TICKET = "assign_ticket"
    REOPEN_TICKET = "reopen_ticket"
    EDIT_TICKET = "edit_ticket"
    ADD_NOTE = "add_note"
    ATTACH_FILE = "attach_file"
    SEE_FILES = "see_files"  # and get them; who brought one, or a Manager, removes it
    REVEAL_PASSCODE = "reveal_passcode"
    RUN_TIMER = "run_timer"
    ADD_CUSTOMER = "add_customer"
    EDIT_CUSTOMER = "edit_customer"
    NOTE_CONTACT = "note_contact"  # that one spoke with a customer
    DEACTIVATE_CUSTOMER = "deactivate_customer"
    ERASE_CUSTOMER = "erase_customer"
    MERGE_CUSTOMERS = "merge_customers"  # find who is there twice, merge, undo
    SET_LIMIT = "set_limit"  # change what a customer lets the shop spend without asking
    DECIDE_APPROVAL = "decide_approval"  # note whether the customer agreed to the estimate
    DECIDE_ACCESS = "decide_access"
    EDIT_CHECKLISTS = "edit_checklists"
    MANAGE_PEOPLE = "manage_people"


class Relation(StrEnum):
    """How a person stands to a ticket. One may be both its worker and its filer."""

    WORKER = "worker"  # the ticket's present technician
    FILER = "filer"  # filed it
    QUEUE = "queue"  # it is open and nobody's
    OTHER = "other"  # neither: somebody else works on it, or it is done


ANY: Final = frozenset(Relation)
_NONE: Final[frozenset[Relation]] = frozenset()
_M, _T, _R, _V = Role.MANAGER, Role.TECHNICIAN, Role.REGULAR_USER, Role.VIEWER
_ALL: Final[Mapping[Role, frozenset[Relation]]] = dict.fromkeys(Role, ANY)

_SEEN: Final[Mapping[Role, frozenset[Relation]]] = {
    _M: ANY,
    _T: frozenset({Relation.WORKER, Relation.FILER, Relation.QUEUE}),
    _R: frozenset({Relation.FILER}),
    _V: ANY,
}

_SEEN_BY_STAFF: Final = {role: relations for role, relations in _SEEN.items() if role is not _V}

# ability -> role -> the relations to a ticket in which it holds (ANY also where no ticket is concerned)
TABLE: Final[Mapping[Ability, Mapping[Role, frozenset[Relation]]]] = {
    Ability.SEE_WHOAMI: _ALL,
    Ability.SEE_PANEL: _ALL,
    Ability.SEE_MINE: _ALL,
    Ability.SEE_QUEUE: {_M: ANY, _T: ANY, _V: ANY},
    Ability.SEE_TICKET: _SEEN,
    Ability.SEE_HISTORY: _SEEN,
    Ability.WATCH_TICKET: _SEEN,  # one's own setting: Viewers too
    Ability.SEE_CUSTOMER_CONTACT: {_M: ANY, _T: ANY, _R: ANY},
    Ability.FIND_CUSTOMER: {_M: ANY, _T: ANY, _R: ANY},
    Ability.FILE_TICKET: {_M: ANY, _T: ANY, _R: ANY},
    Ability.TAKE_TICKET: {_M: frozenset({Relation.QUEUE}), _T: frozenset({Relation.QUEUE})},
    Ability.ACCEPT_TICKET: {_M: frozenset({Relation.WORKER}), _T: frozenset({Relation.WORKER})},
    Ability.RELEASE_TICKET: {_M: frozenset({Relation.WORKER, Relation.OTHER}), _T: frozenset({Relation.WORKER})},
    Ability.NUDGE_WORKER: {_M: frozenset({Relation.OTHER})},
    Ability.COMPLETE_TICKET: {_M: ANY, _T: frozenset({Relation.WORKER})},
    Ability.UNDO_COMPLETION: {_M: ANY, _T: frozenset({Relation.WORKER})},
    Ability.CHANGE_STATUS: {_M: ANY, _T: frozenset({Relation.WORKER})},
    Ability.HAND_OVER: {_M: ANY, _T: frozenset({Relation.WORKER}), _R: frozenset({Relation.FILER})},
    Ability.SEE_LIST: _ALL,
    Ability.SEE_SUMMARY: {_M: ANY, _V: ANY},
    Ability.SEE_TEAM: {_M: ANY, _V: ANY},
    Ability.EXPORT: {_M: ANY},
    Ability.SEE_DATABASE: {_M: ANY},
    Ability.SEE_UNDELIVERED: {_M: ANY},
    Ability.SEE_HOME: _ALL,
    Ability.CHANGE_SETTINGS: _ALL,
    Ability.CHANGE_HOURS: {_M: ANY},
    Ability.SNOOZE_REMINDERS: {_M: ANY, _T: ANY},  # nobody else is reminded
    Ability.ASSIGN_TICKET: {_M: ANY, _T: frozenset({Relation.WORKER})},  # a technician hands over their own
    Ability.REOPEN_TICKET: {_M: ANY, _T: frozenset({Relation.WORKER}), _R: frozenset({Relation.FILER})},
    Ability.EDIT_TICKET: {_M: ANY, _T: frozenset({Relation.WORKER}), _R: frozenset({Relation.FILER})},
    Ability.ADD_NOTE: {
        _M: ANY,
        _T: frozenset({Relation.WORKER, Relation.FILER, Relation.QUEUE}),
        _R: frozenset({Relation.FILER}),
    },
    Ability.ATTACH_FILE: _SEEN_BY_STAFF,
    Ability.SEE_FILES: _SEEN_BY_STAFF,  # a photo may show what Viewers must not see of a customer
    Ability.REVEAL_PASSCODE: {_M: ANY, _T: frozenset({Relation.WORKER})},
    Ability.RUN_TIMER: {_M: frozenset({Relation.WORKER}), _T: frozenset({Relation.WORKER})},
    Ability.ADD_CUSTOMER: {_M: ANY, _T: ANY, _R: ANY},
    Ability.EDIT_CUSTOMER: {_M: ANY, _T: ANY},
    Ability.NOTE_CONTACT: {_M: ANY, _T: ANY, _R: ANY},
    Ability.DEACTIVATE_CUSTOMER: {_M: ANY},
    Ability.MERGE_CUSTOMERS: {_M: ANY},
    Ability.ERASE_CUSTOMER: {_M: ANY},
    Ability.SET_LIMIT: {_M: ANY},
    Ability.DECIDE_APPROVAL: {_M: ANY},
    Ability.DECIDE_ACCESS: {_M: ANY},
    Ability.EDIT_CHECKLISTS: {_M: ANY},
    Ability.MANAGE_PEOPLE: {_M: ANY},
}


def roles_with(ability: Ability) -> frozenset[Role]:
    """Return the roles that have ``ability`` at all, whatever the ticket."""
    return frozenset(role for role, relations in TABLE[ability].items() if relations)


def may(role: Role, ability: Ability, relations: Iterable[Relation] = ANY) -> bool:
    """Tell whether ``role`` has ``ability`` on a ticket to which the person stands in one of ``relations``."""
    return not TABLE[ability].get(role, _NONE).isdisjoint(relations)
