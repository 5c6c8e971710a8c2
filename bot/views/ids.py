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
MINE_PAGE: Final = "mine.page"  # the value is a packed cursor, empty for the first page
QUEUE_PAGE: Final = "queue.page"  # the value is a packed cursor, empty for the first page

# action ids inside forms
CUSTOMER_CHOOSE: Final = "customer.choose"  # external select
