-- What people were reminded of, each thing once: the due date's approach once a due date, the rest once a day.
CREATE TABLE app.ticket_reminders (
    ticket_id   integer NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    user_id     integer NOT NULL REFERENCES user_permissions (id) ON DELETE CASCADE,
    why         text NOT NULL,
    about       timestamptz NOT NULL,        -- the due date, or when the shop's day began
    reminded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (ticket_id, user_id, why, about),
    CONSTRAINT ticket_reminders_why_check CHECK (why IN ('overdue', 'untouched', 'approval', 'due_soon', 'silent', 'nudged'))
);
CREATE INDEX ticket_reminders_user_id_idx ON app.ticket_reminders (user_id);
CREATE INDEX ticket_reminders_reminded_at_idx ON app.ticket_reminders (reminded_at);
ALTER TABLE app.ticket_reminders ENABLE ROW LEVEL SECURITY;   -- no policy, no grant: definer functions alone touch it
