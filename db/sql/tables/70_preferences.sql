-- How a person wants to be told. No row, or NULL: as the shop does it.
CREATE TABLE preferences (
    user_id     integer PRIMARY KEY REFERENCES user_permissions (id) ON DELETE CASCADE,
    quiet_from  time,                              -- by the person's clock; may be later than quiet_until: over midnight
    quiet_until time,
    summary_at  time,
    time_zone   varchar(64),
    muted       text[] NOT NULL DEFAULT '{}',      -- kinds of notification that they don't want
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT preferences_quiet_check CHECK ((quiet_from IS NULL) = (quiet_until IS NULL)),
    CONSTRAINT preferences_time_zone_check CHECK (btrim(time_zone) <> '')
);
ALTER TABLE preferences ENABLE ROW LEVEL SECURITY;
