-- How a person wants to be told. No row, or NULL: as the shop does it.
CREATE TABLE preferences (
    user_id       integer PRIMARY KEY REFERENCES user_permissions (id) ON DELETE CASCADE,
    quiet_from    time,                              -- by the person's clock; may be later than quiet_until: over midnight
    quiet_until   time,
    summary_at    time,
    time_zone     varchar(64),                       -- checked by a trigger; NULL: their Slack account's, or else the shop's
    muted         text[] NOT NULL DEFAULT '{}',      -- kinds of notification that they don't want
    urgent_passes boolean NOT NULL DEFAULT true,     -- messages about urgent tickets come in quiet hours, too
    updated_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT preferences_quiet_check CHECK ((quiet_from IS NULL) = (quiet_until IS NULL)),
    CONSTRAINT preferences_quiet_length_check CHECK (quiet_from <> quiet_until)
);
ALTER TABLE preferences ENABLE ROW LEVEL SECURITY;
