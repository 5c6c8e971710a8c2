-- What the seed hard-coded ($75 an hour, 90 days) and what the first start writes: slack_team_id, time_zone, summary_time.
CREATE TABLE shop_settings (
    key   varchar(100) PRIMARY KEY,
    value text NOT NULL,
    CONSTRAINT shop_settings_key_check CHECK (key ~ '^[a-z][a-z0-9_]*$'),
    CONSTRAINT shop_settings_value_check CHECK (btrim(value) <> '')
);
ALTER TABLE shop_settings ENABLE ROW LEVEL SECURITY;
