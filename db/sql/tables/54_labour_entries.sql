-- Time worked on a ticket by the timer, of which a person has one running. hours: what was booked when it stopped.
CREATE TABLE labour_entries (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id  integer NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    user_id    integer NOT NULL REFERENCES user_permissions (id) ON DELETE CASCADE,
    started_at timestamptz NOT NULL DEFAULT now(),
    stopped_at timestamptz,
    hours      numeric(5, 2),
    ask_at     timestamptz,                       -- when the person is asked whether the timer was forgotten
    asked      smallint NOT NULL DEFAULT 0,       -- how often that has been asked
    CONSTRAINT labour_entries_stopped_check CHECK (stopped_at >= started_at),
    CONSTRAINT labour_entries_hours_check CHECK ((hours IS NULL) = (stopped_at IS NULL) AND hours BETWEEN 0 AND 999.99)
);
CREATE UNIQUE INDEX labour_entries_running_idx ON labour_entries (user_id) WHERE stopped_at IS NULL;
CREATE INDEX labour_entries_ticket_id_idx ON labour_entries (ticket_id, id);
CREATE INDEX labour_entries_ask_at_idx ON labour_entries (ask_at) WHERE ask_at IS NOT NULL;
CREATE INDEX labour_entries_user_id_idx ON labour_entries (user_id);
ALTER TABLE labour_entries ENABLE ROW LEVEL SECURITY;
