-- That a customer has to agree before a ticket is repaired, and what they said: its estimate costs more than they let the shop
-- spend without asking. The terms of a request never change: where they do, it is withdrawn and another one is written.
CREATE TABLE approvals (
    id             integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id      integer NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    customer_id    integer,                             -- whose word it is: the ticket's customer then; merged ones are one
    hours          numeric(5, 2) NOT NULL,              -- the estimate
    amount         numeric(12, 2) NOT NULL,             -- its cost in dollars, at the shop's hourly rate
    spending_limit numeric(12, 2) NOT NULL,             -- dollars: over this the customer is asked
    state          text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'approved', 'declined', 'withdrawn')),
    requested_by   integer REFERENCES user_permissions (id) ON DELETE SET NULL,   -- NULL: the system or plain SQL
    requested_at   timestamptz NOT NULL DEFAULT now(),
    decided_by     integer REFERENCES user_permissions (id) ON DELETE SET NULL,   -- of one that is withdrawn, too
    decided_at     timestamptz,
    asked_how      text CHECK (asked_how IN ('phone', 'e-mail', 'in person', 'message')),
    said           text,                                -- by the customer
    CONSTRAINT approvals_amount_check CHECK (amount > spending_limit AND spending_limit >= 0),
    CONSTRAINT approvals_decided_check CHECK ((state = 'open') = (decided_at IS NULL)
        AND (state IN ('approved', 'declined')) = (asked_how IS NOT NULL) AND (said IS NULL OR asked_how IS NOT NULL)),
    CONSTRAINT approvals_said_check CHECK (btrim(said) <> '')
);
CREATE UNIQUE INDEX approvals_open_idx ON approvals (ticket_id) WHERE state = 'open';
CREATE INDEX approvals_ticket_id_idx    ON approvals (ticket_id, id);
CREATE INDEX approvals_requested_by_idx ON approvals (requested_by);
CREATE INDEX approvals_decided_by_idx   ON approvals (decided_by);
ALTER TABLE approvals ENABLE ROW LEVEL SECURITY;
