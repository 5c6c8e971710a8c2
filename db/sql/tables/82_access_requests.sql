-- Who is nobody here yet and would like to be: one row a Slack account, a full member with a confirmed e-mail address.
-- A refusal holds for 30 days, and a row is kept for as long, from the decision or else the request (app.keep_house).
CREATE TABLE app.access_requests (
    id            integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slack_user_id varchar(32) NOT NULL UNIQUE,
    name          varchar(255) NOT NULL,           -- as in Slack
    email         varchar(255) NOT NULL,
    obstacle      text NOT NULL CHECK (obstacle IN ('unknown', 'ambiguous', 'manager_by_email')),   -- why no link by itself
    state         text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'approved', 'refused')),
    role          varchar(50),                     -- of who was approved
    decided_by    integer REFERENCES user_permissions (id) ON DELETE SET NULL,   -- NULL: it settled itself
    asked_at      timestamptz NOT NULL DEFAULT now(),
    decided_at    timestamptz,
    CONSTRAINT access_requests_slack_user_id_check CHECK (slack_user_id ~ '^[A-Za-z0-9_-]+$'),   -- as user_permissions has it
    CONSTRAINT access_requests_email_check CHECK (          -- and this, too
        email ~ '^[a-z0-9.!#$%&''*+/=?^_`{|}~-]+@[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$'),
    CONSTRAINT access_requests_decided_check CHECK ((state = 'open') = (decided_at IS NULL))
);
ALTER TABLE app.access_requests ENABLE ROW LEVEL SECURITY;   -- no policy, no grant: definer functions alone touch it
