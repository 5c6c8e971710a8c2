-- Who has the app's Home open, or had it lately: whose view is to be published again when a ticket changes.
CREATE TABLE home_openings (
    user_id      integer PRIMARY KEY REFERENCES user_permissions (id) ON DELETE CASCADE,
    opened_at    timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz NOT NULL DEFAULT now(),
    shown_event  bigint NOT NULL DEFAULT 0      -- the newest of ticket_events when it was read
);
ALTER TABLE home_openings ENABLE ROW LEVEL SECURITY;   -- no policy, no grant: definer functions alone touch it
