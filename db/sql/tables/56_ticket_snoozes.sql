-- Until when somebody doesn't want to be reminded of a ticket.
CREATE TABLE app.ticket_snoozes (
    ticket_id     integer NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    user_id       integer NOT NULL REFERENCES user_permissions (id) ON DELETE CASCADE,
    snoozed_until timestamptz NOT NULL,
    PRIMARY KEY (ticket_id, user_id)
);
CREATE INDEX ticket_snoozes_user_id_idx ON app.ticket_snoozes (user_id);
ALTER TABLE app.ticket_snoozes ENABLE ROW LEVEL SECURITY;   -- no policy, no grant: definer functions alone touch it
