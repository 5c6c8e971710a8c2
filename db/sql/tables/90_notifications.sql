-- What is to be said, to whom: the outbox, which is its own queue. A row is written in the transaction of the change
-- that it tells about. No foreign key to tickets: the card of a removed ticket still has to say so.
CREATE TABLE notifications (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind            text NOT NULL
                    CHECK (kind IN ('card', 'thread', 'assigned', 'unassigned', 'completed', 'reopened', 'watched', 'mentioned',
                                    'returned_to_queue', 'summary', 'reminder', 'timer', 'file_refused',
                                    'access_requested', 'access_decided', 'access_changed', 'approval_requested', 'approval_decided',
                                    'undeliverable')),
    ticket_id       integer,
    recipient_id    integer REFERENCES user_permissions (id) ON DELETE CASCADE,   -- NULL: the shop channel, or who made the request
    request_id      integer REFERENCES app.access_requests (id) ON DELETE CASCADE,
    destination     integer NOT NULL GENERATED ALWAYS AS (COALESCE(recipient_id, -request_id, 0)) STORED,
    dedupe_key      text NOT NULL UNIQUE DEFAULT gen_random_uuid()::text,         -- also in the message's metadata
    state           text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'dead', 'dropped')),
    due             timestamptz NOT NULL DEFAULT now(),
    attempts        integer NOT NULL DEFAULT 0,    -- claims so far, never set back: the fence of a claim
    failures        integer NOT NULL DEFAULT 0,    -- postponements since the last success
    version         integer NOT NULL DEFAULT 1,    -- one more with each change that the message has to show
    uncertain_since timestamptz,                   -- from this moment a send may have arrived that nobody confirmed
    facts           jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(facts) = 'object'),
    actor_name      text,                          -- who did it; NULL: the system or plain SQL
    channel         text,
    ts              text,
    error           text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    sent_at         timestamptz,                   -- the first time; later ones are edits
    CONSTRAINT notifications_card_check CHECK ((kind IN ('card', 'thread', 'access_decided')) = (recipient_id IS NULL)),
    CONSTRAINT notifications_request_check CHECK ((kind IN ('access_requested', 'access_decided')) = (request_id IS NOT NULL)),
    CONSTRAINT notifications_message_check CHECK ((channel IS NULL) = (ts IS NULL))
);
CREATE INDEX notifications_waiting_idx ON notifications (destination, due, id) WHERE state = 'waiting';
CREATE INDEX notifications_ticket_idx  ON notifications (ticket_id, recipient_id, id);
CREATE INDEX notifications_request_idx ON notifications (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX notifications_summary_idx ON notifications ((facts ->> 'day'), recipient_id) WHERE kind = 'summary';   -- what was sent
CREATE INDEX notifications_card_idx    ON notifications (ts) WHERE kind = 'card';
CREATE INDEX notifications_dead_idx    ON notifications (id) WHERE state = 'dead';
CREATE INDEX notifications_ended_idx   ON notifications (updated_at) WHERE state <> 'waiting' AND kind <> 'card';

ALTER TABLE notifications ENABLE ROW LEVEL SECURITY;   -- no policy, no grant: definer functions alone touch it
