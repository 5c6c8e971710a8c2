-- What workers have yet to do with files, and what became of it: a queue beside the outbox, since nothing of it is said.
-- 'fetch': take a file from Slack into the storage; 'send': hand a kept one to a person in Slack; 'remove': from the storage;
-- 'tickets', 'report': write a month's file and send it to a Manager.
CREATE TABLE app.file_errands (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    errand        text NOT NULL CHECK (errand IN ('fetch', 'send', 'remove', 'tickets', 'report')),
    ticket_id     integer REFERENCES tickets (id) ON DELETE CASCADE,                 -- NULL: to be removed, or of no one ticket
    person_id     integer REFERENCES user_permissions (id) ON DELETE CASCADE,        -- who brought it, or wants it
    attachment_id integer REFERENCES ticket_attachments (id) ON DELETE CASCADE,      -- what is wanted
    slack_file_id text,                            -- what is to be fetched
    month         date,                            -- whose tickets or report are wanted: its first day
    own           boolean NOT NULL DEFAULT false,  -- only if it is that person's own file
    file_path     text NOT NULL DEFAULT 'slack/' || replace(gen_random_uuid()::text, '-', ''),
    source        text NOT NULL DEFAULT COALESCE(app.user_agent(), ''),
    state         text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'refused')),
    reason        text,                            -- of a refusal or, while it waits, of the last failure
    due           timestamptz NOT NULL DEFAULT now(),
    attempts      integer NOT NULL DEFAULT 0,      -- claims so far: the fence of a claim
    failures      integer NOT NULL DEFAULT 0,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT file_errands_parts_check CHECK (CASE errand
        WHEN 'fetch' THEN num_nulls(ticket_id, person_id, slack_file_id) = 0
        WHEN 'send'  THEN num_nulls(ticket_id, person_id, attachment_id) = 0
        WHEN 'remove' THEN num_nonnulls(ticket_id, person_id, slack_file_id, attachment_id, month) = 0
        ELSE num_nulls(person_id, month) + num_nonnulls(ticket_id, slack_file_id, attachment_id) = 0 END),
    CONSTRAINT file_errands_month_check CHECK (extract(day FROM month) = 1)
);
CREATE UNIQUE INDEX file_errands_fetch_key ON app.file_errands (ticket_id, slack_file_id) WHERE errand = 'fetch' AND state <> 'refused';
CREATE UNIQUE INDEX file_errands_send_key  ON app.file_errands (attachment_id, person_id) WHERE errand = 'send' AND state = 'waiting';
CREATE UNIQUE INDEX file_errands_month_key ON app.file_errands (person_id, month, errand) WHERE month IS NOT NULL AND state = 'waiting';
CREATE INDEX file_errands_waiting_idx      ON app.file_errands (due) WHERE state = 'waiting';
CREATE INDEX file_errands_path_idx         ON app.file_errands (file_path);
CREATE INDEX file_errands_ticket_id_idx    ON app.file_errands (ticket_id);
CREATE INDEX file_errands_person_id_idx    ON app.file_errands (person_id);
CREATE INDEX file_errands_attachment_id_idx ON app.file_errands (attachment_id);
ALTER TABLE app.file_errands ENABLE ROW LEVEL SECURITY;   -- no policy, no grant: definer functions alone touch it
