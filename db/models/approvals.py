"""A customer's agreement to what a repair may cost."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from db.models.base import Row, TicketId

AskedHow = Literal["phone", "e-mail", "in person", "message"]


class Approval(Row):
    """A request for approval and what became of it. ``amount`` and ``limit`` in dollars, ``hours`` the estimate.

    ``decided_by``: of one that is withdrawn, whoever's change made it needless. Names are None for the system.
    """

    id: int
    ticket_id: TicketId
    hours: Decimal
    amount: Decimal
    limit: Decimal
    state: Literal["open", "approved", "declined", "withdrawn"]
    requested_by: str | None
    requested_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    asked_how: AskedHow | None
    said: str | None  # by the customer
