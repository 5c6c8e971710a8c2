"""Every identifier that Slack carries for us, each defined once: ``noun.verb``."""

from typing import Final

# slash command
TICKET: Final = "/ticket"

# callback ids of modals
TICKET_FILE: Final = "ticket.file"
TICKET_COMPLETE: Final = "ticket.complete"
TICKET_ASSIGN: Final = "ticket.assign"
TICKET_EDIT: Final = "ticket.edit"
TICKET_OPEN_AGAIN: Final = "ticket.open_again"
NOTE_ADD: Final = "note.add"
FILE_ADD: Final = "file.add"
CUSTOMER_ADD: Final = "customer.add"
CUSTOMER_EDIT: Final = "customer.edit"
CONTACT_ADD: Final = "contact.add"
CUSTOMER_MERGE: Final = "customer.merge"
CUSTOMER_ERASE: Final = "customer.erase"
HOURS_SAVE: Final = "hours.save"
APPROVAL_DECIDE: Final = "approval.decide"
SETTINGS_SAVE: Final = "settings.save"
PERSON_SAVE: Final = "person.save"
CHECKLIST_SAVE: Final = "checklist.save"
PERSON_ADD: Final = "person.add"

# callback ids of shortcuts
SHORTCUT_NEW: Final = "shortcut.new"  # global: New ticket
SHORTCUT_FILE: Final = "shortcut.file"  # on a message: File as ticket

# action ids of buttons; the value is the ticket's number unless said otherwise
TICKET_NEW: Final = "ticket.new"  # opens the form; the value is a title to begin with and further lines, or none
TICKET_TAKE: Final = "ticket.take"
TICKET_ACCEPT: Final = "ticket.accept"
TICKET_RELEASE: Final = "ticket.release"
TICKET_NUDGE: Final = "ticket.nudge"  # has its worker reminded
TICKET_OPEN: Final = "ticket.open"  # shows the card privately
TICKET_FINISH: Final = "ticket.finish"  # opens the completion form; hours (as 1.5h) and what was done may follow
TICKET_UNDO: Final = "ticket.undo"  # takes its completion back
TICKET_HAND: Final = "ticket.hand"  # opens the assign form
TICKET_CHANGE: Final = "ticket.change"  # opens the edit form
TICKET_REOPEN: Final = "ticket.reopen"  # opens the form that asks why
TICKET_NOTE: Final = "ticket.note"  # opens the note form
TICKET_WATCH: Final = "ticket.watch"
TICKET_UNWATCH: Final = "ticket.unwatch"
TICKET_ATTACH: Final = "ticket.attach"  # opens the form for files
FILES_SHOW: Final = "files.show"  # the ticket's files, privately
FILE_SEND: Final = "file.send"  # to who pressed it; the value is the file's number, as in the next
FILE_REMOVE: Final = "file.remove"  # a select
TICKET_HISTORY: Final = "ticket.history"
STATUS_NEXT: Final = "status.next"  # the likeliest step; the value is the ticket's number and a status, as in the next
TICKET_COLLECTED: Final = "ticket.collected"
STATUS_CHOOSE: Final = "status.choose"  # a select of steps
TICKET_MENU: Final = "ticket.menu"  # not routed: a choice counts as a press of the button whose place it takes
TIMER_START: Final = "timer.start"
TIMER_SWITCH: Final = "timer.switch"  # stops the one that runs on another ticket first
TIMER_STOP: Final = "timer.stop"
TIMER_KEEP: Final = "timer.keep"  # it was not forgotten
PASSCODE_SHOW: Final = "passcode.show"  # shows the passcode privately, and logs that
DEVICE_MORE: Final = "device.more"  # shows the device's other fields in the open form for a ticket; no value
CUSTOMER_OPEN: Final = "customer.open"  # the value is the customer's number, as in the next eight
CUSTOMER_CHANGE: Final = "customer.change"  # opens the customer form
CUSTOMER_DEACTIVATE: Final = "customer.deactivate"
CUSTOMER_REACTIVATE: Final = "customer.reactivate"
CONTACT_CALLED: Final = "contact.called"  # notes that at once, as the next two
CONTACT_MAILED: Final = "contact.mailed"
CONTACT_CAME: Final = "contact.came"
CONTACT_WRITE: Final = "contact.write"  # opens the form that notes a contact
CUSTOMER_TICKET: Final = "customer.ticket"  # opens the new-ticket form; the value is the customer's number and name
CUSTOMER_FORGET: Final = "customer.forget"  # opens the form that erases; the value is the customer's number
CUSTOMER_COMPARE: Final = "customer.compare"  # opens the form that merges; the value is two customers' numbers
CUSTOMER_APART: Final = "customer.apart"  # two people after all; as above
MERGE_UNDO: Final = "merge.undo"  # the value is the merge's number
DUPLICATES_OF: Final = "duplicates.of"  # of one customer: the value is their number
DUPLICATES_PAGE: Final = "duplicates.page"  # the value is the last pair seen, none for the first page
DUPLICATES_BACK: Final = "duplicates.back"  # as above, without a value
CUSTOMER_NEW: Final = "customer.new"  # opens the customer form, over the new-ticket form if it stands there; no value
LIST_PAGE: Final = "list.page"  # the value is a packed filter and cursor
LIST_BACK: Final = "list.back"  # as above
MINE_PAGE: Final = "mine.page"  # the value is a packed cursor, none for the first page
MINE_BACK: Final = "mine.back"  # as above: two buttons in a row may not share an identifier
QUEUE_PAGE: Final = "queue.page"  # the value is a packed cursor, none for the first page
QUEUE_BACK: Final = "queue.back"  # as above
APPROVAL_APPROVE: Final = "approval.approve"  # opens the form; the value is the request's number, as in the next
APPROVAL_DECLINE: Final = "approval.decline"
ACCESS_APPROVE: Final = "access.approve"  # a select; the value is the request's number and a role
ACCESS_REFUSE: Final = "access.refuse"  # the value is the request's number
CHECKLIST_OPEN: Final = "checklist.open"  # opens the form; the value is a category, none for every ticket
PERSON_OPEN: Final = "person.open"  # opens the form; the value is the person's id
PERSON_NEW: Final = "person.new"  # opens the form for somebody new; the value is a Slack account, or none
PEOPLE_PAGE: Final = "people.page"  # the value is the person's id after whom (0: the first page), and words
PEOPLE_BACK: Final = "people.back"  # as above, before whom
UNDELIVERED_PAGE: Final = (
    "undelivered.page"  # the value is the message's number from below which, none for the first page
)
UNDELIVERED_FIRST: Final = "undelivered.first"  # as above, without a value
UNDELIVERED_RETRY: Final = "undelivered.retry"  # the value is the message's number
UNDELIVERED_RETRY_ALL: Final = "undelivered.retry_all"
HOURS_OPEN: Final = "hours.open"  # opens the form; no value
REMINDER_SNOOZE: Final = "reminder.snooze"  # a select; the value is the message's number and until when
SETTINGS_OPEN: Final = "settings.open"  # opens the form; no value

# action ids inside forms
CUSTOMER_CHOOSE: Final = "customer.choose"  # external select


def enter(field: str) -> str:
    """Return the action id of a form's field that nothing listens to, by the name of the model's field."""
    return f"{field}.enter"
