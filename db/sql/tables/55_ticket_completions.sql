-- Each time that somebody completed a ticket in Slack, and what was there before: for ten minutes that can be taken back.
CREATE TABLE ticket_completions (
    id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id    integer NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    user_id      integer REFERENCES user_permissions (id) ON DELETE SET NULL,    -- who completed it
    completed_at timestamptz NOT NULL DEFAULT now(),
    version      integer NOT NULL,               -- the ticket's afterwards: another one tells of a change since
    bench_status varchar(20) NOT NULL,           -- before
    actual_hours numeric(5, 2),                  -- before, with what a running timer had measured by then
    timed        boolean NOT NULL,               -- a timer ran, and was stopped
    note_id      integer REFERENCES ticket_notes (id) ON DELETE SET NULL,        -- what was done
    undone_at    timestamptz                     -- it was taken back: the note counts no longer
);
CREATE INDEX ticket_completions_ticket_id_idx ON ticket_completions (ticket_id, id);
CREATE INDEX ticket_completions_user_id_idx   ON ticket_completions (user_id);
CREATE INDEX ticket_completions_note_id_idx   ON ticket_completions (note_id);
ALTER TABLE ticket_completions ENABLE ROW LEVEL SECURITY;
