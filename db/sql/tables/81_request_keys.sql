-- Which requests have been carried out, with their answers: written in the transaction of the change. Kept for a day.
CREATE TABLE app.request_keys (
    key        text PRIMARY KEY,
    user_id    text NOT NULL,
    result     jsonb,                              -- NULL only while its transaction runs
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT request_keys_key_check CHECK (btrim(key) <> '' AND length(key) <= 255)
);
CREATE INDEX request_keys_created_at_idx ON app.request_keys (created_at);
ALTER TABLE app.request_keys ENABLE ROW LEVEL SECURITY;
