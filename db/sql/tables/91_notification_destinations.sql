-- Where messages go: at most one is on its way to each destination, and none before next_at. That keeps the order and
-- the pace, however many processes send. A row is made when the destination is first needed.
CREATE TABLE notification_destinations (
    recipient_id integer PRIMARY KEY,                    -- user_permissions.id; 0: the shop channel; below: a request for access
    claimed_id   bigint UNIQUE,                          -- the notification that is on its way there
    next_at      timestamptz NOT NULL DEFAULT now(),     -- while one is on its way: when its lease ends
    channel      text                                    -- a person's direct-message channel, once Slack has told it
);

ALTER TABLE notification_destinations ENABLE ROW LEVEL SECURITY;   -- no policy, no grant, as for notifications
