-- What happened to a ticket, for ever and without personal data (activity_log is kept 90 days only). Written by the
-- announce trigger alone. No foreign keys: a removed ticket's or person's history stays.
CREATE TABLE ticket_events (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id  integer NOT NULL,
    kind       varchar(20) NOT NULL,
    actor_id   integer,             -- user_permissions.id of who did it; NULL: the system or plain SQL
    worker_id  integer,             -- user_permissions.id of the worker afterwards; NULL: nobody
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ticket_events_kind_check CHECK (kind IN
        ('filed', 'assigned', 'accepted', 'released', 'completed', 'reopened', 'undone', 'changed', 'removed'))
);
CREATE INDEX ticket_events_ticket_id_idx ON ticket_events (ticket_id, id);
ALTER TABLE ticket_events ENABLE ROW LEVEL SECURITY;
