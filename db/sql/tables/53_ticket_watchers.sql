-- Who is told of what happens to a ticket because they asked for it. A row stays when they no longer want to be.
CREATE TABLE ticket_watchers (
    ticket_id  integer NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    user_id    integer NOT NULL REFERENCES user_permissions (id) ON DELETE CASCADE,
    watches    boolean NOT NULL DEFAULT true,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (ticket_id, user_id)
);
CREATE INDEX ticket_watchers_user_id_idx ON ticket_watchers (user_id);
ALTER TABLE ticket_watchers ENABLE ROW LEVEL SECURITY;
