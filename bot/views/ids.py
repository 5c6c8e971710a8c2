"""Every identifier that Slack carries for us, each defined once: ``noun.verb``."""

from typing import Final

# slash command
TICKET: Final = "/ticket"

# callback ids of modals
TICKET_FILE: Final = "ticket.file"
TICKET_COMPLETE: Final = "ticket.complete"

# action ids of buttons; the value is the ticket's number unless said otherwise
TICKET_NEW: Final = "ticket.new"  # opens the form; no value
TICKET_TAKE: Final = "ticket.take"
TICKET_RELEASE: Final = "ticket.release"
TICKET_OPEN: Final = "ticket.open"  # shows the card privately
TICKET_FINISH: Final = "ticket.finish"  # opens the completion form
MINE_PAGE: Final = "mine.page"  # the value is a packed cursor, none for the first page
MINE_BACK: Final = "mine.back"  # as above: two buttons in a row may not share an identifier
QUEUE_PAGE: Final = "queue.page"  # the value is a packed cursor, none for the first page
QUEUE_BACK: Final = "queue.back"  # as above

# action ids inside forms
CUSTOMER_CHOOSE: Final = "customer.choose"  # external select


def enter(field: str) -> str:
    """Return the action id of a form's field that nothing listens to, by the name of the model's field."""
    return f"{field}.enter"
