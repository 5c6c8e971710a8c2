-- Which customer was merged into which, and what that changed: so that it can be undone however long ago it was (the audit
-- trail is kept for 90 days only, and has no contact data). Personal data; functions alone touch it.
CREATE TABLE app.customer_merges (
    id        integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kept_id   integer NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    merged_id integer NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    tickets   integer[] NOT NULL,                  -- that were moved
    contacts  integer[] NOT NULL,
    old       jsonb NOT NULL,                      -- of the kept customer's columns, those that were changed
    new       jsonb NOT NULL,
    merged_by integer REFERENCES user_permissions (id) ON DELETE SET NULL,
    merged_at timestamptz NOT NULL DEFAULT now(),
    undone_at timestamptz,
    CONSTRAINT customer_merges_two_check CHECK (kept_id <> merged_id)
);
CREATE INDEX customer_merges_kept_id_idx   ON app.customer_merges (kept_id, id);
CREATE INDEX customer_merges_merged_id_idx ON app.customer_merges (merged_id);
ALTER TABLE app.customer_merges ENABLE ROW LEVEL SECURITY;
