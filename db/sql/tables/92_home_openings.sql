-- Which Slack accounts have the app's Home open, or had it lately: whose view is to be published again when a ticket
-- changes, or the access of who they are. By account, since somebody may lose theirs.
CREATE TABLE home_openings (
    slack_user_id varchar(32) PRIMARY KEY,
    opened_at     timestamptz NOT NULL DEFAULT now(),
    published_at  timestamptz NOT NULL DEFAULT now(),
    shown_event   bigint NOT NULL DEFAULT 0     -- the newest of ticket_events when it was read; below 0: to be read anew at once
);
ALTER TABLE home_openings ENABLE ROW LEVEL SECURITY;   -- no policy, no grant: definer functions alone touch it
