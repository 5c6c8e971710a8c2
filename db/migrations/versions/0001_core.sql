SET LOCAL search_path = public;

-- cluster/10_roles.sql
-- Roles belong to the whole cluster: made where missing, left by a downgrade. Passwords come from the operator.
DO $$
DECLARE r record;
BEGIN
    FOR r IN SELECT * FROM (VALUES ('repair_owner',        'NOLOGIN'),   -- owns everything
                                   ('authenticated_users', 'NOLOGIN'),   -- what policies name
                                   ('repair_bot',          'LOGIN'),     -- never owner, superuser or BYPASSRLS
                                   ('repair_web',          'LOGIN'),     -- the web application: all rows
                                   ('repair_maintenance',  'LOGIN'))     -- VACUUM and REINDEX need ownership on PG 15, 16
                       AS v (name, options)
    LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r.name) THEN
                EXECUTE format('CREATE ROLE %I %s', r.name, r.options);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;                                  -- another database of this cluster is migrated at this moment
        END;
    END LOOP;
    FOR r IN SELECT * FROM (VALUES ('authenticated_users', 'repair_bot'),
                                   ('authenticated_users', 'repair_web'),
                                   ('repair_owner',        'repair_maintenance')) AS v (granted, member)
    LOOP
        IF NOT pg_has_role(r.member, r.granted, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO %I', r.granted, r.member);
        END IF;
    END LOOP;
END $$;

-- What the seed put into its pool's TypeScript, here where no pooler can drop it. JIT only adds latency to short queries.
DO $$
DECLARE r record;
BEGIN
    FOR r IN SELECT * FROM (VALUES ('statement_timeout', '30s'), ('idle_in_transaction_session_timeout', '60s'),
                                   ('lock_timeout', '5s'), ('timezone', 'UTC'), ('jit', 'off')) AS v (name, value)
    LOOP
        IF NOT EXISTS (SELECT FROM pg_db_role_setting s, unnest(s.setconfig) AS c
                        WHERE s.setrole = 'repair_bot'::regrole AND s.setdatabase = 0
                          AND lower(c) LIKE r.name || '=%') THEN
            EXECUTE format('ALTER ROLE repair_bot SET %I = %L', r.name, r.value);
        END IF;
    END LOOP;
END $$;

-- cluster/20_database.sql
-- What needs more than the owner's rights. A CREATEROLE role that owns the database does without the superuser's part.
DO $$
BEGIN
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        IF NOT pg_has_role('repair_owner', 'pg_monitor', 'MEMBER') THEN
            GRANT pg_monitor TO repair_owner;      -- the monitoring functions see other users' statements and all settings
        END IF;
        EXECUTE format('ALTER DATABASE %I SET log_min_duration_statement = 1000', current_database());
        EXECUTE format('ALTER DATABASE %I SET log_parameter_max_length = 0', current_database());   -- no personal data, no key
    ELSIF NOT (pg_has_role(current_user, 'repair_owner', 'USAGE') AND pg_has_role(current_user, 'repair_maintenance', 'USAGE')) THEN
        EXECUTE format('GRANT repair_owner, repair_maintenance TO %I', current_user);   -- to migrate, and for python -m db maintain
    END IF;
    EXECUTE format('ALTER DATABASE %I SET log_parameter_max_length_on_error = 0', current_database());
    EXECUTE format('GRANT CREATE ON DATABASE %I TO repair_owner', current_database());
END $$;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO repair_owner;
GRANT USAGE ON SCHEMA public TO authenticated_users;

-- cluster/30_extensions.sql
CREATE EXTENSION IF NOT EXISTS pgcrypto;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
EXCEPTION WHEN OTHERS THEN                         -- not a trusted extension, and not every server has it
    RAISE NOTICE 'pg_stat_statements not created (%): slow_queries stays empty', SQLERRM;
END $$;

SET LOCAL ROLE repair_owner;

-- session/00_schemas.sql
ALTER DEFAULT PRIVILEGES FOR ROLE repair_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

CREATE SCHEMA app;                                 -- what the bot calls, and helpers
CREATE SCHEMA test;                                -- test helpers: granted to nobody
GRANT USAGE ON SCHEMA app TO authenticated_users;

-- session/10_user_id.sql
-- Who is asking: user_permissions.kinde_user_id. Always missing_ok, and '' (what a custom setting becomes after its
-- transaction) is NULL. RETURN bodies are parsed now, so a caller's search_path can't redirect them, and are inlined;
-- policies call them as (SELECT f()), once a query.
CREATE FUNCTION app.user_id() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN NULLIF(current_setting('app.current_user_id', true), '');
GRANT EXECUTE ON FUNCTION app.user_id() TO authenticated_users;

-- session/11_user_email.sql
CREATE FUNCTION app.user_email() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN NULLIF(current_setting('app.current_user_email', true), '');
GRANT EXECUTE ON FUNCTION app.user_email() TO authenticated_users;

-- session/12_user_role.sql
CREATE FUNCTION app.user_role() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN NULLIF(current_setting('app.user_role', true), '');
GRANT EXECUTE ON FUNCTION app.user_role() TO authenticated_users;

-- session/13_tech_email.sql
-- The asker's e-mail if they are a technician, else NULL.
CREATE FUNCTION app.tech_email() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN current_setting('app.user_role', true) = 'Technician'
                THEN NULLIF(NULLIF(current_setting('app.current_user_email', true), ''), 'unassigned') END;
GRANT EXECUTE ON FUNCTION app.tech_email() TO authenticated_users;

-- session/14_client_ip.sql
CREATE FUNCTION app.client_ip() RETURNS inet LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE v text := NULLIF(btrim(split_part(COALESCE(current_setting('app.client_ip', true), ''), ',', 1)), '');
BEGIN
    IF v IS NULL THEN RETURN NULL; END IF;
    BEGIN
        RETURN v::inet;
    EXCEPTION WHEN invalid_text_representation THEN
        RETURN NULL;                               -- a bad header must not fail the write
    END;
END $$;
GRANT EXECUTE ON FUNCTION app.client_ip() TO authenticated_users;

-- session/14_user_agent.sql
-- From where: 'slack:...' or the web application's user agent, for the audit trail. A client says the latter, at any length.
CREATE FUNCTION app.user_agent() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN left(NULLIF(current_setting('app.user_agent', true), ''), 500);

-- session/15_refuse.sql
-- Refuse in a way that the caller can tell apart: by constraint name, with the facts as JSON in DETAIL.
CREATE FUNCTION app.refuse(p_name text, p_message text, p_facts jsonb DEFAULT '{}', p_code text DEFAULT 'insufficient_privilege')
RETURNS void LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = p_code, MESSAGE = p_message, CONSTRAINT = p_name, DETAIL = p_facts::text;
END $$;
GRANT EXECUTE ON FUNCTION app.refuse(text, text, jsonb, text) TO authenticated_users;

-- session/16_require_role.sql
CREATE FUNCTION app.require_role(VARIADIC p_roles text[]) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    IF app.user_role() IS NULL OR app.user_role() <> ALL (p_roles) THEN
        PERFORM app.refuse('role_forbidden', format('role %s may not do this', COALESCE(quote_literal(app.user_role()), '(none)')),
                           jsonb_build_object('role', app.user_role()));
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION app.require_role(text[]) TO authenticated_users;

-- session/17_sees_ticket.sql
-- The visibility rule of tickets as a function, for definer functions: the same as the policies (a test compares them).
CREATE FUNCTION app.sees_ticket(p_tech text, p_created_by text, p_completed boolean) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
    RETURN COALESCE(app.user_role() IN ('Manager', 'Viewer')
                    OR (app.user_role() IS NOT NULL AND p_created_by = app.user_id())
                    OR p_tech = app.tech_email()
                    OR (p_tech = 'unassigned' AND NOT p_completed AND app.user_role() = 'Technician'), false);
GRANT EXECUTE ON FUNCTION app.sees_ticket(text, text, boolean) TO authenticated_users;

-- session/18_may_work.sql
-- Whether tickets may be assigned to somebody of this role and state.
CREATE FUNCTION app.may_work(p_role text, p_is_active boolean) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN p_is_active AND p_role IN ('Technician', 'Manager');
GRANT EXECUTE ON FUNCTION app.may_work(text, boolean) TO authenticated_users;

-- session/19_serial_key.sql
-- A device's serial number as it is compared: case, blanks and dashes don't count.
CREATE FUNCTION app.serial_key(p_serial text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN NULLIF(upper(regexp_replace(p_serial, '[\s._/:#-]+', '', 'g')), '');
GRANT EXECUTE ON FUNCTION app.serial_key(text) TO authenticated_users, repair_web;

-- tables/10_shop_settings.sql
-- What the seed hard-coded ($75 an hour, 90 days) and what the first start writes: slack_team_id, time_zone, summary_time.
CREATE TABLE shop_settings (
    key   varchar(100) PRIMARY KEY,
    value text NOT NULL,
    CONSTRAINT shop_settings_key_check CHECK (key ~ '^[a-z][a-z0-9_]*$'),
    CONSTRAINT shop_settings_value_check CHECK (btrim(value) <> '')
);
ALTER TABLE shop_settings ENABLE ROW LEVEL SECURITY;

-- tables/11_shop_hours.sql
-- When the shop is open, by its own clock. No row: closed on that day of the week.
CREATE TABLE shop_hours (
    weekday smallint PRIMARY KEY,                -- 1: Monday .. 7: Sunday
    opens   time NOT NULL,
    closes  time NOT NULL,
    CONSTRAINT shop_hours_weekday_check CHECK (weekday BETWEEN 1 AND 7),
    CONSTRAINT shop_hours_closes_check CHECK (closes > opens AND closes < '24:00')   -- which other programs can't read
);
ALTER TABLE shop_hours ENABLE ROW LEVEL SECURITY;

-- tables/12_shop_holidays.sql
-- Days on which the shop is closed whatever the day of the week.
CREATE TABLE shop_holidays (
    day  date PRIMARY KEY,
    name varchar(100) NOT NULL,
    CONSTRAINT shop_holidays_day_check CHECK (day BETWEEN '1970-01-01' AND '9999-12-31'),
    CONSTRAINT shop_holidays_name_check CHECK (btrim(name) <> '')
);
ALTER TABLE shop_holidays ENABLE ROW LEVEL SECURITY;

-- tables/14_checklist_items.sql
-- What is to be checked before a ticket is completed. category NULL: of every ticket, else of those of that category.
CREATE TABLE checklist_items (
    id       integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    category varchar(100),
    position smallint NOT NULL,
    text     varchar(75) NOT NULL,                -- what Slack's checkboxes hold
    active   boolean NOT NULL DEFAULT true,       -- taken off the list it stays, for when it comes back
    CONSTRAINT checklist_items_category_check CHECK (btrim(category) <> ''),
    CONSTRAINT checklist_items_position_check CHECK (position BETWEEN 1 AND 10),
    CONSTRAINT checklist_items_text_check CHECK (btrim(text) <> ''),
    CONSTRAINT checklist_items_text_key UNIQUE NULLS NOT DISTINCT (category, text)
);
ALTER TABLE checklist_items ENABLE ROW LEVEL SECURITY;

-- tables/20_user_permissions.sql
CREATE TABLE user_permissions (
    id            integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    kinde_user_id varchar(255) NOT NULL,
    slack_user_id varchar(32),
    slack_state   varchar(20)  NOT NULL DEFAULT 'member',
    display_name  varchar(255) NOT NULL,           -- as in Slack; the e-mail's local part until then (by trigger)
    email         varchar(255) NOT NULL,
    role          varchar(50)  NOT NULL DEFAULT 'Regular User',
    permissions   jsonb,
    is_active     boolean NOT NULL DEFAULT true,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    last_login    timestamptz,
    slack_told_at timestamptz,                     -- the last change that Slack told of: an older one may come after it
    slack_time_zone varchar(64),                   -- as in Slack; theirs unless preferences.time_zone says another
    CONSTRAINT user_permissions_id_check CHECK (btrim(kinde_user_id) NOT IN ('', 'system')),   -- the audit trail's word for nobody
    CONSTRAINT user_permissions_slack_user_id_check CHECK (slack_user_id ~ '^[A-Za-z0-9_-]+$'),
    CONSTRAINT user_permissions_slack_state_check CHECK (slack_state IN ('member', 'guest', 'deleted')),
    CONSTRAINT user_permissions_display_name_check CHECK (btrim(display_name) <> ''),
    CONSTRAINT user_permissions_email_check CHECK (email = lower(email) AND
        email ~ '^[a-z0-9.!#$%&''*+/=?^_`{|}~-]+@[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$'),
    CONSTRAINT user_permissions_role_check CHECK (role IN ('Manager', 'Technician', 'Regular User', 'Viewer')),
    CONSTRAINT user_permissions_permissions_check CHECK (jsonb_typeof(permissions) = 'array')
);
CREATE UNIQUE INDEX user_permissions_kinde_user_id_idx ON user_permissions (kinde_user_id);
CREATE UNIQUE INDEX user_permissions_email_idx         ON user_permissions (email);
CREATE UNIQUE INDEX user_permissions_slack_user_id_idx ON user_permissions (slack_user_id);
CREATE INDEX        user_permissions_role_idx          ON user_permissions (role) WHERE is_active;
CREATE INDEX        user_permissions_active_idx        ON user_permissions (is_active);
ALTER TABLE user_permissions ENABLE ROW LEVEL SECURITY;

-- tables/30_customers.sql
CREATE TABLE customers (
    id         integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    first_name varchar(255) NOT NULL,
    last_name  varchar(255) NOT NULL,
    email      varchar(255) NOT NULL,
    phone      varchar(255) NOT NULL,
    address1   varchar(255) NOT NULL,
    address2   varchar(255),
    city       varchar(255) NOT NULL,
    state      varchar(255) NOT NULL,
    zip        varchar(10)  NOT NULL,
    country    varchar(10)  NOT NULL DEFAULT 'US',
    notes      text,
    approval_limit numeric(12, 2),                          -- dollars that may be spent without asking them; NULL: the shop's
    active     boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    merged_into integer REFERENCES customers (id),           -- who is the same person and stays
    erased_at  timestamptz,                                  -- app.erase_customer()
    search_text  text GENERATED ALWAYS AS (lower(first_name || ' ' || last_name || ' ' || email)) STORED,
    phone_digits text GENERATED ALWAYS AS (regexp_replace(phone, '\D', '', 'g')) STORED,
    search       tsvector NOT NULL GENERATED ALWAYS AS       -- 'simple': names are not English prose
        (setweight(to_tsvector('simple', first_name || ' ' || last_name), 'A') || to_tsvector('simple', email)) STORED,
    -- what of two customers is alike where they are the same person; cut, since normalizing can make a text 18 times as long
    name_key     text GENERATED ALWAYS AS (left(btrim(regexp_replace(lower(regexp_replace(
        normalize(first_name || ' ' || last_name, NFKD), '[\u0300-\u036f]', '', 'g')), '\s+', ' ', 'g')), 100)) STORED,
    phone_key    text GENERATED ALWAYS AS (right(regexp_replace(phone, '\D', '', 'g'), 10)) STORED,   -- without a country's code
    email_key    text GENERATED ALWAYS AS (CASE WHEN email ~ '@(gmail|googlemail)\.com$'
        THEN replace(split_part(split_part(email, '@', 1), '+', 1), '.', '') || '@gmail.com'
        ELSE split_part(split_part(email, '@', 1), '+', 1) || '@' || split_part(email, '@', 2) END) STORED,
    CONSTRAINT customers_erased_check CHECK (erased_at IS NULL OR NOT active),
    CONSTRAINT customers_merged_check CHECK (merged_into IS NULL OR NOT active AND merged_into <> id),
    CONSTRAINT customers_first_name_check CHECK (btrim(first_name) <> ''),
    CONSTRAINT customers_last_name_check CHECK (btrim(last_name) <> ''),
    CONSTRAINT customers_phone_check CHECK (phone ~ '[0-9]'),
    CONSTRAINT customers_approval_limit_check CHECK (approval_limit BETWEEN 0 AND 1000000),
    CONSTRAINT customers_country_check CHECK (btrim(country) <> ''),
    CONSTRAINT customers_email_check CHECK (email = lower(email) AND
        email ~ '^[a-z0-9.!#$%&''*+/=?^_`{|}~-]+@[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$'),
    CONSTRAINT customers_zip_check CHECK (length(btrim(zip)) BETWEEN CASE WHEN country = 'US' THEN 5 ELSE 3 END AND 10)
);
CREATE UNIQUE INDEX customers_email_idx ON customers (email);
CREATE INDEX customers_active_idx       ON customers (id) WHERE NOT active;
CREATE INDEX customers_name_idx         ON customers (last_name, first_name);
CREATE INDEX customers_created_at_idx   ON customers (created_at);
CREATE INDEX customers_search_idx       ON customers USING gin (search) WITH (fastupdate = off);
CREATE INDEX customers_trgm_idx         ON customers USING gin (search_text gin_trgm_ops, phone_digits gin_trgm_ops)
    WITH (fastupdate = off);
CREATE INDEX customers_merged_into_idx  ON customers (merged_into) WHERE merged_into IS NOT NULL;
-- whose neighbours in the order are looked at for duplicates
CREATE INDEX customers_same_name_idx    ON customers (name_key, id) WHERE active;
CREATE INDEX customers_same_phone_idx   ON customers (phone_key, id) WHERE active AND length(phone_key) >= 7;
CREATE INDEX customers_same_email_idx   ON customers (email_key, id) WHERE active;
ALTER TABLE customers ENABLE ROW LEVEL SECURITY;

-- tables/40_tickets.sql
CREATE TABLE tickets (
    id          integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES customers (id) ON DELETE RESTRICT,   -- deactivate: history is never cascaded away
    title       varchar(255) NOT NULL,
    description text NOT NULL,
    completed   boolean NOT NULL DEFAULT false,
    tech        varchar(255) NOT NULL DEFAULT 'unassigned',
    priority    varchar(20) NOT NULL DEFAULT 'medium',
    category    varchar(100),
    estimated_hours numeric(5, 2),
    actual_hours    numeric(5, 2),
    created_by  varchar(255) DEFAULT app.user_id() REFERENCES user_permissions (kinde_user_id),  -- NULL: the system
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    completed_at timestamptz,
    bench_status varchar(20) NOT NULL DEFAULT 'received',     -- where the repair is; kept in step with completed by a trigger
    device_type        varchar(50),
    device_model       varchar(100),                          -- brand and model
    device_serial      varchar(100),
    device_condition   varchar(500),                          -- how it came in
    device_accessories varchar(500),                          -- what was left with it
    due_at      timestamptz,
    due_by_default boolean NOT NULL DEFAULT true,             -- nobody has said when: a trigger does, by the priority
    version     integer NOT NULL DEFAULT 1,                   -- one more with each change: whether a completion was the last
    priority_rank smallint GENERATED ALWAYS AS
        (CASE priority WHEN 'urgent' THEN 1 WHEN 'high' THEN 2 WHEN 'medium' THEN 3 ELSE 4 END) STORED,
    device_key  text GENERATED ALWAYS AS (app.serial_key(device_serial)) STORED,         -- a column: row-level security keeps functions from an index
    tech_ref    varchar(255) GENERATED ALWAYS AS (NULLIF(tech, 'unassigned')) STORED,
    search      tsvector NOT NULL GENERATED ALWAYS AS        -- stored, so that a row is tried in 0.4 us instead of 40
        (setweight(to_tsvector('english', title), 'A') || to_tsvector('english', description)) STORED,
    CONSTRAINT tickets_title_check CHECK (btrim(title) <> ''),
    CONSTRAINT tickets_description_check CHECK (btrim(description) <> ''),
    CONSTRAINT tickets_priority_check CHECK (priority IN ('low', 'medium', 'high', 'urgent')),
    CONSTRAINT tickets_category_check CHECK (btrim(category) <> ''),
    CONSTRAINT tickets_estimated_hours_check CHECK (estimated_hours > 0 AND estimated_hours <= 999.99),  -- refuses NaN too
    CONSTRAINT tickets_actual_hours_check CHECK (actual_hours > 0 AND actual_hours <= 999.99),
    CONSTRAINT tickets_bench_status_check CHECK (bench_status IN
        ('received', 'diagnosing', 'waiting_approval', 'waiting_parts', 'in_repair', 'quality_check', 'ready', 'collected', 'declined')),
    CONSTRAINT tickets_bench_completed_check CHECK (completed = (bench_status IN ('ready', 'collected', 'declined'))),
    CONSTRAINT tickets_device_type_check CHECK (btrim(device_type) <> ''),
    CONSTRAINT tickets_device_model_check CHECK (btrim(device_model) <> ''),
    CONSTRAINT tickets_device_serial_check CHECK (btrim(device_serial) <> ''),
    CONSTRAINT tickets_device_condition_check CHECK (btrim(device_condition) <> ''),
    CONSTRAINT tickets_device_accessories_check CHECK (btrim(device_accessories) <> ''),
    CONSTRAINT tickets_due_at_check CHECK (due_at >= '1970-01-01 UTC' AND due_at < '10000-01-01 UTC'),
    CONSTRAINT tickets_completed_at_check CHECK (completed = (completed_at IS NOT NULL)),
    CONSTRAINT tickets_completed_after_check CHECK (completed_at >= created_at),
    CONSTRAINT tickets_time_check CHECK (least(created_at, updated_at) >= '1970-01-01 UTC'      -- no infinity, no year 20000:
        AND greatest(created_at, updated_at, completed_at) < '10000-01-01 UTC'),                 -- other programs can't read them
    CONSTRAINT tickets_tech_fk FOREIGN KEY (tech_ref) REFERENCES user_permissions (email) DEFERRABLE
);
-- All ascending, read backwards for newest first: a DESC index on a growing column came out twice as large.
CREATE INDEX tickets_customer_id_idx  ON tickets (customer_id);
CREATE INDEX tickets_completed_idx    ON tickets (created_at, id) WHERE NOT completed;                  -- the open list
CREATE INDEX tickets_status_tech_idx  ON tickets (tech, created_at, id) INCLUDE (created_by) WHERE NOT completed;
CREATE INDEX tickets_tech_idx         ON tickets (tech);                                                -- all that one has had
CREATE INDEX tickets_category_idx     ON tickets (lower(category));
CREATE INDEX tickets_priority_idx     ON tickets (priority_rank, created_at, id) WHERE NOT completed;   -- most urgent first
CREATE INDEX tickets_queue_idx        ON tickets (priority_rank, created_at, id) WHERE NOT completed AND tech = 'unassigned';
CREATE INDEX tickets_created_at_idx   ON tickets (created_at, id);
CREATE INDEX tickets_created_by_idx   ON tickets (created_by, created_at, id);                          -- what I filed
CREATE INDEX tickets_open_filed_idx   ON tickets (created_by) WHERE NOT completed;
CREATE INDEX tickets_completed_at_idx ON tickets (completed_at) WHERE completed;                        -- daily summary
CREATE INDEX tickets_due_at_idx       ON tickets (due_at) WHERE NOT completed;                                -- overdue, due soon
CREATE INDEX tickets_bench_status_idx ON tickets (bench_status);                                         -- what waits for parts
CREATE INDEX tickets_device_key_idx ON tickets (device_key) WHERE device_key IS NOT NULL;                -- earlier tickets of a machine
CREATE INDEX tickets_search_idx       ON tickets USING gin (search) WITH (fastupdate = off);   -- no unsorted list to be read first
ALTER TABLE tickets ENABLE ROW LEVEL SECURITY;

-- tables/50_ticket_attachments.sql
CREATE TABLE ticket_attachments (
    id          integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    ticket_id   integer NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    file_name   varchar(255) NOT NULL,
    file_path   varchar(500) NOT NULL,
    file_type   varchar(100) NOT NULL,
    file_size   integer NOT NULL,
    uploaded_by varchar(255) NOT NULL DEFAULT app.user_id() REFERENCES user_permissions (kinde_user_id),
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ticket_attachments_file_name_check CHECK (btrim(file_name) <> '' AND file_name !~ '[/\\]'),
    CONSTRAINT ticket_attachments_file_path_check CHECK (btrim(file_path) <> '' AND file_path !~ '(^|[/\\])\.\.([/\\]|$)'),
    CONSTRAINT ticket_attachments_file_size_check CHECK (file_size BETWEEN 1 AND 50 * 1024 * 1024),
    CONSTRAINT ticket_attachments_path_key UNIQUE (ticket_id, file_path)
);
CREATE INDEX ticket_attachments_ticket_id_idx   ON ticket_attachments (ticket_id, created_at);
CREATE INDEX ticket_attachments_uploaded_by_idx ON ticket_attachments (uploaded_by);
CREATE INDEX ticket_attachments_created_at_idx  ON ticket_attachments (created_at);
-- what the bot keeps belongs to one row: nobody gets at it by a row of their own with the same path
CREATE UNIQUE INDEX ticket_attachments_kept_key ON ticket_attachments (file_path) WHERE file_path ~ '^slack/';
ALTER TABLE ticket_attachments ENABLE ROW LEVEL SECURITY;

-- tables/51_ticket_notes.sql
-- What people write on a ticket. 'resolution': what was done, from the completion.
CREATE TABLE ticket_notes (
    id         integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    ticket_id  integer NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    kind       varchar(20) NOT NULL DEFAULT 'note',
    body       text NOT NULL,
    author     varchar(255) DEFAULT app.user_id() REFERENCES user_permissions (kinde_user_id),  -- NULL: the system
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ticket_notes_kind_check CHECK (kind IN ('note', 'resolution')),
    CONSTRAINT ticket_notes_body_check CHECK (btrim(body) <> '' AND length(body) <= 10000),
    CONSTRAINT ticket_notes_time_check CHECK (created_at >= '1970-01-01 UTC' AND created_at < '10000-01-01 UTC')
);
CREATE INDEX ticket_notes_ticket_id_idx ON ticket_notes (ticket_id, created_at, id);
CREATE INDEX ticket_notes_author_idx    ON ticket_notes (author);
ALTER TABLE ticket_notes ENABLE ROW LEVEL SECURITY;

-- tables/52_ticket_secrets.sql
-- A device's passcode, encrypted. Nobody is granted SELECT: app.reveal_passcode() shows it and logs each time.
CREATE TABLE ticket_secrets (
    ticket_id       integer PRIMARY KEY REFERENCES tickets (id) ON DELETE CASCADE,
    device_passcode text NOT NULL,
    CONSTRAINT ticket_secrets_device_passcode_check CHECK (device_passcode LIKE 'v1:%')   -- encrypt_sensitive_data()'s form
);
ALTER TABLE ticket_secrets ENABLE ROW LEVEL SECURITY;

-- tables/53_ticket_watchers.sql
-- Who is told of what happens to a ticket because they asked for it. A row stays when they no longer want to be.
CREATE TABLE ticket_watchers (
    ticket_id  integer NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    user_id    integer NOT NULL REFERENCES user_permissions (id) ON DELETE CASCADE,
    watches    boolean NOT NULL DEFAULT true,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (ticket_id, user_id)
);
CREATE INDEX ticket_watchers_user_id_idx ON ticket_watchers (user_id);
ALTER TABLE ticket_watchers ENABLE ROW LEVEL SECURITY;

-- tables/54_customer_contacts.sql
-- That somebody spoke with a customer, and what was said: personal data, for whoever may see the customer's contact data.
CREATE TABLE customer_contacts (
    id          integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    ticket_id   integer REFERENCES tickets (id) ON DELETE SET NULL,      -- which it was about, if about one
    way         varchar(20) NOT NULL,
    body        text NOT NULL DEFAULT '',                                -- what was said; '': only that it was
    author      varchar(255) DEFAULT app.user_id() REFERENCES user_permissions (kinde_user_id),  -- NULL: the system
    happened_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT customer_contacts_way_check CHECK (way IN ('called', 'e-mailed', 'came by')),
    CONSTRAINT customer_contacts_body_check CHECK (length(body) <= 10000),
    CONSTRAINT customer_contacts_time_check CHECK (happened_at >= '1970-01-01 UTC' AND happened_at < '10000-01-01 UTC')
);
CREATE INDEX customer_contacts_customer_id_idx ON customer_contacts (customer_id, happened_at, id);
CREATE INDEX customer_contacts_ticket_id_idx   ON customer_contacts (ticket_id);
CREATE INDEX customer_contacts_author_idx      ON customer_contacts (author);
ALTER TABLE customer_contacts ENABLE ROW LEVEL SECURITY;

-- tables/54_labour_entries.sql
-- Time worked on a ticket by the timer, of which a person has one running. hours: what was booked when it stopped.
CREATE TABLE labour_entries (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id  integer NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    user_id    integer NOT NULL REFERENCES user_permissions (id) ON DELETE CASCADE,
    started_at timestamptz NOT NULL DEFAULT now(),
    stopped_at timestamptz,
    hours      numeric(5, 2),
    ask_at     timestamptz,                       -- when the person is asked whether the timer was forgotten
    asked      smallint NOT NULL DEFAULT 0,       -- how often that has been asked
    CONSTRAINT labour_entries_stopped_check CHECK (stopped_at >= started_at),
    CONSTRAINT labour_entries_hours_check CHECK ((hours IS NULL) = (stopped_at IS NULL) AND hours BETWEEN 0 AND 999.99)
);
CREATE UNIQUE INDEX labour_entries_running_idx ON labour_entries (user_id) WHERE stopped_at IS NULL;
CREATE INDEX labour_entries_ticket_id_idx ON labour_entries (ticket_id, id);
CREATE INDEX labour_entries_ask_at_idx ON labour_entries (ask_at) WHERE ask_at IS NOT NULL;
CREATE INDEX labour_entries_user_id_idx ON labour_entries (user_id);
ALTER TABLE labour_entries ENABLE ROW LEVEL SECURITY;

-- tables/55_ticket_completions.sql
-- Each time that somebody completed a ticket in Slack, and what was there before: for ten minutes that can be taken back.
CREATE TABLE ticket_completions (
    id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id    integer NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    user_id      integer REFERENCES user_permissions (id) ON DELETE SET NULL,    -- who completed it
    completed_at timestamptz NOT NULL DEFAULT now(),
    version      integer NOT NULL,               -- the ticket's afterwards: another one tells of a change since
    bench_status varchar(20) NOT NULL,           -- before
    actual_hours numeric(5, 2),                  -- before, with what a running timer had measured by then
    timed        boolean NOT NULL,               -- a timer ran, and was stopped
    note_id      integer REFERENCES ticket_notes (id) ON DELETE SET NULL,        -- what was done
    undone_at    timestamptz                     -- it was taken back: the note counts no longer
);
CREATE INDEX ticket_completions_ticket_id_idx ON ticket_completions (ticket_id, id);
CREATE INDEX ticket_completions_user_id_idx   ON ticket_completions (user_id);
CREATE INDEX ticket_completions_note_id_idx   ON ticket_completions (note_id);
ALTER TABLE ticket_completions ENABLE ROW LEVEL SECURITY;

-- tables/55_ticket_reminders.sql
-- What people were reminded of, each thing once: the due date's approach once a due date, the rest once a day.
CREATE TABLE app.ticket_reminders (
    ticket_id   integer NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    user_id     integer NOT NULL REFERENCES user_permissions (id) ON DELETE CASCADE,
    why         text NOT NULL,
    about       timestamptz NOT NULL,        -- the due date, or when the shop's day began
    reminded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (ticket_id, user_id, why, about),
    CONSTRAINT ticket_reminders_why_check CHECK (why IN ('overdue', 'untouched', 'approval', 'due_soon', 'silent', 'nudged'))
);
CREATE INDEX ticket_reminders_user_id_idx ON app.ticket_reminders (user_id);
CREATE INDEX ticket_reminders_reminded_at_idx ON app.ticket_reminders (reminded_at);
ALTER TABLE app.ticket_reminders ENABLE ROW LEVEL SECURITY;   -- no policy, no grant: definer functions alone touch it

-- tables/56_approvals.sql
-- That a customer has to agree before a ticket is repaired, and what they said: its estimate costs more than they let the shop
-- spend without asking. The terms of a request never change: where they do, it is withdrawn and another one is written.
CREATE TABLE approvals (
    id             integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id      integer NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    customer_id    integer,                             -- whose word it is: the ticket's customer then; merged ones are one
    hours          numeric(5, 2) NOT NULL,              -- the estimate
    amount         numeric(12, 2) NOT NULL,             -- its cost in dollars, at the shop's hourly rate
    spending_limit numeric(12, 2) NOT NULL,             -- dollars: over this the customer is asked
    state          text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'approved', 'declined', 'withdrawn')),
    requested_by   integer REFERENCES user_permissions (id) ON DELETE SET NULL,   -- NULL: the system or plain SQL
    requested_at   timestamptz NOT NULL DEFAULT now(),
    decided_by     integer REFERENCES user_permissions (id) ON DELETE SET NULL,   -- of one that is withdrawn, too
    decided_at     timestamptz,
    asked_how      text CHECK (asked_how IN ('phone', 'e-mail', 'in person', 'message')),
    said           text,                                -- by the customer
    CONSTRAINT approvals_amount_check CHECK (amount > spending_limit AND spending_limit >= 0),
    CONSTRAINT approvals_decided_check CHECK ((state = 'open') = (decided_at IS NULL)
        AND (state IN ('approved', 'declined')) = (asked_how IS NOT NULL) AND (said IS NULL OR asked_how IS NOT NULL)),
    CONSTRAINT approvals_said_check CHECK (btrim(said) <> '')
);
CREATE UNIQUE INDEX approvals_open_idx ON approvals (ticket_id) WHERE state = 'open';
CREATE INDEX approvals_ticket_id_idx    ON approvals (ticket_id, id);
CREATE INDEX approvals_requested_by_idx ON approvals (requested_by);
CREATE INDEX approvals_decided_by_idx   ON approvals (decided_by);
ALTER TABLE approvals ENABLE ROW LEVEL SECURITY;

-- tables/56_ticket_checks.sql
-- What a completion's checklist was, and what of it was ticked: the text as it was then.
CREATE TABLE ticket_checks (
    completion_id integer NOT NULL REFERENCES ticket_completions (id) ON DELETE CASCADE,
    position      smallint NOT NULL,
    text          varchar(75) NOT NULL,
    ticked        boolean NOT NULL,
    PRIMARY KEY (completion_id, position)
);
ALTER TABLE ticket_checks ENABLE ROW LEVEL SECURITY;

-- tables/56_ticket_snoozes.sql
-- Until when somebody doesn't want to be reminded of a ticket.
CREATE TABLE app.ticket_snoozes (
    ticket_id     integer NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    user_id       integer NOT NULL REFERENCES user_permissions (id) ON DELETE CASCADE,
    snoozed_until timestamptz NOT NULL,
    PRIMARY KEY (ticket_id, user_id)
);
CREATE INDEX ticket_snoozes_user_id_idx ON app.ticket_snoozes (user_id);
ALTER TABLE app.ticket_snoozes ENABLE ROW LEVEL SECURITY;   -- no policy, no grant: definer functions alone touch it

-- tables/60_ticket_events.sql
-- What happened to a ticket, for ever and without personal data (activity_log is kept 90 days only). Written by the
-- announce trigger alone. No foreign keys: a removed ticket's or person's history stays.
CREATE TABLE ticket_events (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id  integer NOT NULL,
    kind       varchar(20) NOT NULL,
    actor_id   integer,             -- user_permissions.id of who did it; NULL: the system or plain SQL
    worker_id  integer,             -- user_permissions.id of the worker afterwards; NULL: nobody
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ticket_events_kind_check CHECK (kind IN
        ('filed', 'assigned', 'accepted', 'released', 'completed', 'reopened', 'undone', 'changed', 'removed'))
);
CREATE INDEX ticket_events_ticket_id_idx ON ticket_events (ticket_id, id);
ALTER TABLE ticket_events ENABLE ROW LEVEL SECURITY;

-- tables/70_preferences.sql
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

-- tables/80_activity_log.sql
CREATE TABLE activity_log (
    id            bigint GENERATED BY DEFAULT AS IDENTITY,
    user_id       varchar(255) NOT NULL,
    action        varchar(100) NOT NULL,
    resource_type varchar(50) NOT NULL,
    resource_id   integer,
    metadata      jsonb,
    ip_address    inet,
    user_agent    text,
    created_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT activity_log_action_check CHECK (length(action) >= 1),
    CONSTRAINT activity_log_resource_type_check CHECK (resource_type IN ('customer', 'ticket', 'user', 'system')),
    PRIMARY KEY (id, created_at)                   -- must contain the partition key
) PARTITION BY RANGE (created_at);
CREATE INDEX activity_log_user_id_idx    ON activity_log (user_id, created_at);
CREATE INDEX activity_log_action_idx     ON activity_log (action, created_at);
CREATE INDEX activity_log_resource_idx   ON activity_log (resource_type, resource_id, created_at);
CREATE INDEX activity_log_created_at_idx ON activity_log USING brin (created_at);
CREATE INDEX activity_log_metadata_idx   ON activity_log USING gin (metadata jsonb_path_ops);
CREATE TABLE activity_log_default PARTITION OF activity_log DEFAULT;   -- a missing month never fails a write
ALTER TABLE activity_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE activity_log_default ENABLE ROW LEVEL SECURITY;            -- partitions aren't granted to anybody anyway

-- tables/81_request_keys.sql
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

-- tables/82_access_requests.sql
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

-- tables/83_customer_merges.sql
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

-- tables/84_distinct_customers.sql
-- Two customers who look alike and aren't the same, as a Manager said.
CREATE TABLE app.distinct_customers (
    first_id   integer NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    second_id  integer NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    decided_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (first_id, second_id),
    CONSTRAINT distinct_customers_order_check CHECK (first_id < second_id)
);
CREATE INDEX distinct_customers_second_id_idx ON app.distinct_customers (second_id);
ALTER TABLE app.distinct_customers ENABLE ROW LEVEL SECURITY;

-- tables/90_notifications.sql
-- What is to be said, to whom: the outbox, which is its own queue. A row is written in the transaction of the change
-- that it tells about. No foreign key to tickets: the card of a removed ticket still has to say so.
CREATE TABLE notifications (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind            text NOT NULL
                    CHECK (kind IN ('card', 'thread', 'assigned', 'unassigned', 'completed', 'reopened', 'watched', 'mentioned',
                                    'returned_to_queue', 'summary', 'reminder', 'timer', 'file_refused',
                                    'access_requested', 'access_decided', 'access_changed', 'approval_requested', 'approval_decided',
                                    'undeliverable')),
    ticket_id       integer,
    recipient_id    integer REFERENCES user_permissions (id) ON DELETE CASCADE,   -- NULL: the shop channel, or who made the request
    request_id      integer REFERENCES app.access_requests (id) ON DELETE CASCADE,
    destination     integer NOT NULL GENERATED ALWAYS AS (COALESCE(recipient_id, -request_id, 0)) STORED,
    dedupe_key      text NOT NULL UNIQUE DEFAULT gen_random_uuid()::text,         -- also in the message's metadata
    state           text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'dead', 'dropped')),
    due             timestamptz NOT NULL DEFAULT now(),
    attempts        integer NOT NULL DEFAULT 0,    -- claims so far, never set back: the fence of a claim
    failures        integer NOT NULL DEFAULT 0,    -- postponements since the last success
    version         integer NOT NULL DEFAULT 1,    -- one more with each change that the message has to show
    uncertain_since timestamptz,                   -- from this moment a send may have arrived that nobody confirmed
    facts           jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(facts) = 'object'),
    actor_name      text,                          -- who did it; NULL: the system or plain SQL
    channel         text,
    ts              text,
    error           text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    sent_at         timestamptz,                   -- the first time; later ones are edits
    CONSTRAINT notifications_card_check CHECK ((kind IN ('card', 'thread', 'access_decided')) = (recipient_id IS NULL)),
    CONSTRAINT notifications_request_check CHECK ((kind IN ('access_requested', 'access_decided')) = (request_id IS NOT NULL)),
    CONSTRAINT notifications_message_check CHECK ((channel IS NULL) = (ts IS NULL))
);
CREATE INDEX notifications_waiting_idx ON notifications (destination, due, id) WHERE state = 'waiting';
CREATE INDEX notifications_ticket_idx  ON notifications (ticket_id, recipient_id, id);
CREATE INDEX notifications_request_idx ON notifications (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX notifications_summary_idx ON notifications ((facts ->> 'day'), recipient_id) WHERE kind = 'summary';   -- what was sent
CREATE INDEX notifications_card_idx    ON notifications (ts) WHERE kind = 'card';
CREATE INDEX notifications_dead_idx    ON notifications (id) WHERE state = 'dead';
CREATE INDEX notifications_ended_idx   ON notifications (updated_at) WHERE state <> 'waiting' AND kind <> 'card';

ALTER TABLE notifications ENABLE ROW LEVEL SECURITY;   -- no policy, no grant: definer functions alone touch it

-- tables/91_notification_destinations.sql
-- Where messages go: at most one is on its way to each destination, and none before next_at. That keeps the order and
-- the pace, however many processes send. A row is made when the destination is first needed.
CREATE TABLE notification_destinations (
    recipient_id integer PRIMARY KEY,                    -- user_permissions.id; 0: the shop channel; below: a request for access
    claimed_id   bigint UNIQUE,                          -- the notification that is on its way there
    next_at      timestamptz NOT NULL DEFAULT now(),     -- while one is on its way: when its lease ends
    channel      text                                    -- a person's direct-message channel, once Slack has told it
);

ALTER TABLE notification_destinations ENABLE ROW LEVEL SECURITY;   -- no policy, no grant, as for notifications

-- tables/92_home_openings.sql
-- Which Slack accounts have the app's Home open, or had it lately: whose view is to be published again when a ticket
-- changes, or the access of who they are. By account, since somebody may lose theirs.
CREATE TABLE home_openings (
    slack_user_id varchar(32) PRIMARY KEY,
    opened_at     timestamptz NOT NULL DEFAULT now(),
    published_at  timestamptz NOT NULL DEFAULT now(),
    shown_event   bigint NOT NULL DEFAULT 0     -- the newest of ticket_events when it was read; below 0: to be read anew at once
);
ALTER TABLE home_openings ENABLE ROW LEVEL SECURITY;   -- no policy, no grant: definer functions alone touch it

-- tables/93_file_errands.sql
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

-- tables/95_maintenance_runs.sql
-- Which weeks' maintenance has run: written in its transaction, so that it happens once, whoever else is awake.
CREATE TABLE app.maintenance_runs (
    due_on date PRIMARY KEY,                       -- the Sunday by the shop's clock
    ran_at timestamptz NOT NULL DEFAULT now(),
    result text NOT NULL
);
ALTER TABLE app.maintenance_runs ENABLE ROW LEVEL SECURITY;

-- functions/app.accept_ticket.sql
-- db.models.TicketChanged: its technician has seen that the ticket is theirs, and says so. Saying it again changes nothing.
CREATE FUNCTION app.accept_ticket(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    t tickets;
BEGIN
    PERFORM app.require_role('Manager', 'Technician');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    t := app.lock_ticket(p_ticket);
    IF t.completed THEN
        PERFORM app.refuse_ticket('ticket_completed', p_ticket);
    ELSIF t.tech = 'unassigned' THEN
        PERFORM app.refuse_ticket('ticket_in_queue', p_ticket);
    ELSIF t.tech <> app.user_email() THEN
        PERFORM app.refuse_ticket('ticket_not_yours', p_ticket, t.tech);
    END IF;
    PERFORM app.record_acceptance(p_ticket);
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'ticket', app.ticket_document(p_ticket), 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.accept_ticket(text, text, text[], text, text, integer) TO repair_bot;

-- functions/app.access_document.sql
-- db.models.AccessRequest; whose address it is by now, too, where it is somebody's, or else whose account it was before:
-- who was added from it keeps the id that says so.
CREATE FUNCTION app.access_document(p_request integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (
        SELECT jsonb_build_object(
            'id', r.id,
            'slack_user_id', r.slack_user_id,
            'name', r.name,
            'email', r.email,
            'obstacle', r.obstacle,
            'known_name', known.display_name,
            'known_role', known.role,
            'known_again', COALESCE(known.email <> r.email, false),
            'state', r.state,
            'role', r.role,
            'decided_by', decider.display_name)
          FROM app.access_requests r
          LEFT JOIN LATERAL (
              SELECT x.* FROM user_permissions x
               WHERE x.email = r.email OR x.kinde_user_id = format('slack:%s:%s', app.setting('slack_team_id'), r.slack_user_id)
               ORDER BY x.email = r.email DESC LIMIT 1) known ON true
          LEFT JOIN user_permissions decider ON decider.id = r.decided_by
         WHERE r.id = p_request);
END $$;

-- functions/app.actor_document.sql
-- db.models.Actor
CREATE FUNCTION app.actor_document(p_person user_permissions) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN jsonb_build_object('id', p_person.id, 'name', p_person.display_name, 'role', p_person.role,
                              'email', p_person.email, 'slack_user_id', p_person.slack_user_id);
END $$;

-- functions/app.add_contact.sql
-- db.models.CustomerChanged: that somebody spoke with a customer. p_at: when, NULL for now; p_ticket: about which, or NULL.
-- The same word without a text twice within a minute is a button pressed twice.
CREATE FUNCTION app.add_contact(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_customer integer,
                                p_way text, p_body text, p_ticket integer, p_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    v_twice  boolean;
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    IF NOT EXISTS (SELECT FROM customers c WHERE c.id = p_customer) THEN
        PERFORM app.refuse_customer(p_customer);
    ELSIF p_ticket IS NOT NULL AND NOT EXISTS (SELECT FROM tickets t WHERE t.id = p_ticket AND t.customer_id = p_customer) THEN
        RAISE EXCEPTION 'not a ticket of customer %', p_customer
            USING ERRCODE = 'check_violation', CONSTRAINT = 'customer_contacts_ticket_check';
    ELSIF p_at > now() + interval '1 minute' THEN                         -- a form's clock has no seconds
        RAISE EXCEPTION 'still to come' USING ERRCODE = 'check_violation', CONSTRAINT = 'customer_contacts_time_check';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('contact'), p_customer);
    PERFORM app.refuse_erased(p_customer);
    v_twice := p_body = '' AND p_at IS NULL AND EXISTS (
        SELECT FROM customer_contacts n
         WHERE n.customer_id = p_customer AND n.author = app.user_id() AND n.way = p_way AND n.body = ''
           AND n.happened_at > now() - interval '1 minute');
    IF NOT v_twice THEN
        INSERT INTO customer_contacts (customer_id, ticket_id, way, body, happened_at)
        VALUES (p_customer, p_ticket, p_way, p_body, COALESCE(p_at, now()));
    END IF;
    RETURN app.end_request(p_key, app.customer_document(p_customer) || jsonb_build_object('actor', v_actor, 'repeated', v_twice));
END $$;
GRANT EXECUTE ON FUNCTION app.add_contact(text, text, text[], text, text, integer, text, text, integer, timestamptz) TO repair_bot;

-- functions/app.add_customer.sql
-- db.models.CustomerChanged: a new customer. p_values: column -> text; address2, country and notes may be left out.
CREATE FUNCTION app.add_customer(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_values jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    c_wanted CONSTANT jsonb := '{"first_name": "", "last_name": "", "email": "", "phone": "", "address1": "", "city": "",
                                 "state": "", "zip": "", "country": "US"}';
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    v_id     integer;
    c customers;
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    PERFORM app.check_customer(c_wanted || p_values);
    c := jsonb_populate_record(NULL::customers, c_wanted || p_values);
    INSERT INTO customers (first_name, last_name, email, phone, address1, address2, city, state, zip, country, notes, approval_limit)
    VALUES (c.first_name, c.last_name, c.email, c.phone, c.address1, NULLIF(btrim(c.address2), ''), c.city, c.state, c.zip,
            c.country, NULLIF(btrim(c.notes), ''), c.approval_limit)
        ON CONFLICT (email) DO NOTHING RETURNING id INTO v_id;
    IF v_id IS NULL THEN
        PERFORM app.refuse_taken_email(c.email);
    END IF;
    RETURN app.end_request(p_key, app.customer_document(v_id) || jsonb_build_object('actor', v_actor, 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.add_customer(text, text, text[], text, text, jsonb) TO repair_bot;

-- functions/app.add_event_notification.sql
-- Says what happened to a ticket: in its card's thread (no recipient), or directly to a person. The first event goes at
-- once; what happens within a minute, or while a person's message has to wait, is added to that message, which is edited.
-- p_broadcast: a reply in the thread that the channel sees too, a message for itself, since Slack can't do that by an
-- edit. As with app.add_notification, nobody is told of what they did themselves, nor who can't be told.
CREATE FUNCTION app.add_event_notification(
    p_kind text, p_ticket_id integer, p_recipient_id integer, p_event jsonb, p_broadcast boolean DEFAULT false
) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    c_most  CONSTANT integer := 20;     -- events in one message
    v_actor user_permissions;
    v_event jsonb;
    n       notifications;
BEGIN
    SELECT * INTO v_actor FROM user_permissions u WHERE u.kinde_user_id = app.user_id();
    IF p_recipient_id IS NOT NULL
       AND NOT EXISTS (SELECT FROM user_permissions u
                        WHERE u.id = p_recipient_id AND app.may_be_told(u) AND u.id IS DISTINCT FROM v_actor.id)
    THEN
        RETURN;
    END IF;
    -- of two who write about one ticket at once, the second one sees the first one's message
    PERFORM FROM notifications c WHERE c.dedupe_key = 'card:' || p_ticket_id FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM app.add_notification('card', p_ticket_id, NULL);
    END IF;
    v_event := p_event || jsonb_build_object('actor', v_actor.display_name);
    SELECT * INTO n FROM notifications x
     WHERE x.ticket_id = p_ticket_id AND x.recipient_id IS NOT DISTINCT FROM p_recipient_id AND x.kind = p_kind
     ORDER BY x.id DESC LIMIT 1;
    IF NOT p_broadcast AND n.state IN ('waiting', 'sent')
       AND (n.created_at > now() - interval '1 minute'
            OR (n.recipient_id IS NOT NULL AND n.due > now() AND n.ts IS NULL AND n.uncertain_since IS NULL))
       AND NOT n.facts ? 'broadcast' AND jsonb_array_length(n.facts -> 'events') < c_most
    THEN
        PERFORM app.revise_notification(n.id, jsonb_set(n.facts, '{events}', n.facts -> 'events' || v_event));
        RETURN;
    END IF;
    INSERT INTO notifications (kind, ticket_id, recipient_id, facts, actor_name)
    VALUES (p_kind, p_ticket_id, p_recipient_id,
            jsonb_build_object('events', jsonb_build_array(v_event))
            || CASE WHEN p_broadcast THEN '{"broadcast": 1}'::jsonb ELSE '{}' END,
            v_actor.display_name);
    PERFORM pg_notify('notifications', '');    -- heard at commit
END $$;

-- functions/app.add_file_errands.sql
-- Has files of Slack's fetched for a ticket that the asker sees, each once; returns how many are on their way. p_own: only
-- what that person uploaded themselves. A ticket holds up to 20.
CREATE FUNCTION app.add_file_errands(p_ticket integer, p_files text[], p_own boolean) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    c_most CONSTANT integer := 20;
    v_asked text[] := ARRAY(SELECT DISTINCT f FROM unnest(p_files) f
                             WHERE NOT EXISTS (SELECT FROM app.file_errands e
                                                WHERE e.ticket_id = p_ticket AND e.slack_file_id = f AND e.state <> 'refused'));
    v_there integer;
BEGIN
    IF app.user_role() = 'Viewer' OR NOT EXISTS (
        SELECT FROM tickets t WHERE t.id = p_ticket AND app.sees_ticket(t.tech, t.created_by, t.completed))
    THEN
        PERFORM app.refuse_ticket('ticket_not_found', p_ticket);
    END IF;
    v_there := (SELECT count(*) FROM ticket_attachments a WHERE a.ticket_id = p_ticket)
             + (SELECT count(*) FROM app.file_errands e
                 WHERE e.ticket_id = p_ticket AND e.errand = 'fetch' AND e.state = 'waiting');
    IF v_there + cardinality(v_asked) > c_most THEN
        PERFORM app.refuse('ticket_files_full', 'a ticket holds no more files',
                           jsonb_build_object('ticket', p_ticket, 'most', c_most, 'there', v_there));
    END IF;
    INSERT INTO app.file_errands (errand, ticket_id, person_id, slack_file_id, own)
    SELECT 'fetch', p_ticket, u.id, f, p_own
      FROM unnest(v_asked) f JOIN user_permissions u ON u.kinde_user_id = app.user_id();
    RETURN cardinality(v_asked);
END $$;
GRANT EXECUTE ON FUNCTION app.add_file_errands(integer, text[], boolean) TO repair_bot;

-- functions/app.add_note.sql
-- db.models.NoteAdded: a ticket with one more note, and whom it mentions in vain.
CREATE FUNCTION app.add_note(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer,
                             p_body text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    t tickets;
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    t := app.lock_ticket(p_ticket);
    IF NOT app.sees_ticket(t.tech, t.created_by, t.completed) THEN        -- taken from the queue at this moment
        PERFORM app.refuse_ticket('ticket_taken', p_ticket, t.tech);
    END IF;
    PERFORM app.check_text(p_body, 10000, 'ticket_note_check');
    INSERT INTO ticket_notes (ticket_id, body) VALUES (p_ticket, p_body);
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'ticket', app.ticket_document(p_ticket), 'repeated', false,
                                                     'missed', app.missed_mentions(p_ticket, p_body)));
END $$;
GRANT EXECUTE ON FUNCTION app.add_note(text, text, text[], text, text, integer, text) TO repair_bot;

-- functions/app.add_notification.sql
-- Puts a message into the outbox, in the transaction of the change that it tells about.
-- A card (no recipient) is one row a ticket for ever: it becomes due again, with a new version. Of the messages about
-- one ticket to one person that contradict each other only the newest is still said, and not even that where it takes
-- back what was not said yet. Nobody is told of what they did themselves, nor who is inactive or has no Slack account
-- here; nor is there anybody to tell where a person is NULL.
CREATE FUNCTION app.add_notification(p_kind text, p_ticket_id integer, p_recipient_id integer, p_facts jsonb DEFAULT '{}')
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor   user_permissions;
    v_dropped text[];
BEGIN
    SELECT * INTO v_actor FROM user_permissions u WHERE u.kinde_user_id = app.user_id();
    IF p_kind = 'card' THEN
        INSERT INTO notifications AS n (kind, ticket_id, dedupe_key, facts, actor_name)
        VALUES ('card', p_ticket_id, 'card:' || p_ticket_id, p_facts, v_actor.display_name)
        ON CONFLICT (dedupe_key) DO UPDATE
           SET version = n.version + 1, facts = EXCLUDED.facts, actor_name = EXCLUDED.actor_name, state = 'waiting',
               due = CASE n.state WHEN 'waiting' THEN n.due ELSE now() END,
               failures = CASE n.state WHEN 'waiting' THEN n.failures ELSE 0 END,
               error = NULL, updated_at = now();
    ELSE
        WITH overtaken AS (
            UPDATE notifications n SET state = 'dropped', error = 'overtaken', updated_at = now()
             WHERE n.ticket_id = p_ticket_id AND n.recipient_id = p_recipient_id AND n.state = 'waiting'
               AND n.ts IS NULL AND n.uncertain_since IS NULL
               AND n.kind = ANY (CASE WHEN p_kind IN ('assigned', 'unassigned') THEN '{assigned,unassigned}'::text[]
                                      WHEN p_kind IN ('completed', 'reopened') THEN '{completed,reopened}' END)
            RETURNING n.kind)
        SELECT array_agg(o.kind) INTO v_dropped FROM overtaken o;
        IF (p_kind = 'unassigned' AND 'assigned' = ANY (v_dropped))
           OR (p_kind = 'assigned' AND 'unassigned' = ANY (v_dropped))
           OR (p_kind = 'reopened' AND 'completed' = ANY (v_dropped))
        THEN
            RETURN;
        END IF;
        INSERT INTO notifications (kind, ticket_id, recipient_id, facts, actor_name)
        SELECT p_kind, p_ticket_id, u.id, p_facts, v_actor.display_name
          FROM user_permissions u
         WHERE u.id = p_recipient_id AND app.may_be_told(u) AND u.id IS DISTINCT FROM v_actor.id;
    END IF;
    PERFORM pg_notify('notifications', '');    -- heard at commit
END $$;

-- functions/app.add_person.sql
-- db.models.PersonChanged: somebody new, from their Slack account alone, which the caller has asked Slack about.
-- Definer: tells the account, and whose it or its address is already.
CREATE FUNCTION app.add_person(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_account text,
                               p_name text, p_email text, p_role text, p_zone text DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_web_id text := format('slack:%s:%s', p_team, p_account);
    v_actor  jsonb;
    v_answer jsonb;
    v_id     integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('people'));
    v_actor := app.set_slack_session(p_team, p_user, p_roles, p_source);
    PERFORM app.require_role('Manager');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    PERFORM app.check_access(jsonb_build_object('role', p_role, 'slack_user_id', p_account));
    BEGIN
        INSERT INTO user_permissions (kinde_user_id, slack_user_id, display_name, email, role, slack_time_zone)
        VALUES (v_web_id, p_account, left(p_name, 255), p_email, p_role, app.known_zone(p_zone))
        ON CONFLICT DO NOTHING
        RETURNING id INTO v_id;
    EXCEPTION WHEN check_violation OR string_data_right_truncation THEN          -- the column's own refusal would show the whole row
        RAISE EXCEPTION 'no such address' USING ERRCODE = 'check_violation', CONSTRAINT = 'user_permissions_email_check';
    END;
    IF v_id IS NULL THEN
        PERFORM app.refuse('account_known', 'somebody has this Slack account, or its e-mail address',
                           jsonb_build_object('name', x.display_name, 'linked', x.slack_user_id = p_account), 'unique_violation')
           FROM user_permissions x
          WHERE x.slack_user_id = p_account OR x.kinde_user_id = v_web_id OR x.email = lower(btrim(p_email) COLLATE "C")
          ORDER BY x.slack_user_id = p_account DESC NULLS LAST LIMIT 1;
    END IF;
    PERFORM app.tell_person(v_id, p_account, 'given');
    RETURN app.end_request(p_key, jsonb_build_object(
        'actor', v_actor, 'person', app.person_document(v_id), 'returned', 0, 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.add_person(text, text, text[], text, text, text, text, text, text, text) TO repair_bot;

-- functions/app.announce_access.sql
-- Tells each Manager of each open request for access of which they have not been told: there may be a new request or a
-- new Manager. Any number of calls say it once.
CREATE FUNCTION app.announce_access() RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO notifications AS n (kind, request_id, recipient_id, dedupe_key)
    SELECT 'access_requested', r.id, u.id, format('access:%s:%s', r.id, u.id)
      FROM app.access_requests r CROSS JOIN user_permissions u
     WHERE r.state = 'open' AND u.role = 'Manager' AND app.may_be_told(u)
     ORDER BY r.id, u.id
    ON CONFLICT (dedupe_key) DO UPDATE             -- was no Manager for a while
       SET version = n.version + 1, state = 'waiting', due = now(), failures = 0, error = NULL, updated_at = now()
     WHERE n.state = 'dropped';
    IF FOUND THEN
        PERFORM pg_notify('notifications', '');    -- heard at commit
    END IF;
END $$;

-- functions/app.announce_approvals.sql
-- Tells each Manager of each open request for approval of which they have not been told, but for who asked: there may be a new
-- request or a new Manager. Any number of calls say it once.
CREATE FUNCTION app.announce_approvals() RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO notifications AS n (kind, ticket_id, recipient_id, dedupe_key, facts, actor_name)
    SELECT 'approval_requested', a.ticket_id, u.id, format('approval:%s:%s', a.id, u.id), jsonb_build_object('approval', a.id),
           (SELECT x.display_name FROM user_permissions x WHERE x.id = a.requested_by)
      FROM approvals a CROSS JOIN user_permissions u
     WHERE a.state = 'open' AND u.role = 'Manager' AND app.may_be_told(u) AND u.id IS DISTINCT FROM a.requested_by
     ORDER BY a.id, u.id
    ON CONFLICT (dedupe_key) DO UPDATE             -- was no Manager for a while
       SET version = n.version + 1, state = 'waiting', due = now(), failures = 0, error = NULL, updated_at = now()
     WHERE n.state = 'dropped';
    IF FOUND THEN
        PERFORM pg_notify('notifications', '');    -- heard at commit
    END IF;
END $$;

-- functions/app.announce_assignment.sql
-- A ticket has gone from one person to another (NULL: from or to the queue): both are told. What was said to the earlier
-- one when they got it is edited to where it has gone, and back where it returns before they heard that it was gone.
CREATE FUNCTION app.announce_assignment(p_ticket_id integer, p_previous_id integer, p_worker_id integer) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_gone_to jsonb := jsonb_build_object('worker', (SELECT u.display_name FROM user_permissions u WHERE u.id = p_worker_id));
BEGIN
    PERFORM app.add_notification('unassigned', p_ticket_id, p_previous_id, v_gone_to);
    PERFORM app.revise_notification(n.id, n.facts || v_gone_to)
       FROM notifications n
      WHERE n.ticket_id = p_ticket_id AND n.recipient_id = p_previous_id AND n.kind = 'assigned'
        AND n.state IN ('waiting', 'sent') AND NOT n.facts ? 'worker';
    IF EXISTS (SELECT FROM notifications n
                WHERE n.ticket_id = p_ticket_id AND n.recipient_id = p_worker_id AND n.kind = 'unassigned'
                  AND n.state = 'waiting' AND n.ts IS NULL AND n.uncertain_since IS NULL)
    THEN
        PERFORM app.revise_notification(x.id, x.facts - 'worker')
           FROM (SELECT * FROM notifications n
                  WHERE n.ticket_id = p_ticket_id AND n.recipient_id = p_worker_id AND n.kind = 'assigned'
                    AND n.state IN ('waiting', 'sent')
                  ORDER BY n.id DESC LIMIT 1) x;
    END IF;
    PERFORM app.add_notification('assigned', p_ticket_id, p_worker_id);
END $$;

-- functions/app.announce_attachment.sql
-- Says that a file came or went, of what type but not by what name, whoever wrote the row. What was kept of a removed one goes
-- an hour later, so that a backup that holds the row still finds it.
CREATE FUNCTION app.announce_attachment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM app.announce_event(NEW.ticket_id, jsonb_build_object('event', 'file_added', 'new', NEW.file_type));
        RETURN NULL;
    END IF;
    IF OLD.file_path ~ '^slack/[0-9a-f]{32}$' THEN
        DELETE FROM app.file_errands e WHERE e.file_path = OLD.file_path AND e.errand = 'fetch';   -- it may come again
        INSERT INTO app.file_errands (errand, file_path, due) VALUES ('remove', OLD.file_path, now() + interval '1 hour');
    END IF;
    IF EXISTS (SELECT FROM tickets t WHERE t.id = OLD.ticket_id) THEN      -- it is not the whole ticket that goes
        PERFORM app.announce_event(OLD.ticket_id, jsonb_build_object('event', 'file_removed', 'old', OLD.file_type));
    END IF;
    RETURN NULL;
END $$;

-- functions/app.announce_event.sql
-- Says what happened to a ticket in its card's thread and to who watches it, but for p_told, who hear of it by a message
-- of their own. What the whole channel should hear of is broadcast: completed, reopened, taken back, urgent.
-- p_event: {event, old, new} with what a whole channel may read; of a note {event, note}, its number.
CREATE FUNCTION app.announce_event(p_ticket_id integer, p_event jsonb, p_told integer[] DEFAULT '{}') RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.add_event_notification('thread', p_ticket_id, NULL, p_event,
                p_event ->> 'event' IN ('completed', 'reopened', 'undone')
                OR (p_event ->> 'event' = 'priority' AND p_event ->> 'new' = 'urgent'));
    PERFORM app.add_event_notification('watched', p_ticket_id, w.user_id, p_event)
       FROM (SELECT x.user_id FROM ticket_watchers x
              WHERE x.ticket_id = p_ticket_id AND x.watches AND x.user_id <> ALL (array_remove(p_told, NULL))
              ORDER BY x.user_id) w;
END $$;

-- functions/app.announce_note.sql
-- Says that somebody wrote on a ticket, whoever inserted the note, and to those whom it mentions and who see the ticket,
-- what. What was done is told with the completion.
CREATE FUNCTION app.announce_note() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_event     CONSTANT jsonb := jsonb_build_object('event', 'note', 'note', NEW.id);
    v_mentioned integer[];
BEGIN
    IF NEW.kind = 'note' THEN
        v_mentioned := ARRAY(SELECT m.person_id FROM app.mentioned_people(NEW.ticket_id, NEW.body) m WHERE m.missed IS NULL);
        PERFORM app.announce_event(NEW.ticket_id, v_event, v_mentioned);
        PERFORM app.add_event_notification('mentioned', NEW.ticket_id, x.id, v_event) FROM unnest(v_mentioned) x (id);
    END IF;
    RETURN NULL;
END $$;

-- functions/app.announce_person.sql
-- Somebody's role or access changed, or another Slack account is theirs: the accounts concerned are told. What stands
-- in the former account's conversation is not edited there any more, nor looked for there.
CREATE FUNCTION app.announce_person() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_had text := CASE WHEN app.may_be_told(OLD) THEN OLD.slack_user_id END;
    v_has text := CASE WHEN app.may_be_told(NEW) THEN NEW.slack_user_id END;
BEGIN
    IF NEW.slack_user_id IS DISTINCT FROM OLD.slack_user_id THEN
        UPDATE notifications n SET state = 'dropped', error = 'told to a former account', channel = NULL, ts = NULL, updated_at = now()
         WHERE n.recipient_id = NEW.id AND n.ts IS NOT NULL AND n.state IN ('waiting', 'sent');
        UPDATE notification_destinations d SET channel = NULL WHERE d.recipient_id = NEW.id;
    END IF;
    IF v_had IS DISTINCT FROM v_has AND v_had IS NOT NULL THEN
        PERFORM app.tell_person(NEW.id, v_had, 'taken');
    END IF;
    IF v_had IS DISTINCT FROM v_has AND v_has IS NOT NULL THEN
        PERFORM app.tell_person(NEW.id, v_has, 'given');
    ELSIF v_has IS NOT NULL AND NEW.role <> OLD.role THEN
        PERFORM app.tell_person(NEW.id, v_has, 'role');
    END IF;
    RETURN NULL;                                                            -- AFTER trigger
END $$;

-- functions/app.announce_ticket.sql
-- Says and records what happened to a ticket, whoever changed it: the bot, the web application or plain SQL.
CREATE FUNCTION app.announce_ticket() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    c_recorded CONSTANT text[] := '{tech,tech_ref,completed,completed_at,updated_at,version,due_by_default}';   -- by the other kinds of event
    v_implied  text := CASE WHEN NEW.completed <> OLD.completed THEN 'bench_status' ELSE '' END;   -- by completed
    v_worker   user_permissions;
    v_previous user_permissions;
    v_events   text[];
    v_event    jsonb;
    v_outcome  text;
    v_told     integer[];
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM app.record_ticket_events(OLD.id, NULL, 'removed');
        PERFORM app.withdraw_ticket_notifications(OLD.id, OLD.title);
        RETURN NULL;
    END IF;

    SELECT * INTO v_worker FROM user_permissions u WHERE u.email = NEW.tech;
    IF TG_OP = 'INSERT' THEN
        PERFORM app.record_ticket_events(NEW.id, v_worker.id, 'filed');
        PERFORM app.add_notification('card', NEW.id, NULL);
        IF v_worker.id IS NOT NULL AND NOT NEW.completed THEN
            PERFORM app.add_notification('assigned', NEW.id, v_worker.id);
        END IF;
        RETURN NULL;
    END IF;

    IF NEW.tech <> OLD.tech THEN
        SELECT * INTO v_previous FROM user_permissions u WHERE u.email = OLD.tech;
        -- an address that is nobody's any more is the same person's old one
        IF OLD.tech = 'unassigned' OR v_previous.id IS NOT NULL THEN
            v_events := v_events || CASE WHEN v_worker.id IS NULL THEN 'released' ELSE 'assigned' END;
        END IF;
    END IF;
    IF NEW.completed <> OLD.completed THEN
        v_events := v_events || CASE WHEN NEW.completed THEN 'completed' WHEN app.is_taken_back(NEW.id) THEN 'undone' ELSE 'reopened' END;
    END IF;
    IF (to_jsonb(NEW) - c_recorded - v_implied) IS DISTINCT FROM (to_jsonb(OLD) - c_recorded - v_implied) THEN
        v_events := v_events || 'changed'::text;
    END IF;
    PERFORM app.record_ticket_events(NEW.id, v_worker.id, VARIADIC v_events);

    IF (NEW.title, NEW.priority, NEW.category, NEW.completed, NEW.tech, NEW.actual_hours, NEW.created_by, NEW.completed_at,
        NEW.bench_status, NEW.device_type, NEW.device_model)
       IS DISTINCT FROM
       (OLD.title, OLD.priority, OLD.category, OLD.completed, OLD.tech, OLD.actual_hours, OLD.created_by, OLD.completed_at,
        OLD.bench_status, OLD.device_type, OLD.device_model)
    THEN
        PERFORM app.add_notification('card', NEW.id, NULL);
    END IF;
    IF NEW.completed <> OLD.completed THEN
        v_told := ARRAY(SELECT u.id FROM user_permissions u
                         WHERE u.kinde_user_id = NEW.created_by OR (NEW.priority = 'urgent' AND u.role = 'Manager')
                         ORDER BY u.id);
    END IF;
    FOR v_event IN
        SELECT jsonb_build_object('event', e.kind,
                   'old', CASE WHEN e.kind IN ('assigned', 'released') THEN v_previous.display_name
                               WHEN e.kind = 'completed' THEN NULLIF(NEW.bench_status, 'ready') END,
                   'new', CASE e.kind WHEN 'assigned' THEN v_worker.display_name WHEN 'completed' THEN NEW.actual_hours::text END)
          FROM unnest(v_events) e (kind) WHERE e.kind <> 'changed'
        UNION ALL
        SELECT to_jsonb(f) FROM app.changed_fields(OLD, NEW) f
         WHERE NOT app.is_untold(f.event, OLD.customer_id, NEW.customer_id)
    LOOP
        PERFORM app.announce_event(NEW.id, v_event, CASE
            WHEN v_event ->> 'event' IN ('completed', 'reopened', 'undone') THEN v_told
            WHEN v_event ->> 'event' IN ('assigned', 'released') AND NOT NEW.completed THEN ARRAY[v_previous.id, v_worker.id]
            ELSE '{}' END);
    END LOOP;
    IF (NEW.title, NEW.priority, NEW.category, NEW.actual_hours) IS DISTINCT FROM
       (OLD.title, OLD.priority, OLD.category, OLD.actual_hours)
    THEN
        PERFORM app.refresh_recent_messages(NEW.id, NEW.completed);
    END IF;
    IF NOT NEW.completed AND v_events && '{assigned,released}' THEN
        PERFORM app.announce_assignment(NEW.id, v_previous.id, v_worker.id);
    END IF;
    IF 'undone' = ANY (v_events) THEN
        PERFORM app.announce_undo(NEW.id, v_told);
    ELSIF NEW.completed <> OLD.completed THEN
        v_outcome := CASE WHEN NEW.completed THEN 'completed' ELSE 'reopened' END;
        PERFORM app.add_notification(v_outcome, NEW.id, x.id) FROM unnest(v_told) x (id);
    END IF;
    RETURN NULL;
END $$;

-- functions/app.announce_undo.sql
-- Tells those who were told that a ticket is completed that this was taken back: a message that has just come is edited,
-- else another one says so; where the first never went, nothing is said. So do those who were told of a customer's no that
-- completed it.
CREATE FUNCTION app.announce_undo(p_ticket_id integer, p_told integer[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor text := (SELECT u.display_name FROM user_permissions u WHERE u.kinde_user_id = app.user_id());
    v_told  integer;
    n       notifications;
BEGIN
    FOREACH v_told IN ARRAY p_told LOOP
        SELECT * INTO n FROM notifications x
         WHERE x.ticket_id = p_ticket_id AND x.recipient_id = v_told AND x.kind IN ('completed', 'reopened')
         ORDER BY x.id DESC LIMIT 1;
        IF n.kind = 'completed' AND (n.ts IS NOT NULL OR n.uncertain_since IS NOT NULL) AND n.state IN ('waiting', 'sent')
           AND COALESCE(n.sent_at, n.created_at) > now() - interval '1 minute'
        THEN
            PERFORM app.revise_notification(n.id, n.facts || jsonb_build_object('undone', v_actor));
        ELSE
            PERFORM app.add_notification('reopened', p_ticket_id, v_told, '{"undone": 1}');
        END IF;
    END LOOP;
    FOR n IN SELECT x.* FROM notifications x
               JOIN approvals a ON a.id = (x.facts ->> 'approval')::integer AND a.state = 'declined'
               JOIN ticket_completions c ON c.ticket_id = a.ticket_id AND c.completed_at = a.decided_at AND c.undone_at = now()
              WHERE x.ticket_id = p_ticket_id AND x.kind = 'approval_decided' AND x.state IN ('waiting', 'sent')
    LOOP
        IF n.ts IS NULL AND n.uncertain_since IS NULL THEN
            UPDATE notifications x SET state = 'dropped', error = 'overtaken', updated_at = now() WHERE x.id = n.id;
        ELSIF n.recipient_id <> ALL (p_told) THEN
            PERFORM app.add_notification('reopened', p_ticket_id, n.recipient_id, '{"undone": 1}');
        END IF;
    END LOOP;
END $$;

-- functions/app.approval_document.sql
-- db.models.Approval, for whoever sees the ticket.
CREATE FUNCTION app.approval_document(p_approval integer) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT jsonb_build_object(
        'id', a.id,
        'ticket_id', a.ticket_id,
        'hours', a.hours,
        'amount', a.amount,
        'limit', a.spending_limit,
        'state', a.state,
        'requested_by', asked.display_name,
        'requested_at', a.requested_at,
        'decided_by', decider.display_name,
        'decided_at', a.decided_at,
        'asked_how', a.asked_how,
        'said', a.said)
      FROM approvals a
      JOIN tickets t ON t.id = a.ticket_id AND app.sees_ticket(t.tech, t.created_by, t.completed)
      LEFT JOIN user_permissions asked ON asked.id = a.requested_by
      LEFT JOIN user_permissions decider ON decider.id = a.decided_by
     WHERE a.id = p_approval
$$;
GRANT EXECUTE ON FUNCTION app.approval_document(integer) TO repair_bot;

-- functions/app.ask_about_timers.sql
-- Asks whoever has had a timer running for long whether it was forgotten, three times at most; returns how many were asked.
-- Any number of processes may do it.
CREATE FUNCTION app.ask_about_timers() RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    e labour_entries;
    n integer := 0;
BEGIN
    FOR e IN SELECT x.* FROM labour_entries x WHERE x.ask_at <= now() ORDER BY x.id FOR UPDATE SKIP LOCKED LIMIT 100 LOOP
        UPDATE labour_entries x
           SET asked = x.asked + 1,
               ask_at = CASE WHEN x.asked < 2 THEN now() + app.setting('labour_ask_hours')::numeric * interval '1 hour' END
         WHERE x.id = e.id;
        PERFORM app.add_notification('timer', e.ticket_id, e.user_id, jsonb_build_object('entry', e.id, 'since', e.started_at));
        n := n + 1;
    END LOOP;
    RETURN n;
END $$;
GRANT EXECUTE ON FUNCTION app.ask_about_timers() TO repair_bot;

-- functions/app.ask_for_export.sql
-- db.models.ExportAsked: the tickets of a month, those filed or completed in it by the shop's clock, and its report are to
-- be sent to the asker as files; a worker writes and sends them. Of a month without any, nothing is sent.
CREATE FUNCTION app.ask_for_export(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_month date) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor   jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer  jsonb;
    v_tickets integer;
BEGIN
    PERFORM app.require_role('Manager');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    v_tickets := (SELECT count(*) FROM app.tickets_of_month(p_month));
    IF v_tickets > 0 THEN
        INSERT INTO app.file_errands (errand, person_id, month)
        SELECT e, (v_actor ->> 'id')::integer, p_month FROM unnest('{tickets,report}'::text[]) e
        ON CONFLICT DO NOTHING;                                              -- they are on their way already
        INSERT INTO activity_log (user_id, action, resource_type, metadata, ip_address, user_agent)
        VALUES (app.user_id(), 'EXPORT', 'ticket', jsonb_build_object('month', p_month, 'tickets', v_tickets),
                app.client_ip(), app.user_agent());
    END IF;
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'month', p_month, 'tickets', v_tickets, 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.ask_for_export(text, text, text[], text, text, date) TO repair_bot;

-- functions/app.ask_for_file.sql
-- db.models.FileAsked: a kept file that the asker is to get by direct message; a worker sends it.
-- A definer function: the errands are nobody's table. It looks at what the asker sees.
CREATE FUNCTION app.ask_for_file(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_file integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    v_file   ticket_attachments;
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    v_file := app.find_file(p_file);
    INSERT INTO app.file_errands (errand, ticket_id, person_id, attachment_id, file_path)
    VALUES ('send', v_file.ticket_id, (v_actor ->> 'id')::integer, v_file.id, v_file.file_path)
    ON CONFLICT DO NOTHING;                                              -- it is on its way already
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'ticket', app.ticket_lines(ARRAY[v_file.ticket_id]) -> 0,
                                                     'type', v_file.file_type, 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.ask_for_file(text, text, text[], text, text, integer) TO repair_bot;

-- functions/app.assign_ticket.sql
-- db.models.TicketChanged: to somebody else, or from the queue. p_who: 'auto', 'me', or whom app.find_colleague() finds.
-- p_seen: the updated_at of the ticket that the asker decided upon, as in a form, who then learns what was changed; NULL: as it is
-- when the request comes. Who has got the ticket since then keeps it.
CREATE FUNCTION app.assign_ticket(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer,
                                  p_who text, p_seen timestamptz DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    v_before jsonb;
    v_seen   timestamptz;
    v_since  jsonb;                               -- who gave it to somebody else since then
    v_tech   text;
    v_person record;
    t tickets;
BEGIN
    PERFORM app.require_role('Manager', 'Technician');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    v_seen := COALESCE(p_seen, (SELECT x.updated_at FROM tickets x WHERE x.id = p_ticket));
    IF NOT EXISTS (SELECT FROM tickets x WHERE x.id = p_ticket) THEN       -- before anything is said about who is meant
        PERFORM app.refuse_ticket('ticket_not_found', p_ticket);
    END IF;
    IF p_who = 'auto' THEN
        PERFORM pg_advisory_xact_lock(hashtext('auto_assign_ticket'));     -- before the row, as in auto_assign_ticket()
    ELSIF p_who = 'me' THEN
        v_tech := app.user_email();
    ELSE
        v_person := app.find_colleague(p_who);
        IF NOT v_person.works THEN
            PERFORM app.refuse('person_not_working', 'this person takes no tickets', jsonb_build_object('name', v_person.name));
        END IF;
        v_tech := v_person.email;
    END IF;
    PERFORM app.hold_technician(v_tech);
    t := app.lock_ticket(p_ticket);
    IF t.completed THEN
        PERFORM app.refuse_ticket('ticket_completed', p_ticket);
    ELSIF app.user_role() <> 'Manager' AND t.tech = 'unassigned' AND p_who <> 'me' THEN
        PERFORM app.refuse_ticket('ticket_in_queue', p_ticket);
    ELSIF app.user_role() <> 'Manager' AND t.tech NOT IN ('unassigned', app.user_email()) THEN
        PERFORM app.refuse_ticket('ticket_not_yours', p_ticket, t.tech);
    END IF;
    v_since := CASE WHEN t.tech <> 'unassigned' THEN app.changed_since(p_ticket, v_seen, 'tech') END;
    IF v_since IS NOT NULL AND p_seen IS NOT NULL AND v_tech IS DISTINCT FROM t.tech THEN
        PERFORM app.refuse('ticket_changed', format('ticket %s has been changed meanwhile', p_ticket),
                           v_since || jsonb_build_object('ticket', p_ticket), 'object_not_in_prerequisite_state');
    ELSIF v_since IS NOT NULL OR p_who = 'auto' AND t.tech NOT IN ('unassigned', app.user_email()) THEN
        PERFORM app.refuse_ticket('ticket_taken', p_ticket, t.tech);
    END IF;
    v_before := app.ticket_document(p_ticket);
    IF p_who = 'auto' THEN
        v_tech := auto_assign_ticket(p_ticket);
    ELSIF v_tech = t.tech THEN
        PERFORM app.refuse_ticket('ticket_taken', p_ticket, t.tech);
    ELSE
        PERFORM assign_ticket(p_ticket, v_tech);
    END IF;
    RETURN app.end_request(p_key, jsonb_build_object(
        'actor', v_actor,
        -- who has handed over may not see the ticket any more: as it was then, and whose it is now
        'ticket', COALESCE(app.ticket_document(p_ticket), v_before || jsonb_build_object(
            'worker_name', app.worker_name(v_tech), 'worker_slack_user_id', app.worker_slack_user_id(v_tech),
            'updated_at', now(), 'relations', '["other"]'::jsonb)),
        'repeated', false, 'no_technician', v_tech = 'unassigned'));
END $$;
GRANT EXECUTE ON FUNCTION app.assign_ticket(text, text, text[], text, text, integer, text, timestamptz) TO repair_bot;

-- functions/app.attach_chart.sql
-- The picture of a day is in Slack (db.models.Chart), or there will be none (NULL): the summaries that wait for it go now.
-- Returns how many.
CREATE FUNCTION app.attach_chart(p_day date, p_chart jsonb) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_number integer;
BEGIN
    UPDATE notifications n SET facts = n.facts || jsonb_strip_nulls(jsonb_build_object('chart', p_chart)), due = now(), updated_at = now()
     WHERE n.kind = 'summary' AND n.facts ->> 'day' = to_char(p_day, 'YYYY-MM-DD') AND n.state = 'waiting' AND n.due > now()
       AND n.ts IS NULL AND n.uncertain_since IS NULL;
    GET DIAGNOSTICS v_number = ROW_COUNT;
    PERFORM pg_notify('notifications', '');    -- heard at commit
    RETURN v_number;
END $$;
GRANT EXECUTE ON FUNCTION app.attach_chart(date, jsonb) TO repair_bot;

-- functions/app.attach_files.sql
-- db.models.FilesAttached: files of Slack's that are to be kept with a ticket; workers fetch them.
CREATE FUNCTION app.attach_files(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer,
                                 p_files text[], p_own boolean) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    t tickets;
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    t := app.lock_ticket(p_ticket);
    IF NOT app.sees_ticket(t.tech, t.created_by, t.completed) THEN        -- taken from the queue at this moment
        PERFORM app.refuse_ticket('ticket_taken', p_ticket, t.tech);
    END IF;
    RETURN app.end_request(p_key, jsonb_build_object(
        'actor', v_actor, 'coming', app.add_file_errands(p_ticket, p_files, p_own),
        'ticket', app.ticket_document(p_ticket), 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.attach_files(text, text, text[], text, text, integer, text[], boolean) TO repair_bot;

-- functions/app.begin_labour.sql
-- Starts the asker's timer on a ticket that they work on.
CREATE FUNCTION app.begin_labour(p_ticket integer) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO labour_entries (ticket_id, user_id, started_at, ask_at)
    SELECT t.id, u.id, now(), now() + app.setting('labour_ask_hours')::numeric * interval '1 hour'
      FROM tickets t JOIN user_permissions u ON u.email = t.tech
     WHERE t.id = p_ticket AND NOT t.completed AND u.kinde_user_id = app.user_id();
END $$;
GRANT EXECUTE ON FUNCTION app.begin_labour(integer) TO repair_bot;

-- functions/app.begin_request.sql
-- Claims a request's key for this transaction. NULL: carry it out, then app.end_request(). Otherwise it has been
-- carried out, and this is its answer. The same key at the same moment waits here until the first has committed.
CREATE FUNCTION app.begin_request(p_key text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v app.request_keys;
BEGIN
    INSERT INTO app.request_keys (key, user_id) VALUES (p_key, app.user_id()) ON CONFLICT (key) DO NOTHING;
    IF FOUND THEN RETURN NULL; END IF;
    SELECT * INTO v FROM app.request_keys k WHERE k.key = p_key;
    IF v.user_id IS DISTINCT FROM app.user_id() THEN
        RAISE EXCEPTION 'this request key is somebody else''s' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF v.result ? 'erased' THEN                          -- app.erase_customer()
        PERFORM app.refuse('request_erased', 'this was carried out, and its answer erased since');
    END IF;
    RETURN v.result || '{"repeated": true}';
END $$;
GRANT EXECUTE ON FUNCTION app.begin_request(text) TO repair_bot;

-- functions/app.bench_steps.sql
-- Where a repair may go from here, the likeliest first. Completing ('ready') is possible from wherever it is open: the web
-- application and /ticket done do so. What is done comes back by reopening alone, which is not a step.
CREATE FUNCTION app.bench_steps(p_from text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE p_from
        WHEN 'received'         THEN '{diagnosing,in_repair,waiting_approval,waiting_parts,ready,declined}'
        WHEN 'diagnosing'       THEN '{in_repair,waiting_approval,waiting_parts,ready,declined}'
        WHEN 'waiting_approval' THEN '{in_repair,waiting_parts,diagnosing,ready,declined}'
        WHEN 'waiting_parts'    THEN '{in_repair,waiting_approval,diagnosing,ready,declined}'
        WHEN 'in_repair'        THEN '{quality_check,waiting_parts,waiting_approval,diagnosing,ready,declined}'
        WHEN 'quality_check'    THEN '{ready,in_repair}'
        WHEN 'ready'            THEN '{collected}'
        WHEN 'declined'         THEN '{collected}'                   -- the machine goes back unrepaired
        ELSE '{}' END::text[];
GRANT EXECUTE ON FUNCTION app.bench_steps(text) TO authenticated_users, repair_web;

-- functions/app.book_hours.sql
-- Adds what a timer measured to the hours of a ticket.
CREATE FUNCTION app.book_hours(p_ticket integer, p_hours numeric) RETURNS void
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
    UPDATE tickets t SET actual_hours = LEAST(COALESCE(t.actual_hours, 0) + p_hours, 999.99) WHERE t.id = p_ticket AND p_hours > 0
$$;
GRANT EXECUTE ON FUNCTION app.book_hours(integer, numeric) TO repair_bot;

-- functions/app.booked_hours.sql
-- What a timer that has run for p_worked books: hours, rounded up to the setting labour_rounding_minutes. Less than half a
-- minute is a slip of the finger and books nothing; more than 999.99 can't be kept. Without a timer there are no hours
-- (STRICT: LEAST alone would make 999.99 of NULL).
CREATE FUNCTION app.booked_hours(p_worked interval) RETURNS numeric
LANGUAGE plpgsql STABLE STRICT SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (SELECT CASE WHEN p_worked < interval '30 seconds' THEN 0
                ELSE LEAST(round(ceil(round(extract(epoch FROM p_worked) / 60) / r.step) * r.step / 60, 2), 999.99) END
      FROM (SELECT app.setting('labour_rounding_minutes')::numeric AS step) r);
END $$;
GRANT EXECUTE ON FUNCTION app.booked_hours(interval) TO repair_bot;

-- functions/app.bury_notification.sql
-- No use trying again: p_error says why (Slack's code). p_uncertain: an earlier try may have arrived, so that whoever
-- revives it looks first. A card comes back with its ticket's next change, and anything
-- by app.revive_notifications. The Managers are told that messages to this destination don't arrive, once a local day.
-- False: the claim p_attempts was lost.
CREATE FUNCTION app.bury_notification(p_id bigint, p_attempts integer, p_error text, p_uncertain boolean DEFAULT false) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE n notifications;
BEGIN
    UPDATE notifications x
       SET state = 'dead', error = p_error, updated_at = now(),
           uncertain_since = CASE WHEN p_uncertain THEN x.uncertain_since END
     WHERE x.id = p_id AND x.attempts = p_attempts AND x.state = 'waiting'
    RETURNING x.* INTO n;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM app.free_destination(p_id, now());
    IF n.kind <> 'undeliverable' THEN    -- or what says so would be about itself
        INSERT INTO notifications (kind, recipient_id, dedupe_key, facts)
        SELECT 'undeliverable', u.id, format('undeliverable:%s:%s:%s', u.id, n.destination, to_char(app.shop_today(), 'YYYY-MM-DD')),
               jsonb_build_object('destination', n.destination, 'to', app.destination_name(n.destination), 'error', p_error)
          FROM user_permissions u
         WHERE u.role = 'Manager' AND app.may_be_told(u) AND u.id <> n.destination
         ORDER BY u.id
        ON CONFLICT (dedupe_key) DO NOTHING;
        PERFORM pg_notify('notifications', '');    -- heard at commit
    END IF;
    RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION app.bury_notification(bigint, integer, text, boolean) TO repair_bot;

-- functions/app.card_document.sql
-- db.models.CardTicket: what a whole channel may read of a ticket.
CREATE FUNCTION app.card_document(p_ticket tickets) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT jsonb_build_object(
        'id', t.id,
        'title', t.title,
        'priority', t.priority,
        'category', t.category,
        'completed', t.completed,
        'created_at', t.created_at,
        'completed_at', t.completed_at,
        'worker_name', worker.display_name,
        'filed_by_name', filer.display_name,
        'actual_hours', t.actual_hours,
        'bench_status', t.bench_status,
        'device', NULLIF(concat_ws(' ', t.device_type, t.device_model), ''),
        'due_at', t.due_at)
      FROM (SELECT p_ticket.*) t
      LEFT JOIN user_permissions worker ON worker.email = t.tech
      LEFT JOIN user_permissions filer ON filer.kinde_user_id = t.created_by
$$;

-- functions/app.card_ticket.sql
-- Of which ticket the message is the card; NULL: of none.
CREATE FUNCTION app.card_ticket(p_channel text, p_ts text) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT n.ticket_id FROM notifications n WHERE n.kind = 'card' AND n.ts = p_ts AND n.channel = p_channel
$$;
GRANT EXECUTE ON FUNCTION app.card_ticket(text, text) TO repair_bot;

-- functions/app.change_person.sql
-- db.models.PersonChanged: another role, access or Slack account. p_seen and p_changes: {role, is_active, slack_user_id}, what
-- the Manager was looking at, all of it, since together they say who gets in as what, and what is to be different. p_name and
-- p_zone: of a new account, which the caller has asked Slack about. Such changes go one after the other, and who is asking is looked at when
-- their turn has come: of two Managers who switch each other off at the same moment, the second has no access any more.
-- Definer: people can't write what Slack says of an account, nor read whose an account is.
CREATE FUNCTION app.change_person(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_person integer,
                                  p_seen jsonb, p_changes jsonb, p_name text DEFAULT NULL, p_zone text DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor    jsonb;
    v_answer   jsonb;
    v_now      jsonb;
    v_others   jsonb;                             -- what they have changed
    v_account  text := p_changes ->> 'slack_user_id';
    v_returned integer := 0;
    u user_permissions;
    n user_permissions;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('people'));
    v_actor := app.set_slack_session(p_team, p_user, p_roles, p_source);
    PERFORM app.require_role('Manager');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    PERFORM app.check_access(p_changes);
    SELECT x.* INTO u FROM user_permissions x WHERE x.id = p_person FOR NO KEY UPDATE;
    v_now := jsonb_build_object('role', u.role, 'is_active', u.is_active, 'slack_user_id', u.slack_user_id);
    IF u.id IS NULL THEN
        PERFORM app.refuse('person_gone', 'there is no such person', '{}', 'no_data_found');
    ELSIF u.kinde_user_id = app.user_id() THEN
        PERFORM app.refuse('person_yourself', 'nobody changes their own access');
    END IF;
    v_others := app.overtaken(p_seen, v_now, p_seen || p_changes);
    IF v_others IS NOT NULL THEN
        PERFORM app.refuse('person_changed', 'somebody else has changed this person meanwhile', jsonb_build_object(
            'name', u.display_name,
            'changes', (SELECT jsonb_agg(c || app.last_change('user', 'user_permissions', c ->> 'field', ARRAY[u.id]))
                          FROM jsonb_array_elements(v_others) c)), 'object_not_in_prerequisite_state');
    END IF;
    PERFORM app.refuse('account_known', 'this Slack account is somebody else''s',
                       jsonb_build_object('name', x.display_name, 'linked', true), 'unique_violation')
       FROM user_permissions x WHERE x.slack_user_id = v_account AND x.id <> u.id;
    n := jsonb_populate_record(u, p_changes);
    IF app.may_work(u.role, u.is_active) AND NOT app.may_work(n.role, n.is_active) THEN    -- as app.hold_open_tickets is about to
        PERFORM pg_advisory_xact_lock(hashtext('technician'), u.id);
        PERFORM 1 FROM tickets t WHERE t.tech = u.email AND NOT t.completed ORDER BY t.id FOR NO KEY UPDATE;
        GET DIAGNOSTICS v_returned = ROW_COUNT;
    END IF;
    UPDATE user_permissions x
       SET role = n.role, is_active = n.is_active, slack_user_id = n.slack_user_id,
           slack_state = CASE WHEN v_account IS NULL THEN x.slack_state ELSE 'member' END,
           slack_told_at = CASE WHEN v_account IS NULL THEN x.slack_told_at END,
           slack_time_zone = CASE WHEN v_account IS NULL THEN x.slack_time_zone ELSE app.known_zone(p_zone) END,
           display_name = CASE WHEN v_account IS NULL THEN x.display_name ELSE COALESCE(p_name, x.display_name) END
     WHERE x.id = u.id AND v_now || p_changes <> v_now;
    RETURN app.end_request(p_key, jsonb_build_object(
        'actor', v_actor, 'person', app.person_document(u.id), 'returned', v_returned, 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.change_person(text, text, text[], text, text, integer, jsonb, jsonb, text, text) TO repair_bot;

-- functions/app.changed_fields.sql
-- What of a ticket became different, as a whole channel may read it: old and new values, but neither for the description,
-- the customer, the device nor the due date. Who works on it and whether it is done are told by events of their own.
CREATE FUNCTION app.changed_fields(p_old tickets, p_new tickets) RETURNS TABLE (event text, old text, new text)
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT c.event, c.old, c.new
      FROM (VALUES (1, 'title', p_old.title::text, p_new.title::text, true),
                   (2, 'description', NULL, NULL, p_old.description <> p_new.description),
                   (3, 'priority', p_old.priority, p_new.priority, true),
                   (4, 'category', p_old.category, p_new.category, true),
                   (5, 'customer', NULL, NULL, p_old.customer_id <> p_new.customer_id),
                   (6, 'estimate', p_old.estimated_hours::text, p_new.estimated_hours::text, true),
                   (7, 'hours', p_old.actual_hours::text, p_new.actual_hours::text, p_old.completed = p_new.completed),
                   (8, 'status', p_old.bench_status, p_new.bench_status, p_old.completed = p_new.completed),
                   (9, 'device', NULL, NULL, (p_old.device_type, p_old.device_model, p_old.device_serial, p_old.device_condition,
                                              p_old.device_accessories) IS DISTINCT FROM
                                             (p_new.device_type, p_new.device_model, p_new.device_serial, p_new.device_condition,
                                              p_new.device_accessories)),
                   (10, 'due', NULL, NULL, p_old.due_at IS DISTINCT FROM p_new.due_at)
           ) AS c (n, event, old, new, counts)
     WHERE c.counts AND (c.old IS DISTINCT FROM c.new OR c.event IN ('description', 'customer', 'device', 'due'))
     ORDER BY c.n
$$;

-- functions/app.changed_since.sql
-- Who changed any of these columns of a ticket, or its device_passcode, after its updated_at was p_seen, and which: {who,
-- fields, changes: [{field, who, old, new}], seen: the updated_at until which this is so}; NULL: nobody.
CREATE FUNCTION app.changed_since(p_ticket integer, p_seen timestamptz, VARIADIC p_columns text[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE v_updated_at timestamptz := (SELECT t.updated_at FROM tickets t WHERE t.id = p_ticket);
BEGIN
    IF v_updated_at IS NOT DISTINCT FROM p_seen THEN RETURN NULL; END IF;
    RETURN (
        WITH trail AS MATERIALIZED (
        SELECT a.id, COALESCE(app.person_name(a.user_id), 'The system') AS who, r.had, a.old, a.new
          FROM app.ticket_trail(p_ticket, LEAST(p_seen, v_updated_at)) a
         CROSS JOIN LATERAL (SELECT COALESCE(NULLIF(a.new, 'null'), a.old) AS had) r       -- a removed passcode is only old
         -- a transaction that began before p_seen may have waited and come after it: the last change counts too
         WHERE (a.at > p_seen OR a.at = v_updated_at)
           AND ((a.action = 'UPDATE' AND a.changed = 'tickets') OR a.changed = 'ticket_secrets') AND r.had ?| p_columns),
        changes AS (
        SELECT c.name AS field, (array_agg(l.who ORDER BY l.id DESC))[1] AS who,
               (array_agg(l.old ->> c.name ORDER BY l.id))[1] AS old, (array_agg(l.new ->> c.name ORDER BY l.id DESC))[1] AS new
          FROM trail l JOIN unnest(p_columns) c (name) ON l.had ? c.name GROUP BY c.name)
        SELECT jsonb_build_object(
                   'who', l.who,
                   'fields', (SELECT jsonb_agg(c ORDER BY c) FROM unnest(p_columns) c WHERE l.had ? c),
                   'seen', v_updated_at,
                   'changes', (SELECT jsonb_agg(CASE WHEN c.field = 'device_passcode' THEN jsonb_build_object('field', c.field, 'who', c.who)
                                                ELSE jsonb_build_object('field', c.field, 'who', c.who,
                                                                        'old', app.spoken_value(c.field, c.old),
                                                                        'new', app.spoken_value(c.field, c.new)) END ORDER BY c.field)
                                 FROM changes c))
          FROM trail l ORDER BY l.id DESC LIMIT 1);
END $$;
GRANT EXECUTE ON FUNCTION app.changed_since(integer, timestamptz, text[]) TO repair_bot;

-- functions/app.check_access.sql
-- Refuses another role than there are, or another Slack id than Slack's: the columns' own refusals would show the whole row.
CREATE FUNCTION app.check_access(p_values jsonb) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS $$
BEGIN
    IF p_values - '{role,is_active,slack_user_id}'::text[] <> '{}' THEN
        RAISE EXCEPTION 'no columns of access' USING ERRCODE = 'undefined_column';
    ELSIF p_values ? 'role' AND (p_values ->> 'role' = ANY ('{Manager,Technician,Regular User,Viewer}')) IS NOT TRUE THEN
        RAISE EXCEPTION 'no such role' USING ERRCODE = 'check_violation', CONSTRAINT = 'user_permissions_role_check';
    ELSIF p_values ->> 'slack_user_id' !~ '^[A-Za-z0-9_-]{1,32}$' THEN
        RAISE EXCEPTION 'no Slack id' USING ERRCODE = 'check_violation', CONSTRAINT = 'user_permissions_slack_user_id_check';
    ELSIF p_values ? 'is_active' AND jsonb_typeof(p_values -> 'is_active') <> 'boolean' THEN
        RAISE EXCEPTION 'neither on nor off' USING ERRCODE = 'not_null_violation';
    END IF;
END $$;

-- functions/app.check_customer.sql
-- Refuses what can't stand in a customer's columns by the constraint's name; looks at those that p_values has.
CREATE FUNCTION app.check_customer(p_values jsonb) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS $$
DECLARE
    v record;
BEGIN
    FOR v IN
        SELECT x.key, x.value, c.longest, c.may_be_blank, c.name
          FROM jsonb_each_text(p_values - 'approval_limit') x
          LEFT JOIN (VALUES ('first_name', 255, false, 'customers_first_name_check'),
                            ('last_name',  255, false, 'customers_last_name_check'),
                            ('email',      255, false, 'customers_email_check'),
                            ('phone',      255, false, 'customers_phone_check'),
                            ('address1',   255, false, 'customers_address1_check'),
                            ('address2',   255, true,  'customers_address2_check'),
                            ('city',       255, false, 'customers_city_check'),
                            ('state',      255, false, 'customers_state_check'),
                            ('zip',         10, false, 'customers_zip_check'),
                            ('country',     10, false, 'customers_country_check'),
                            ('notes',    10000, true,  'customers_notes_check')) c (col, longest, may_be_blank, name) ON c.col = x.key
    LOOP
        IF v.name IS NULL THEN
            RAISE EXCEPTION 'customers have no column to edit: %', v.key USING ERRCODE = 'undefined_column';
        ELSIF NOT v.may_be_blank OR btrim(COALESCE(v.value, ''), E' \t\r\n') <> '' THEN
            PERFORM app.check_text(v.value, v.longest, v.name);
        END IF;
    END LOOP;
    IF (p_values ->> 'approval_limit')::numeric NOT BETWEEN 0 AND 1000000 THEN      -- the column's own refusal would show the whole row
        RAISE EXCEPTION 'no limit' USING ERRCODE = 'check_violation', CONSTRAINT = 'customers_approval_limit_check';
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION app.check_customer(jsonb) TO repair_bot;

-- functions/app.check_documents.sql
-- db.models.Check: of an open ticket what is to be checked, of a completed one what was checked when it was.
CREATE FUNCTION app.check_documents(p_ticket tickets) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    IF p_ticket.completed THEN
        RETURN (SELECT COALESCE(jsonb_agg(jsonb_build_object('id', k.position, 'text', k.text, 'ticked', k.ticked) ORDER BY k.position), '[]')
                  FROM app.last_completion(p_ticket.id) c JOIN ticket_checks k ON k.completion_id = c.id);
    END IF;
    RETURN (SELECT COALESCE(jsonb_agg(jsonb_build_object('id', i.id, 'text', i.text, 'common', i.category IS NULL) ORDER BY i.n), '[]')
              FROM app.checklist_of(p_ticket.category) WITH ORDINALITY i (id, category, position, text, active, n));
END $$;
GRANT EXECUTE ON FUNCTION app.check_documents(tickets) TO repair_bot;

-- functions/app.check_erasable.sql
-- Refuses to erase a customer who isn't there, was erased before, or has open tickets: those can't be worked on without
-- knowing whom to call.
CREATE FUNCTION app.check_erasable(p_customer integer) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE v_open integer[];
BEGIN
    IF NOT EXISTS (SELECT FROM customers c WHERE c.id = p_customer) THEN
        PERFORM app.refuse_customer(p_customer);
    END IF;
    PERFORM app.refuse_erased(p_customer);
    v_open := ARRAY(SELECT t.id FROM tickets t WHERE t.customer_id = p_customer AND NOT t.completed ORDER BY t.id);
    IF v_open <> '{}' THEN
        PERFORM app.refuse('customer_has_open_tickets', format('customer %s has open tickets', p_customer),
                           jsonb_build_object('customer', p_customer, 'tickets', v_open));
    END IF;
END $$;

-- functions/app.check_hours.sql
-- Refuses hours that are not 0.01 to 999.99 by the constraint's name; NULL is not refused. NaN sorts above all numbers.
CREATE FUNCTION app.check_hours(p_hours numeric, p_constraint text) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS $$
BEGIN
    IF p_hours < 0.01 OR p_hours > 999.99 THEN
        RAISE EXCEPTION 'hours must be between 0.01 and 999.99' USING ERRCODE = 'check_violation', CONSTRAINT = p_constraint;
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION app.check_hours(numeric, text) TO repair_bot;

-- functions/app.check_preferences.sql
-- Messages wait by a person's clock, so their time zone must be one.
CREATE FUNCTION app.check_preferences() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.time_zone IS NOT NULL AND NOT app.is_time_zone(NEW.time_zone) THEN
        RAISE EXCEPTION 'no such time zone'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'preferences_time_zone_check', TABLE = 'preferences';
    END IF;
    RETURN NEW;
END $$;

-- functions/app.check_setting.sql
-- Settings that others compute with must be what they say they are. The audit trail is kept 90 days at least, counted
-- back from now: an interval like '-3000 mons 90090 days' is 90 days in a comparison, and in the future in reality.
CREATE FUNCTION app.check_setting() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE v_ok boolean;
BEGIN
    BEGIN
        v_ok := CASE NEW.key
            WHEN 'hourly_rate'       THEN NEW.value::numeric >= 0 AND NEW.value::numeric <= 1000000
            WHEN 'approval_limit'    THEN NEW.value = 'off' OR NEW.value::numeric BETWEEN 0 AND 1000000
            WHEN 'activity_log_keep' THEN now() - NEW.value::interval <= now() - interval '90 days'
            WHEN 'labour_rounding_minutes' THEN NEW.value::integer BETWEEN 1 AND 60
            WHEN 'labour_ask_hours'        THEN NEW.value::numeric BETWEEN 0.5 AND 24
            WHEN 'time_zone'         THEN app.is_time_zone(NEW.value)
            WHEN 'summary_time'      THEN NEW.value::time IS NOT NULL
            WHEN 'remind_most'       THEN NEW.value::integer BETWEEN 0 AND 100
            ELSE NEW.key !~ '^(due_hours|remind)_' OR NEW.value = 'off'              -- hours in which the shop is open
                 OR (NEW.value::numeric > 0 AND NEW.value::numeric <= 1000) END;
    EXCEPTION WHEN data_exception THEN
        v_ok := false;
    END;
    IF NOT v_ok THEN
        RAISE EXCEPTION 'setting %: % is not possible', NEW.key, quote_literal(NEW.value)
            USING ERRCODE = 'check_violation', CONSTRAINT = 'shop_settings_' || NEW.key || '_check', TABLE = 'shop_settings';
    END IF;
    RETURN NEW;
END $$;

-- functions/app.check_text.sql
-- Refuses a missing, blank or too long text by the constraint's name: a column's length alone fails without one.
CREATE FUNCTION app.check_text(p_value text, p_longest integer, p_constraint text) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS $$
BEGIN
    IF (btrim(p_value, E' \t\r\n') <> '' AND length(p_value) <= p_longest) IS NOT TRUE THEN
        RAISE EXCEPTION 'blank, or longer than % characters', p_longest USING ERRCODE = 'check_violation', CONSTRAINT = p_constraint;
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION app.check_text(text, integer, text) TO repair_bot;

-- functions/app.check_ticket_refs.sql
-- An open ticket's technician is active and its customer too. The locks make that hold against a deactivation at the
-- same moment: of the customer (row lock, deactivate_customer) and of the technician (advisory, hold_open_tickets;
-- a row lock would deadlock with last_login). A ticket reopened after its technician left goes to the queue.
CREATE FUNCTION app.check_ticket_refs() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.tech <> 'unassigned' AND NOT NEW.completed AND (TG_OP = 'INSERT' OR NEW.tech <> OLD.tech) THEN
        PERFORM app.hold_technician(NEW.tech);
        PERFORM 1 FROM user_permissions u WHERE u.email = NEW.tech AND app.may_work(u.role, u.is_active);
        IF NOT FOUND THEN
            RAISE EXCEPTION 'technician "%" is unknown or inactive', NEW.tech
                USING ERRCODE = 'check_violation', CONSTRAINT = 'tickets_tech_active', TABLE = 'tickets', COLUMN = 'tech';
        END IF;
    ELSIF NEW.tech <> 'unassigned' AND NOT NEW.completed AND OLD.completed AND NOT app.try_hold_technician(NEW.tech) THEN
        NEW.tech = 'unassigned';
    END IF;
    -- another customer is an active one in any case: a foreign key's refusal would tell which hidden ones there are
    IF NOT NEW.completed AND (TG_OP = 'INSERT' OR OLD.completed) OR TG_OP = 'UPDATE' AND NEW.customer_id <> OLD.customer_id THEN
        PERFORM 1 FROM customers c WHERE c.id = NEW.customer_id AND c.active FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'customer % is unknown or inactive', NEW.customer_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'tickets_customer_active', TABLE = 'tickets', COLUMN = 'customer_id';
        END IF;
    END IF;
    RETURN NEW;
END $$;

-- functions/app.checklist_document.sql
-- db.models.Checklist: that of a category, NULL: of every ticket. shown: what of it a form carries.
CREATE FUNCTION app.checklist_document(p_category text) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (
        SELECT jsonb_build_object('category', p_category, 'items', c.items, 'shown', app.shown(jsonb_build_object('items', c.items)))
          FROM (SELECT COALESCE(jsonb_agg(i.text ORDER BY i.position), '[]') AS items
                  FROM checklist_items i
                 WHERE i.active AND i.category IS NOT DISTINCT FROM p_category) c);
END $$;
GRANT EXECUTE ON FUNCTION app.checklist_document(text) TO repair_bot;

-- functions/app.checklist_of.sql
-- What is to be checked before a ticket of this category is completed: what every ticket needs comes first.
CREATE FUNCTION app.checklist_of(p_category text) RETURNS SETOF checklist_items
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT i.* FROM checklist_items i
     WHERE i.active AND (i.category IS NULL OR lower(i.category) = lower(p_category))
     ORDER BY i.category IS NOT NULL, i.position
$$;
GRANT EXECUTE ON FUNCTION app.checklist_of(text) TO repair_bot;

-- functions/app.checks_counted.sql
-- How much of the checklist was ticked at a completion, as a change of a ticket's history; [] where there was none.
CREATE FUNCTION app.checks_counted(p_ticket integer, p_at timestamptz) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN count(*) = 0 THEN '[]'
                ELSE jsonb_build_array(jsonb_build_object('field', 'checks', 'old', NULL,
                                                          'new', format('%s of %s', count(*) FILTER (WHERE k.ticked), count(*)))) END
      FROM ticket_completions c JOIN ticket_checks k ON k.completion_id = c.id
     WHERE c.ticket_id = p_ticket AND c.completed_at = p_at
$$;
GRANT EXECUTE ON FUNCTION app.checks_counted(integer, timestamptz) TO repair_bot;

-- functions/app.claim_file_errands.sql
-- Claims up to p_limit due errands for p_lease (db.models.FileErrand, those to people first): who claims later has a higher
-- attempt, and the earlier one can't end it any more. Whether somebody may still have what they wanted is asked here, too.
CREATE FUNCTION app.claim_file_errands(p_limit integer, p_lease interval) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_claimed jsonb;
BEGIN
    UPDATE app.file_errands e SET state = 'refused', reason = 'no longer theirs to see', updated_at = now()
      FROM user_permissions u, tickets t
     WHERE e.state = 'waiting' AND e.due <= now() AND e.errand = 'send' AND u.id = e.person_id AND t.id = e.ticket_id
       AND NOT (app.may_be_told(u) AND u.role <> 'Viewer' AND app.is_visible_to(t, u));
    UPDATE app.file_errands e SET state = 'refused', reason = 'no longer theirs to see', updated_at = now()
      FROM user_permissions u
     WHERE e.state = 'waiting' AND e.due <= now() AND e.month IS NOT NULL AND u.id = e.person_id
       AND NOT (app.may_be_told(u) AND u.role = 'Manager');
    WITH claimed AS (
        UPDATE app.file_errands e SET attempts = e.attempts + 1, due = clock_timestamp() + p_lease, updated_at = now()
         WHERE e.id IN (SELECT x.id FROM app.file_errands x
                         WHERE x.state = 'waiting' AND x.due <= now()
                         ORDER BY x.errand = 'send' DESC, x.due, x.id
                         LIMIT p_limit
                           FOR UPDATE SKIP LOCKED)
        RETURNING e.*)
    SELECT jsonb_agg(jsonb_build_object(
               'id', c.id, 'errand', c.errand, 'attempts', c.attempts, 'failures', c.failures, 'ticket_id', c.ticket_id,
               'slack_user_id', u.slack_user_id, 'slack_file_id', c.slack_file_id, 'own', c.own, 'month', c.month, 'path', c.file_path,
               'name', a.file_name, 'type', a.file_type, 'size', a.file_size) ORDER BY c.id)
      INTO v_claimed
      FROM claimed c
      LEFT JOIN user_permissions u ON u.id = c.person_id
      LEFT JOIN ticket_attachments a ON a.id = c.attachment_id;
    RETURN COALESCE(v_claimed, '[]');
END $$;
GRANT EXECUTE ON FUNCTION app.claim_file_errands(integer, interval) TO repair_bot;

-- functions/app.claim_notifications.sql
-- Claims up to p_limit due messages, at most one a destination and always its first one; nobody else gets that
-- destination for p_lease. Drops what has no reader any more: everything for the channel where none is configured, or
-- for people who are inactive or unlinked, and what app.notification_obstacle() names. Puts off what its reader's quiet
-- hours hold back (app.quiet_until). Two messages about one ticket to
-- one destination go in the order in which they came, so a card stands before what is said in its thread.
CREATE FUNCTION app.claim_notifications(p_shop_channel text, p_limit integer, p_lease interval) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_destination integer;
    v_id          bigint;
    v_ids         bigint[] := '{}';
    v_obstacle    text;
    v_quiet       timestamptz;
    v_next        notifications;
BEGIN
    PERFORM app.set_service_session();    -- a summary's figures are a Manager's
    INSERT INTO notification_destinations (recipient_id)
    SELECT r.id FROM (SELECT 0 UNION ALL SELECT u.id FROM user_permissions u
                            UNION ALL SELECT -q.id FROM app.access_requests q) r (id)
     WHERE NOT EXISTS (SELECT FROM notification_destinations d WHERE d.recipient_id = r.id)
       AND EXISTS (SELECT FROM notifications n WHERE n.destination = r.id AND n.state = 'waiting')
     ORDER BY r.id
    ON CONFLICT DO NOTHING;

    FOR v_destination IN
        SELECT d.recipient_id FROM notification_destinations d
         WHERE d.next_at <= now()
           AND EXISTS (SELECT FROM notifications n WHERE n.destination = d.recipient_id AND n.state = 'waiting' AND n.due <= now())
         ORDER BY d.next_at
         LIMIT p_limit
           FOR UPDATE OF d SKIP LOCKED
    LOOP
        IF (v_destination = 0 AND p_shop_channel IS NULL)
           OR (v_destination > 0 AND NOT EXISTS (SELECT FROM user_permissions u
                                                   WHERE u.id = v_destination AND app.may_be_told(u)))
        THEN
            UPDATE notifications n
               SET state = 'dropped', updated_at = now(),
                   error = CASE v_destination WHEN 0 THEN 'no shop channel' ELSE 'recipient inactive or not linked' END
             WHERE n.id IN (SELECT w.id FROM notifications w WHERE w.destination = v_destination AND w.state = 'waiting'
                               AND w.kind <> 'access_changed'    -- says just that, to the account
                               FOR UPDATE SKIP LOCKED);
            CONTINUE WHEN v_destination = 0;
        END IF;
        v_id := NULL;
        LOOP
            SELECT w.* INTO v_next FROM notifications w
             WHERE w.destination = v_destination AND w.state = 'waiting' AND w.due <= now()
               AND NOT EXISTS (SELECT FROM notifications e
                                WHERE e.destination = v_destination AND e.state = 'waiting'
                                  AND e.ticket_id = w.ticket_id AND e.id < w.id)
             ORDER BY w.due, w.id
             LIMIT 1
               FOR UPDATE SKIP LOCKED;
            EXIT WHEN NOT FOUND;    -- or a writer has it locked
            v_obstacle := app.notification_obstacle(v_next);
            v_quiet := app.quiet_until(v_next);
            IF v_obstacle IS NOT NULL THEN
                UPDATE notifications n SET state = 'dropped', error = v_obstacle, updated_at = now() WHERE n.id = v_next.id;
                CONTINUE;
            ELSIF v_quiet IS NOT NULL THEN
                UPDATE notifications n SET due = v_quiet, updated_at = now() WHERE n.id = v_next.id;
                CONTINUE;
            ELSIF v_next.kind = 'thread' AND NOT EXISTS (SELECT FROM notifications c
                    WHERE c.dedupe_key = 'card:' || v_next.ticket_id AND c.channel = p_shop_channel)
            THEN
                -- the card stands in another channel, or never did: it is posted here first
                PERFORM app.revise_notification(c.id) FROM (SELECT x.id FROM notifications x
                    WHERE x.dedupe_key = 'card:' || v_next.ticket_id FOR UPDATE SKIP LOCKED) c;
                CONTINUE WHEN FOUND;
                EXIT;
            END IF;
            IF v_next.kind = 'summary' THEN PERFORM app.keep_summary(v_next); END IF;
            UPDATE notifications n SET attempts = n.attempts + 1 WHERE n.id = v_next.id;
            v_id := v_next.id;
            EXIT;
        END LOOP;
        CONTINUE WHEN v_id IS NULL;
        UPDATE notification_destinations d SET claimed_id = v_id, next_at = clock_timestamp() + p_lease
         WHERE d.recipient_id = v_destination;
        v_ids := v_ids || v_id;
    END LOOP;
    RETURN COALESCE((SELECT jsonb_agg(app.notification_document(n, p_shop_channel) ORDER BY n.due, n.id)
                       FROM notifications n WHERE n.id = ANY (v_ids)), '[]');
END $$;
GRANT EXECUTE ON FUNCTION app.claim_notifications(text, integer, interval) TO repair_bot;

-- functions/app.claim_settings.sql
-- The first start writes the shop's time zone and summary time; afterwards the table rules. Returns what is stored.
CREATE FUNCTION app.claim_settings(p_time_zone text, p_summary_time text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO shop_settings (key, value) VALUES ('time_zone', p_time_zone), ('summary_time', p_summary_time)
    ON CONFLICT (key) DO NOTHING;
    RETURN jsonb_build_object('time_zone', app.setting('time_zone'), 'summary_time', app.setting('summary_time'));
END $$;
GRANT EXECUTE ON FUNCTION app.claim_settings(text, text) TO repair_bot;

-- functions/app.claim_stale_homes.sql
-- Up to p_limit Slack accounts whose Home was opened within p_lately and whose view is older than the newest change of a
-- ticket, each at most once in p_pace whatever the number of workers; at once where their access changed
-- (app.refresh_homes). Each is marked as shown: who can't publish says so by app.forget_home, and the next opening starts
-- anew. Who has lost their access is among them, too: it is taken off their screen.
CREATE FUNCTION app.claim_stale_homes(p_limit integer, p_lately interval, p_pace interval) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_newest bigint := (SELECT COALESCE(max(e.id), 0) FROM ticket_events e);
    v_users  jsonb;
BEGIN
    WITH stale AS (
        SELECT h.slack_user_id FROM home_openings h
         WHERE h.opened_at > now() - p_lately AND h.shown_event < v_newest
           AND (h.published_at <= now() - p_pace OR h.shown_event < 0)
         ORDER BY h.published_at
         LIMIT p_limit
           FOR UPDATE SKIP LOCKED),
    claimed AS (
        UPDATE home_openings h SET shown_event = v_newest, published_at = now()
          FROM stale s WHERE h.slack_user_id = s.slack_user_id
        RETURNING h.slack_user_id)
    SELECT COALESCE(jsonb_agg(c.slack_user_id ORDER BY c.slack_user_id), '[]') INTO v_users FROM claimed c;
    RETURN v_users;
END $$;
GRANT EXECUTE ON FUNCTION app.claim_stale_homes(integer, interval, interval) TO repair_bot;

-- functions/app.claim_workspace.sql
-- The one Slack workspace that is served: the first that asks. Returns the stored one, which the caller compares.
CREATE FUNCTION app.claim_workspace(p_team text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO shop_settings (key, value) VALUES ('slack_team_id', p_team) ON CONFLICT (key) DO NOTHING;
    RETURN app.setting('slack_team_id');
END $$;
GRANT EXECUTE ON FUNCTION app.claim_workspace(text) TO repair_bot;

-- functions/app.coming_files.sql
-- How many files are on their way to a ticket that the asker sees.
CREATE FUNCTION app.coming_files(p_ticket integer) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*)::integer FROM app.file_errands e JOIN tickets t ON t.id = e.ticket_id
     WHERE e.ticket_id = p_ticket AND e.errand = 'fetch' AND e.state = 'waiting'
       AND app.user_role() <> 'Viewer' AND app.sees_ticket(t.tech, t.created_by, t.completed)
$$;
GRANT EXECUTE ON FUNCTION app.coming_files(integer) TO repair_bot;

-- functions/app.complete_ticket.sql
-- db.models.TicketCompleted: done, with hours and what was done. A Manager completes anybody's. Without hours those
-- booked before stay. What was there before is kept, for app.undo_completion(). Where the
-- ticket has a checklist, nothing is done but to ask (asks) unless p_ticked, the ids of what was ticked, has all of it, or p_anyway.
-- p_seen: the updated_at of the ticket that p_hours were decided upon; NULL: as it is when the request comes. Hours booked since
-- then are not overwritten.
CREATE FUNCTION app.complete_ticket(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer,
                                    p_hours numeric, p_resolution text, p_ticked integer[] DEFAULT NULL,
                                    p_anyway boolean DEFAULT false, p_seen timestamptz DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    v_said   boolean := btrim(COALESCE(p_resolution, ''), E' \t\r\n') <> '';
    v_seen   timestamptz;
    v_since  jsonb;                               -- who booked other hours since then
    v_note   integer;
    v_timed  numeric;                             -- what a running timer had measured
    v_booked numeric;                             -- the hours that the ticket would have without p_hours
    t tickets;
BEGIN
    PERFORM app.require_role('Manager', 'Technician');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    v_seen := COALESCE(p_seen, (SELECT x.updated_at FROM tickets x WHERE x.id = p_ticket));
    t := app.lock_ticket(p_ticket);
    IF t.completed THEN
        PERFORM app.refuse_ticket('ticket_completed', p_ticket);
    ELSIF app.user_role() <> 'Manager' AND t.tech = 'unassigned' THEN
        PERFORM app.refuse_ticket('ticket_in_queue', p_ticket);
    ELSIF app.user_role() <> 'Manager' AND t.tech <> app.user_email() THEN
        PERFORM app.refuse_ticket('ticket_not_yours', p_ticket, t.tech);
    END IF;
    v_since := app.changed_since(p_ticket, v_seen, 'actual_hours');
    IF p_hours IS NOT NULL AND v_since IS NOT NULL THEN
        PERFORM app.refuse('ticket_changed', format('ticket %s has been changed meanwhile', p_ticket),
                           v_since || jsonb_build_object('ticket', p_ticket), 'object_not_in_prerequisite_state');
    END IF;
    PERFORM app.check_hours(p_hours, 'tickets_actual_hours_check');
    IF v_said THEN
        PERFORM app.check_text(p_resolution, 10000, 'ticket_notes_body_check');
    END IF;
    IF EXISTS (SELECT FROM app.checklist_of(t.category) i WHERE (i.id = ANY (p_ticked)) IS NOT TRUE) AND NOT p_anyway THEN
        RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'ticket', app.ticket_document(p_ticket), 'repeated', false,
                                                         'asks', true));
    END IF;
    IF v_said THEN
        INSERT INTO ticket_notes (ticket_id, kind, body) VALUES (p_ticket, 'resolution', p_resolution) RETURNING id INTO v_note;
    END IF;
    v_timed := app.end_timer(p_ticket);                                       -- what was said counts, not the timer
    v_booked := NULLIF(LEAST(COALESCE(t.actual_hours, 0) + COALESCE(v_timed, 0), 999.99), 0);
    UPDATE tickets SET completed = true, actual_hours = COALESCE(p_hours, v_booked) WHERE id = p_ticket;
    PERFORM app.keep_completion(t, v_booked, v_timed IS NOT NULL, v_note, p_ticked);
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'ticket', app.ticket_document(p_ticket), 'repeated', false,
                                                     'asks', false));
END $$;
GRANT EXECUTE ON FUNCTION app.complete_ticket(text, text, text[], text, text, integer, numeric, text, integer[], boolean, timestamptz) TO repair_bot;

-- functions/app.confirm_notification.sql
-- Called right before sending: tells whether the claim p_attempts still holds (a paused process may wake after its
-- lease; what was to be said may have been overtaken), notes that from now on the message may have arrived, and begins
-- the lease anew, so that it covers the call.
CREATE FUNCTION app.confirm_notification(p_id bigint, p_attempts integer, p_lease interval) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE notifications n SET uncertain_since = COALESCE(n.uncertain_since, now()), updated_at = now()
     WHERE n.id = p_id AND n.attempts = p_attempts AND n.state = 'waiting';
    IF FOUND THEN
        UPDATE notification_destinations d SET next_at = now() + p_lease WHERE d.claimed_id = p_id;
        RETURN true;
    END IF;
    IF EXISTS (SELECT FROM notifications n WHERE n.id = p_id AND n.attempts = p_attempts) THEN
        PERFORM app.free_destination(p_id, now());
    END IF;
    RETURN false;
END $$;
GRANT EXECUTE ON FUNCTION app.confirm_notification(bigint, integer, interval) TO repair_bot;

-- functions/app.connection_metrics.sql
-- The connections to this database by state; how old the oldest transaction among them is, and how many wait for a lock.
CREATE FUNCTION app.connection_metrics()
RETURNS TABLE (state text, connections bigint, max_connections integer, oldest_transaction interval, waiting bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT COALESCE(a.state, 'background'), count(*), current_setting('max_connections')::integer,
           max(clock_timestamp() - a.xact_start), count(*) FILTER (WHERE a.wait_event_type = 'Lock')
      FROM pg_stat_activity a WHERE a.datname = current_database() GROUP BY 1
$$;
GRANT EXECUTE ON FUNCTION app.connection_metrics() TO authenticated_users;

-- functions/app.contact_documents.sql
-- The newest five contacts with a customer, as an array of db.models.Contact; the number of a ticket that the asker sees.
CREATE FUNCTION app.contact_documents(p_customer integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN COALESCE((
        SELECT jsonb_agg(jsonb_build_object(
                   'who', COALESCE(app.person_name(n.author), 'The system'), 'way', n.way, 'body', n.body, 'happened_at', n.happened_at,
                   'ticket_id', (SELECT t.id FROM tickets t WHERE t.id = n.ticket_id)) ORDER BY n.happened_at DESC, n.id DESC)
          FROM (SELECT * FROM customer_contacts x WHERE x.customer_id = p_customer
                 ORDER BY x.happened_at DESC, x.id DESC LIMIT 5) n), '[]');
END $$;
GRANT EXECUTE ON FUNCTION app.contact_documents(integer) TO repair_bot;

-- functions/app.count_linked_managers.sql
-- For `python -m bot check`: without a linked Manager nobody can let others in. Definer: there is no session yet.
CREATE FUNCTION app.count_linked_managers() RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*)::integer FROM user_permissions u
     WHERE u.role = 'Manager' AND u.is_active AND u.slack_user_id IS NOT NULL
$$;
GRANT EXECUTE ON FUNCTION app.count_linked_managers() TO repair_bot;

-- functions/app.count_passcodes.sql
-- db.models.PasscodesFound: how many passcodes these keys, the present one and the one before, can read.
CREATE FUNCTION app.count_passcodes(p_encryption_keys text[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (
        SELECT jsonb_build_object('present', count(*) FILTER (WHERE f.key = 1), 'previous', count(*) FILTER (WHERE f.key = 2),
                                  'unreadable', count(*) FILTER (WHERE f.key IS NULL))
          FROM (SELECT CASE WHEN app.is_sealed_with(p_encryption_keys[1], s.device_passcode) THEN 1
                            WHEN app.is_sealed_with(p_encryption_keys[2], s.device_passcode) THEN 2 END AS key
                  FROM (SELECT * FROM ticket_secrets ORDER BY ticket_id DESC LIMIT 10000) s) f);  -- the newest: within a second
END $$;
GRANT EXECUTE ON FUNCTION app.count_passcodes(text[]) TO repair_bot;

-- functions/app.count_undelivered.sql
-- How many messages were given up; NULL for who isn't a Manager.
CREATE FUNCTION app.count_undelivered() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN app.user_role() = 'Manager' THEN (SELECT count(*) FROM notifications n WHERE n.state = 'dead') END
$$;
GRANT EXECUTE ON FUNCTION app.count_undelivered() TO repair_bot;

-- functions/app.customer_changed_since.sql
-- Who changed any of these columns of a customer after its updated_at was p_seen, and which: {who, fields}; NULL: nobody.
-- A definer function: the audit trail is the Managers'. It tells neither old nor new values, and of a customer that the asker edits.
CREATE FUNCTION app.customer_changed_since(p_customer integer, p_seen timestamptz, p_columns text[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_updated_at timestamptz := (SELECT c.updated_at FROM customers c WHERE c.id = p_customer);
BEGIN
    PERFORM app.require_role('Manager', 'Technician');
    IF p_seen IS NULL OR v_updated_at = p_seen THEN RETURN NULL; END IF;
    RETURN (
        SELECT jsonb_build_object(
                   'who', COALESCE(app.person_name(a.user_id), 'The system'),
                   'fields', (SELECT jsonb_agg(c ORDER BY c) FROM unnest(p_columns) c WHERE a.metadata -> 'new' ? c))
          FROM activity_log a
         WHERE a.resource_type = 'customer' AND a.resource_id = p_customer AND a.action = 'UPDATE'
           AND a.created_at >= LEAST(p_seen, v_updated_at) AND (a.created_at > p_seen OR a.created_at = v_updated_at)
           AND a.metadata ->> 'table' = 'customers' AND a.metadata -> 'new' ?| p_columns
         ORDER BY a.id DESC LIMIT 1);
END $$;
GRANT EXECUTE ON FUNCTION app.customer_changed_since(integer, timestamptz, text[]) TO repair_bot;

-- functions/app.customer_document.sql
-- A customer with their tickets, open ones first, then the newest, and the last contacts, as db.models.CustomerSeen without
-- the actor; NULL if the asker doesn't see them.
CREATE FUNCTION app.customer_document(p_customer integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (
        SELECT jsonb_build_object(
                   'customer', jsonb_build_object(
                       'id', c.id, 'first_name', c.first_name, 'last_name', c.last_name, 'email', c.email, 'phone', c.phone,
                       'address1', c.address1, 'address2', c.address2, 'city', c.city, 'state', c.state, 'zip', c.zip,
                       'country', c.country, 'notes', c.notes, 'active', c.active, 'erased_at', c.erased_at,
                       'approval_limit', c.approval_limit, 'spending_limit', app.spending_limit(c.approval_limit),
                       'updated_at', c.updated_at,
                       'total_tickets', COALESCE(n.total_tickets, 0), 'open_tickets', COALESCE(n.open_tickets, 0),
                       'total_hours', COALESCE(n.total_hours, 0), 'value', n.value),
                   'contacts', app.contact_documents(c.id),
                   'merges', app.merge_documents(c.id),
                   'tickets', app.lines_in_order(ARRAY(
                       SELECT t.id FROM tickets t WHERE t.customer_id = c.id
                        ORDER BY t.completed, t.created_at DESC, t.id DESC LIMIT 10)))
          FROM customers c LEFT JOIN app.customer_ticket_counts(ARRAY[p_customer]) n ON n.customer_id = c.id
         WHERE c.id = p_customer);
END $$;
GRANT EXECUTE ON FUNCTION app.customer_document(integer) TO repair_bot;

-- functions/app.customer_name.sql
-- A customer's name for a ticket's lines. A deactivated one's is for Managers, as in customer_names.
-- A query of its own: joined, a security_barrier view is read as a whole.
CREATE FUNCTION app.customer_name(p_id integer) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN COALESCE((SELECT c.name FROM customer_names c WHERE c.id = p_id), 'a former customer');
END $$;
GRANT EXECUTE ON FUNCTION app.customer_name(integer) TO repair_bot;

-- functions/app.customer_options.sql
-- Customers in the order given, as an array of db.models.CustomerOption; only those that the asker sees.
CREATE FUNCTION app.customer_options(p_ids integer[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN COALESCE((
        SELECT jsonb_agg(jsonb_build_object('id', c.id, 'name', c.first_name || ' ' || c.last_name, 'phone', c.phone, 'email', c.email,
                                            'active', c.active, 'total_tickets', COALESCE(n.total_tickets, 0),
                                            'open_tickets', COALESCE(n.open_tickets, 0))
                         ORDER BY array_position(p_ids, c.id))
          FROM customers c LEFT JOIN app.customer_ticket_counts(p_ids) n ON n.customer_id = c.id
         WHERE c.id = ANY (p_ids)), '[]');
END $$;
GRANT EXECUTE ON FUNCTION app.customer_options(integer[]) TO repair_bot;

-- functions/app.customer_ticket_counts.sql
-- How many tickets these customers have, all of them, and the hours worked: under row-level security one would count
-- one's own. Deactivated customers' are the Managers', as their names are. value: as customer_lifetime_value has it, for
-- whom that view is for.
CREATE FUNCTION app.customer_ticket_counts(p_ids integer[])
RETURNS TABLE (customer_id integer, total_tickets bigint, open_tickets bigint, total_hours numeric, value numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User', 'Viewer');
    RETURN QUERY SELECT t.customer_id, count(*), count(*) FILTER (WHERE NOT t.completed), COALESCE(sum(t.actual_hours), 0),
                        CASE WHEN app.user_role() IN ('Manager', 'Viewer')
                             THEN COALESCE(sum(t.actual_hours) FILTER (WHERE t.completed), 0) * app.setting('hourly_rate')::numeric END
                   FROM tickets t JOIN customers c ON c.id = t.customer_id
                  WHERE t.customer_id = ANY (p_ids) AND (c.active OR app.user_role() = 'Manager')
                  GROUP BY t.customer_id;
END $$;
GRANT EXECUTE ON FUNCTION app.customer_ticket_counts(integer[]) TO authenticated_users;

-- functions/app.customer_who_stays.sql
-- Whom to show for a customer: who stays, where they were merged.
-- A definer function: a merged customer's row is hidden from most people, the number on an old card is not.
CREATE FUNCTION app.customer_who_stays(p_customer integer) RETURNS integer
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User', 'Viewer');
    RETURN COALESCE((SELECT c.merged_into FROM customers c WHERE c.id = p_customer), p_customer);
END $$;
GRANT EXECUTE ON FUNCTION app.customer_who_stays(integer) TO repair_bot;

-- functions/app.database_figures.sql
-- db.models.DatabaseFigures: how the database is, at most p_most lines of each list. A partitioned table or index counts
-- as one, with all its months.
CREATE FUNCTION app.database_figures(p_most integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE v_watched boolean := to_regclass('public.pg_stat_statements') IS NOT NULL;
BEGIN
    PERFORM app.require_role('Manager');
    BEGIN
        IF v_watched THEN EXECUTE 'SELECT FROM public.pg_stat_statements LIMIT 1'; END IF;
    EXCEPTION WHEN object_not_in_prerequisite_state THEN
        v_watched := false;                        -- made, but not loaded by the server
    END;
    RETURN (
        WITH slow AS MATERIALIZED (
            SELECT q.* FROM slow_queries q WHERE v_watched),
        unused AS MATERIALIZED (
            SELECT u.indexname, pg_size_bytes(u.size) AS bytes FROM unused_indexes u),
        tables AS MATERIALIZED (
            SELECT COALESCE(pg_partition_root(s.relid)::oid, s.relid)::regclass::text AS name,
                   COALESCE(sum(pg_table_size(s.relid)), 0) AS bytes, COALESCE(sum(pg_indexes_size(s.relid)), 0) AS index_bytes,
                   sum(s.n_live_tup) AS live, sum(s.n_dead_tup) AS dead,
                   max(greatest(s.last_vacuum, s.last_autovacuum)) AS vacuumed_at
              FROM pg_stat_user_tables s WHERE s.schemaname IN ('public', 'app') GROUP BY 1),
        indexes AS MATERIALIZED (
            SELECT COALESCE(pg_partition_root(c.oid)::oid, c.oid)::regclass::text AS name, sum(i.idx_scan) AS scans,
                   COALESCE(sum(pg_relation_size(c.oid)), 0) AS bytes
              FROM index_usage i JOIN pg_class c ON c.relname = i.indexname AND c.relnamespace = 'public'::regnamespace
             GROUP BY 1)
        SELECT jsonb_build_object(
            'size', pg_size_pretty(pg_database_size(current_database())),
            'version', current_setting('server_version'),
            'counted_since', d.stats_reset,
            'cache_hit_percent', round(100.0 * d.blks_hit / NULLIF(d.blks_hit + d.blks_read, 0), 1),
            'deadlocks', d.deadlocks,
            'max_connections', current_setting('max_connections')::integer,
            'connections', COALESCE((
                SELECT jsonb_agg(jsonb_build_object('state', m.state, 'number', m.connections, 'waiting', m.waiting,
                                                    'oldest_seconds', extract(epoch FROM m.oldest_transaction))
                                 ORDER BY m.connections DESC, m.state) FROM connection_metrics m), '[]'),
            'tables', COALESCE((
                SELECT jsonb_agg(jsonb_build_object('name', t.name, 'size', pg_size_pretty(t.bytes), 'index_size', pg_size_pretty(t.index_bytes),
                                                    'live', t.live, 'dead', t.dead, 'vacuumed_at', t.vacuumed_at)
                                 ORDER BY t.bytes + t.index_bytes DESC, t.name)
                  FROM (SELECT x.* FROM tables x ORDER BY x.bytes + x.index_bytes DESC, x.name LIMIT p_most) t), '[]'),
            'indexes', COALESCE((
                SELECT jsonb_agg(jsonb_build_object('name', i.name, 'scans', i.scans, 'size', pg_size_pretty(i.bytes)) ORDER BY i.scans DESC, i.name)
                  FROM (SELECT x.* FROM indexes x ORDER BY x.scans DESC, x.name LIMIT p_most) i), '[]'),
            'unused_number', (SELECT count(*) FROM unused),
            'unused_size', (SELECT pg_size_pretty(COALESCE(sum(u.bytes), 0)) FROM unused u),
            'unused', COALESCE((
                SELECT jsonb_agg(jsonb_build_object('name', u.indexname, 'size', pg_size_pretty(u.bytes)) ORDER BY u.bytes DESC, u.indexname)
                  FROM (SELECT x.* FROM unused x ORDER BY x.bytes DESC, x.indexname LIMIT p_most) u), '[]'),
            'statements_watched', v_watched,
            'slow_number', (SELECT count(*) FROM slow),
            'slow', COALESCE((
                SELECT jsonb_agg(jsonb_build_object('query', left(s.query, 1000), 'calls', s.calls, 'mean_ms', s.mean_time,
                                                    'total_ms', s.total_time) ORDER BY s.total_time DESC)
                  FROM (SELECT x.* FROM slow x ORDER BY x.total_time DESC LIMIT p_most) s), '[]'),
            'settings', COALESCE((
                SELECT jsonb_agg(jsonb_build_object('name', c.name, 'wanted', c.wanted, 'actual', c.actual, 'ok', c.ok,
                                                    'needs_restart', c.needs_restart) ORDER BY c.name)
                  FROM server_settings_check c), '[]'),
            'maintained_at', m.created_at,
            'maintenance', m.metadata ->> 'result')
          FROM pg_stat_database d
          LEFT JOIN LATERAL (SELECT a.created_at, a.metadata FROM activity_log a
                              WHERE a.action = 'MAINTENANCE' AND a.user_id = 'system' ORDER BY a.created_at DESC LIMIT 1) m ON true
         WHERE d.datname = current_database());
END $$;
GRANT EXECUTE ON FUNCTION app.database_figures(integer) TO repair_bot;

-- functions/app.day_figures.sql
-- The figures of a day and what a summary says beside them, in the form in which they are kept: tickets by their numbers,
-- so that nothing about a customer stays in what was kept (app.day_report() fills them in). The flow goes back four
-- weeks, for the same weekdays before.
CREATE FUNCTION app.day_figures(p_day date DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET jit = off AS $$
DECLARE
    v_day      date := COALESCE(p_day, app.shop_today() - 1);
    v_week_ago timestamptz := now() - interval '7 days';
BEGIN
    RETURN app.figures(v_day) || jsonb_build_object(
        'flow', app.flow(v_day - 28, v_day),
        'open_week_ago', CASE WHEN (SELECT min(t.created_at) FROM tickets t) < v_week_ago THEN
            (SELECT count(*) FROM tickets t WHERE NOT t.completed AND t.created_at < v_week_ago)
          + (SELECT count(*) FROM tickets t WHERE t.completed AND t.completed_at >= v_week_ago AND t.created_at < v_week_ago) END,
        'lines', jsonb_build_object(
            'oldest', ARRAY(SELECT t.id FROM tickets t WHERE NOT t.completed ORDER BY t.created_at, t.id LIMIT 1),
            'queue', ARRAY(SELECT t.id FROM tickets t WHERE NOT t.completed AND t.tech = 'unassigned'
                            ORDER BY t.priority_rank, t.created_at, t.id LIMIT 5),
            'past_due', ARRAY(SELECT t.id FROM tickets t WHERE NOT t.completed AND t.due_at <= now()
                           ORDER BY t.due_at, t.id LIMIT 5),
            'held_up', ARRAY(SELECT t.id FROM tickets t
                              WHERE NOT t.completed AND t.bench_status IN ('waiting_approval', 'waiting_parts')
                              ORDER BY t.created_at, t.id LIMIT 5)));
END $$;
GRANT EXECUTE ON FUNCTION app.day_figures(date) TO repair_bot;

-- functions/app.day_report.sql
-- db.models.DayReport: what app.day_figures() gave, now or when it was kept, with the tickets as they are now, in its order.
CREATE FUNCTION app.day_report(p_figures jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN p_figures - 'lines' || COALESCE((
        SELECT jsonb_object_agg(l.key, app.lines_in_order(ARRAY(
                   SELECT i.value::integer FROM jsonb_array_elements_text(l.value) WITH ORDINALITY i (value, n) ORDER BY i.n)))
          FROM jsonb_each(p_figures -> 'lines') l), '{}');
END $$;
GRANT EXECUTE ON FUNCTION app.day_report(jsonb) TO repair_bot;

-- functions/app.deactivate_customer.sql
-- db.models.CustomerChanged: no longer a customer, unless a ticket of theirs is open: the message says so.
CREATE FUNCTION app.deactivate_customer(p_team text, p_user text, p_roles text[], p_source text, p_key text,
                                        p_customer integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    v_done   record;
BEGIN
    PERFORM app.require_role('Manager');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    IF NOT EXISTS (SELECT FROM customers c WHERE c.id = p_customer) THEN
        PERFORM app.refuse_customer(p_customer);
    END IF;
    SELECT * INTO v_done FROM deactivate_customer(p_customer);
    RETURN app.end_request(p_key, app.customer_document(p_customer) || jsonb_build_object(
        'actor', v_actor, 'repeated', false, 'success', v_done.success, 'message', v_done.message));
END $$;
GRANT EXECUTE ON FUNCTION app.deactivate_customer(text, text, text[], text, text, integer) TO repair_bot;

-- functions/app.decide_access.sql
-- db.models.AccessDecided: a Manager lets a Slack account in as p_role, or refuses it (p_role NULL). Whoever has its
-- address here already, or else was added from this account once, is linked with it and gets that role; from another
-- account the link is taken away only if the Managers were told so. p_account, p_state and p_zone: whose request that is, and
-- what Slack has just said of the account: who has become a guest is refused by itself, since no event may have said so.
-- In its turn, as app.change_person. Definer: requests are nobody's table. The person's row is locked before the request, as
-- app.link_slack_user does it.
CREATE FUNCTION app.decide_access(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_request integer,
                                  p_role text, p_account text DEFAULT NULL, p_state text DEFAULT NULL, p_zone text DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb;
    v_answer jsonb;
    v_web_id text := format('slack:%s:%s', p_team, p_account);
    r        app.access_requests;
    u        user_permissions;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('people'));
    v_actor := app.set_slack_session(p_team, p_user, p_roles, p_source);
    PERFORM app.require_role('Manager');
    IF p_role <> ALL ('{Manager,Technician,Regular User,Viewer}') THEN    -- the column's own refusal would show the whole row
        RAISE EXCEPTION 'no such role' USING ERRCODE = 'check_violation', CONSTRAINT = 'user_permissions_role_check';
    END IF;
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    SELECT x.* INTO u FROM app.access_requests q JOIN user_permissions x ON x.email = q.email OR x.kinde_user_id = v_web_id
     WHERE q.id = p_request ORDER BY x.email = q.email DESC LIMIT 1
       FOR NO KEY UPDATE OF x;
    SELECT * INTO r FROM app.access_requests q WHERE q.id = p_request FOR UPDATE;
    IF r.id IS NULL OR (p_role IS NOT NULL AND p_account IS DISTINCT FROM r.slack_user_id) THEN
        PERFORM app.refuse('access_request_gone', 'there is no such request for access', '{}', 'no_data_found');
    ELSIF r.state <> 'open' THEN
        PERFORM app.refuse('access_decided', 'this request for access has been decided', jsonb_build_object(
            'by', (SELECT x.display_name FROM user_permissions x WHERE x.id = r.decided_by), 'name', r.name, 'role', r.role));
    ELSIF p_role IS NOT NULL AND p_state IS DISTINCT FROM 'member' THEN
        PERFORM app.settle_access(r.id, 'refused', NULL, NULL);
        RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'request', app.access_document(r.id), 'repeated', false));
    ELSIF p_role IS NOT NULL AND u.id IS NOT NULL AND NOT u.is_active THEN
        PERFORM app.refuse('access_inactive', 'whoever has this address is switched off', jsonb_build_object('name', r.name));
    ELSIF p_role IS NOT NULL AND u.kinde_user_id = v_web_id AND u.email <> r.email AND u.slack_user_id IS NOT NULL THEN
        PERFORM app.refuse('account_known', 'who had this account has another one by now',
                           jsonb_build_object('name', u.display_name, 'linked', false), 'unique_violation');
    ELSIF p_role IS NOT NULL AND (u.email <> r.email AND u.kinde_user_id <> v_web_id OR u.slack_user_id IS NOT NULL AND r.obstacle <> 'ambiguous') THEN
        PERFORM app.refuse('access_changed', 'the Managers were told something else', jsonb_build_object('name', r.name));
    END IF;

    PERFORM app.settle_access(r.id, CASE WHEN p_role IS NULL THEN 'refused' ELSE 'approved' END, p_role,
                              (v_actor ->> 'id')::integer);
    IF p_role IS NULL THEN
        INSERT INTO activity_log (user_id, action, resource_type, metadata, user_agent)
        VALUES (app.user_id(), 'REFUSE_ACCESS', 'user', jsonb_build_object('slack_user_id', r.slack_user_id), p_source);
    ELSIF u.id IS NOT NULL THEN
        UPDATE user_permissions x
           SET slack_user_id = r.slack_user_id, slack_state = 'member', slack_told_at = NULL, role = p_role,
               slack_time_zone = app.known_zone(p_zone), display_name = r.name
         WHERE x.id = u.id;
    ELSE
        INSERT INTO user_permissions (kinde_user_id, slack_user_id, display_name, email, role, slack_time_zone)
        VALUES (v_web_id, r.slack_user_id, r.name, r.email, p_role, app.known_zone(p_zone))
        ON CONFLICT DO NOTHING;
        IF NOT FOUND THEN                          -- somebody has got the address at this moment
            PERFORM app.refuse('access_changed', 'the Managers were told something else', jsonb_build_object('name', r.name));
        END IF;
    END IF;
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'request', app.access_document(r.id), 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.decide_access(text, text, text[], text, text, integer, text, text, text, text) TO repair_bot;

-- functions/app.decide_approval.sql
-- db.models.TicketChanged: a Manager notes that the customer agreed, or that they didn't; how they were asked, and what they said.
-- The repair goes on, or the ticket is closed unrepaired where that is possible from where it is. Who works on it and who asked
-- are told. Definer: requests are written by nobody.
CREATE FUNCTION app.decide_approval(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_approval integer,
                                    p_approved boolean, p_how text, p_said text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_said   text := NULLIF(btrim(p_said, E' \t\r\n'), '');
    v_answer jsonb;
    v_hours  numeric;                             -- with those of a timer that this has stopped
    a approvals;
    t tickets;
BEGIN
    PERFORM app.require_role('Manager');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    SELECT * INTO a FROM approvals x WHERE x.id = p_approval;
    IF FOUND THEN
        t := app.lock_ticket(a.ticket_id);                                    -- of two at once, the second reads who was quicker
    END IF;
    PERFORM app.open_approval(p_approval), app.check_text(COALESCE(v_said, 'nothing'), 3000, 'approvals_said_check');
    IF p_how IS NULL OR p_how <> ALL ('{phone,e-mail,in person,message}') THEN    -- the column's own refusal would show the whole row
        RAISE EXCEPTION 'no such way of asking' USING ERRCODE = 'check_violation', CONSTRAINT = 'approvals_asked_how_check';
    END IF;
    PERFORM app.settle_approval(a.id, CASE WHEN p_approved THEN 'approved' ELSE 'declined' END, (v_actor ->> 'id')::integer,
                                p_how, v_said);
    PERFORM app.add_notification('approval_decided', t.id, u.id, jsonb_build_object('approval', a.id))
       FROM user_permissions u WHERE u.email = t.tech OR u.id = a.requested_by ORDER BY u.id;
    IF p_approved THEN
        PERFORM app.resume_repair(t.id);
    ELSE
        UPDATE tickets SET bench_status = 'declined' WHERE id = t.id AND 'declined' = ANY (app.bench_steps(bench_status))
        RETURNING actual_hours INTO v_hours;
        IF FOUND THEN                                                         -- undone, the customer has to be asked again
            PERFORM app.keep_completion(t, v_hours, v_hours IS DISTINCT FROM t.actual_hours, NULL, NULL);
        END IF;
    END IF;
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'ticket', app.ticket_document(t.id), 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.decide_approval(text, text, text[], text, text, integer, boolean, text, text) TO repair_bot;

-- functions/app.decrypt.sql
-- The text of an encrypt_sensitive_data(). Granted to nobody: callers check who may read it. Nothing is decrypted unless
-- its seal is right: OpenPGP's own check doesn't notice every change.
CREATE FUNCTION app.decrypt(encrypted_data text) RETURNS text LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
DECLARE k text;
BEGIN
    IF encrypted_data IS NULL THEN RETURN NULL; END IF;
    FOREACH k IN ARRAY ARRAY[current_setting('app.encryption_key', true), current_setting('app.encryption_key_previous', true)] LOOP
        IF app.is_sealed_with(k, encrypted_data) THEN
            RETURN pgp_sym_decrypt(decode(split_part(encrypted_data, ':', 2), 'base64'), k);
        END IF;
    END LOOP;
    PERFORM app.refuse('secret_unreadable', 'wrong key or corrupt data', '{}', 'external_routine_invocation_exception');
END $$;

-- functions/app.destination_name.sql
-- Whose messages go to a destination (notifications.destination), by name; NULL: the shop's channel.
CREATE FUNCTION app.destination_name(p_destination integer) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN p_destination > 0 THEN (SELECT u.display_name FROM user_permissions u WHERE u.id = p_destination)
                WHEN p_destination < 0 THEN (SELECT r.name FROM app.access_requests r WHERE r.id = -p_destination) END
$$;

-- functions/app.due_counts.sql
-- db.models.DueCounts: how many of the open tickets that the asker sees are overdue, and due before the shop's day ends.
CREATE FUNCTION app.due_counts() RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE v_tomorrow timestamptz := (app.shop_today() + 1)::timestamp AT TIME ZONE app.shop_time_zone();
BEGIN
    RETURN (SELECT jsonb_build_object('overdue', count(*) FILTER (WHERE t.due_at < now()), 'today', count(*) FILTER (WHERE t.due_at >= now()))
              FROM tickets t WHERE NOT t.completed AND t.due_at < v_tomorrow);
END $$;
GRANT EXECUTE ON FUNCTION app.due_counts() TO repair_bot;

-- functions/app.duplicates_document.sql
-- Pairs of active customers who look like the same person, as db.models.Duplicates without the actor: those most alike first,
-- then the newest; ten from behind p_after (how many things are alike, second, first), NULL for the first page. p_customer: only
-- pairs with them. Of those who have something in common each is compared with the one before alone: as many pairs as
-- customers, where the same telephone number a thousand times would make half a million.
CREATE FUNCTION app.duplicates_document(p_customer integer, p_after integer[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off AS $$
DECLARE
    v_pairs jsonb;
    v_total integer;
BEGIN
    PERFORM app.require_role('Manager');
    WITH alike AS (
        SELECT 'e-mail' AS why, lag(c.id) OVER (PARTITION BY c.email_key ORDER BY c.id) AS first, c.id AS second
          FROM customers c WHERE c.active AND p_customer IS NULL
        UNION ALL
        SELECT 'name', lag(c.id) OVER (PARTITION BY c.name_key ORDER BY c.id), c.id
          FROM customers c WHERE c.active AND p_customer IS NULL
        UNION ALL
        SELECT 'phone', lag(c.id) OVER (PARTITION BY c.phone_key ORDER BY c.id), c.id
          FROM customers c WHERE c.active AND length(c.phone_key) >= 7 AND p_customer IS NULL
        UNION ALL
        SELECT w.why, LEAST(o.id, c.id), GREATEST(o.id, c.id)
          FROM customers o
         CROSS JOIN (VALUES ('e-mail'), ('name'), ('phone')) w (why)
         CROSS JOIN LATERAL (
            SELECT x.id FROM customers x WHERE w.why = 'e-mail' AND x.active AND x.email_key = o.email_key
            UNION ALL
            SELECT x.id FROM customers x WHERE w.why = 'name' AND x.active AND x.name_key = o.name_key
            UNION ALL
            SELECT x.id FROM customers x
             WHERE w.why = 'phone' AND x.active AND x.phone_key = o.phone_key AND length(x.phone_key) >= 7
             LIMIT 100) c
         WHERE o.id = p_customer AND o.active AND c.id <> o.id),
    pairs AS (
        SELECT a.first, a.second, count(*)::integer AS alike, jsonb_agg(a.why ORDER BY a.why) AS why
          FROM alike a
         WHERE a.first IS NOT NULL
           AND NOT EXISTS (SELECT FROM app.distinct_customers d WHERE (d.first_id, d.second_id) = (a.first, a.second))
         GROUP BY a.first, a.second)
    SELECT (SELECT count(*) FROM pairs),
           (SELECT jsonb_agg(jsonb_build_object('customers', app.customer_options(ARRAY[p.first, p.second]), 'why', p.why)
                             ORDER BY p.alike DESC, p.second DESC, p.first DESC)
              FROM (SELECT * FROM pairs x
                     WHERE p_after IS NULL OR (x.alike, x.second, x.first) < (p_after[1], p_after[2], p_after[3])
                     ORDER BY x.alike DESC, x.second DESC, x.first DESC LIMIT 11) p)
      INTO v_total, v_pairs;
    RETURN jsonb_build_object('total', v_total, 'customer_id', p_customer,
                              'pairs', COALESCE(jsonb_path_query_array(v_pairs, '$[0 to 9]'), '[]'),
                              'has_next', COALESCE(jsonb_array_length(v_pairs), 0) > 10, 'has_previous', p_after IS NOT NULL);
END $$;

-- functions/app.edit_customer.sql
-- db.models.CustomerChanged: with other values in the columns that p_values has. p_seen: the updated_at of the customer that the
-- asker was looking at; what somebody else has changed since then is not overwritten. NULL: as the row is.
CREATE FUNCTION app.edit_customer(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_customer integer,
                                  p_values jsonb, p_seen timestamptz DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    v_since  jsonb;
    c customers;
BEGIN
    PERFORM app.require_role('Manager', 'Technician');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    IF p_values ? 'approval_limit' THEN                                       -- tickets before customers: it may stop them
        PERFORM FROM tickets t WHERE t.customer_id = p_customer AND NOT t.completed ORDER BY t.id FOR NO KEY UPDATE;
    END IF;
    SELECT x.* INTO c FROM customers x WHERE x.id = p_customer FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM app.refuse_customer(p_customer);
    END IF;
    PERFORM app.refuse_erased(p_customer);
    v_since := app.customer_changed_since(p_customer, p_seen, ARRAY(SELECT jsonb_object_keys(p_values)));
    IF v_since IS NOT NULL THEN
        PERFORM app.refuse('customer_changed', format('customer %s has been changed meanwhile', p_customer),
                           v_since || jsonb_build_object('customer', p_customer, 'seen', c.updated_at, 'changes', (
                               SELECT jsonb_agg(jsonb_build_object('field', f, 'who', v_since -> 'who', 'new', to_jsonb(c) ->> f))
                                 FROM jsonb_array_elements_text(v_since -> 'fields') f)));
    END IF;
    PERFORM app.check_customer(p_values), app.refuse_taken_email(p_values ->> 'email', p_customer);
    c := jsonb_populate_record(c, p_values);
    UPDATE customers SET first_name = c.first_name, last_name = c.last_name, email = c.email, phone = c.phone,
                         address1 = c.address1, address2 = NULLIF(btrim(c.address2), ''), city = c.city, state = c.state,
                         zip = c.zip, country = c.country, notes = NULLIF(btrim(c.notes), ''),
                         approval_limit = c.approval_limit
     WHERE id = p_customer;
    RETURN app.end_request(p_key, app.customer_document(p_customer) || jsonb_build_object('actor', v_actor, 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.edit_customer(text, text, text[], text, text, integer, jsonb, timestamptz) TO repair_bot;

-- functions/app.edit_ticket.sql
-- db.models.TicketChanged: with other values in these columns: title, description, priority, category, estimated_hours,
-- customer_id, due_at and the device's. p_seen: the updated_at of the ticket that the asker was looking at; NULL: as it is when the request
-- comes. What somebody else has changed since then is not overwritten. p_passcode: another passcode, to be encrypted with
-- the first of p_encryption_keys; blank: none any more; NULL: as it is.
CREATE FUNCTION app.edit_ticket(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer,
                                p_changes jsonb, p_seen timestamptz DEFAULT NULL, p_passcode text DEFAULT NULL,
                                p_encryption_keys text[] DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    c_columns CONSTANT text[] := '{title,description,priority,category,estimated_hours,customer_id,due_at,
                                device_type,device_model,device_serial,device_condition,device_accessories}';
    c_generated CONSTANT text[] := '{search,priority_rank,device_key,tech_ref}';
    v_actor   jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer  jsonb;
    v_seen    timestamptz;
    v_changed jsonb;
    t tickets;
    n tickets;
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    IF p_changes - c_columns <> '{}' THEN
        RAISE EXCEPTION 'no columns to edit: %', p_changes - c_columns USING ERRCODE = 'undefined_column';
    END IF;
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    v_seen := COALESCE(p_seen, (SELECT x.updated_at FROM tickets x WHERE x.id = p_ticket));
    t := app.lock_ticket(p_ticket);
    IF app.user_role() = 'Technician' AND t.tech = 'unassigned' AND NOT t.completed THEN
        PERFORM app.refuse_ticket('ticket_in_queue', p_ticket);
    ELSIF app.user_role() = 'Technician' AND t.tech <> app.user_email() THEN
        PERFORM app.refuse_ticket('ticket_not_yours', p_ticket, t.tech);
    END IF;
    v_changed := app.changed_since(p_ticket, v_seen, VARIADIC ARRAY(SELECT jsonb_object_keys(p_changes))
                                                              || CASE WHEN p_passcode IS NOT NULL THEN ARRAY['device_passcode'] END);
    IF v_changed IS NOT NULL THEN
        PERFORM app.refuse('ticket_changed', format('ticket %s has been changed meanwhile', p_ticket),
                           v_changed || jsonb_build_object('ticket', p_ticket), 'object_not_in_prerequisite_state');
    END IF;
    PERFORM app.check_text(CASE WHEN p_changes ? 'title' THEN p_changes ->> 'title' ELSE t.title END, 255, 'tickets_title_check'),
            app.check_text(CASE WHEN p_changes ? 'description' THEN p_changes ->> 'description' ELSE 'unchanged' END,
                           10000, 'tickets_description_check'),
            app.check_text(CASE WHEN p_changes ? 'priority' THEN p_changes ->> 'priority' ELSE t.priority END, 20, 'tickets_priority_check'),
            app.check_text(COALESCE(p_changes ->> 'category', 'none'), 100, 'tickets_category_check'),
            app.check_text(COALESCE(p_changes ->> 'device_type', 'none'), 50, 'tickets_device_type_check'),
            app.check_text(COALESCE(p_changes ->> 'device_model', 'none'), 100, 'tickets_device_model_check'),
            app.check_text(COALESCE(p_changes ->> 'device_serial', 'none'), 100, 'tickets_device_serial_check'),
            app.check_text(COALESCE(p_changes ->> 'device_condition', 'none'), 500, 'tickets_device_condition_check'),
            app.check_text(COALESCE(p_changes ->> 'device_accessories', 'none'), 500, 'tickets_device_accessories_check'),
            app.check_hours((p_changes ->> 'estimated_hours')::numeric, 'tickets_estimated_hours_check');
    n := jsonb_populate_record(t, p_changes);
    IF n.due_at <= now() AND n.due_at IS DISTINCT FROM t.due_at THEN
        PERFORM app.refuse('ticket_due_past', 'the due date is past', '{}', 'check_violation');
    END IF;
    UPDATE tickets SET title = n.title, description = n.description, priority = n.priority, category = n.category,
                       estimated_hours = n.estimated_hours, customer_id = n.customer_id, due_at = n.due_at, device_type = n.device_type,
                       device_model = n.device_model, device_serial = n.device_serial, device_condition = n.device_condition,
                       device_accessories = n.device_accessories
     WHERE id = p_ticket AND (p_passcode IS NOT NULL                                             -- updated_at tells of that, too
                              OR to_jsonb(tickets) - c_generated IS DISTINCT FROM to_jsonb(n) - c_generated);
    IF p_passcode IS NOT NULL THEN
        PERFORM app.use_encryption_keys(p_encryption_keys), app.put_passcode(p_ticket, p_passcode);
    END IF;
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'ticket', app.ticket_document(p_ticket), 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.edit_ticket(text, text, text[], text, text, integer, jsonb, timestamptz, text, text[]) TO repair_bot;

-- functions/app.end_file_errand.sql
-- A claimed errand has ended: it is done or, with a reason, can't be done, which whoever asked for it is told. False: the
-- claim is lost.
CREATE FUNCTION app.end_file_errand(p_id bigint, p_attempts integer, p_refusal text DEFAULT NULL) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE e app.file_errands;
BEGIN
    UPDATE app.file_errands x
       SET state = CASE WHEN p_refusal IS NULL THEN 'done' ELSE 'refused' END, reason = p_refusal, updated_at = now()
     WHERE x.id = p_id AND x.attempts = p_attempts AND x.state = 'waiting'
    RETURNING x.* INTO e;
    IF NOT FOUND THEN RETURN false; END IF;
    IF p_refusal IS NOT NULL AND e.person_id IS NOT NULL THEN
        PERFORM app.add_notification('file_refused', e.ticket_id, e.person_id,
                                     jsonb_build_object('reason', p_refusal, 'errand', e.errand, 'month', e.month));
    END IF;
    RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION app.end_file_errand(bigint, integer, text) TO repair_bot;

-- functions/app.end_labour.sql
-- Stops the timers that run on a ticket and returns the hours that are to be booked for them, NULL where none ran.
-- p_hours: what was worked as a person says it; NULL: as the timer says. p_but: this person's goes on. A question whether
-- a timer was forgotten then says that it was stopped.
CREATE FUNCTION app.end_labour(p_ticket integer, p_hours numeric DEFAULT NULL, p_but text DEFAULT NULL) RETURNS numeric
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    e labour_entries;
    v_hours numeric;
BEGIN
    FOR e IN
        UPDATE labour_entries x
           SET stopped_at = greatest(now(), x.started_at), ask_at = NULL,
               hours = COALESCE(p_hours, app.booked_hours(greatest(now() - x.started_at, interval '0')))
         WHERE x.ticket_id = p_ticket AND x.stopped_at IS NULL
           AND NOT EXISTS (SELECT FROM user_permissions u WHERE u.id = x.user_id AND u.email = p_but)
        RETURNING x.*
    LOOP
        v_hours := COALESCE(v_hours, 0) + e.hours;
        PERFORM app.revise_notification(n.id, n.facts || jsonb_build_object('hours', e.hours::text))
           FROM notifications n WHERE n.kind = 'timer' AND n.ticket_id = p_ticket AND (n.facts ->> 'entry')::bigint = e.id AND n.ts IS NOT NULL;
    END LOOP;
    RETURN v_hours;
END $$;

-- functions/app.end_request.sql
-- Keeps a request's answer with its key, and returns it.
CREATE FUNCTION app.end_request(p_key text, p_answer jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE app.request_keys k SET result = p_answer
     WHERE k.key = p_key AND k.user_id = app.user_id() AND k.result IS NULL;
    RETURN p_answer;
END $$;
GRANT EXECUTE ON FUNCTION app.end_request(text, jsonb) TO repair_bot;

-- functions/app.end_timer.sql
-- Stops the timer on a ticket for its technician or a Manager; returns the hours to be booked, NULL where none ran.
CREATE FUNCTION app.end_timer(p_ticket integer, p_hours numeric DEFAULT NULL) RETURNS numeric
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM tickets t WHERE t.id = p_ticket AND (app.user_role() = 'Manager' OR t.tech = app.tech_email());
    RETURN CASE WHEN FOUND THEN app.end_labour(p_ticket, p_hours) END;
END $$;
GRANT EXECUTE ON FUNCTION app.end_timer(integer, numeric) TO repair_bot;

-- functions/app.erase_customer.sql
-- db.models.CustomerErased: a customer's personal data is gone, wherever the database has it; docs/security.md says what
-- remains. p_texts: of which tickets the words are erased, too: 'telling' (which name the customer), 'all' or 'none'.
-- p_reason: 'asked', 'law' or 'mistake'; it is recorded, so it is none that a person writes.
-- Whoever was merged into the customer is the same person. Files follow their rows (app.announce_attachment).
-- A definer function: it rewrites the audit trail, the outbox and the answers of requests, which are nobody's.
CREATE FUNCTION app.erase_customer(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_customer integer,
                                   p_texts text, p_reason text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    c_words CONSTANT text[] := '{title,description,body,category,device_type,device_model,device_condition,device_accessories}';
    c_files CONSTANT text[] := '{file_name,file_path,device_serial}';
    v_actor   jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer  jsonb;
    v_id      integer;
    v_ids     integer[];
    v_tickets integer[];
    v_blanked integer[];
    v_traces  jsonb;
    v_names   text[];
    v_contacts integer; v_passcodes integer; v_attachments integer;
BEGIN
    PERFORM app.require_role('Manager');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;
    IF (p_texts IN ('telling', 'all', 'none') AND p_reason IN ('asked', 'law', 'mistake')) IS NOT TRUE THEN
        RAISE EXCEPTION 'no such choice' USING ERRCODE = 'check_violation', CONSTRAINT = 'customer_erasure_check';
    END IF;

    v_id := app.customer_who_stays(p_customer);
    PERFORM pg_advisory_xact_lock(hashtext('contact'), v_id);                                  -- app.add_contact
    PERFORM FROM tickets t WHERE t.customer_id = v_id ORDER BY t.id FOR NO KEY UPDATE;         -- tickets before customers
    PERFORM FROM customers c WHERE v_id IN (c.id, c.merged_into) ORDER BY c.id FOR UPDATE;
    PERFORM app.check_erasable(v_id);
    v_ids := ARRAY(SELECT c.id FROM customers c WHERE v_id IN (c.id, c.merged_into));
    v_tickets := ARRAY(SELECT t.id FROM tickets t WHERE t.customer_id = v_id);
    v_traces := app.person_traces(v_ids);
    v_names := ARRAY(SELECT lower(c.first_name || ' ' || c.last_name) FROM customers c WHERE c.id = ANY (v_ids));
    v_blanked := CASE p_texts WHEN 'all' THEN v_tickets WHEN 'none' THEN '{}' ELSE app.telling_tickets(v_id, v_traces) END;

    UPDATE customers c
       SET first_name = 'Erased', last_name = 'customer ' || c.id, email = format('erased-%s@erased.invalid', c.id), phone = '0',
           address1 = '', address2 = NULL, city = '', state = '', zip = '00000', country = 'US', notes = NULL, approval_limit = NULL,
           active = false, erased_at = now()
     WHERE c.id = ANY (v_ids);
    DELETE FROM customer_contacts n WHERE n.customer_id = ANY (v_ids);
    GET DIAGNOSTICS v_contacts = ROW_COUNT;
    DELETE FROM app.customer_merges m WHERE m.kept_id = ANY (v_ids) OR m.merged_id = ANY (v_ids);
    DELETE FROM app.distinct_customers d WHERE d.first_id = ANY (v_ids) OR d.second_id = ANY (v_ids);
    DELETE FROM ticket_secrets s WHERE s.ticket_id = ANY (v_tickets);
    GET DIAGNOSTICS v_passcodes = ROW_COUNT;
    DELETE FROM app.file_errands e WHERE e.ticket_id = ANY (v_tickets) AND e.errand = 'fetch' AND e.state = 'waiting';
    DELETE FROM ticket_attachments a WHERE a.ticket_id = ANY (v_tickets);
    GET DIAGNOSTICS v_attachments = ROW_COUNT;
    UPDATE tickets t SET device_serial = NULL WHERE t.id = ANY (v_tickets) AND t.device_serial IS NOT NULL;
    UPDATE tickets t
       SET title = 'Erased', description = 'Erased', device_condition = NULL, device_accessories = NULL,
           category     = CASE WHEN NOT app.tells_of(t.category, v_traces) THEN t.category END,
           device_type  = CASE WHEN NOT app.tells_of(t.device_type, v_traces) THEN t.device_type END,
           device_model = CASE WHEN NOT app.tells_of(t.device_model, v_traces) THEN t.device_model END
     WHERE t.id = ANY (v_blanked);
    UPDATE approvals a SET said = NULL WHERE a.ticket_id = ANY (v_tickets) AND a.said IS NOT NULL;
    UPDATE ticket_notes n SET body = 'Erased' WHERE n.ticket_id = ANY (v_blanked);
    UPDATE notifications n SET facts = jsonb_set(n.facts, '{events}', (
               SELECT jsonb_agg(CASE e.value ->> 'event' WHEN 'title' THEN e.value || '{"old": null, "new": null}' ELSE e.value END
                                ORDER BY e.ordinality)
                 FROM jsonb_array_elements(n.facts -> 'events') WITH ORDINALITY e))
     WHERE n.ticket_id = ANY (v_blanked) AND n.facts @> '{"events": [{"event": "title"}]}';

    -- after the changes above, whose own lines are among these
    UPDATE activity_log a SET metadata = app.without_values(a.metadata, CASE
               WHEN a.metadata ->> 'table' = 'customers'
               THEN '{first_name,last_name,email,phone,address1,address2,city,state,zip,country,notes}'::text[]
               WHEN a.metadata ->> 'table' = 'customer_contacts' THEN '{body}' END)
     WHERE a.resource_type = 'customer' AND a.resource_id = ANY (v_ids);
    UPDATE activity_log a SET metadata = app.without_values(a.metadata, CASE WHEN a.resource_id = ANY (v_blanked) THEN c_words || c_files ELSE c_files END)
     WHERE a.resource_type = 'ticket' AND a.resource_id = ANY (v_tickets) AND (a.metadata ? 'table' OR a.resource_id = ANY (v_blanked));
    UPDATE app.request_keys k SET result = '{"erased": true}'
     WHERE (k.result -> 'customer' ->> 'id')::integer = ANY (v_ids) OR (k.result -> 'ticket' ->> 'id')::integer = ANY (v_tickets)
        OR jsonb_path_query_array(k.result, '$.messages[*].ticket_id') @> ANY (SELECT to_jsonb(x) FROM unnest(v_blanked) x)
        OR EXISTS (SELECT FROM (SELECT jsonb_array_elements_text(v_traces -> 'texts') UNION SELECT unnest(v_names)) t (said)
                    WHERE position(t.said IN lower(k.result::text)) > 0);
    INSERT INTO activity_log (user_id, action, resource_type, resource_id, metadata, user_agent)
    VALUES (app.user_id(), 'ERASE_CUSTOMER', 'customer', v_id, jsonb_build_object('reason', p_reason, 'texts', p_texts), p_source);
    RETURN app.end_request(p_key, jsonb_build_object(
        'actor', v_actor, 'repeated', false, 'customer_id', v_id, 'tickets', cardinality(v_tickets), 'blanked', cardinality(v_blanked),
        'contacts', v_contacts, 'passcodes', v_passcodes, 'attachments', v_attachments));
END $$;
GRANT EXECUTE ON FUNCTION app.erase_customer(text, text, text[], text, text, integer, text, text) TO repair_bot;

-- functions/app.estimated_cost.sql
-- What so many hours cost, in dollars, at the shop's hourly rate.
CREATE FUNCTION app.estimated_cost(p_hours numeric) RETURNS numeric
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN round(p_hours * app.setting('hourly_rate')::numeric, 2);
END $$;
GRANT EXECUTE ON FUNCTION app.estimated_cost(numeric) TO repair_bot;

-- functions/app.export_report.sql
-- What a month came to, that a claimed errand is to send, as an array of arrays of texts: day by day what was opened,
-- completed and worked, then the same technician by technician, and in all. NULL: the claim is lost.
CREATE FUNCTION app.export_report(p_id bigint, p_attempts integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_zone  text := app.shop_time_zone();
    v_month date := (SELECT e.month FROM app.file_errands e
                      WHERE e.id = p_id AND e.attempts = p_attempts AND e.state = 'waiting' AND e.errand = 'report');
BEGIN
    IF v_month IS NULL THEN RETURN NULL; END IF;
    RETURN (
        WITH its AS MATERIALIZED (
            SELECT (t.created_at AT TIME ZONE v_zone)::date AS opened, (t.completed_at AT TIME ZONE v_zone)::date AS completed,
                   t.actual_hours AS hours, COALESCE(w.display_name, 'nobody') AS worker
              FROM tickets t
              LEFT JOIN user_permissions w ON w.email = t.tech
             WHERE t.id IN (SELECT app.tickets_of_month(v_month))),
        days AS (
            SELECT d::date AS day FROM generate_series(v_month::timestamp, v_month + interval '1 month - 1 day', interval '1 day') d),
        lines AS (
            SELECT 1 AS part, d.day::text AS name, count(*) FILTER (WHERE i.opened = d.day) AS opened,
                   count(*) FILTER (WHERE i.completed = d.day) AS completed,
                   COALESCE(sum(i.hours) FILTER (WHERE i.completed = d.day), 0) AS hours
              FROM days d LEFT JOIN its i ON d.day IN (i.opened, i.completed)
             GROUP BY d.day
            UNION ALL
            SELECT 2, i.worker, count(*) FILTER (WHERE date_trunc('month', i.opened) = v_month),
                   count(*) FILTER (WHERE date_trunc('month', i.completed) = v_month),
                   COALESCE(sum(i.hours) FILTER (WHERE date_trunc('month', i.completed) = v_month), 0)
              FROM its i GROUP BY i.worker
            UNION ALL
            SELECT 3, 'all', count(*) FILTER (WHERE date_trunc('month', i.opened) = v_month),
                   count(*) FILTER (WHERE date_trunc('month', i.completed) = v_month),
                   COALESCE(sum(i.hours) FILTER (WHERE date_trunc('month', i.completed) = v_month), 0)
              FROM its i)
        SELECT jsonb_agg(jsonb_build_array((ARRAY['day', 'technician', 'month'])[l.part], l.name, l.opened::text, l.completed::text, l.hours::text)
                         ORDER BY l.part, l.name)
          FROM lines l);
END $$;
GRANT EXECUTE ON FUNCTION app.export_report(bigint, integer) TO repair_bot;

-- functions/app.export_tickets.sql
-- A page of the tickets that a claimed errand is to send, in the order of their numbers, after p_after, as an array of
-- arrays of texts: the columns of bot.exports. Times are by the shop's clock. NULL: the claim is lost. Who customers are
-- is told by number and name: their addresses don't leave by a file.
CREATE FUNCTION app.export_tickets(p_id bigint, p_attempts integer, p_after integer, p_limit integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_zone  text := app.shop_time_zone();
    v_month date := (SELECT e.month FROM app.file_errands e
                      WHERE e.id = p_id AND e.attempts = p_attempts AND e.state = 'waiting' AND e.errand = 'tickets');
BEGIN
    IF v_month IS NULL THEN RETURN NULL; END IF;
    RETURN COALESCE((
        SELECT jsonb_agg(jsonb_build_array(
                   x.id::text, x.title, x.bench_status, x.priority, x.category, x.customer_id::text, c.first_name || ' ' || c.last_name,
                   x.device_type, x.device_model, x.device_serial, w.display_name, f.display_name,
                   to_char(x.created_at AT TIME ZONE v_zone, 'YYYY-MM-DD HH24:MI'), to_char(x.due_at AT TIME ZONE v_zone, 'YYYY-MM-DD HH24:MI'),
                   to_char(x.completed_at AT TIME ZONE v_zone, 'YYYY-MM-DD HH24:MI'),
                   x.estimated_hours::text, x.actual_hours::text) ORDER BY x.id)
          FROM (SELECT t.* FROM tickets t
                 WHERE t.id > p_after AND t.id IN (SELECT app.tickets_of_month(v_month))
                 ORDER BY t.id LIMIT p_limit) x
          JOIN customers c ON c.id = x.customer_id
          LEFT JOIN user_permissions w ON w.email = x.tech
          LEFT JOIN user_permissions f ON f.kinde_user_id = x.created_by), '[]');
END $$;
GRANT EXECUTE ON FUNCTION app.export_tickets(bigint, integer, integer, integer) TO repair_bot;

-- functions/app.figures.sql
-- db.models.Figures: what happened on a local day of the shop (midnight to midnight: 23 or 25 hours when the clocks
-- change), yesterday unless said otherwise, and what is open now.
CREATE FUNCTION app.figures(p_day date DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET jit = off AS $$
DECLARE
    v_zone  text := app.shop_time_zone();
    v_today date := app.shop_today();
    v_day   date := COALESCE(p_day, v_today - 1);
    v_from  timestamptz := v_day::timestamp AT TIME ZONE v_zone;
    v_to    timestamptz := (v_day + 1)::timestamp AT TIME ZONE v_zone;
BEGIN
    PERFORM app.require_role('Manager', 'Viewer');
    RETURN (
        WITH done AS MATERIALIZED (
            SELECT t.tech, count(*) AS n, COALESCE(sum(t.actual_hours), 0) AS hours FROM tickets t
             WHERE t.completed AND t.completed_at >= v_from AND t.completed_at < v_to
             GROUP BY t.tech),
        open AS MATERIALIZED (
            SELECT t.tech, count(*) AS n FROM tickets t WHERE NOT t.completed GROUP BY t.tech)
        SELECT jsonb_build_object(
            'day', v_day,
            'today', v_today,
            'opened', (SELECT count(*) FROM tickets t WHERE t.created_at >= v_from AND t.created_at < v_to),
            'completed', (SELECT COALESCE(sum(d.n), 0) FROM done d),
            'hours', (SELECT COALESCE(sum(d.hours), 0) FROM done d),
            'open', (SELECT COALESCE(sum(o.n), 0) FROM open o),
            'unassigned', COALESCE((SELECT o.n FROM open o WHERE o.tech = 'unassigned'), 0),
            'urgent', (SELECT count(*) FROM tickets t WHERE NOT t.completed AND t.priority_rank = 1),
            'overdue', (SELECT count(*) FROM tickets t WHERE NOT t.completed AND t.due_at <= now()),
            'waiting', (SELECT count(*) FROM tickets t WHERE NOT t.completed AND t.bench_status IN ('waiting_approval', 'waiting_parts')),
            'technicians', app.technicians_figures(v_day, v_day)));
END $$;
GRANT EXECUTE ON FUNCTION app.figures(date) TO authenticated_users;

-- functions/app.file_ticket.sql
-- db.models.TicketChanged. p_assign: 'queue', 'me', 'auto' or a user_permissions.id. p_passcode: the device's, if any, kept
-- encrypted with the first of p_encryption_keys. p_device: {type, model, serial, condition, accessories}, each or none.
-- p_files: Slack's ids of what the asker uploaded and is to be kept with it; p_carried_files: of a message that it came from.
CREATE FUNCTION app.file_ticket(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_customer integer,
                                p_title text, p_description text, p_priority text, p_category text,
                                p_estimated_hours numeric, p_assign text, p_passcode text DEFAULT NULL,
                                p_encryption_keys text[] DEFAULT NULL, p_device jsonb DEFAULT NULL,
                                p_due_at timestamptz DEFAULT NULL, p_files text[] DEFAULT NULL,
                                p_carried_files text[] DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    v_tech   text;
    v_id     integer;
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    PERFORM app.check_text(p_title, 255, 'tickets_title_check'),
            app.check_text(p_description, 10000, 'tickets_description_check'),
            app.check_text(COALESCE(p_category, 'none'), 100, 'tickets_category_check'),
            app.check_text(COALESCE(p_priority, 'medium'), 20, 'tickets_priority_check'),
            app.check_text(COALESCE(p_passcode, 'none'), 255, 'ticket_passcode_check'),
            app.check_text(COALESCE(p_device ->> 'type', 'none'), 50, 'tickets_device_type_check'),
            app.check_text(COALESCE(p_device ->> 'model', 'none'), 100, 'tickets_device_model_check'),
            app.check_text(COALESCE(p_device ->> 'serial', 'none'), 100, 'tickets_device_serial_check'),
            app.check_text(COALESCE(p_device ->> 'condition', 'none'), 500, 'tickets_device_condition_check'),
            app.check_text(COALESCE(p_device ->> 'accessories', 'none'), 500, 'tickets_device_accessories_check'),
            app.check_hours(p_estimated_hours, 'tickets_estimated_hours_check');
    v_tech := CASE p_assign WHEN 'queue' THEN 'unassigned'
                            WHEN 'me'    THEN app.user_email()
                            WHEN 'auto'  THEN COALESCE(app.least_busy_technician(), 'unassigned')
                            ELSE app.worker_email(CASE WHEN p_assign ~ '^\d{1,9}$' THEN p_assign::integer END) END;
    IF p_due_at <= now() THEN
        PERFORM app.refuse('ticket_due_past', 'the due date is past', '{}', 'check_violation');
    END IF;
    IF v_tech IS NULL THEN
        RAISE EXCEPTION 'nobody to assign to: %', p_assign USING ERRCODE = 'check_violation', CONSTRAINT = 'tickets_tech_active';
    END IF;
    INSERT INTO tickets (customer_id, title, description, priority, category, estimated_hours, tech, due_at,
                         device_type, device_model, device_serial, device_condition, device_accessories)
    VALUES (p_customer, p_title, p_description, COALESCE(p_priority, 'medium'), p_category, p_estimated_hours, v_tech, p_due_at,
            p_device ->> 'type', p_device ->> 'model', p_device ->> 'serial', p_device ->> 'condition', p_device ->> 'accessories')
    RETURNING id INTO v_id;
    IF p_passcode IS NOT NULL THEN
        PERFORM app.use_encryption_keys(p_encryption_keys);
        INSERT INTO ticket_secrets (ticket_id, device_passcode) VALUES (v_id, encrypt_sensitive_data(p_passcode));
    END IF;
    IF cardinality(p_files || p_carried_files) > 0 THEN
        PERFORM app.add_file_errands(v_id, p_carried_files, false), app.add_file_errands(v_id, p_files, true);
    END IF;
    RETURN app.end_request(p_key, jsonb_build_object(
        'actor', v_actor, 'ticket', app.ticket_document(v_id), 'repeated', false,
        'no_technician', p_assign = 'auto' AND v_tech = 'unassigned'));
END $$;
GRANT EXECUTE ON FUNCTION app.file_ticket(text, text, text[], text, text, integer, text, text, text, text, numeric, text, text, text[], jsonb,
                                        timestamptz, text[], text[])
    TO repair_bot;

-- functions/app.files_document.sql
-- A ticket's files as db.models.TicketFiles, the newest 20, as the asker of this session may see them; v_actor: who that is.
CREATE FUNCTION app.files_document(p_actor jsonb, p_ticket integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
    c_most CONSTANT integer := 20;
    v_line jsonb := app.ticket_lines(ARRAY[p_ticket]) -> 0;
BEGIN
    IF v_line IS NULL THEN
        PERFORM app.refuse_ticket('ticket_not_found', p_ticket);
    END IF;
    RETURN jsonb_build_object(
        'actor', p_actor, 'ticket', v_line, 'coming', app.coming_files(p_ticket),
        'more', (SELECT greatest(count(*) - c_most, 0) FROM ticket_attachments a WHERE a.ticket_id = p_ticket),
        'files', COALESCE((
            SELECT jsonb_agg(jsonb_build_object(
                       'id', f.id, 'name', f.file_name, 'type', f.file_type, 'size', f.file_size,
                       'by', app.person_name(f.uploaded_by), 'created_at', f.created_at,
                       'kept', f.file_path ~ '^slack/[0-9a-f]{32}$',
                       'removable', app.user_role() = 'Manager' OR f.uploaded_by = app.user_id())
                       ORDER BY f.created_at DESC, f.id DESC)
              FROM (SELECT * FROM ticket_attachments a WHERE a.ticket_id = p_ticket
                     ORDER BY a.created_at DESC, a.id DESC LIMIT c_most) f), '[]'));
END $$;
GRANT EXECUTE ON FUNCTION app.files_document(jsonb, integer) TO repair_bot;

-- functions/app.fill_display_name.sql
CREATE FUNCTION app.fill_display_name() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    NEW.display_name = COALESCE(NULLIF(btrim(NEW.display_name), ''), split_part(btrim(NEW.email), '@', 1));
    RETURN NEW;
END $$;

-- functions/app.find_colleague.sql
-- Who is meant by a user_permissions.id, a Slack id, a name, a part of it or an e-mail's local part: the one whom it
-- fits best, those who take tickets before others, the active before the rest. works: tickets may be assigned.
CREATE FUNCTION app.find_colleague(p_who text, OUT email text, OUT name text, OUT works boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_typed text := left(btrim(regexp_replace(COALESCE(p_who, ''), '\s+', ' ', 'g'), ' @'), 100);
    v_who   text := lower(v_typed);
    v_best  user_permissions[];
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User', 'Viewer');
    v_best := ARRAY(
        SELECT b.person FROM (
            SELECT u AS person, rank() OVER (ORDER BY f.fits = 0 DESC, app.may_work(u.role, u.is_active) DESC,
                                                      u.is_active DESC, f.fits) AS n
              FROM user_permissions u,
                   LATERAL (SELECT CASE WHEN v_who IN (u.id::text, lower(u.slack_user_id)) THEN 0
                                        WHEN v_who IN (lower(u.display_name), split_part(u.email, '@', 1)) THEN 1
                                        WHEN v_who = ANY (string_to_array(lower(u.display_name), ' ')) THEN 2 END AS fits) f
             WHERE f.fits IS NOT NULL) b
         WHERE b.n = 1 ORDER BY lower((b.person).display_name), (b.person).id);
    IF cardinality(v_best) = 0 THEN
        PERFORM app.refuse('person_unknown', 'nobody is called this', jsonb_build_object('who', v_typed), 'no_data_found');
    ELSIF cardinality(v_best) > 1 THEN
        PERFORM app.refuse('person_ambiguous', 'more than one person is called this', jsonb_build_object('who', v_typed,
            'names', (SELECT jsonb_agg(p.display_name) FROM unnest(v_best[1:5]) p)), 'cardinality_violation');
    END IF;
    email := v_best[1].email;
    name  := v_best[1].display_name;
    works := app.may_work(v_best[1].role, v_best[1].is_active);
END $$;
GRANT EXECUTE ON FUNCTION app.find_colleague(text) TO repair_bot;

-- functions/app.find_customers.sql
-- db.models.CustomerHits: by name, phone or e-mail, best first. Managers find deactivated customers too, after the others.
CREATE FUNCTION app.find_customers(p_team text, p_user text, p_roles text[], p_source text, p_term text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_ids   integer[];
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    v_ids := ARRAY(SELECT s.id FROM search_customers(p_term, true) WITH ORDINALITY AS s (id, first_name, last_name, email, phone, rank, n)
                    ORDER BY s.n LIMIT 11);
    RETURN jsonb_build_object('actor', v_actor, 'customers', app.customer_options(v_ids[1:10]), 'more', cardinality(v_ids) > 10);
END $$;
GRANT EXECUTE ON FUNCTION app.find_customers(text, text, text[], text, text) TO repair_bot;

-- functions/app.find_file.sql
-- A file that is kept, of a ticket that the asker sees; a hidden one and none are the same.
CREATE FUNCTION app.find_file(p_file integer) RETURNS ticket_attachments
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_file ticket_attachments;
BEGIN
    SELECT a.* INTO v_file FROM ticket_attachments a JOIN tickets t ON t.id = a.ticket_id
     WHERE a.id = p_file AND a.file_path ~ '^slack/[0-9a-f]{32}$'
       AND app.user_role() <> 'Viewer' AND app.sees_ticket(t.tech, t.created_by, t.completed);
    IF NOT FOUND THEN
        PERFORM app.refuse('file_not_found', 'there is no such file that you may see', '{}', 'no_data_found');
    END IF;
    RETURN v_file;
END $$;

-- functions/app.finish_notification.sql
-- The message stands as p_ts in p_channel. If the ticket has changed since p_version was claimed, the row stays
-- waiting and the message is edited. The destination is free again after p_pace (Slack: about one message a second and
-- channel). False: the claim p_attempts was lost.
CREATE FUNCTION app.finish_notification(
    p_id bigint, p_attempts integer, p_version integer, p_channel text, p_ts text, p_pace interval DEFAULT '1 second'
) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE notifications n
       SET state = CASE WHEN n.version = p_version THEN 'sent' ELSE 'waiting' END,
           channel = p_channel, ts = p_ts, uncertain_since = NULL, failures = 0, error = NULL,
           due = now(), sent_at = COALESCE(n.sent_at, now()), updated_at = now()
     WHERE n.id = p_id AND n.attempts = p_attempts AND n.state = 'waiting';
    IF NOT FOUND THEN RETURN false; END IF;
    UPDATE notification_destinations d SET channel = p_channel
      FROM notifications n
     WHERE d.claimed_id = p_id AND d.recipient_id <> 0 AND n.id = p_id AND n.kind <> 'access_changed';   -- that may be a former account's
    PERFORM app.free_destination(p_id, now() + p_pace);
    RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION app.finish_notification(bigint, integer, integer, text, text, interval) TO repair_bot;

-- functions/app.flow.sql
-- What was opened and completed on each local day of the shop from p_from to p_to, as an array of db.models.FlowDay in
-- their order. It begins with the day of the first ticket: before it there was no shop to compare with.
CREATE FUNCTION app.flow(p_from date, p_to date) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET jit = off AS $$
DECLARE
    v_zone  text := app.shop_time_zone();
    v_first date := (SELECT COALESCE(min(t.created_at) AT TIME ZONE v_zone, p_to) FROM tickets t)::date;
    v_begin date := greatest(p_from, least(v_first, p_to));
    v_from  timestamptz := v_begin::timestamp AT TIME ZONE v_zone;
    v_to    timestamptz := (p_to + 1)::timestamp AT TIME ZONE v_zone;
BEGIN
    PERFORM app.require_role('Manager', 'Viewer');
    RETURN (
        WITH opened AS MATERIALIZED (
            SELECT (t.created_at AT TIME ZONE v_zone)::date AS day, count(*) AS n
              FROM tickets t WHERE t.created_at >= v_from AND t.created_at < v_to GROUP BY 1),
        done AS MATERIALIZED (
            SELECT (t.completed_at AT TIME ZONE v_zone)::date AS day, count(*) AS n, COALESCE(sum(t.actual_hours), 0) AS hours
              FROM tickets t WHERE t.completed AND t.completed_at >= v_from AND t.completed_at < v_to GROUP BY 1)
        SELECT jsonb_agg(jsonb_build_object('day', s.day, 'opened', COALESCE(o.n, 0), 'completed', COALESCE(d.n, 0),
                                            'hours', COALESCE(d.hours, 0)) ORDER BY s.day)
          FROM (SELECT v_begin + n AS day FROM generate_series(0, p_to - v_begin) n) s
          LEFT JOIN opened o USING (day)
          LEFT JOIN done d USING (day));
END $$;
GRANT EXECUTE ON FUNCTION app.flow(date, date) TO repair_bot;

-- functions/app.follow_access.sql
-- A person was linked, by whatever way: a request of theirs is settled. Somebody has become a Manager who can be told:
-- the open requests are theirs to decide, too, those for approval likewise.
CREATE FUNCTION app.follow_access() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.slack_user_id IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.slack_user_id IS DISTINCT FROM OLD.slack_user_id) THEN
        PERFORM app.settle_access(r.id, 'approved', NEW.role, NULL)
          FROM app.access_requests r WHERE r.slack_user_id = NEW.slack_user_id AND r.state = 'open';
    END IF;
    IF NEW.role = 'Manager' AND app.may_be_told(NEW) THEN
        PERFORM app.announce_access(), app.announce_approvals();
    END IF;
    RETURN NULL;
END $$;

-- functions/app.follow_preferences.sql
-- Somebody wants to be told otherwise, whoever wrote that down: what waits for the end of their quiet hours is looked at anew.
CREATE FUNCTION app.follow_preferences() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.reconsider_notifications(COALESCE(NEW.user_id, OLD.user_id), NULL);
    RETURN NULL;
END $$;

-- functions/app.forget_home.sql
-- Slack refused an account's Home, or it has lost its access: nothing more is published until it is opened again.
CREATE FUNCTION app.forget_home(p_user text) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM home_openings h WHERE h.slack_user_id = p_user
$$;
GRANT EXECUTE ON FUNCTION app.forget_home(text) TO repair_bot;

-- functions/app.free_destination.sql
-- A notification is no longer on its way: its destination may be claimed again from p_next_at on.
CREATE FUNCTION app.free_destination(p_notification_id bigint, p_next_at timestamptz) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE notification_destinations d SET claimed_id = NULL, next_at = p_next_at WHERE d.claimed_id = p_notification_id
$$;

-- functions/app.grant_access.sql
-- Gives somebody access, whatever stood there before: the first Manager, or a rescue. For administrators alone. Who is new and has an
-- account that another was added from once, and has no longer, is known by the address.
CREATE FUNCTION app.grant_access(p_email text, p_role text, p_slack_user text) RETURNS jsonb
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    u user_permissions;
    v_created boolean := false;
    v_id      text := 'slack:' || app.setting('slack_team_id') || ':' || p_slack_user;
    v_address text := 'email:' || lower(btrim(p_email));
BEGIN
    PERFORM set_config('app.user_agent', 'command line', true);
    UPDATE user_permissions x
       SET role = p_role, is_active = true, slack_user_id = COALESCE(p_slack_user, x.slack_user_id),
           slack_state = CASE WHEN p_slack_user IS NULL THEN x.slack_state ELSE 'member' END,
           slack_told_at = CASE WHEN COALESCE(p_slack_user, x.slack_user_id) = x.slack_user_id THEN x.slack_told_at END,
           slack_time_zone = CASE WHEN COALESCE(p_slack_user, x.slack_user_id) = x.slack_user_id THEN x.slack_time_zone END
     WHERE x.email = lower(btrim(p_email) COLLATE "C") RETURNING x.* INTO u;
    IF NOT FOUND THEN
        v_created := true;
        INSERT INTO user_permissions (kinde_user_id, slack_user_id, email, role)
        VALUES (CASE WHEN EXISTS (SELECT FROM user_permissions x WHERE x.kinde_user_id = v_id) THEN v_address ELSE COALESCE(v_id, v_address) END,
                p_slack_user, p_email, p_role)
        RETURNING * INTO u;
    END IF;
    RETURN jsonb_build_object('id', u.id, 'email', u.email, 'name', u.display_name, 'role', u.role,
                              'slack_user_id', u.slack_user_id, 'created', v_created);
END $$;

-- functions/app.guard_approval_limit.sql
-- What a customer lets the shop spend is changed by Managers, wherever row-level security applies; without a role the caller is trusted.
CREATE FUNCTION app.guard_approval_limit() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF app.user_role() IS NOT NULL AND row_security_active('public.customers'::regclass) THEN
        PERFORM app.require_role('Manager');
    END IF;
    RETURN NEW;
END $$;

-- functions/app.guard_ticket_change.sql
-- What a policy can't say: which change of a ticket each role may make. Holds wherever row-level security holds, for
-- whoever has a role in the session; definer functions check for themselves, and without a role the caller is trusted
-- (repair_web, the owner).
CREATE FUNCTION app.guard_ticket_change() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    v_same_work    boolean := (NEW.customer_id, NEW.title, NEW.description, NEW.priority, NEW.category, NEW.estimated_hours, NEW.due_at,
                       NEW.device_type, NEW.device_model, NEW.device_serial, NEW.device_condition, NEW.device_accessories)
                      IS NOT DISTINCT FROM
                              (OLD.customer_id, OLD.title, OLD.description, OLD.priority, OLD.category, OLD.estimated_hours, OLD.due_at,
                       OLD.device_type, OLD.device_model, OLD.device_serial, OLD.device_condition, OLD.device_accessories);
    v_same_outcome boolean := (NEW.completed, NEW.bench_status, NEW.actual_hours) IS NOT DISTINCT FROM
                              (OLD.completed, OLD.bench_status, OLD.actual_hours);
BEGIN
    IF app.user_role() IS NULL OR app.user_role() = 'Manager' OR NOT row_security_active('public.tickets'::regclass) THEN
        RETURN NEW;
    END IF;
    IF app.user_role() = 'Technician' AND OLD.tech = app.tech_email() THEN
        -- own: everything, but a finished ticket stays with who finished it
        IF NEW.tech = OLD.tech OR NOT NEW.completed THEN RETURN NEW; END IF;
    ELSIF app.user_role() = 'Technician' AND OLD.tech = 'unassigned' THEN
        -- the queue's: only take it; to work on it comes after that
        IF NEW.tech = app.tech_email() AND v_same_work AND v_same_outcome THEN RETURN NEW; END IF;
    ELSIF app.user_role() = 'Regular User' AND OLD.created_by = app.user_id() THEN
        -- filed by them: edit, reopen (which may put it into the queue) and hand the machine back; never complete, book hours or assign
        IF NEW.actual_hours IS NOT DISTINCT FROM OLD.actual_hours AND (OLD.completed OR NOT NEW.completed)
           AND (NEW.bench_status = OLD.bench_status OR (OLD.completed AND NEW.bench_status = 'collected'))
           AND (NEW.tech = OLD.tech OR (OLD.completed AND NOT NEW.completed AND NEW.tech = 'unassigned')) THEN RETURN NEW; END IF;
    END IF;
    PERFORM app.refuse('ticket_change_forbidden', format('role %L may not change ticket %s like this', app.user_role(), OLD.id),
                       jsonb_build_object('ticket', OLD.id));
    RETURN NULL;
END $$;

-- functions/app.has_passcode.sql
-- Whether a ticket that the asker sees has a passcode. Not for Viewers.
CREATE FUNCTION app.has_passcode(p_ticket integer) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT app.user_role() <> 'Viewer'
           AND EXISTS (SELECT FROM ticket_secrets s JOIN tickets t ON t.id = s.ticket_id
                        WHERE s.ticket_id = p_ticket AND app.sees_ticket(t.tech, t.created_by, t.completed))
$$;
GRANT EXECUTE ON FUNCTION app.has_passcode(integer) TO repair_bot;

-- functions/app.hold_open_tickets.sql
-- Somebody is about to stop working: waits for who gives them a ticket now, and for their tickets. Before their row is
-- changed: a foreign key's check that waited for another address of theirs waits for whoever changes the row next, too,
-- even if the key stays, and may be that of somebody who has one of the tickets.
CREATE FUNCTION app.hold_open_tickets() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('technician'), OLD.id);
    PERFORM 1 FROM tickets t WHERE t.tech = OLD.email AND NOT t.completed ORDER BY t.id FOR NO KEY UPDATE;
    RETURN NEW;
END $$;

-- functions/app.hold_technician.sql
-- Until the end of the transaction nobody changes whether, or under which e-mail address, this person takes tickets
-- (app.hold_open_tickets, change_user_email). Called before the ticket's row is locked: those two hold the person
-- and wait for the person's tickets, so the other way round would be a ring. STABLE: sees what the caller's query sees.
CREATE FUNCTION app.hold_technician(p_email text) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext('technician'), u.id) FROM user_permissions u WHERE u.email = p_email;
END $$;
GRANT EXECUTE ON FUNCTION app.hold_technician(text) TO repair_bot;

-- functions/app.hold_timer.sql
-- One change of somebody's timer at a time: taken before their tickets are locked.
CREATE FUNCTION app.hold_timer() RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT pg_advisory_xact_lock(hashtext('timer'), u.id) FROM user_permissions u WHERE u.kinde_user_id = app.user_id()
$$;
GRANT EXECUTE ON FUNCTION app.hold_timer() TO repair_bot;

-- functions/app.hours_compared.sql
-- What of app.hours_document() is compared, as the form's fields: hours, holidays, and each setting.
CREATE FUNCTION app.hours_compared(p_facts jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT p_facts -> 'settings' || jsonb_build_object(
        'hours', p_facts -> 'hours',
        'holidays', COALESCE((SELECT jsonb_object_agg(d ->> 'day', d -> 'name') FROM jsonb_array_elements(p_facts -> 'holidays') d), '{}'))
$$;

-- functions/app.hours_document.sql
-- What app.read_hours() and app.save_hours() answer but for who asks; shown: what of it a form carries (app.shown()).
CREATE FUNCTION app.hours_document() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_facts jsonb;
BEGIN
    PERFORM app.require_role('Manager');
    v_facts := jsonb_build_object(
        'hours', COALESCE((SELECT jsonb_object_agg(h.weekday, jsonb_build_array(h.opens, h.closes)) FROM shop_hours h), '{}'),
        'holidays', COALESCE((SELECT jsonb_agg(jsonb_build_object('day', x.day, 'name', x.name) ORDER BY x.day)
                                FROM (SELECT * FROM shop_holidays y WHERE y.day >= app.shop_today() ORDER BY y.day LIMIT 14) x), '[]'),   -- they fit into a form
        'settings', COALESCE((SELECT jsonb_object_agg(s.key, s.value) FROM shop_settings s WHERE s.key ~ '^((due_hours|remind|labour)_|(hourly_rate|approval_limit|summary_time|time_zone)$)'), '{}'));
    RETURN v_facts || jsonb_build_object('zone', app.shop_time_zone(), 'shown', app.shown(app.hours_compared(v_facts)));
END $$;
GRANT EXECUTE ON FUNCTION app.hours_document() TO repair_bot;

-- functions/app.is_accepted.sql
-- Whether a ticket's technician has said that they have seen it, since it became theirs.
CREATE FUNCTION app.is_accepted(p_ticket integer) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT COALESCE((SELECT e.kind = 'accepted' FROM ticket_events e
                      WHERE e.ticket_id = p_ticket AND e.kind IN ('filed', 'assigned', 'released', 'accepted')
                      ORDER BY e.id DESC LIMIT 1), false)
$$;

-- functions/app.is_one_person.sql
-- Whether two customers are one person: the same, or merged, be it at this moment.
CREATE FUNCTION app.is_one_person(p_one integer, p_other integer) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_one   integer := COALESCE((SELECT c.merged_into FROM customers c WHERE c.id = p_one), p_one);
    v_other integer := COALESCE((SELECT c.merged_into FROM customers c WHERE c.id = p_other), p_other);
BEGIN
    RETURN v_one IS NOT DISTINCT FROM v_other OR app.is_untold('customer', v_one, v_other);
END $$;

-- functions/app.is_sealed_with.sql
-- Whether an encrypt_sensitive_data() was made with this key and is as it was made.
CREATE FUNCTION app.is_sealed_with(p_key text, encrypted_data text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE
SET search_path = public, pg_temp AS $$
BEGIN
    RETURN COALESCE(p_key <> '' AND encrypted_data LIKE 'v1:%:%'
                    AND split_part(encrypted_data, ':', -1) = app.seal(substring(encrypted_data FROM '^(.*):'), p_key), false);
END $$;

-- functions/app.is_taken_back.sql
-- Whether a ticket is being opened again because its completion is taken back: asked by triggers in that transaction.
CREATE FUNCTION app.is_taken_back(p_ticket integer) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM ticket_completions c WHERE c.ticket_id = p_ticket AND c.undone_at = now())
$$;

-- functions/app.is_time_zone.sql
-- Whether clocks can be set by it: a zone's name, no bare offset, which PostgreSQL reads with the sign the other way round.
CREATE FUNCTION app.is_time_zone(p_name text) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (now() AT TIME ZONE p_name) IS NOT NULL AND p_name !~ '^[+-]?\d';
EXCEPTION WHEN data_exception THEN
    RETURN false;
END $$;
GRANT EXECUTE ON FUNCTION app.is_time_zone(text) TO authenticated_users;

-- functions/app.is_untold.sql
-- Whether a ticket's change is nobody's news: it goes to another customer because the two were merged, or that is undone, so
-- it is the same person's still; or it is the erasure of its customer, which must not say what was there.
CREATE FUNCTION app.is_untold(p_event text, p_from integer, p_to integer) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN p_event = 'customer'
                THEN EXISTS (SELECT FROM app.customer_merges m
                              WHERE m.undone_at IS NULL AND (m.kept_id, m.merged_id) IN ((p_from, p_to), (p_to, p_from)))
                ELSE EXISTS (SELECT FROM customers c WHERE c.id = p_to AND c.erased_at IS NOT NULL) END
$$;

-- functions/app.is_visible_to.sql
-- Whether a ticket is visible to a person, whoever asks: the rule of app.sees_ticket() and the policies (a test compares them).
CREATE FUNCTION app.is_visible_to(p_ticket tickets, p_person user_permissions) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT COALESCE(p_person.is_active
                    AND (p_person.role IN ('Manager', 'Viewer')
                         OR p_ticket.created_by = p_person.kinde_user_id
                         OR (p_person.role = 'Technician'
                             AND (p_ticket.tech = p_person.email OR (p_ticket.tech = 'unassigned' AND NOT p_ticket.completed)))), false)
$$;

-- functions/app.keep_bench_status.sql
-- Keeps bench_status and completed in step, whichever of them is written: the web application writes only completed.
-- Who writes bench_status goes by app.bench_steps(), whoever it is; who reopens a ticket may say where it begins again.
CREATE FUNCTION app.keep_bench_status() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    v_done boolean := NEW.bench_status IN ('ready', 'collected', 'declined');
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.bench_status <> OLD.bench_status AND NOT (OLD.completed AND NOT NEW.completed)
       AND NEW.bench_status <> ALL (app.bench_steps(OLD.bench_status)) THEN
        PERFORM app.refuse_bench_step(OLD, NEW.bench_status);
    END IF;
    IF NEW.completed = v_done THEN RETURN NEW; END IF;
    IF TG_OP = 'INSERT' AND NEW.completed OR TG_OP = 'UPDATE' AND NEW.bench_status = OLD.bench_status THEN
        NEW.bench_status = CASE WHEN NEW.completed THEN 'ready' WHEN NEW.tech = 'unassigned' THEN 'received' ELSE 'in_repair' END;
    ELSIF TG_OP = 'INSERT' OR NEW.completed = OLD.completed THEN
        NEW.completed = v_done;
    END IF;                                     -- both were written and contradict each other: the table refuses it
    RETURN NEW;
END $$;

-- functions/app.keep_completion.sql
-- Notes that the asker has just completed a ticket, which was as p_before says but for its hours, and what they checked. Nothing
-- has to be checked of what was declined.
CREATE FUNCTION app.keep_completion(p_before tickets, p_hours numeric, p_timed boolean, p_note integer, p_ticked integer[])
RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH kept AS (
        INSERT INTO ticket_completions (ticket_id, user_id, version, bench_status, actual_hours, timed, note_id)
        SELECT t.id, u.id, t.version, p_before.bench_status, p_hours, p_timed, p_note
          FROM tickets t, user_permissions u
         WHERE t.id = p_before.id AND t.completed AND u.kinde_user_id = app.user_id()
           AND (app.user_role() = 'Manager' OR t.tech = app.tech_email())
        RETURNING id, ticket_id)
    INSERT INTO ticket_checks (completion_id, position, text, ticked)
    SELECT kept.id, i.n, i.text, COALESCE(i.id = ANY (p_ticked), false)
      FROM kept JOIN tickets t ON t.id = kept.ticket_id AND t.bench_status <> 'declined',
           app.checklist_of(p_before.category) WITH ORDINALITY i (id, category, position, text, active, n)
$$;
GRANT EXECUTE ON FUNCTION app.keep_completion(tickets, numeric, boolean, integer, integer[]) TO repair_bot;

-- functions/app.keep_house.sql
-- Removes what has expired: request keys after a day; direct messages 30 days after they were sent or dropped, 90 after
-- they were given up, but summaries, which can be read again, 13 months; errands with files 30 days after they
-- ended; requests for access 30 days after the decision, or, where there is none, after they were made.
-- What people were reminded of is kept for 90 days.
-- Keeps the audit trail's partitions ahead of time, and the customers' statistics fresh: they are as old as its last run,
-- which each worker repeats every hour.
-- One process at a time; the others find nothing to do.
CREATE FUNCTION app.keep_house() RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_keys integer := 0; v_notifications integer := 0; v_access integer := 0; v_made integer := 0; v_dropped integer := 0;
BEGIN
    IF pg_try_advisory_xact_lock(hashtext('keep_house')) THEN
        DELETE FROM app.request_keys k WHERE k.created_at < now() - interval '1 day';
        GET DIAGNOSTICS v_keys = ROW_COUNT;
        DELETE FROM notifications n
         WHERE n.state <> 'waiting' AND n.kind <> 'card'
           AND n.updated_at < now() - CASE WHEN n.kind = 'summary' THEN interval '13 months'
                                           WHEN n.state = 'dead' THEN interval '90 days' ELSE interval '30 days' END;
        GET DIAGNOSTICS v_notifications = ROW_COUNT;
        DELETE FROM app.ticket_reminders r WHERE r.reminded_at < now() - interval '90 days';
        DELETE FROM app.ticket_snoozes s WHERE s.snoozed_until < now();
        DELETE FROM app.file_errands e
         WHERE e.state <> 'waiting' AND e.updated_at < now() - interval '30 days';
        DELETE FROM app.access_requests r
         WHERE COALESCE(r.decided_at, r.asked_at) < now() - interval '30 days';
        GET DIAGNOSTICS v_access = ROW_COUNT;
        DELETE FROM notification_destinations d
         WHERE d.recipient_id < 0 AND NOT EXISTS (SELECT FROM app.access_requests r WHERE r.id = -d.recipient_id);
        PERFORM app.announce_access();             -- a request and a new Manager at the same moment don't see each other
        PERFORM refresh_customer_stats();
        v_made := ensure_activity_log_partitions();
        v_dropped := drop_old_activity_log_partitions();
    END IF;
    RETURN jsonb_build_object('request_keys', v_keys, 'notifications', v_notifications, 'access_requests', v_access,
                              'partitions_made', v_made, 'partitions_dropped', v_dropped);
END $$;
GRANT EXECUTE ON FUNCTION app.keep_house() TO repair_bot;

-- functions/app.keep_last_manager.sql
-- The last active Manager stays one. The lock lets one such change through at a time, and the next sees its outcome;
-- a snapshot older than the lock could not, so stricter isolation is refused here.
CREATE FUNCTION app.keep_last_manager() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.role <> 'Manager' OR NOT NEW.is_active THEN
        IF current_setting('transaction_isolation') <> 'read committed' THEN
            RAISE EXCEPTION 'a Manager is only demoted, deactivated or removed in a READ COMMITTED transaction'
                USING ERRCODE = 'feature_not_supported';
        END IF;
        PERFORM pg_advisory_xact_lock(hashtext('last_manager'));
        PERFORM 1 FROM user_permissions u WHERE u.role = 'Manager' AND u.is_active AND u.id <> OLD.id;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the last active Manager can''t be demoted, deactivated or removed'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'user_permissions_last_manager', TABLE = 'user_permissions';
        END IF;
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

-- functions/app.keep_open_tickets_customer.sql
-- A customer with open tickets stays active, whoever switches them off: deactivate_customer() asks before, the web
-- application's UPDATE does not. The customer's row is locked by now, so no ticket is filed meanwhile (check_ticket_refs).
CREATE FUNCTION app.keep_open_tickets_customer() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.active AND NOT NEW.active AND EXISTS (SELECT FROM tickets t WHERE t.customer_id = NEW.id AND NOT t.completed) THEN
        RAISE EXCEPTION 'customer % has open tickets', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'customers_open_tickets', TABLE = 'customers', COLUMN = 'active';
    END IF;
    RETURN NEW;
END $$;

-- functions/app.keep_summary.sql
-- Takes the figures of a summary that is about to be said, and keeps them with it. Once it may have arrived they stay as
-- they are. The days of the last week of which its reader was to get one, and got none, stand with them.
CREATE FUNCTION app.keep_summary(p_notification notifications) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_reader integer := p_notification.recipient_id;
    v_day    date := (p_notification.facts ->> 'day')::date;
BEGIN
    IF p_notification.facts ? 'figures' AND (p_notification.ts IS NOT NULL OR p_notification.uncertain_since IS NOT NULL) THEN
        RETURN;
    END IF;
    UPDATE notifications n
       SET facts = n.facts || jsonb_build_object('figures', app.day_figures(v_day) || jsonb_build_object(
               'taken_at', now(),
               'missed', ARRAY(
                   SELECT d.day FROM (SELECT v_day - ago AS day FROM generate_series(1, 7) ago) d
                    WHERE NOT EXISTS (SELECT FROM notifications k WHERE k.dedupe_key = app.summary_key(v_reader, d.day)
                                         AND k.error IS DISTINCT FROM 'overtaken')
                      AND EXISTS (SELECT FROM notifications k
                                   WHERE k.kind = 'summary' AND k.recipient_id = v_reader AND (k.facts ->> 'day')::date < d.day)
                    ORDER BY d.day)))
     WHERE n.id = p_notification.id;
END $$;

-- functions/app.keep_timer.sql
-- db.models.TimerStarted: the asker's timer on this ticket wasn't forgotten; it is asked about again when as much time has passed.
CREATE FUNCTION app.keep_timer(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
BEGIN
    PERFORM app.require_role('Manager', 'Technician');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    PERFORM app.hold_timer();
    IF NOT app.put_off_timer(p_ticket) THEN
        PERFORM app.refuse('timer_not_running', 'no timer runs', jsonb_build_object('ticket', p_ticket),
                           'object_not_in_prerequisite_state');
    END IF;
    RETURN app.end_request(p_key, jsonb_build_object(
        'actor', v_actor, 'ticket', app.ticket_document(p_ticket), 'repeated', false, 'other', NULL, 'booked', NULL,
        'ran_already', true, 'asks', false));
END $$;
GRANT EXECUTE ON FUNCTION app.keep_timer(text, text, text[], text, text, integer) TO repair_bot;

-- functions/app.kept_summary.sql
-- The figures that stood in the summary of a day, and the picture (chart) if it had one: the asker's own, or else the last one
-- that anybody got; NULL: there is none.
CREATE FUNCTION app.kept_summary(p_reader integer, p_day date) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.require_role('Manager', 'Viewer');
    RETURN (
        SELECT n.facts -> 'figures' || '{"missed": []}' || jsonb_build_object('chart', n.facts -> 'chart') FROM notifications n
         WHERE n.kind = 'summary' AND n.facts ->> 'day' = to_char(p_day, 'YYYY-MM-DD') AND n.sent_at IS NOT NULL
           AND n.facts ? 'figures'
         ORDER BY (n.recipient_id = p_reader) DESC, n.sent_at DESC, n.id DESC LIMIT 1);
END $$;
GRANT EXECUTE ON FUNCTION app.kept_summary(integer, date) TO repair_bot;

-- functions/app.kinds_told.sql
-- The kinds of notification that somebody of this role may get and need not want, in the order in which people read them.
-- Requests for access and for approval are not among them, nor their answers: somebody waits for them. Nor is the question about
-- a timer, whose hours would be wrong, nor that one's own file wasn't kept, which is told nowhere else.
CREATE FUNCTION app.kinds_told(p_role text) RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN p_role IN ('Manager', 'Technician') THEN '{assigned,unassigned,reminder}'::text[] ELSE '{}' END
        || CASE WHEN p_role <> 'Viewer' THEN '{completed,reopened}'::text[] ELSE '{}' END
        || '{watched,mentioned}'::text[]
        || CASE WHEN p_role = 'Manager' THEN '{returned_to_queue,undeliverable,summary}'::text[] ELSE '{}' END
$$;
GRANT EXECUTE ON FUNCTION app.kinds_told(text) TO repair_bot;

-- functions/app.known_zone.sql
-- A time zone that Slack tells of an account, NULL where clocks can't be set by it.
CREATE FUNCTION app.known_zone(p_zone text) RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp
AS $$ SELECT left(p_zone, 64) WHERE app.is_time_zone(p_zone) $$;

-- functions/app.last_change.sql
-- {who, at}: of the last change to a table's rows by the audit trail. p_ids: of these rows; p_named: of this column, or of the row
-- with this key. For definer functions: the trail is the Managers'.
CREATE FUNCTION app.last_change(p_resource text, p_table text, p_named text DEFAULT NULL, p_ids integer[] DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (
        SELECT COALESCE((
            SELECT jsonb_build_object('who', COALESCE(app.person_name(a.user_id), 'The system'), 'at', a.created_at)
              FROM activity_log a
             WHERE a.resource_type = p_resource AND a.metadata ->> 'table' = p_table AND a.action IN ('INSERT', 'UPDATE', 'DELETE')
               AND (p_ids IS NULL OR a.resource_id = ANY (p_ids))
               AND (p_named IS NULL OR a.metadata ->> 'key' = p_named OR a.metadata -> 'new' ? p_named)
             ORDER BY a.created_at DESC, a.id DESC LIMIT 1), '{"who": "The system"}'));
END $$;

-- functions/app.last_completion.sql
-- The completion that a ticket owes its being completed to, if it was made in Slack and nothing has changed since.
CREATE FUNCTION app.last_completion(p_ticket integer) RETURNS ticket_completions
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT c.*
      FROM ticket_completions c JOIN tickets t ON t.id = c.ticket_id
     WHERE c.ticket_id = p_ticket AND t.completed AND c.undone_at IS NULL AND c.completed_at >= t.completed_at
     ORDER BY c.id DESC LIMIT 1
$$;
GRANT EXECUTE ON FUNCTION app.last_completion(integer) TO repair_bot;

-- functions/app.least_busy_technician.sql
-- The e-mail of the active technician with the fewest open tickets, p_except apart; NULL if there is none. One choice at
-- a time: the lock holds to the end of the transaction, so call this before any row is locked where possible. Who is
-- being switched off or renamed at this moment is passed over, not waited for: a ticket's row may be locked by now.
CREATE FUNCTION app.least_busy_technician(p_except text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_email text;
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    PERFORM pg_advisory_xact_lock(hashtext('auto_assign_ticket'));
    FOR v_email IN
        SELECT u.email
          FROM user_permissions u
          LEFT JOIN (SELECT t.tech, count(*) AS n FROM tickets t WHERE NOT t.completed GROUP BY t.tech) w ON w.tech = u.email
         WHERE u.role = 'Technician' AND u.is_active AND u.email IS DISTINCT FROM p_except
         ORDER BY COALESCE(w.n, 0), random()
    LOOP
        IF app.try_hold_technician(v_email) THEN
            RETURN v_email;
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
GRANT EXECUTE ON FUNCTION app.least_busy_technician(text) TO repair_bot;

-- functions/app.like_pattern.sql
CREATE FUNCTION app.like_pattern(p_term text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN '%' || replace(replace(replace(p_term, '\', '\\'), '%', '\%'), '_', '\_') || '%';

-- functions/app.lines_in_order.sql
-- Tickets in a list as app.ticket_lines(), but in the order given.
CREATE FUNCTION app.lines_in_order(p_ids integer[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN COALESCE((SELECT jsonb_agg(x.line ORDER BY array_position(p_ids, (x.line -> 'id')::integer))
                       FROM jsonb_array_elements(app.ticket_lines(p_ids)) x (line)), '[]');
END $$;
GRANT EXECUTE ON FUNCTION app.lines_in_order(integer[]) TO repair_bot;

-- functions/app.link_slack_user.sql
-- Links a Slack account to the one active, unlinked person, no Manager, with its confirmed e-mail. Asked again it
-- answers the same. Only A to Z are the same in either case: a KELVIN SIGN must not pass for a k. Where a Manager can
-- help, they are asked; that has to be committed, so why there is no link is answered and not raised. db.members.Linked
CREATE FUNCTION app.link_slack_user(p_team text, p_user text, p_email text, p_name text, p_zone text DEFAULT NULL)
RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_email  text := lower(btrim(p_email) COLLATE "C");
    u        user_permissions;
    v_reason text;
BEGIN
    IF (p_team = app.setting('slack_team_id')) IS NOT TRUE THEN
        v_reason := 'other_workspace';
    ELSIF (p_user ~ '^[A-Za-z0-9_-]{1,32}$') IS NOT TRUE THEN              -- the column's own refusal would show the whole row
        v_reason := 'unknown';
    ELSIF NOT EXISTS (SELECT FROM user_permissions x WHERE x.slack_user_id = p_user) THEN
        SELECT x.* INTO u FROM user_permissions x WHERE x.email = v_email FOR NO KEY UPDATE;
        v_reason := CASE WHEN u.id IS NULL THEN 'unknown'
                         WHEN NOT u.is_active THEN 'inactive'
                         WHEN u.slack_user_id = p_user THEN NULL               -- linked a moment ago
                         WHEN u.slack_user_id IS NOT NULL THEN 'ambiguous'     -- another account has the address, too
                         WHEN u.role = 'Manager' THEN 'manager_by_email' END;
        IF v_reason IS NULL THEN
            PERFORM app.open_session(u, NULL, 'slack:link');
            UPDATE user_permissions x
               SET slack_user_id = p_user, slack_state = 'member', display_name = COALESCE(NULLIF(btrim(p_name), ''), x.display_name),
                   slack_time_zone = app.known_zone(p_zone)
             WHERE x.id = u.id AND x.slack_user_id IS NULL;
        END IF;
    END IF;
    RETURN CASE
        WHEN v_reason IS NULL THEN
            jsonb_build_object('actor', app.set_slack_session(p_team, p_user,
                '{Manager,Technician,Regular User,Viewer}', 'slack:link'))
        ELSE
            jsonb_build_object('reason', v_reason, 'asked', CASE
                WHEN v_reason IN ('unknown', 'ambiguous', 'manager_by_email')
                THEN app.request_access(p_user, v_email, p_name, v_reason) END)
    END;
END $$;
GRANT EXECUTE ON FUNCTION app.link_slack_user(text, text, text, text, text) TO repair_bot;

-- functions/app.list_notifications.sql
-- db.models.OutboxReport: how many messages are in each state, and the first p_limit that wait or are dead (p_failed:
-- that are dead alone), those due the longest first. Nothing about people: for the operator's terminal.
CREATE FUNCTION app.list_notifications(p_failed boolean, p_limit integer) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH listed AS MATERIALIZED (
        SELECT u.* FROM (SELECT n.* FROM notifications n WHERE n.state = 'dead'    -- each has its partial index
                         UNION ALL
                         SELECT n.* FROM notifications n WHERE n.state = 'waiting' AND NOT p_failed) u
         ORDER BY u.due, u.id LIMIT p_limit)
    SELECT jsonb_build_object(
        'states', '{"waiting": 0, "dead": 0, "sent": 0, "dropped": 0}'::jsonb || (
            SELECT COALESCE(jsonb_object_agg(s.state, s.number), '{}')
              FROM (SELECT n.state, count(*) AS number FROM notifications n GROUP BY 1) s),
        'messages', COALESCE((
            SELECT jsonb_agg(jsonb_build_object(
                       'id', l.id, 'kind', l.kind, 'ticket_id', l.ticket_id, 'state', l.state, 'attempts', l.attempts,
                       'due', l.due, 'age_seconds', extract(epoch FROM now() - l.created_at), 'error', l.error)
                       ORDER BY l.due, l.id)
              FROM listed l), '[]'))
$$;
GRANT EXECUTE ON FUNCTION app.list_notifications(boolean, integer) TO repair_bot;

-- functions/app.live_reminders.sql
-- What a reminder still has to say, as an array of db.models.Reminder: facts -> 'reminders' names tickets, why, and since when
-- that is so. Left out is what is so no longer: the ticket is done, somebody else's by now, snoozed, or in order again.
CREATE FUNCTION app.live_reminders(p_notification notifications) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT COALESCE(jsonb_agg(jsonb_build_object('why', r.why, 'since', r.since, 'ticket', app.card_document(t)) ORDER BY r.n), '[]')
      FROM (SELECT DISTINCT ON (x.ticket) x.*                    -- the first, where an older message's are among them
              FROM ROWS FROM (jsonb_to_recordset(p_notification.facts -> 'reminders') AS (ticket integer, why text, since timestamptz))
                   WITH ORDINALITY x (ticket, why, since, n)
             ORDER BY x.ticket, x.n) r
      JOIN tickets t ON t.id = r.ticket
      JOIN user_permissions u ON u.id = p_notification.recipient_id
     WHERE NOT t.completed AND (t.tech = u.email OR u.role = 'Manager')
       AND CASE r.why WHEN 'overdue'   THEN t.due_at <= now()
                      WHEN 'due_soon'  THEN t.due_at IS NOT NULL
                      WHEN 'untouched' THEN t.priority = 'urgent' AND t.tech = 'unassigned'
                      WHEN 'approval'  THEN t.bench_status = 'waiting_approval'
                      ELSE true END
       AND NOT EXISTS (SELECT FROM app.ticket_snoozes s
                        WHERE (s.ticket_id, s.user_id) = (t.id, u.id) AND s.snoozed_until > now() AND r.why <> 'nudged')
$$;

-- functions/app.lock_ticket.sql
-- Locks a ticket that the asker may see, and returns it as it is then: whoever was quicker shows in it.
-- A definer function, since under row-level security a row that somebody else has just taken would look missing.
CREATE FUNCTION app.lock_ticket(p_ticket integer) RETURNS tickets
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE t tickets;
BEGIN
    SELECT x.* INTO t FROM tickets x WHERE x.id = p_ticket;
    IF FOUND AND app.sees_ticket(t.tech, t.created_by, t.completed) THEN
        SELECT x.* INTO t FROM tickets x WHERE x.id = p_ticket FOR NO KEY UPDATE;
        IF FOUND THEN RETURN t; END IF;
    END IF;
    PERFORM app.refuse_ticket('ticket_not_found', p_ticket);
    RETURN NULL;
END $$;
GRANT EXECUTE ON FUNCTION app.lock_ticket(integer) TO repair_bot;

-- functions/app.maintenance_sunday.sql
-- The Sunday whose maintenance is the latest due: at two by the shop's clock. A time that the clocks skip is the same time
-- by the old offset, one that they pass twice counts the second time.
CREATE FUNCTION app.maintenance_sunday(p_now timestamptz) RETURNS date
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
    v_today  date := app.shop_today(p_now);
    v_sunday date := v_today - extract(dow FROM v_today)::integer;
BEGIN
    RETURN CASE WHEN (v_sunday + time '02:00') AT TIME ZONE app.shop_time_zone() > p_now THEN v_sunday - 7 ELSE v_sunday END;
END $$;

-- functions/app.may_be_told.sql
-- Whether a person can be written to: active, and linked to a full member of the workspace.
CREATE FUNCTION app.may_be_told(p_person user_permissions) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT p_person.is_active AND p_person.slack_user_id IS NOT NULL AND p_person.slack_state = 'member'
$$;
GRANT EXECUTE ON FUNCTION app.may_be_told(user_permissions) TO repair_bot;

-- functions/app.may_undo.sql
-- Whether the asker can take the completion of a ticket back now: a Manager or who made it, for ten minutes, as long as the
-- ticket is as it was left then. Notes and files don't count.
CREATE FUNCTION app.may_undo(p_ticket integer) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT COALESCE((
        SELECT c.version = t.version AND c.completed_at > now() - interval '10 minutes'
               AND (app.user_role() = 'Manager' OR (app.user_role() = 'Technician' AND t.tech = app.user_email() AND u.kinde_user_id = app.user_id()))
          FROM app.last_completion(p_ticket) c
          JOIN tickets t ON t.id = c.ticket_id
          LEFT JOIN user_permissions u ON u.id = c.user_id), false)
$$;
GRANT EXECUTE ON FUNCTION app.may_undo(integer) TO repair_bot;

-- functions/app.mentioned_people.sql
-- Whom a note's @names mean, each once, the first ten: a Slack id, a whole name, an e-mail's local part, or a word of a
-- name; those who are active before others. missed: why somebody is not told: 'hidden' (the ticket), 'unreachable' (in
-- Slack), 'unclear' (the name is several people's), 'unknown' (a Slack account without access). What is nobody's name
-- is no mention.
CREATE FUNCTION app.mentioned_people(p_ticket integer, p_body text) RETURNS TABLE (person_id integer, name text, missed text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY WITH pieces AS (
        SELECT p.n, lower(p.text) AS text, rtrim(substring(p.text FROM '^[[:alnum:]_.''-]+'), '.''-') AS word
          FROM regexp_split_to_table(p_body, '(?<![[:alnum:]_.@<-])@') WITH ORDINALITY p (text, n)
         WHERE p.n BETWEEN 2 AND 51),
    fitting AS (
        SELECT p.n, p.word, u.id, rank() OVER (PARTITION BY p.n ORDER BY f.fits, u.is_active DESC) AS place
          FROM pieces p CROSS JOIN user_permissions u,
               LATERAL (SELECT CASE
                   WHEN p.word = u.slack_user_id THEN '0'
                   WHEN starts_with(p.text, lower(u.display_name)) AND substr(p.text, length(u.display_name) + 1) !~ '^\w'
                   THEN '1' || to_char(1000 - length(u.display_name), 'FM0000')
                   WHEN lower(p.word) = split_part(u.email, '@', 1) THEN '2'
                   WHEN lower(p.word) = ANY (string_to_array(lower(u.display_name), ' ')) THEN '3' END AS fits) f
         WHERE f.fits IS NOT NULL),
    meant AS (
        SELECT p.n, p.word, count(f.id) AS people, min(f.id) AS id
          FROM pieces p LEFT JOIN fitting f ON f.n = p.n AND f.place = 1
         GROUP BY p.n, p.word)
    SELECT m.id, COALESCE(u.display_name, m.word)::text,
           CASE WHEN m.people = 0 THEN 'unknown'
                WHEN m.people > 1 THEN 'unclear'
                WHEN NOT app.may_be_told(u) THEN 'unreachable'
                WHEN NOT app.is_visible_to(t, u) THEN 'hidden' END
      FROM (SELECT min(x.n) AS n, CASE x.people WHEN 1 THEN x.id END AS id, CASE x.people WHEN 1 THEN NULL ELSE x.word END AS word, x.people
              FROM meant x
             WHERE x.people > 0 OR x.word ~ '^[UW][A-Z0-9]{5,}$'
             GROUP BY 2, 3, 4
             ORDER BY 1 LIMIT 10) m
      LEFT JOIN user_permissions u ON u.id = m.id
      LEFT JOIN tickets t ON t.id = p_ticket
     ORDER BY m.n;
END $$;

-- functions/app.merge_customers.sql
-- db.models.CustomersMerged: two customers are one person. The tickets and contacts of p_merged go to p_kept; p_taken says
-- what of p_merged's replaces p_kept's: name, email, phone, address, notes, or 'both notes'. p_merged stays as a deactivated
-- row that points to p_kept. p_kept_seen, p_merged_seen: updated_at of what the asker chose from.
-- A definer function: who is active, and the record for undoing it, are columns and a table that nobody is granted.
CREATE FUNCTION app.merge_customers(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_kept integer,
                                    p_merged integer, p_taken text[], p_kept_seen timestamptz, p_merged_seen timestamptz) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    v_new    jsonb;
    v_merge  app.customer_merges;
    k customers;
    m customers;
BEGIN
    PERFORM app.require_role('Manager');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    PERFORM FROM tickets t WHERE t.customer_id = p_merged ORDER BY t.id FOR NO KEY UPDATE;     -- tickets before customers
    PERFORM FROM customers c WHERE c.id IN (p_kept, p_merged) ORDER BY c.id FOR UPDATE;
    PERFORM app.pair_document(p_kept, p_merged);
    SELECT c.* INTO k FROM customers c WHERE c.id = p_kept;
    SELECT c.* INTO m FROM customers c WHERE c.id = p_merged;
    IF (k.updated_at, m.updated_at) IS DISTINCT FROM (p_kept_seen, p_merged_seen) THEN
        PERFORM app.refuse('customers_changed', 'one of the two has been changed');
    END IF;
    v_new := (
        SELECT COALESCE(jsonb_object_agg(x.col, to_jsonb(m) -> x.col), '{}')
          FROM (VALUES ('name', 'first_name'), ('name', 'last_name'), ('email', 'email'), ('phone', 'phone'), ('notes', 'notes'),
                       ('address', 'address1'), ('address', 'address2'), ('address', 'city'), ('address', 'state'),
                       ('address', 'zip'), ('address', 'country')) x (part, col)
         WHERE x.part = ANY (p_taken));
    IF 'both notes' = ANY (p_taken) THEN
        v_new := v_new || jsonb_build_object('notes', concat_ws(E'\n', k.notes, m.notes));
        PERFORM app.check_customer(jsonb_build_object('notes', v_new -> 'notes'));
    END IF;

    INSERT INTO app.customer_merges (kept_id, merged_id, tickets, contacts, old, new, merged_by)
    VALUES (p_kept, p_merged, ARRAY(SELECT t.id FROM tickets t WHERE t.customer_id = p_merged ORDER BY t.id),
            ARRAY(SELECT n.id FROM customer_contacts n WHERE n.customer_id = p_merged ORDER BY n.id),
            (SELECT COALESCE(jsonb_object_agg(c, to_jsonb(k) -> c), '{}') FROM jsonb_object_keys(v_new) c), v_new,
            (v_actor ->> 'id')::integer)
    RETURNING * INTO v_merge;
    UPDATE tickets t SET customer_id = p_kept WHERE t.customer_id = p_merged;
    UPDATE customer_contacts n SET customer_id = p_kept WHERE n.customer_id = p_merged;
    UPDATE customers c SET merged_into = p_kept WHERE c.merged_into = p_merged;
    UPDATE customers c SET active = false, merged_into = p_kept WHERE c.id = p_merged;
    IF v_new ? 'email' THEN
        PERFORM app.swap_emails(p_kept, p_merged);
    END IF;
    PERFORM app.put_customer(p_kept, v_new - 'email');
    RETURN app.end_request(p_key, app.customer_document(p_kept) || jsonb_build_object(
        'actor', v_actor, 'repeated', false, 'merge_id', v_merge.id, 'merged_id', p_merged,
        'moved', cardinality(v_merge.tickets), 'left', '[]'::jsonb, 'left_fields', '[]'::jsonb));
END $$;
GRANT EXECUTE ON FUNCTION app.merge_customers(text, text, text[], text, text, integer, integer, text[], timestamptz, timestamptz) TO repair_bot;

-- functions/app.merge_documents.sql
-- Who was merged into a customer, the last three, as an array of db.models.Merge; for Managers.
CREATE FUNCTION app.merge_documents(p_customer integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN COALESCE((
        SELECT jsonb_agg(jsonb_build_object('id', m.id, 'customer_id', m.merged_id, 'name', c.first_name || ' ' || c.last_name,
                                            'phone', c.phone, 'email', c.email, 'merged_at', m.merged_at) ORDER BY m.id DESC)
          FROM (SELECT * FROM app.customer_merges x WHERE x.kept_id = p_customer AND x.undone_at IS NULL
                 ORDER BY x.id DESC LIMIT 3) m
          JOIN customers c ON c.id = m.merged_id
         WHERE app.user_role() = 'Manager'), '[]');
END $$;
GRANT EXECUTE ON FUNCTION app.merge_documents(integer) TO repair_bot;

-- functions/app.missed_mentions.sql
-- [{name, why}] of those whom a note on a ticket that the asker sees mentions and who are not told of it.
CREATE FUNCTION app.missed_mentions(p_ticket integer, p_body text) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    RETURN COALESCE((SELECT jsonb_agg(jsonb_build_object('name', m.name, 'why', m.missed))
                       FROM app.mentioned_people(p_ticket, p_body) m
                      WHERE m.missed IS NOT NULL
                        AND EXISTS (SELECT FROM tickets t
                                     WHERE t.id = p_ticket AND app.sees_ticket(t.tech, t.created_by, t.completed))), '[]');
END $$;
GRANT EXECUTE ON FUNCTION app.missed_mentions(integer, text) TO repair_bot;

-- functions/app.name_mentioned_people.sql
-- A note that mentions people by their Slack ids, as Slack's own mentions do, is kept with their names.
CREATE FUNCTION app.name_mentioned_people() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_person record;
    v_body   text := NEW.body;
BEGIN
    IF v_body !~ '@[UW][A-Z0-9]{5}' THEN RETURN NEW; END IF;
    FOR v_person IN
        SELECT DISTINCT u.slack_user_id, u.display_name
          FROM regexp_matches(v_body, '@([UW][A-Z0-9]{5,})', 'g') m JOIN user_permissions u ON u.slack_user_id = m[1]
    LOOP
        v_body := regexp_replace(v_body, '(?<!<)@' || v_person.slack_user_id || '(?![A-Za-z0-9])',
                                 '@' || replace(v_person.display_name, '\', '\\'), 'g');
    END LOOP;
    IF length(v_body) <= 10000 THEN NEW.body := v_body; END IF;
    RETURN NEW;
END $$;

-- functions/app.next_notification_due.sql
-- Seconds until the next message may be claimed, 0 if at once, NULL if none waits.
CREATE FUNCTION app.next_notification_due() RETURNS double precision
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT min(GREATEST(extract(epoch FROM GREATEST(w.due, d.next_at) - clock_timestamp()), 0))::double precision
      FROM (SELECT n.destination, min(n.due) AS due FROM notifications n WHERE n.state = 'waiting' GROUP BY 1) w
      LEFT JOIN notification_destinations d ON d.recipient_id = w.destination
$$;
GRANT EXECUTE ON FUNCTION app.next_notification_due() TO repair_bot;

-- functions/app.normalize_email.sql
-- Stored lower-case: '=' on text is leakproof and so may use its index under row-level security, lower() and citext not.
CREATE FUNCTION app.normalize_email() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    NEW.email = lower(btrim(NEW.email) COLLATE "C");      -- A to Z alone: a KELVIN SIGN is refused, no k
    RETURN NEW;
END $$;

-- functions/app.note_home_opened.sql
-- Notes that the asking person has just been shown their Home, as of now. Definer: the table is nobody's to read.
CREATE FUNCTION app.note_home_opened() RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO home_openings (slack_user_id, shown_event)
    SELECT u.slack_user_id, (SELECT COALESCE(max(e.id), 0) FROM ticket_events e)
      FROM user_permissions u WHERE u.kinde_user_id = app.user_id() AND u.slack_user_id IS NOT NULL
    ON CONFLICT (slack_user_id) DO UPDATE SET opened_at = now(), published_at = now(), shown_event = EXCLUDED.shown_event
$$;
GRANT EXECUTE ON FUNCTION app.note_home_opened() TO repair_bot;

-- functions/app.notification_document.sql
-- A claimed message with all that is needed to say it (db.models.Notification), as things are now. Of a ticket only
-- what a whole channel may read; what was done goes to those alone who get a message about the completion.
CREATE FUNCTION app.notification_document(p_notification notifications, p_shop_channel text) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT jsonb_build_object(
        'id', n.id,
        'kind', n.kind,
        'dedupe_key', n.dedupe_key,
        'ticket_id', n.ticket_id,
        'recipient_id', n.recipient_id,
        'recipient_slack_user_id', COALESCE(n.facts ->> 'account', u.slack_user_id, q.slack_user_id),
        'channel', CASE WHEN n.kind = 'access_changed' THEN n.channel
                        WHEN n.destination <> 0 THEN COALESCE(n.channel, d.channel) ELSE p_shop_channel END,
        -- what stands in another channel than the shop's present one is posted anew
        'ts', CASE WHEN n.destination <> 0 OR n.channel = p_shop_channel THEN n.ts END,
        'thread_ts', CASE WHEN c.channel = p_shop_channel THEN c.ts END,
        'broadcast', n.facts ? 'broadcast',
        'uncertain_since', n.uncertain_since,
        'attempts', n.attempts,
        'failures', n.failures,
        'version', n.version,
        'actor_name', n.actor_name,
        'events', COALESCE((
            SELECT jsonb_agg(jsonb_build_object('event', e.value -> 'event', 'actor', e.value -> 'actor',
                                                'old', e.value -> 'old', 'new', e.value -> 'new',
                                                'body', (SELECT x.body FROM ticket_notes x
                                                          WHERE n.kind IN ('watched', 'mentioned') AND x.id = (e.value ->> 'note')::integer)) ORDER BY e.ordinality)
              FROM jsonb_array_elements(n.facts -> 'events') WITH ORDINALITY e), '[]'),
        'facts', n.facts - '{events,broadcast,reminders,figures,chart,approval}'::text[] || CASE n.kind
            WHEN 'assigned' THEN jsonb_build_object('accepted', app.is_accepted(n.ticket_id)::integer)
            WHEN 'completed' THEN jsonb_build_object('resolution', (
                SELECT r.body FROM ticket_notes r
                 WHERE r.ticket_id = t.id AND r.kind = 'resolution' AND r.created_at >= t.completed_at
                 ORDER BY r.id DESC LIMIT 1))
            WHEN 'summary' THEN jsonb_build_object(
                'late', now() > (n.facts ->> 'due_at')::timestamptz + interval '30 minutes')
            ELSE '{}' END,
        'access', app.access_document(n.request_id),
        'approval', app.approval_document((n.facts ->> 'approval')::integer),
        'figures', CASE WHEN n.kind = 'summary' THEN app.day_report(n.facts -> 'figures') END,
        'chart', n.facts -> 'chart',
        'created_at', n.created_at,
        'reminders', CASE WHEN n.kind = 'reminder' THEN app.live_reminders(p_notification) ELSE '[]' END,
        'ticket', CASE WHEN t.id IS NOT NULL THEN app.card_document(t) END)
      FROM (SELECT p_notification.*) n
      LEFT JOIN user_permissions u ON u.id = n.recipient_id
      LEFT JOIN notification_destinations d ON d.recipient_id = n.destination
      LEFT JOIN app.access_requests q ON q.id = n.request_id AND n.recipient_id IS NULL
      LEFT JOIN notifications c ON n.kind = 'thread' AND c.dedupe_key = 'card:' || n.ticket_id
      LEFT JOIN tickets t ON t.id = n.ticket_id
$$;

-- functions/app.notification_obstacle.sql
-- Why a waiting message has no reader any more; NULL: it may be said.
CREATE FUNCTION app.notification_obstacle(p_notification notifications) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE
        WHEN n.kind = ANY (p.muted) AND n.ts IS NULL AND n.uncertain_since IS NULL THEN 'muted'
        WHEN n.kind IN ('summary', 'access_requested', 'approval_requested', 'undeliverable') AND u.role <> 'Manager' THEN 'recipient no longer a Manager'
        WHEN n.kind = 'thread' AND t.id IS NULL THEN 'ticket removed'
        WHEN n.kind = 'thread' AND (c.state IN ('waiting', 'sent') AND c.id < n.id) IS NOT TRUE THEN 'no card to stand under'
        WHEN n.kind IN ('watched', 'mentioned', 'completed', 'reopened', 'file_refused', 'approval_decided') AND t.id IS NOT NULL
             AND NOT app.is_visible_to(t, u) THEN 'recipient does not see the ticket'
        WHEN n.kind = 'mentioned' AND t.id IS NOT NULL
             AND NOT EXISTS (SELECT FROM jsonb_array_elements(n.facts -> 'events') e
                                JOIN ticket_notes x ON x.id = (e ->> 'note')::integer) THEN 'note removed'
        WHEN n.kind = 'reminder' AND n.ts IS NULL AND n.uncertain_since IS NULL
             AND app.live_reminders(p_notification) = '[]' THEN 'nothing to remind of any more'
        WHEN n.kind = 'assigned' AND t.completed AND n.ts IS NULL AND n.uncertain_since IS NULL THEN 'completed meanwhile'
        WHEN n.kind = 'timer' AND n.ts IS NULL AND n.uncertain_since IS NULL
             AND NOT EXISTS (SELECT FROM labour_entries e WHERE e.id = (n.facts ->> 'entry')::bigint AND e.stopped_at IS NULL)
             THEN 'stopped meanwhile'
        WHEN n.kind = 'undeliverable' AND n.ts IS NULL
             AND NOT EXISTS (SELECT FROM notifications d
                              WHERE d.state = 'dead' AND d.destination = (n.facts ->> 'destination')::integer)
             THEN 'delivered meanwhile'
        END
      FROM (SELECT p_notification.*) n
      LEFT JOIN user_permissions u ON u.id = n.recipient_id
      LEFT JOIN preferences p ON p.user_id = n.recipient_id
      LEFT JOIN tickets t ON t.id = n.ticket_id
      LEFT JOIN notifications c ON n.kind = 'thread' AND c.dedupe_key = 'card:' || n.ticket_id
$$;

-- functions/app.notify_managers_of_return.sql
-- A person was deactivated and p_count of their open tickets went back to the queue: a word to each Manager.
CREATE FUNCTION app.notify_managers_of_return(p_name text, p_count integer, p_user_id integer) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT app.add_notification('returned_to_queue', NULL, u.id, jsonb_build_object('name', p_name, 'count', p_count))
      FROM user_permissions u
     WHERE u.role = 'Manager' AND u.id <> p_user_id AND p_count > 0
     ORDER BY u.id
$$;

-- functions/app.nudge.sql
-- A Manager reminds somebody of a ticket on which they work, once a day of the shop. False: they were reminded today already, or
-- there is nobody to remind.
CREATE FUNCTION app.nudge(p_ticket integer) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_worker integer;
BEGIN
    PERFORM app.require_role('Manager');
    INSERT INTO app.ticket_reminders (ticket_id, user_id, why, about)
    SELECT t.id, u.id, 'nudged', app.shop_today()::timestamp AT TIME ZONE app.shop_time_zone()
      FROM tickets t JOIN user_permissions u ON u.email = t.tech
     WHERE t.id = p_ticket AND NOT t.completed
    ON CONFLICT DO NOTHING
    RETURNING user_id INTO v_worker;
    IF v_worker IS NULL THEN RETURN false; END IF;
    PERFORM app.add_notification('reminder', p_ticket, v_worker, jsonb_build_object(
        'reminders', jsonb_build_array(jsonb_build_object('ticket', p_ticket, 'why', 'nudged'))));
    RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION app.nudge(integer) TO repair_bot;

-- functions/app.nudge_worker.sql
-- db.models.Nudged: a Manager reminds whoever works on a ticket of it, once a day of the shop and ticket.
CREATE FUNCTION app.nudge_worker(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    t tickets;
BEGIN
    PERFORM app.require_role('Manager');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    t := app.lock_ticket(p_ticket);
    IF t.completed THEN
        PERFORM app.refuse_ticket('ticket_completed', p_ticket);
    ELSIF t.tech = 'unassigned' THEN
        PERFORM app.refuse_ticket('ticket_in_queue', p_ticket);
    END IF;
    RETURN app.end_request(p_key, jsonb_build_object(
        'actor', v_actor, 'ticket', app.ticket_document(p_ticket), 'repeated', false,
        'outcome', CASE WHEN t.tech = app.user_email() THEN 'yours'
                        WHEN NOT EXISTS (SELECT FROM user_permissions u WHERE u.email = t.tech AND app.may_be_told(u)) THEN 'unreachable'
                        WHEN app.nudge(p_ticket) THEN 'reminded'
                        ELSE 'before' END));
END $$;
GRANT EXECUTE ON FUNCTION app.nudge_worker(text, text, text[], text, text, integer) TO repair_bot;

-- functions/app.open_approval.sql
-- A request for approval that is still open, for whoever decides about it; refused with what became of it where it isn't.
CREATE FUNCTION app.open_approval(p_approval integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE v_approval jsonb := app.approval_document(p_approval);
BEGIN
    IF v_approval IS NULL THEN
        PERFORM app.refuse('approval_gone', 'there is no such request for approval', '{}', 'no_data_found');
    ELSIF v_approval ->> 'state' <> 'open' THEN
        PERFORM app.refuse('approval_settled', 'this request for approval is settled', jsonb_build_object(
            'ticket', v_approval -> 'ticket_id', 'state', v_approval -> 'state', 'by', v_approval -> 'decided_by'),
            'object_not_in_prerequisite_state');
    END IF;
    RETURN v_approval;
END $$;
GRANT EXECUTE ON FUNCTION app.open_approval(integer) TO repair_bot;

-- functions/app.open_session.sql
-- Says for the rest of the transaction who is asking. Whoever calls this has checked that they may.
CREATE FUNCTION app.open_session(p_person user_permissions, p_client_ip text, p_source text) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM set_config('app.current_user_id', p_person.kinde_user_id, true),
            set_config('app.current_user_email', p_person.email, true),
            set_config('app.user_role', p_person.role, true),
            set_config('app.client_ip', COALESCE(p_client_ip, ''), true),
            set_config('app.user_agent', COALESCE(p_source, ''), true);
    IF current_setting('transaction_read_only') = 'off'
       AND (p_person.last_login IS NULL OR p_person.last_login < now() - interval '5 minutes') THEN
        UPDATE user_permissions u SET last_login = now()
         WHERE u.id = (SELECT x.id FROM user_permissions x WHERE x.id = p_person.id FOR NO KEY UPDATE SKIP LOCKED);
    END IF;
END $$;

-- functions/app.overtaken.sql
-- Where somebody was overtaken: [{field, touched: whether they want something else than their form showed, old: missing where it
-- carried a mark of that, new, shown: what it carries from now on}]; NULL: nowhere. p_seen: what the form showed (app.shown()),
-- p_now: what is so now, read under a lock, p_wanted: what is to be. Values are compared, not times: whoever came in between is
-- noticed however long their transaction took, and who changed a value back isn't in the way.
CREATE FUNCTION app.overtaken(p_seen jsonb, p_now jsonb, p_wanted jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (
        SELECT jsonb_agg(jsonb_build_object('field', w.key, 'touched', w.value IS DISTINCT FROM p_seen -> w.key,
                                            'new', p_now -> w.key, 'shown', app.shown(p_now) -> w.key)
                         || CASE WHEN p_seen ->> w.key LIKE 'md5:%' THEN '{}' ELSE jsonb_build_object('old', p_seen -> w.key) END
                         ORDER BY w.key)
          FROM jsonb_each(p_wanted) w
         WHERE p_now -> w.key IS DISTINCT FROM w.value AND app.shown(p_now) -> w.key IS DISTINCT FROM p_seen -> w.key);
END $$;
GRANT EXECUTE ON FUNCTION app.overtaken(jsonb, jsonb, jsonb) TO repair_bot;

-- functions/app.pair_document.sql
-- Two customers beside each other, as db.models.Pair without the actor; refused unless both are active and two.
CREATE FUNCTION app.pair_document(p_first integer, p_second integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE v_id integer; v_active boolean;
BEGIN
    FOREACH v_id IN ARRAY ARRAY[p_first, p_second] LOOP
        SELECT c.active INTO v_active FROM customers c WHERE c.id = v_id;
        IF NOT FOUND THEN
            PERFORM app.refuse_customer(v_id);
        ELSIF NOT v_active OR p_first = p_second THEN
            PERFORM app.refuse('customers_not_two', format('customer %s is inactive, or the same', v_id), jsonb_build_object('customer', v_id));
        END IF;
    END LOOP;
    RETURN jsonb_build_object(
        'first', app.customer_document(p_first) -> 'customer', 'second', app.customer_document(p_second) -> 'customer');
END $$;
GRANT EXECUTE ON FUNCTION app.pair_document(integer, integer) TO repair_bot;

-- functions/app.person_document.sql
-- db.models.PersonFacts: somebody as the Managers see them.
CREATE FUNCTION app.person_document(p_person integer) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT jsonb_build_object(
        'id', u.id,
        'name', u.display_name,
        'email', u.email,
        'role', u.role,
        'is_active', u.is_active,
        'slack_user_id', u.slack_user_id,
        'slack_state', u.slack_state,
        'open_tickets', (SELECT count(*) FROM tickets t WHERE t.tech = u.email AND NOT t.completed))
      FROM user_permissions u WHERE u.id = p_person
$$;

-- functions/app.person_name.sql
-- The name of who filed or wrote something, by the id that stands there.
CREATE FUNCTION app.person_name(p_kinde_user_id text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (SELECT u.display_name FROM user_permissions u WHERE u.kinde_user_id = p_kinde_user_id AND app.user_role() IS NOT NULL);
END $$;
GRANT EXECUTE ON FUNCTION app.person_name(text) TO authenticated_users;

-- functions/app.person_traces.sql
-- What a text can name these customers by: {words}, their names, now or earlier, whole and each alone unless it is a word of
-- every text, such as Will; {texts} that are theirs alone; {phones} as digits.
CREATE FUNCTION app.person_traces(p_ids integer[]) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH known AS (
        SELECT to_jsonb(c) AS facts FROM customers c WHERE c.id = ANY (p_ids)
        UNION ALL
        SELECT x.facts FROM app.customer_merges m CROSS JOIN LATERAL (VALUES (m.old), (m.new)) x (facts)
         WHERE m.kept_id = ANY (p_ids) OR m.merged_id = ANY (p_ids)
        UNION ALL
        SELECT x.facts
          FROM activity_log a CROSS JOIN LATERAL (VALUES (a.metadata -> 'old'), (a.metadata -> 'new')) x (facts)
         WHERE a.resource_type = 'customer' AND a.resource_id = ANY (p_ids) AND jsonb_typeof(x.facts) = 'object'),
    part AS (
        SELECT DISTINCT p.key, lower(btrim(p.value)) AS value
          FROM known k CROSS JOIN LATERAL jsonb_each_text(k.facts) p
         WHERE p.key IN ('first_name', 'last_name', 'email', 'phone', 'address1')
           AND p.value <> '(not shown)' AND btrim(p.value) <> ''
        UNION
        SELECT 'name', lower(concat_ws(' ', k.facts ->> 'first_name', k.facts ->> 'last_name'))
          FROM known k WHERE k.facts ?& '{first_name,last_name}')
    SELECT jsonb_build_object(
        'words', COALESCE(jsonb_agg(value) FILTER (WHERE key = 'name' OR key IN ('first_name', 'last_name')
                                                               AND length(value) >= 2 AND numnode(plainto_tsquery('english', value)) > 0), '[]'),
        -- a script without blanks between words has no words to find
        'texts', COALESCE(jsonb_agg(value) FILTER (WHERE key IN ('email', 'address1') AND length(value) >= 5
                                                      OR value ~ '[^\u0001-\u024f]'), '[]'),
        'phones', COALESCE(jsonb_agg(right(regexp_replace(value, '\D', '', 'g'), 10))
                           FILTER (WHERE key = 'phone' AND length(regexp_replace(value, '\D', '', 'g')) >= 7), '[]'))
      FROM part
$$;

-- functions/app.pick_tickets.sql
-- The tickets that the asker sees (app.sees_ticket) and that fit all that is not NULL, from the edge given on: p_limit of
-- them, newest first, or oldest first if p_backwards. p_status: 'open', 'completed', 'all', a bench status, or 'waiting':
-- for approval or parts.
-- What many tickets have is soon found among the next ones, and what few have by its index. So: the next 300 by
-- tickets_created_at_idx (without bitmaps the planner takes no other), 2,000 more, 8,000 more (all that in 4 to 10 ms),
-- then all by whatever indexes are best, however many that may be; if that takes longer than the statement may, it says so.
-- No index knows where words are not, so with nothing but "-words" it ends before that.
-- SECURITY DEFINER: see search_customers. MATERIALIZED: with a plain ORDER BY .. LIMIT the planner walks
-- tickets_created_at_idx to its end for a word that is rarer than it believes.
CREATE FUNCTION app.pick_tickets(p_limit integer, p_query tsquery, p_status text DEFAULT 'all', p_tech text DEFAULT NULL,
                                 p_priority text DEFAULT NULL, p_category text DEFAULT NULL, p_customer integer DEFAULT NULL,
                                 p_created_at timestamptz DEFAULT NULL, p_id bigint DEFAULT NULL, p_backwards boolean DEFAULT false,
                                 p_device_key text DEFAULT NULL,
                                 p_due tstzrange DEFAULT NULL)
RETURNS SETOF integer
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off
SET enable_seqscan = off SET enable_bitmapscan = off SET work_mem = '32MB' AS $$          -- 32MB: bitmaps stay exact, no recheck
DECLARE
    v_sees_all CONSTANT boolean := app.user_role() IN ('Manager', 'Viewer');
    v_queue    CONSTANT boolean := app.user_role() = 'Technician';
    v_own      CONSTANT text := app.tech_email();
    v_me       CONSTANT text := app.user_id();
    v_near_at  timestamptz := p_created_at;                    -- where a window begins, NULL at the very end of the list
    v_near_id  bigint := p_id;
    v_far_at   timestamptz;                                    -- the first ticket that is too far, NULL if none is
    v_far_id   bigint;
    v_low_at   timestamptz;
    v_low_id   bigint;
    v_high_at  timestamptz;
    v_high_id  bigint;
    v_reach    integer := 0;                                   -- NULL: all
    v_found    integer[] := '{}';
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User', 'Viewer');
    IF numnode(p_query) = 0 THEN RETURN; END IF;               -- words, but none to look for: nothing found
    FOREACH v_reach IN ARRAY CASE WHEN querytree(p_query) = 'T' THEN ARRAY[300, 2000, 8000] ELSE ARRAY[300, 2000, 8000, NULL] END LOOP
        IF v_reach IS NULL THEN                                -- from the edge again: without one no index looks at the time
            v_found := '{}'; v_near_at := p_created_at; v_near_id := p_id; v_far_at := NULL;
            PERFORM set_config('enable_bitmapscan', 'on', true);       -- until the function ends
        ELSIF p_backwards THEN
            SELECT t.created_at, t.id INTO v_far_at, v_far_id FROM tickets t
             WHERE v_near_at IS NULL OR (t.created_at, t.id) > (v_near_at, v_near_id) ORDER BY t.created_at, t.id OFFSET v_reach LIMIT 1;
        ELSE
            SELECT t.created_at, t.id INTO v_far_at, v_far_id FROM tickets t
             WHERE v_near_at IS NULL OR (t.created_at, t.id) < (v_near_at, v_near_id) ORDER BY t.created_at DESC, t.id DESC OFFSET v_reach LIMIT 1;
        END IF;
        IF p_backwards THEN
            v_low_at := v_near_at; v_low_id := v_near_id; v_high_at := v_far_at; v_high_id := v_far_id;
        ELSE
            v_low_at := v_far_at; v_low_id := v_far_id; v_high_at := v_near_at; v_high_id := v_near_id;
        END IF;
        v_found := v_found || ARRAY(
            WITH hit AS MATERIALIZED (
                SELECT t.id, t.created_at FROM tickets t
                 WHERE (v_low_at IS NULL OR ((t.created_at, t.id) > (v_low_at, v_low_id)
                                             AND t.created_at >= v_low_at))            -- tells the planner how many those are
                   AND (v_high_at IS NULL OR ((t.created_at, t.id) < (v_high_at, v_high_id) AND t.created_at <= v_high_at))
                   AND (v_sees_all OR t.tech = v_own OR t.created_by = v_me OR (v_queue AND t.tech = 'unassigned' AND NOT t.completed))
                   AND (p_query IS NULL OR t.search @@ p_query)
                   AND CASE p_status WHEN 'all' THEN true
                                     WHEN 'open' THEN NOT t.completed
                                     WHEN 'completed' THEN t.completed
                                     WHEN 'waiting' THEN t.bench_status IN ('waiting_approval', 'waiting_parts')
                                     ELSE t.bench_status = p_status END
                   AND (p_tech IS NULL OR t.tech = p_tech)
                   AND (p_priority IS NULL OR t.priority = p_priority)
                   AND (p_category IS NULL OR lower(t.category) = lower(p_category))
                   AND (p_customer IS NULL OR t.customer_id = p_customer)
                   AND (p_device_key IS NULL OR t.device_key = p_device_key)
                   AND (p_due IS NULL OR (t.due_at >= COALESCE(lower(p_due), '-infinity') AND t.due_at < upper(p_due))))
            SELECT h.id FROM hit h
             ORDER BY CASE WHEN p_backwards THEN h.created_at END, CASE WHEN p_backwards THEN h.id END, h.created_at DESC, h.id DESC
             LIMIT p_limit - cardinality(v_found));
        EXIT WHEN cardinality(v_found) = p_limit OR v_far_at IS NULL;
        v_near_at := v_far_at; v_near_id := v_far_id + CASE WHEN p_backwards THEN -1 ELSE 1 END;     -- that one is still to come
    END LOOP;
    RETURN QUERY SELECT unnest(v_found);
EXCEPTION WHEN query_canceled THEN
    IF v_reach IS NOT NULL OR p_query IS NULL THEN RAISE; END IF;
    PERFORM app.refuse('search_too_common', 'each of these words stands in too many tickets', '{}', 'query_canceled');
END $$;
GRANT EXECUTE ON FUNCTION app.pick_tickets(integer, tsquery, text, text, text, text, integer, timestamptz, bigint, boolean, text, tstzrange) TO repair_bot;

-- functions/app.postpone_file_errand.sql
-- A claimed errand failed and is tried again after p_after. False: the claim is lost.
CREATE FUNCTION app.postpone_file_errand(p_id bigint, p_attempts integer, p_after interval, p_error text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE app.file_errands e
       SET due = clock_timestamp() + p_after, failures = e.failures + 1, reason = p_error, updated_at = now()
     WHERE e.id = p_id AND e.attempts = p_attempts AND e.state = 'waiting';
    RETURN FOUND;
END $$;
GRANT EXECUTE ON FUNCTION app.postpone_file_errand(bigint, integer, interval, text) TO repair_bot;

-- functions/app.postpone_notification.sql
-- Not sent, to be tried again after p_after. p_uncertain: it may have arrived all the same. p_destination_too: nothing
-- else may go there before (Slack asked for it or is away), and it keeps its place, so that while Slack is away no more
-- than one message a destination becomes uncertain; otherwise other tickets' messages overtake.
-- False: the claim p_attempts was lost.
CREATE FUNCTION app.postpone_notification(
    p_id bigint, p_attempts integer, p_after interval, p_error text, p_uncertain boolean, p_destination_too boolean
) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE notifications n
       SET due = CASE WHEN p_destination_too THEN n.due ELSE now() + p_after END, failures = n.failures + 1, error = p_error, updated_at = now(),
           uncertain_since = CASE WHEN p_uncertain THEN n.uncertain_since END
     WHERE n.id = p_id AND n.attempts = p_attempts AND n.state = 'waiting';
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM app.free_destination(p_id, CASE WHEN p_destination_too THEN now() + p_after ELSE now() END);
    RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION app.postpone_notification(bigint, integer, interval, text, boolean, boolean) TO repair_bot;

-- functions/app.preferences_document.sql
-- db.models.Preferences: how the asker wants to be told; without a row, as everybody is. shown: what of it a form carries, by the
-- form's fields; all of it is short.
CREATE FUNCTION app.preferences_document() RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (
        SELECT jsonb_build_object(
                   'quiet_from', p.quiet_from, 'quiet_until', p.quiet_until,
                   'urgent_passes', COALESCE(p.urgent_passes, true),
                   'time_zone', p.time_zone, 'slack_time_zone', u.slack_time_zone, 'shop_time_zone', app.shop_time_zone(),
                   'summary_at', p.summary_at, 'shop_summary_at', app.setting('summary_time')::time,
                   'kinds', k.told,
                   'muted', ARRAY(SELECT kind FROM unnest(k.told) kind WHERE kind = ANY (p.muted)),
                   'shown', jsonb_build_object(
                       'quiet_hours', CASE WHEN p.quiet_from IS NOT NULL THEN jsonb_build_array(p.quiet_from, p.quiet_until) END,
                       'urgent_passes', COALESCE(p.urgent_passes, true),
                       'time_zone', p.time_zone,
                       'summary_at', CASE WHEN 'summary' = ANY (k.told) THEN p.summary_at END,
                       'heard', ARRAY(SELECT kind FROM unnest(k.told) kind WHERE kind <> ALL (COALESCE(p.muted, '{}')))))
          FROM user_permissions u
         CROSS JOIN app.kinds_told(u.role) AS k (told)
          LEFT JOIN preferences p ON p.user_id = u.id
         WHERE u.kinde_user_id = app.user_id());
END $$;
GRANT EXECUTE ON FUNCTION app.preferences_document() TO repair_bot;

-- functions/app.prefix_tsquery.sql
-- What has a word beginning with each of the term's; with p_weight 'A' only where such a word has this weight.
CREATE FUNCTION app.prefix_tsquery(p_term text, p_weight text DEFAULT '') RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = public, pg_temp AS $$
    SELECT string_agg('''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || ''':*' || p_weight, ' & ')::tsquery
      FROM unnest(to_tsvector('simple', p_term))
$$;

-- functions/app.put_checklist.sql
-- Makes these, in this order, the checklist of a category (NULL: of every ticket). What isn't among them any more is switched off,
-- not lost. p_seen: what the asker's form showed (app.shown()); what somebody else has changed since then is not overwritten.
CREATE FUNCTION app.put_checklist(p_category text, p_items text[], p_seen jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_others jsonb;
BEGIN
    PERFORM app.require_role('Manager');
    LOCK TABLE checklist_items IN SHARE ROW EXCLUSIVE MODE;
    v_others := app.overtaken(p_seen, app.checklist_document(p_category), jsonb_build_object('items', p_items));
    IF v_others IS NOT NULL THEN
        PERFORM app.refuse('checklist_changed', 'the checklist has been changed meanwhile', jsonb_build_object(
            'category', p_category, 'changes', jsonb_build_array(v_others -> 0 || app.last_change('system', 'checklist_items', p_ids => ARRAY(
                SELECT i.id FROM checklist_items i WHERE i.category IS NOT DISTINCT FROM p_category)))), 'object_not_in_prerequisite_state');
    END IF;
    PERFORM app.check_text(i.text, 75, 'checklist_items_text_check') FROM unnest(p_items) i (text);
    IF cardinality(p_items) > 10 THEN
        RAISE EXCEPTION 'more than 10 checks' USING ERRCODE = 'check_violation', CONSTRAINT = 'checklist_items_position_check';
    END IF;
    UPDATE checklist_items i SET active = false
     WHERE i.active AND i.category IS NOT DISTINCT FROM p_category AND i.text <> ALL (p_items);
    INSERT INTO checklist_items AS i (category, position, text)
    SELECT p_category, x.n, x.text FROM unnest(p_items) WITH ORDINALITY x (text, n)
    ON CONFLICT (category, text) DO UPDATE SET position = EXCLUDED.position, active = true
     WHERE (i.position, i.active) IS DISTINCT FROM (EXCLUDED.position, true);
END $$;
GRANT EXECUTE ON FUNCTION app.put_checklist(text, text[], jsonb) TO repair_bot;

-- functions/app.put_customer.sql
-- Gives a customer other values in the columns that p_values has; nothing happens for none.
CREATE FUNCTION app.put_customer(p_customer integer, p_values jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE c customers;
BEGIN
    IF p_values = '{}' THEN RETURN; END IF;
    SELECT x.* INTO c FROM customers x WHERE x.id = p_customer;
    c := jsonb_populate_record(c, p_values);
    UPDATE customers SET first_name = c.first_name, last_name = c.last_name, email = c.email, phone = c.phone,
                         address1 = c.address1, address2 = NULLIF(btrim(c.address2), ''), city = c.city, state = c.state,
                         zip = c.zip, country = c.country, notes = NULLIF(btrim(c.notes), ''),
                         approval_limit = c.approval_limit
     WHERE id = p_customer;
END $$;
GRANT EXECUTE ON FUNCTION app.put_customer(integer, jsonb) TO repair_bot;

-- functions/app.put_off_timer.sql
-- Asks later whether the asker's timer on this ticket was forgotten, as if it had not been asked yet; false: none runs.
CREATE FUNCTION app.put_off_timer(p_ticket integer) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE labour_entries e
       SET ask_at = now() + app.setting('labour_ask_hours')::numeric * interval '1 hour', asked = 0
      FROM user_permissions u
     WHERE u.id = e.user_id AND u.kinde_user_id = app.user_id() AND e.ticket_id = p_ticket AND e.stopped_at IS NULL;
    RETURN FOUND;
END $$;
GRANT EXECUTE ON FUNCTION app.put_off_timer(integer) TO repair_bot;

-- functions/app.put_passcode.sql
-- Gives a ticket another passcode, or none if it is blank. app.encryption_key is set before.
CREATE FUNCTION app.put_passcode(p_ticket integer, p_passcode text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE t tickets;
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    SELECT x.* INTO t FROM tickets x WHERE x.id = p_ticket;
    IF (app.user_role() = 'Manager' OR t.tech = app.tech_email() OR t.created_by = app.user_id()) IS NOT TRUE OR t.id IS NULL THEN
        PERFORM app.refuse_ticket('ticket_not_found', p_ticket);
    ELSIF btrim(p_passcode) = '' THEN
        DELETE FROM ticket_secrets WHERE ticket_id = p_ticket;
    ELSE
        PERFORM app.check_text(p_passcode, 255, 'ticket_passcode_check');
        INSERT INTO ticket_secrets (ticket_id, device_passcode) VALUES (p_ticket, encrypt_sensitive_data(p_passcode))
        ON CONFLICT (ticket_id) DO UPDATE SET device_passcode = EXCLUDED.device_passcode;
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION app.put_passcode(integer, text) TO repair_bot;

-- functions/app.quiet_end.sql
-- When the quiet hours end in which a moment lies; NULL: it lies in none. They begin and end by the wall clock of the time
-- zone; where p_until is the earlier one they last over midnight. A time that the clocks skip is the same time by the old
-- offset, one that they pass twice counts the second time, so the hours may be longer or shorter on such a day.
CREATE FUNCTION app.quiet_end(p_from time, p_until time, p_zone text, p_at timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT max(q.ends)
      FROM (SELECT (d.day + p_from) AT TIME ZONE p_zone AS starts,
                   (d.day + (p_until < p_from)::integer + p_until) AT TIME ZONE p_zone AS ends
              FROM (SELECT (p_at AT TIME ZONE p_zone)::date - n AS day FROM generate_series(0, 1) n) d) q
     WHERE q.starts <= p_at AND p_at < q.ends
$$;

-- functions/app.quiet_until.sql
-- Until when a message has to wait for its reader's quiet hours; NULL: it may be said now. An edit makes no sound, so it
-- doesn't wait, nor does a summary, which has its own hour, nor, if the reader lets it pass, what is about an urgent ticket. A reminder waits until
-- the shop is open, too, unless a Manager sends it.
CREATE FUNCTION app.quiet_until(p_notification notifications) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
    v_until timestamptz;
BEGIN
    v_until := (
        SELECT app.quiet_end(p.quiet_from, p.quiet_until, COALESCE(p.time_zone, u.slack_time_zone, app.shop_time_zone()), now())
          FROM (SELECT p_notification.*) n
          JOIN preferences p ON p.user_id = n.recipient_id
          JOIN user_permissions u ON u.id = p.user_id
          LEFT JOIN tickets t ON t.id = n.ticket_id
         WHERE n.kind <> 'summary' AND n.ts IS NULL AND n.uncertain_since IS NULL
           AND NOT (p.urgent_passes AND COALESCE(t.priority = 'urgent', false)));
    IF p_notification.kind = 'reminder' AND p_notification.ts IS NULL AND p_notification.uncertain_since IS NULL
       AND NOT p_notification.facts -> 'reminders' @> '[{"why": "nudged"}]'
    THEN
        v_until := COALESCE(app.shop_time(COALESCE(v_until, now()), '0'), v_until);
    END IF;
    RETURN NULLIF(v_until, now());
END $$;

-- functions/app.reactivate_customer.sql
-- db.models.CustomerChanged: a customer again.
CREATE FUNCTION app.reactivate_customer(p_team text, p_user text, p_roles text[], p_source text, p_key text,
                                        p_customer integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    v_done   boolean;
BEGIN
    PERFORM app.require_role('Manager');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    IF NOT EXISTS (SELECT FROM customers c WHERE c.id = p_customer) THEN
        PERFORM app.refuse_customer(p_customer);
    END IF;
    v_done := reactivate_customer(p_customer);
    RETURN app.end_request(p_key, app.customer_document(p_customer) || jsonb_build_object(
        'actor', v_actor, 'repeated', false, 'success', v_done,
        'message', CASE WHEN v_done THEN 'Customer reactivated successfully'
                        WHEN (SELECT c.active FROM customers c WHERE c.id = p_customer) THEN 'Customer is already active'
                        WHEN (SELECT c.erased_at FROM customers c WHERE c.id = p_customer) IS NOT NULL
                        THEN 'Customer has been erased: add them anew'
                        ELSE 'Customer has been merged into another one: undo that instead' END));
END $$;
GRANT EXECUTE ON FUNCTION app.reactivate_customer(text, text, text[], text, text, integer) TO repair_bot;

-- functions/app.read_actor.sql
-- db.models.ActorSeen
CREATE FUNCTION app.read_actor(p_team text, p_user text, p_roles text[], p_source text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN jsonb_build_object('actor', app.set_slack_session(p_team, p_user, p_roles, p_source));
END $$;
GRANT EXECUTE ON FUNCTION app.read_actor(text, text, text[], text) TO repair_bot;

-- functions/app.read_approval.sql
-- db.models.ApprovalAsked: a request for approval, which is open, and its ticket; where only the ticket is known, its newest one.
CREATE FUNCTION app.read_approval(p_team text, p_user text, p_roles text[], p_source text, p_approval integer, p_ticket integer DEFAULT NULL)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor    jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_approval jsonb;
BEGIN
    PERFORM app.require_role('Manager');
    IF p_approval IS NULL AND NOT EXISTS (SELECT FROM approvals a WHERE a.ticket_id = p_ticket AND a.state <> 'withdrawn') THEN
        IF NOT EXISTS (SELECT FROM tickets t WHERE t.id = p_ticket) THEN
            PERFORM app.refuse_ticket('ticket_not_found', p_ticket);
        END IF;
        PERFORM app.refuse('approval_not_asked', format('ticket %s waits for no approval', p_ticket),
                           jsonb_build_object('ticket', p_ticket), 'object_not_in_prerequisite_state');
    END IF;
    v_approval := app.open_approval(COALESCE(p_approval, (                           -- the open one is the newest
        SELECT max(a.id) FROM approvals a WHERE a.ticket_id = p_ticket AND a.state <> 'withdrawn')));
    RETURN jsonb_build_object('actor', v_actor, 'approval', v_approval,
                              'ticket', app.ticket_lines(ARRAY[(v_approval ->> 'ticket_id')::integer]) -> 0);
END $$;
GRANT EXECUTE ON FUNCTION app.read_approval(text, text, text[], text, integer, integer) TO repair_bot;

-- functions/app.read_cards.sql
-- db.models.CardsSeen: what a whole channel may read of those of these tickets that the asker sees, in the order given.
CREATE FUNCTION app.read_cards(p_team text, p_user text, p_roles text[], p_source text, p_tickets integer[]) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
BEGIN
    RETURN jsonb_build_object('actor', v_actor, 'tickets', COALESCE((
        SELECT jsonb_agg(jsonb_build_object(
                   'id', t.id, 'title', t.title, 'priority', t.priority, 'category', t.category, 'completed', t.completed,
                   'created_at', t.created_at, 'completed_at', t.completed_at, 'due_at', t.due_at,
                   'worker_name', app.worker_name(t.tech), 'filed_by_name', app.person_name(t.created_by),
                   'actual_hours', t.actual_hours, 'bench_status', t.bench_status,
                   'device', NULLIF(concat_ws(' ', t.device_type, t.device_model), '')) ORDER BY w.n)
          FROM unnest(p_tickets) WITH ORDINALITY w (id, n) JOIN tickets t ON t.id = w.id), '[]'));
END $$;
GRANT EXECUTE ON FUNCTION app.read_cards(text, text, text[], text, integer[]) TO repair_bot;

-- functions/app.read_checklist.sql
-- db.models.ChecklistSeen: the checklist of a category, NULL: of every ticket. For Managers, who change it.
CREATE FUNCTION app.read_checklist(p_team text, p_user text, p_roles text[], p_source text, p_category text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
BEGIN
    PERFORM app.require_role('Manager');
    RETURN jsonb_build_object('actor', v_actor, 'checklist', app.checklist_document(p_category));
END $$;
GRANT EXECUTE ON FUNCTION app.read_checklist(text, text, text[], text, text) TO repair_bot;

-- functions/app.read_clock.sql
-- db.models.Clock: by which clock the asker reads and writes times, and when the shop closes, by day of the week (1: Monday).
CREATE FUNCTION app.read_clock(p_team text, p_user text, p_roles text[], p_source text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
BEGIN
    RETURN jsonb_build_object(
        'actor', v_actor,
        'now', now(),
        'zone', (SELECT COALESCE(p.time_zone, u.slack_time_zone, app.shop_time_zone())
                   FROM user_permissions u LEFT JOIN preferences p ON p.user_id = u.id WHERE u.id = (v_actor ->> 'id')::integer),
        'shop_zone', app.shop_time_zone(),
        'closes', COALESCE((SELECT jsonb_object_agg(h.weekday, h.closes) FROM shop_hours h), '{}'));
END $$;
GRANT EXECUTE ON FUNCTION app.read_clock(text, text, text[], text) TO repair_bot;

-- functions/app.read_customer.sql
-- db.models.CustomerSeen: who stays, where the customer was merged (led_from).
CREATE FUNCTION app.read_customer(p_team text, p_user text, p_roles text[], p_source text, p_customer integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_id    integer;
    v_seen  jsonb;
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    v_id := app.customer_who_stays(p_customer);
    v_seen := app.customer_document(v_id);
    IF v_seen IS NULL THEN
        PERFORM app.refuse_customer(p_customer);
    END IF;
    RETURN v_seen || jsonb_build_object('actor', v_actor, 'led_from', NULLIF(p_customer, v_id));
END $$;
GRANT EXECUTE ON FUNCTION app.read_customer(text, text, text[], text, integer) TO repair_bot;

-- functions/app.read_database.sql
-- db.models.DatabaseReport
CREATE FUNCTION app.read_database(p_team text, p_user text, p_roles text[], p_source text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
BEGIN
    RETURN jsonb_build_object('actor', v_actor, 'figures', app.database_figures(3));
END $$;
GRANT EXECUTE ON FUNCTION app.read_database(text, text, text[], text) TO repair_bot;

-- functions/app.read_duplicates.sql
-- db.models.Duplicates: a page of the pairs, of p_customer alone or of all (NULL).
CREATE FUNCTION app.read_duplicates(p_team text, p_user text, p_roles text[], p_source text, p_customer integer, p_after integer[])
RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
BEGIN
    PERFORM app.require_role('Manager');
    RETURN app.duplicates_document(p_customer, p_after) || jsonb_build_object('actor', v_actor);
END $$;
GRANT EXECUTE ON FUNCTION app.read_duplicates(text, text, text[], text, integer, integer[]) TO repair_bot;

-- functions/app.read_edit_form.sql
-- db.models.TicketEditFacts
CREATE FUNCTION app.read_edit_form(p_team text, p_user text, p_roles text[], p_source text, p_ticket integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_ticket jsonb := app.ticket_document(p_ticket);
BEGIN
    IF v_ticket IS NULL THEN
        PERFORM app.refuse_ticket('ticket_not_found', p_ticket);
    END IF;
    RETURN jsonb_build_object('actor', v_actor, 'ticket', v_ticket, 'technicians', app.technicians());
END $$;
GRANT EXECUTE ON FUNCTION app.read_edit_form(text, text, text[], text, integer) TO repair_bot;

-- functions/app.read_erasure.sql
-- db.models.ErasureFacts: what there is to erase of a customer, and which of their tickets name them.
-- A definer function: it looks into the merges and the audit trail.
CREATE FUNCTION app.read_erasure(p_team text, p_user text, p_roles text[], p_source text, p_customer integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_id    integer;
    v_ids   integer[];
BEGIN
    PERFORM app.require_role('Manager');
    v_id := app.customer_who_stays(p_customer);
    PERFORM app.check_erasable(v_id);
    v_ids := ARRAY(SELECT c.id FROM customers c WHERE v_id IN (c.id, c.merged_into));
    RETURN jsonb_build_object(
        'actor', v_actor, 'customer', app.customer_document(v_id) -> 'customer',
        'telling', to_jsonb(app.telling_tickets(v_id, app.person_traces(v_ids))),
        'merged', cardinality(v_ids) - 1,
        'contacts', (SELECT count(*) FROM customer_contacts n WHERE n.customer_id = v_id),
        'passcodes', (SELECT count(*) FROM ticket_secrets s JOIN tickets t ON t.id = s.ticket_id WHERE t.customer_id = v_id),
        'attachments', (SELECT count(*) FROM ticket_attachments a JOIN tickets t ON t.id = a.ticket_id WHERE t.customer_id = v_id));
END $$;
GRANT EXECUTE ON FUNCTION app.read_erasure(text, text, text[], text, integer) TO repair_bot;

-- functions/app.read_files.sql
-- db.models.TicketFiles
CREATE FUNCTION app.read_files(p_team text, p_user text, p_roles text[], p_source text, p_ticket integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    RETURN app.files_document(v_actor, p_ticket);
END $$;
GRANT EXECUTE ON FUNCTION app.read_files(text, text, text[], text, integer) TO repair_bot;

-- functions/app.read_history.sql
-- db.models.History: the audit trail and the notes in people's terms, newest first. What the trail no longer has, since
-- it is kept for some months only, is told from the ticket's events.
CREATE FUNCTION app.read_history(p_team text, p_user text, p_roles text[], p_source text, p_ticket integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    c_columns CONSTANT text[] := '{title,description,priority,category,customer_id,tech,estimated_hours,actual_hours,completed,
                                bench_status,due_at,device_type,device_model,device_serial,device_condition,device_accessories}';
    v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_line  jsonb := app.ticket_lines(ARRAY[p_ticket]) -> 0;
BEGIN
    IF v_line IS NULL THEN
        PERFORM app.refuse_ticket('ticket_not_found', p_ticket);
    END IF;
    RETURN (
        WITH trail AS MATERIALIZED (
            SELECT a.* FROM app.ticket_trail(p_ticket) a),
        changes AS (
            SELECT a.at, a.id AS n, app.person_name(a.user_id) AS who, a.source,
                   CASE WHEN a.action = 'REVEAL_PASSCODE' THEN 'revealed'
                        WHEN a.changed = 'ticket_attachments' THEN CASE a.action WHEN 'INSERT' THEN 'attached' ELSE 'detached' END
                        WHEN a.action = 'INSERT' AND a.changed = 'tickets' THEN 'filed'
                        WHEN a.new ->> 'completed' = 'false' AND a.at IN (SELECT c.undone_at FROM ticket_completions c WHERE c.ticket_id = p_ticket)
                        THEN 'undone' ELSE 'changed' END AS kind,
                   CASE WHEN a.changed = 'ticket_secrets' THEN jsonb_build_array(jsonb_build_object(
                            'field', 'passcode', 'old', a.old -> 'device_passcode', 'new', a.new -> 'device_passcode'))
                        WHEN a.action = 'UPDATE' THEN (
                       SELECT jsonb_agg(jsonb_build_object('field', c.name,
                                                           'old', app.spoken_value(c.name, a.old ->> c.name),
                                                           'new', app.spoken_value(c.name, a.new ->> c.name)) ORDER BY c.n)
                              || CASE WHEN a.new ->> 'completed' = 'true' THEN app.checks_counted(p_ticket, a.at) ELSE '[]' END
                         FROM unnest(c_columns) WITH ORDINALITY c (name, n) WHERE a.new ? c.name
                          AND NOT (c.name = 'bench_status' AND a.new ? 'completed'                -- implied by it
                                   AND a.new ->> 'bench_status' IN ('ready', 'received', 'in_repair'))) END AS changes,
                   CASE WHEN a.changed = 'ticket_attachments' AND app.user_role() <> 'Viewer'
                        THEN app.spoken_value('file_name', COALESCE(a.new ->> 'file_name', a.old ->> 'file_name')) END AS body
              FROM trail a
             WHERE (a.changed = 'tickets' AND (a.action = 'INSERT' OR (a.action = 'UPDATE' AND a.new ?| c_columns)))
                OR a.changed = 'ticket_secrets' OR a.action = 'REVEAL_PASSCODE'
                OR (a.changed = 'ticket_attachments' AND a.action <> 'UPDATE')
             ORDER BY a.at DESC, a.id DESC LIMIT 21),
        notes AS (
            SELECT n.created_at, COALESCE(a.id, 0), app.person_name(n.author), a.source, n.kind, NULL::jsonb,
                   app.spoken_value('body', n.body)
              FROM ticket_notes n
              LEFT JOIN trail a ON a.at = n.created_at AND a.action = 'INSERT' AND a.changed = 'ticket_notes'
                               AND a.new ->> 'id' = n.id::text
             WHERE n.ticket_id = p_ticket
             ORDER BY n.created_at DESC, n.id DESC LIMIT 21),
        events AS (
            SELECT e.created_at, max(e.id), max(p.display_name), NULL,
                   CASE WHEN bool_or(e.kind = 'filed') THEN 'filed' WHEN bool_or(e.kind = 'undone') THEN 'undone' ELSE 'changed' END,
                   jsonb_agg(CASE WHEN e.kind IN ('completed', 'reopened')
                                  THEN jsonb_build_object('field', 'completed', 'old', (e.kind = 'reopened')::text,
                                                                                'new', (e.kind = 'completed')::text)
                                  ELSE jsonb_build_object('field', 'tech', 'old', b.display_name, 'new', w.display_name) END
                             ORDER BY e.id) FILTER (WHERE e.kind <> 'filed'),
                   NULL
              FROM (SELECT x.*, lag(x.worker_id) OVER (ORDER BY x.id) AS before_id FROM ticket_events x WHERE x.ticket_id = p_ticket) e
              LEFT JOIN staff_directory p ON p.id = e.actor_id
              LEFT JOIN staff_directory w ON w.id = e.worker_id
              LEFT JOIN staff_directory b ON b.id = e.before_id
             WHERE e.kind IN ('filed', 'assigned', 'released', 'completed', 'reopened', 'undone')
               AND NOT EXISTS (SELECT FROM trail a WHERE a.at = e.created_at AND a.changed = 'tickets')
             GROUP BY e.created_at ORDER BY e.created_at DESC LIMIT 21),
        accepted AS (
            SELECT e.created_at, e.id, p.display_name, NULL, e.kind, NULL::jsonb, NULL
              FROM ticket_events e
              LEFT JOIN staff_directory p ON p.id = e.actor_id
             WHERE e.ticket_id = p_ticket AND e.kind = 'accepted'
             ORDER BY e.id DESC LIMIT 21),
        agreed AS (
            SELECT x.at, COALESCE(a.id, 0), p.display_name, a.source, x.kind,
                   jsonb_build_array(jsonb_build_object('field', 'approval', 'old', x.old, 'new', x.amount::text)), x.body
              FROM (SELECT r.requested_at, r.requested_by, 'asked', 'INSERT', r.spending_limit::text, r.amount, NULL
                      FROM approvals r WHERE r.ticket_id = p_ticket
                     UNION ALL
                    SELECT r.decided_at, r.decided_by, r.state, 'UPDATE', r.asked_how, r.amount, app.spoken_value('said', r.said)
                      FROM approvals r WHERE r.ticket_id = p_ticket AND r.state <> 'open') x (at, by_id, kind, action, old, amount, body)
              LEFT JOIN staff_directory p ON p.id = x.by_id
              LEFT JOIN trail a ON a.at = x.at AND a.changed = 'approvals' AND a.action = x.action
             ORDER BY x.at DESC LIMIT 21),
        newest AS (
            SELECT x.*, row_number() OVER (ORDER BY x.at DESC, x.n DESC) AS place
              FROM (TABLE changes UNION ALL TABLE notes UNION ALL TABLE events UNION ALL TABLE accepted
                    UNION ALL TABLE agreed) x)
        SELECT jsonb_build_object(
                   'actor', v_actor, 'ticket', v_line,
                   'entries', COALESCE(jsonb_agg(jsonb_build_object(
                       'at', e.at, 'who', COALESCE(e.who, 'system'), 'kind', e.kind, 'changes', COALESCE(e.changes, '[]'), 'body', e.body,
                       'source', e.source)
                       ORDER BY e.place) FILTER (WHERE e.place <= 20), '[]'),
                   'more', count(*) > 20)
          FROM newest e);
END $$;
GRANT EXECUTE ON FUNCTION app.read_history(text, text, text[], text, integer) TO repair_bot;

-- functions/app.read_home.sql
-- db.models.Home: my open tickets, the head of the queue for who has one, the day so far for who sees the figures.
-- How many messages were given up is for Managers. p_opened: the person has just opened it, so it is to be kept fresh from now on.
CREATE FUNCTION app.read_home(p_team text, p_user text, p_roles text[], p_source text, p_opened boolean) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
BEGIN
    IF p_opened THEN
        PERFORM app.note_home_opened();        -- before the tickets are read: a change in between is shown afterwards
    END IF;
    RETURN (
        WITH mine AS MATERIALIZED (
            SELECT t.id, t.priority_rank, t.created_at, t.bench_status FROM tickets t
             WHERE NOT t.completed AND (t.tech = app.user_email() OR t.created_by = app.user_id())),
        queue AS NOT MATERIALIZED (
            SELECT t.id, t.priority_rank, t.created_at FROM tickets t
             WHERE NOT t.completed AND t.tech = 'unassigned' AND app.user_role() <> 'Regular User')
        SELECT jsonb_build_object(
                   'actor', v_actor, 'due', app.due_counts(),
                   'mine', app.ticket_lines(ARRAY(SELECT m.id FROM mine m ORDER BY m.priority_rank, m.created_at, m.id LIMIT 10)),
                   'mine_total', (SELECT count(*) FROM mine),
                   'bench', (SELECT COALESCE(jsonb_object_agg(b.bench_status, b.n), '{}')
                               FROM (SELECT m.bench_status, count(*) AS n FROM mine m GROUP BY m.bench_status) b),
                   'timer', app.timer_document(),
                   'queue', app.ticket_lines(ARRAY(SELECT q.id FROM queue q ORDER BY q.priority_rank, q.created_at, q.id LIMIT 5)),
                   'queue_length', CASE WHEN app.user_role() <> 'Regular User' THEN (SELECT count(*) FROM queue) END,
                   'today', CASE WHEN app.user_role() IN ('Manager', 'Viewer') THEN app.figures(app.shop_today()) END,
                   'undelivered', app.count_undelivered()));
END $$;
GRANT EXECUTE ON FUNCTION app.read_home(text, text, text[], text, boolean) TO repair_bot;

-- functions/app.read_hours.sql
-- db.models.ShopHours
CREATE FUNCTION app.read_hours(p_team text, p_user text, p_roles text[], p_source text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
BEGIN
    RETURN app.hours_document() || jsonb_build_object('actor', v_actor);
END $$;
GRANT EXECUTE ON FUNCTION app.read_hours(text, text, text[], text) TO repair_bot;

-- functions/app.read_list.sql
-- db.models.TicketList: newest first, narrowed by what is not NULL. p_status: as app.pick_tickets(). p_worker:
-- 'me', 'nobody', or whom app.find_colleague() finds. p_serial: a device's serial number, however it is written. p_due: 'overdue', 'today' or
-- 'week', seven days of the shop from today on. A merged customer's tickets are those of who stays (led_to). The cursor is the edge of the page before.
CREATE FUNCTION app.read_list(p_team text, p_user text, p_roles text[], p_source text,
                              p_status text, p_worker text, p_priority text, p_category text, p_customer integer, p_words text,
                              p_created_at timestamptz, p_id integer, p_backwards boolean, p_serial text DEFAULT NULL,
                              p_due text DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb   := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_back   boolean := COALESCE(p_backwards, false);
    v_tech   text    := CASE WHEN p_worker = 'me' THEN app.user_email()
                             WHEN p_worker = 'nobody' THEN 'unassigned'
                             WHEN p_worker IS NOT NULL THEN (SELECT f.email FROM app.find_colleague(p_worker) f) END;
    v_query  tsquery := app.words_query(p_words);
    v_device text    := COALESCE(app.serial_key(p_serial), CASE WHEN p_serial IS NOT NULL THEN '' END);
    v_today  timestamp := app.shop_today();
    v_zone   text    := app.shop_time_zone();
    v_due    tstzrange := CASE p_due WHEN 'overdue' THEN tstzrange(NULL, now())
                                     WHEN 'today'   THEN tstzrange(v_today AT TIME ZONE v_zone, (v_today + interval '1 day') AT TIME ZONE v_zone)
                                     WHEN 'week'    THEN tstzrange(v_today AT TIME ZONE v_zone, (v_today + interval '7 days') AT TIME ZONE v_zone) END;
    v_stays  integer := app.customer_who_stays(p_customer);
    v_found  integer[];                        -- eleven, to know whether there are more than ten
    v_ahead  boolean;
    v_behind boolean;
BEGIN
    v_found := ARRAY(SELECT app.pick_tickets(11, v_query, p_status, v_tech, p_priority, p_category, v_stays, p_created_at, p_id, v_back,
                                             v_device, v_due));
    v_ahead := cardinality(v_found) > 10;
    v_behind := p_id IS NOT NULL AND EXISTS (  -- the other way, the edge itself included
        SELECT app.pick_tickets(1, v_query, p_status, v_tech, p_priority, p_category, v_stays, p_created_at,
                                p_id::bigint + CASE WHEN v_back THEN 1 ELSE -1 END, NOT v_back, v_device, v_due));
    RETURN jsonb_build_object(
        'actor', v_actor,
        'tickets', app.lines_in_order(ARRAY(SELECT f.id FROM unnest(v_found[1:10]) WITH ORDINALITY f (id, n)
                                             ORDER BY CASE WHEN v_back THEN -f.n ELSE f.n END)),
        'led_to', NULLIF(v_stays, p_customer),
        'has_next', CASE WHEN v_back THEN v_behind ELSE v_ahead END,
        'has_previous', CASE WHEN v_back THEN v_ahead ELSE v_behind END);
END $$;
GRANT EXECUTE ON FUNCTION app.read_list(text, text, text[], text, text, text, text, text, integer, text, timestamptz, integer, boolean, text, text)
    TO repair_bot;

-- functions/app.read_my_tickets.sql
-- db.models.TicketPage: open tickets that I work on or filed. The cursor is the sort key of the page's edge before.
CREATE FUNCTION app.read_my_tickets(p_team text, p_user text, p_roles text[], p_source text,
                                    p_rank integer, p_created_at timestamptz, p_id integer, p_backwards boolean) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor   jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_back    boolean := COALESCE(p_backwards, false);
BEGIN
    RETURN (
        WITH mine AS MATERIALIZED (            -- a person's open tickets are few, and their total is shown anyway
            SELECT t.priority_rank, t.created_at, t.id FROM tickets t
             WHERE NOT t.completed AND (t.tech = app.user_email() OR t.created_by = app.user_id())),
        found AS MATERIALIZED (                -- eleven, to know whether there are more than ten
            (SELECT m.id, row_number() OVER (ORDER BY m.priority_rank, m.created_at, m.id) AS n FROM mine m
              WHERE NOT v_back AND (p_id IS NULL OR (m.priority_rank, m.created_at, m.id) > (p_rank, p_created_at, p_id))
              ORDER BY n LIMIT 11)
            UNION ALL
            (SELECT m.id, row_number() OVER (ORDER BY m.priority_rank DESC, m.created_at DESC, m.id DESC) AS n FROM mine m
              WHERE v_back AND (m.priority_rank, m.created_at, m.id) < (p_rank, p_created_at, p_id)
              ORDER BY n LIMIT 11)),
        beyond AS (
            SELECT EXISTS (SELECT FROM found f WHERE f.n = 11) AS ahead,
                   EXISTS (SELECT FROM mine m WHERE NOT v_back AND (m.priority_rank, m.created_at, m.id) <= (p_rank, p_created_at, p_id))
                   OR EXISTS (SELECT FROM mine m WHERE v_back AND (m.priority_rank, m.created_at, m.id) >= (p_rank, p_created_at, p_id)) AS behind)
        SELECT jsonb_build_object(
                   'actor', v_actor,
                   'tickets', app.ticket_lines(ARRAY(SELECT f.id FROM found f WHERE f.n <= 10)),
                   'total', (SELECT count(*) FROM mine),
                   'has_next', CASE WHEN v_back THEN b.behind ELSE b.ahead END,
                   'has_previous', CASE WHEN v_back THEN b.ahead ELSE b.behind END)
          FROM beyond b);
END $$;
GRANT EXECUTE ON FUNCTION app.read_my_tickets(text, text, text[], text, integer, timestamptz, integer, boolean) TO repair_bot;

-- functions/app.read_outbox.sql
-- db.models.Outbox: how much waits, and for how long what is due; what is dead; what was dropped within a day.
CREATE FUNCTION app.read_outbox() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT jsonb_build_object(
        'messages', (
            SELECT COALESCE(jsonb_object_agg(s.state, s.kinds), '{}')
              FROM (SELECT c.state, jsonb_object_agg(c.kind, c.number) AS kinds
                      FROM (SELECT n.state, n.kind, count(*) AS number FROM notifications n WHERE n.state = 'waiting' GROUP BY 1, 2
                            UNION ALL
                            SELECT n.state, n.kind, count(*) FROM notifications n WHERE n.state = 'dead' GROUP BY 1, 2
                            UNION ALL
                            SELECT n.state, n.kind, count(*) FROM notifications n
                             WHERE n.state = 'dropped' AND n.kind <> 'card' AND n.updated_at > now() - interval '1 day'
                             GROUP BY 1, 2) c
                     GROUP BY c.state) s),
        'oldest_seconds', COALESCE((
            SELECT extract(epoch FROM now() - min(n.due)) FROM notifications n WHERE n.state = 'waiting' AND n.due <= now()), 0))
$$;
GRANT EXECUTE ON FUNCTION app.read_outbox() TO repair_bot;

-- functions/app.read_pair.sql
-- db.models.Pair: what the form that merges two customers needs.
CREATE FUNCTION app.read_pair(p_team text, p_user text, p_roles text[], p_source text, p_first integer, p_second integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
BEGIN
    PERFORM app.require_role('Manager');
    RETURN app.pair_document(p_first, p_second) || jsonb_build_object('actor', v_actor);
END $$;
GRANT EXECUTE ON FUNCTION app.read_pair(text, text, text[], text, integer, integer) TO repair_bot;

-- functions/app.read_panel.sql
-- db.models.Panel: my open tickets (I work on or filed), and how long the queue is for who has one.
CREATE FUNCTION app.read_panel(p_team text, p_user text, p_roles text[], p_source text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
BEGIN
    RETURN (
        WITH mine AS MATERIALIZED (
            SELECT t.id, t.priority_rank, t.created_at FROM tickets t
             WHERE NOT t.completed AND (t.tech = app.user_email() OR t.created_by = app.user_id()))
        SELECT jsonb_build_object(
                   'actor', v_actor, 'due', app.due_counts(),
                   'mine', app.ticket_lines(ARRAY(SELECT m.id FROM mine m ORDER BY m.priority_rank, m.created_at, m.id LIMIT 5)),
                   'mine_total', (SELECT count(*) FROM mine),
                   'timer', app.timer_document(),
                   'queue_length', CASE WHEN app.user_role() <> 'Regular User' THEN
                       (SELECT count(*) FROM tickets t WHERE NOT t.completed AND t.tech = 'unassigned') END));
END $$;
GRANT EXECUTE ON FUNCTION app.read_panel(text, text, text[], text) TO repair_bot;

-- functions/app.read_people.sql
-- db.models.People: ten of those in whose name, e-mail address or role each of the words stands, by name, the active
-- first; from after p_edge on, or before it (a person's id; NULL: the first page). Definer: requests for access are nobody's table.
CREATE FUNCTION app.read_people(p_team text, p_user text, p_roles text[], p_source text, p_words text,
                                p_edge integer DEFAULT NULL, p_backwards boolean DEFAULT false) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_words text[] := regexp_split_to_array(NULLIF(lower(btrim(p_words)), ''), '\s+');
    v_edge  user_permissions;
BEGIN
    PERFORM app.require_role('Manager');
    SELECT * INTO v_edge FROM user_permissions u WHERE u.id = p_edge;
    RETURN (
        WITH hit AS MATERIALIZED (
            SELECT u.id, NOT u.is_active AS off, lower(u.display_name) AS name
              FROM user_permissions u
             WHERE NOT EXISTS (SELECT FROM unnest(v_words) w
                                WHERE lower(concat_ws(' ', u.display_name, u.email, u.role)) NOT LIKE app.like_pattern(w))),
        near AS (
            SELECT h.*, row_number() OVER (ORDER BY CASE WHEN p_backwards THEN h.off END DESC, CASE WHEN p_backwards THEN h.name END DESC,
                                                    CASE WHEN p_backwards THEN h.id END DESC, h.off, h.name, h.id) AS n
              FROM hit h
             WHERE v_edge.id IS NULL
                OR CASE WHEN p_backwards
                        THEN (h.off, h.name, h.id) < (NOT v_edge.is_active, lower(v_edge.display_name), v_edge.id)
                        ELSE (h.off, h.name, h.id) > (NOT v_edge.is_active, lower(v_edge.display_name), v_edge.id) END)
        SELECT jsonb_build_object(
                   'actor', v_actor,
                   'people', COALESCE((SELECT jsonb_agg(app.person_document(p.id) ORDER BY p.off, p.name, p.id) FROM near p WHERE p.n <= 10), '[]'),
                   'total', (SELECT count(*) FROM hit),
                   'has_next', (p_backwards AND v_edge.id IS NOT NULL) OR (SELECT count(*) > 10 FROM near),
                   'has_previous', v_edge.id IS NOT NULL AND (NOT p_backwards OR (SELECT count(*) > 10 FROM near)),
                   'words', COALESCE(array_to_string(v_words, ' '), ''),
                   'requests', COALESCE((SELECT jsonb_agg(app.access_document(q.id) ORDER BY q.id)
                                           FROM (SELECT r.id FROM app.access_requests r WHERE r.state = 'open' ORDER BY r.id LIMIT 5) q), '[]'),
                   'requests_total', (SELECT count(*) FROM app.access_requests r WHERE r.state = 'open')));
END $$;
GRANT EXECUTE ON FUNCTION app.read_people(text, text, text[], text, text, integer, boolean) TO repair_bot;

-- functions/app.read_period.sql
-- db.models.PeriodSummary: the week or month up to yesterday by the shop's clock ('week': seven days; 'month': since the
-- first of yesterday's), what there is to compare it with, and what is open now. The flow begins four weeks before the week,
-- or with the month before the month.
CREATE FUNCTION app.read_period(p_team text, p_user text, p_roles text[], p_source text, p_kind text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_today date := app.shop_today();
    v_last  date := v_today - 1;
    v_first date := CASE p_kind WHEN 'month' THEN date_trunc('month', v_last::timestamp)::date ELSE v_last - 6 END;
    v_begin date := CASE p_kind WHEN 'month' THEN (v_first - interval '1 month')::date ELSE v_first - 28 END;
BEGIN
    PERFORM app.require_role('Manager', 'Viewer');
    RETURN jsonb_build_object('actor', v_actor, 'report', jsonb_build_object(
        'kind', p_kind, 'first', v_first, 'last', v_last,
        'flow', app.flow(v_begin, v_last),
        'technicians', app.technicians_figures(v_first, v_last),
        'backlog', app.figures(v_today),
        'months', CASE p_kind WHEN 'month' THEN COALESCE((
            SELECT jsonb_agg(jsonb_build_object('month', (m.month AT TIME ZONE app.shop_time_zone())::date, 'filed', m.total_tickets,
                                                'completed', m.completed_tickets, 'hours_each', round(m.avg_hours, 2)) ORDER BY m.month DESC)
              FROM (SELECT x.* FROM monthly_performance x ORDER BY x.month DESC LIMIT 6) m), '[]') ELSE '[]' END));
END $$;
GRANT EXECUTE ON FUNCTION app.read_period(text, text, text[], text, text) TO repair_bot;

-- functions/app.read_person.sql
-- db.models.PersonSeen: somebody by their id, or by their Slack account: then nobody may have it, and the answer says so.
CREATE FUNCTION app.read_person(p_team text, p_user text, p_roles text[], p_source text, p_person integer,
                                p_account text DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_id    integer;
BEGIN
    PERFORM app.require_role('Manager');
    SELECT u.id INTO v_id FROM user_permissions u
     WHERE CASE WHEN p_account IS NULL THEN u.id = p_person ELSE u.slack_user_id = p_account END;
    IF v_id IS NULL AND p_account IS NULL THEN
        PERFORM app.refuse('person_gone', 'there is no such person', '{}', 'no_data_found');
    END IF;
    RETURN jsonb_build_object('actor', v_actor, 'person', app.person_document(v_id));
END $$;
GRANT EXECUTE ON FUNCTION app.read_person(text, text, text[], text, integer, text) TO repair_bot;

-- functions/app.read_queue.sql
-- db.models.TicketPage: open tickets that nobody has. The cursor is the sort key of the page's edge before.
CREATE FUNCTION app.read_queue(p_team text, p_user text, p_roles text[], p_source text,
                               p_rank integer, p_created_at timestamptz, p_id integer, p_backwards boolean) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_rank  smallint := p_rank;                -- the column's type, so that the comparison can use the index
    v_back  boolean := COALESCE(p_backwards, false);
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Viewer');
    RETURN (
        WITH queue AS NOT MATERIALIZED (
            SELECT t.priority_rank, t.created_at, t.id FROM tickets t WHERE NOT t.completed AND t.tech = 'unassigned'),
        found AS MATERIALIZED (                -- eleven, to know whether there are more than ten
            SELECT x.id, row_number() OVER (ORDER BY x.priority_rank, x.created_at, x.id) AS n FROM (
                SELECT * FROM queue q WHERE p_id IS NULL
                 ORDER BY q.priority_rank, q.created_at, q.id LIMIT 11) x
            UNION ALL
            SELECT x.id, row_number() OVER (ORDER BY x.priority_rank, x.created_at, x.id) AS n FROM (
                SELECT * FROM queue q WHERE NOT v_back AND (q.priority_rank, q.created_at, q.id) > (v_rank, p_created_at, p_id)
                 ORDER BY q.priority_rank, q.created_at, q.id LIMIT 11) x
            UNION ALL
            SELECT x.id, row_number() OVER (ORDER BY x.priority_rank DESC, x.created_at DESC, x.id DESC) AS n FROM (
                SELECT * FROM queue q WHERE v_back AND (q.priority_rank, q.created_at, q.id) < (v_rank, p_created_at, p_id)
                 ORDER BY q.priority_rank DESC, q.created_at DESC, q.id DESC LIMIT 11) x),
        beyond AS (
            SELECT EXISTS (SELECT FROM found f WHERE f.n = 11) AS ahead,
                   EXISTS (SELECT FROM queue q WHERE NOT v_back AND (q.priority_rank, q.created_at, q.id) <= (v_rank, p_created_at, p_id))
                   OR EXISTS (SELECT FROM queue q WHERE v_back AND (q.priority_rank, q.created_at, q.id) >= (v_rank, p_created_at, p_id)) AS behind)
        SELECT jsonb_build_object(
                   'actor', v_actor,
                   'tickets', app.ticket_lines(ARRAY(SELECT f.id FROM found f WHERE f.n <= 10)),
                   'total', (SELECT count(*) FROM queue),
                   'has_next', CASE WHEN v_back THEN b.behind ELSE b.ahead END,
                   'has_previous', CASE WHEN v_back THEN b.ahead ELSE b.behind END)
          FROM beyond b);
END $$;
GRANT EXECUTE ON FUNCTION app.read_queue(text, text, text[], text, integer, timestamptz, integer, boolean) TO repair_bot;

-- functions/app.read_settings.sql
-- db.models.Settings
CREATE FUNCTION app.read_settings(p_team text, p_user text, p_roles text[], p_source text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
BEGIN
    RETURN jsonb_build_object('actor', v_actor, 'preferences', app.preferences_document());
END $$;
GRANT EXECUTE ON FUNCTION app.read_settings(text, text, text[], text) TO repair_bot;

-- functions/app.read_summary.sql
-- db.models.Summary: of a day of which a summary was sent, what stood in it; else the day as it is counted now.
CREATE FUNCTION app.read_summary(p_team text, p_user text, p_roles text[], p_source text, p_day date) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor   jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_today   date := app.shop_today();
    v_figures jsonb;
BEGIN
    IF p_day > v_today THEN
        PERFORM app.refuse('summary_day_ahead', 'that day is still to come', jsonb_build_object('day', p_day));
    END IF;
    v_figures := COALESCE(app.kept_summary((v_actor ->> 'id')::integer, p_day), app.day_figures(p_day));
    RETURN jsonb_build_object('actor', v_actor, 'chart', v_figures -> 'chart',
        'figures', app.day_report(v_figures - 'chart') || jsonb_build_object('today', v_today));
END $$;
GRANT EXECUTE ON FUNCTION app.read_summary(text, text, text[], text, date) TO repair_bot;

-- functions/app.read_team.sql
-- db.models.Team
CREATE FUNCTION app.read_team(p_team text, p_user text, p_roles text[], p_source text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
BEGIN
    PERFORM app.require_role('Manager', 'Viewer');
    RETURN jsonb_build_object('actor', v_actor, 'technicians', COALESCE((
        SELECT jsonb_agg(jsonb_build_object(
                   'name', p.name, 'total_tickets', p.total_tickets, 'completed_tickets', p.completed_tickets,
                   'open_tickets', p.open_tickets, 'completion_rate', p.completion_rate,
                   'avg_hours_per_ticket', round(p.avg_hours_per_ticket, 2),
                   'avg_completion_time_hours', round(p.avg_completion_time_hours, 2)) ORDER BY lower(p.name), p.tech)
          FROM (SELECT app.worker_name(x.tech) AS name, x.* FROM technician_performance x) p), '[]'));
END $$;
GRANT EXECUTE ON FUNCTION app.read_team(text, text, text[], text) TO repair_bot;

-- functions/app.read_ticket.sql
-- db.models.TicketSeen
CREATE FUNCTION app.read_ticket(p_team text, p_user text, p_roles text[], p_source text, p_ticket integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_ticket jsonb := app.ticket_document(p_ticket);
BEGIN
    IF v_ticket IS NULL THEN
        PERFORM app.refuse_ticket('ticket_not_found', p_ticket);
    END IF;
    RETURN jsonb_build_object('actor', v_actor, 'ticket', v_ticket);
END $$;
GRANT EXECUTE ON FUNCTION app.read_ticket(text, text, text[], text, integer) TO repair_bot;

-- functions/app.read_ticket_form.sql
-- db.models.TicketFormFacts
CREATE FUNCTION app.read_ticket_form(p_team text, p_user text, p_roles text[], p_source text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
BEGIN
    RETURN jsonb_build_object('actor', v_actor, 'technicians', app.technicians());
END $$;
GRANT EXECUTE ON FUNCTION app.read_ticket_form(text, text, text[], text) TO repair_bot;

-- functions/app.read_undelivered.sql
-- db.models.Undelivered: what was given up, from below p_before (NULL: the first page)
CREATE FUNCTION app.read_undelivered(p_team text, p_user text, p_roles text[], p_source text, p_before bigint) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
BEGIN
    PERFORM app.require_role('Manager');
    RETURN app.undelivered_document(p_before) || jsonb_build_object('actor', v_actor);
END $$;
GRANT EXECUTE ON FUNCTION app.read_undelivered(text, text, text[], text, bigint) TO repair_bot;

-- functions/app.reconsider_notifications.sql
-- What is put off for quiet hours, of a person's messages or of those about a ticket, is looked at anew: the next claim says
-- when it goes. What failed keeps the time that Slack gave it, and what was said already is not held back by anything.
-- What is due anyhow is locked, too: a claim passes it over until the change is there for it to see.
CREATE FUNCTION app.reconsider_notifications(p_recipient_id integer, p_ticket_id integer) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE notifications n SET due = LEAST(n.due, now()), updated_at = now()
     WHERE n.id IN (SELECT x.id FROM notifications x
                     WHERE x.state = 'waiting' AND x.failures = 0
                       AND x.ts IS NULL AND x.uncertain_since IS NULL
                       AND (x.recipient_id = p_recipient_id OR (x.recipient_id IS NOT NULL AND x.ticket_id = p_ticket_id))
                     ORDER BY x.id
                       FOR UPDATE);
    SELECT pg_notify('notifications', '')    -- heard at commit
$$;

-- functions/app.record_acceptance.sql
-- The asker, who works on this open ticket, has accepted it: once until it goes to somebody else.
CREATE FUNCTION app.record_acceptance(p_ticket integer) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_worker integer := (SELECT u.id FROM tickets t JOIN user_permissions u ON u.email = t.tech
                          WHERE t.id = p_ticket AND NOT t.completed AND u.kinde_user_id = app.user_id());
BEGIN
    IF v_worker IS NULL OR app.is_accepted(p_ticket) THEN RETURN; END IF;
    PERFORM app.record_ticket_events(p_ticket, v_worker, 'accepted');
    PERFORM app.announce_event(p_ticket, '{"event": "accepted"}');
    PERFORM app.revise_notification(n.id)
       FROM notifications n
      WHERE n.ticket_id = p_ticket AND n.recipient_id = v_worker AND n.kind = 'assigned'
        AND n.state IN ('waiting', 'sent') AND NOT n.facts ? 'worker';
END $$;
GRANT EXECUTE ON FUNCTION app.record_acceptance(integer) TO repair_bot;

-- functions/app.record_ticket_events.sql
-- Adds to a ticket's permanent history. p_worker_id: who works on it afterwards.
CREATE FUNCTION app.record_ticket_events(p_ticket_id integer, p_worker_id integer, VARIADIC p_kinds text[]) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO ticket_events (ticket_id, kind, actor_id, worker_id)
    SELECT p_ticket_id, k.kind, (SELECT u.id FROM user_permissions u WHERE u.kinde_user_id = app.user_id()), p_worker_id
      FROM unnest(p_kinds) WITH ORDINALITY k (kind, n)
     ORDER BY k.n
$$;

-- functions/app.refresh_homes.sql
-- Somebody's access changed, or their account: what they have open of the app is out of date.
CREATE FUNCTION app.refresh_homes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE home_openings h SET shown_event = -1
     WHERE h.slack_user_id IN (OLD.slack_user_id, CASE TG_OP WHEN 'UPDATE' THEN NEW.slack_user_id END);
    RETURN NULL;                                                            -- AFTER trigger
END $$;

-- functions/app.refresh_recent_messages.sql
-- A ticket looks different: direct messages about it that still wait or came within the last minute are edited; later
-- ones stay as they were. What it says no longer holds elsewhere: that is told by messages of their own. It may be urgent
-- now, so what is put off for quiet hours may go.
CREATE FUNCTION app.refresh_recent_messages(p_ticket_id integer, p_completed boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.revise_notification(n.id)
      FROM notifications n
     WHERE n.ticket_id = p_ticket_id AND n.recipient_id IS NOT NULL
       AND (n.state = 'waiting' OR (n.state = 'sent' AND n.sent_at > now() - interval '1 minute'))
       AND ((n.kind = 'assigned' AND NOT n.facts ? 'worker')
            OR n.kind = CASE WHEN p_completed THEN 'completed' ELSE 'reopened' END);
    PERFORM app.reconsider_notifications(NULL, p_ticket_id);
END $$;

-- functions/app.refresh_slack_user.sql
-- Takes over a linked person's Slack name, state ('member', 'guest', 'deleted') and time zone, where it is one. p_told_at: when that was so, NULL for
-- now; events may come late and in any order, and what is older than the last one changes nothing. False: nobody here
-- has that account.
CREATE FUNCTION app.refresh_slack_user(p_team text, p_user text, p_name text, p_state text, p_told_at timestamptz,
                                       p_zone text DEFAULT NULL) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF (p_team = app.setting('slack_team_id')) IS NOT TRUE THEN RETURN false; END IF;
    IF (p_state IN ('member', 'guest', 'deleted')) IS NOT TRUE THEN      -- the column's own refusal would show the whole row
        RAISE EXCEPTION 'no such state' USING ERRCODE = 'check_violation', CONSTRAINT = 'user_permissions_slack_state_check';
    END IF;
    PERFORM set_config('app.user_agent', 'slack:user_change', true);
    UPDATE user_permissions u
       SET slack_state = p_state, display_name = COALESCE(NULLIF(btrim(p_name), ''), u.display_name),
           slack_told_at = COALESCE(p_told_at, u.slack_told_at),
           slack_time_zone = COALESCE(app.known_zone(p_zone), u.slack_time_zone)
     WHERE u.slack_user_id = p_user AND (u.slack_told_at > p_told_at) IS NOT TRUE;
    IF FOUND THEN RETURN true; END IF;
    IF p_state <> 'member' THEN                    -- nobody is to let a guest in
        PERFORM app.settle_access(r.id, 'refused', NULL, NULL)
          FROM app.access_requests r WHERE r.slack_user_id = p_user AND r.state = 'open';
    END IF;
    RETURN EXISTS (SELECT FROM user_permissions u WHERE u.slack_user_id = p_user);
END $$;
GRANT EXECUTE ON FUNCTION app.refresh_slack_user(text, text, text, text, timestamptz, text) TO repair_bot;

-- functions/app.refuse_bench_step.sql
-- Why a repair can't go there from where it is, and where it can.
CREATE FUNCTION app.refuse_bench_step(p_ticket tickets, p_status text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.refuse('bench_step_forbidden',
                       format('a repair can''t go from %s to %s', p_ticket.bench_status, p_status),
                       jsonb_build_object('ticket', p_ticket.id, 'now', p_ticket.bench_status, 'wanted', p_status,
                                          'steps', to_jsonb(app.bench_steps(p_ticket.bench_status))),
                       'object_not_in_prerequisite_state');
END $$;
GRANT EXECUTE ON FUNCTION app.refuse_bench_step(tickets, text) TO authenticated_users, repair_web;

-- functions/app.refuse_customer.sql
-- There is no such customer, or the asker may not see them: the two read alike.
CREATE FUNCTION app.refuse_customer(p_customer integer) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.refuse('customer_not_found', format('there is no customer %s that you may see', p_customer),
                       jsonb_build_object('customer', p_customer), 'no_data_found');
END $$;
GRANT EXECUTE ON FUNCTION app.refuse_customer(integer) TO repair_bot;

-- functions/app.refuse_erased.sql
-- Nothing is written about a customer whose personal data was erased.
CREATE FUNCTION app.refuse_erased(p_customer integer) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    IF (SELECT c.erased_at FROM customers c WHERE c.id = p_customer) IS NOT NULL THEN
        PERFORM app.refuse('customer_erased', format('customer %s was erased', p_customer), jsonb_build_object('customer', p_customer));
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION app.refuse_erased(integer) TO repair_bot;

-- functions/app.refuse_inactive_customer.sql
-- Refuses to open a ticket again whose customer has been deactivated.
CREATE FUNCTION app.refuse_inactive_customer(p_ticket tickets) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM customers c WHERE c.id = p_ticket.customer_id AND c.active) THEN
        PERFORM app.refuse('customer_inactive', format('customer %s is not active', p_ticket.customer_id),
                           jsonb_build_object('ticket', p_ticket.id, 'customer', p_ticket.customer_id), 'object_not_in_prerequisite_state');
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION app.refuse_inactive_customer(tickets) TO repair_bot;

-- functions/app.refuse_missed_ticket.sql
-- Tells a technician who comes to take a ticket whose it is by now, if it left the queue within the last day: until
-- then they saw it, and a list or card may show it still. Of any other hidden ticket nothing is said here.
-- The row is locked first: who takes it at this moment is waited for, and what they did is then seen (VOLATILE).
CREATE FUNCTION app.refuse_missed_ticket(p_ticket integer) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE t tickets;
BEGIN
    SELECT x.* INTO t FROM tickets x WHERE x.id = p_ticket FOR NO KEY UPDATE;
    IF app.user_role() = 'Technician' AND t.tech <> 'unassigned' AND NOT app.sees_ticket(t.tech, t.created_by, t.completed)
       AND EXISTS (SELECT FROM (SELECT e.kind, e.created_at, lag(e.kind) OVER w AS before, lag(e.worker_id) OVER w AS had_it
                                  FROM ticket_events e
                                 WHERE e.ticket_id = p_ticket AND e.kind IN ('filed', 'assigned', 'released')
                                WINDOW w AS (ORDER BY e.id)) h
                    WHERE h.kind = 'assigned' AND h.before IS NOT NULL AND h.had_it IS NULL
                      AND h.created_at > now() - interval '1 day')
    THEN
        PERFORM app.refuse_ticket('ticket_taken', p_ticket, t.tech);
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION app.refuse_missed_ticket(integer) TO repair_bot;

-- functions/app.refuse_taken_email.sql
-- Refuses an e-mail address that another customer has, and says who, as far as the asker may know.
-- A definer function: to most people a deactivated customer's row is hidden, but their address is taken all the same.
CREATE FUNCTION app.refuse_taken_email(p_email text, p_customer integer DEFAULT NULL) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_id integer; v_email text := lower(btrim(p_email) COLLATE "C");      -- as it is stored
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    SELECT c.id INTO v_id FROM customers c WHERE c.email = v_email AND c.id IS DISTINCT FROM p_customer;
    IF FOUND THEN
        PERFORM app.refuse('customer_exists', 'another customer has this e-mail address',
                           jsonb_build_object('customer', v_id, 'name', app.customer_name(v_id)), 'unique_violation');
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION app.refuse_taken_email(text, integer) TO repair_bot;

-- functions/app.refuse_ticket.sql
-- Why this ticket can't be changed: by constraint name, with the number and, where given, who works on it.
CREATE FUNCTION app.refuse_ticket(p_name text, p_ticket integer, p_tech text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.refuse(p_name,
        CASE p_name WHEN 'ticket_not_found' THEN format('there is no ticket %s that you may see', p_ticket)
                    WHEN 'ticket_completed' THEN format('ticket %s is completed', p_ticket)
                    WHEN 'ticket_open'      THEN format('ticket %s is open', p_ticket)
                    WHEN 'ticket_in_queue'  THEN format('ticket %s is in the queue', p_ticket)
                    WHEN 'ticket_taken'     THEN format('ticket %s has a technician', p_ticket)
                    WHEN 'ticket_not_yours' THEN format('ticket %s is somebody else''s', p_ticket) END,
        jsonb_build_object('ticket', p_ticket)
        || CASE WHEN p_tech IS NULL THEN '{}' ELSE jsonb_build_object('worker', app.worker_name(p_tech)) END
        || CASE WHEN p_name = 'ticket_taken' THEN jsonb_build_object('by_you', p_tech = app.user_email()) ELSE '{}' END,
        CASE p_name WHEN 'ticket_not_found' THEN 'no_data_found'
                    WHEN 'ticket_not_yours' THEN 'insufficient_privilege'
                    ELSE 'object_not_in_prerequisite_state' END);
END $$;
GRANT EXECUTE ON FUNCTION app.refuse_ticket(text, integer, text) TO repair_bot;

-- functions/app.release_ticket.sql
-- db.models.TicketChanged: back to the queue. A Manager releases anybody's.
CREATE FUNCTION app.release_ticket(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    t tickets;
BEGIN
    PERFORM app.require_role('Manager', 'Technician');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    t := app.lock_ticket(p_ticket);
    IF t.completed THEN
        PERFORM app.refuse_ticket('ticket_completed', p_ticket);
    ELSIF t.tech = 'unassigned' THEN
        PERFORM app.refuse_ticket('ticket_in_queue', p_ticket);
    ELSIF app.user_role() <> 'Manager' AND t.tech <> app.user_email() THEN
        PERFORM app.refuse_ticket('ticket_not_yours', p_ticket, t.tech);
    END IF;
    UPDATE tickets SET tech = 'unassigned' WHERE id = p_ticket;
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'ticket', app.ticket_document(p_ticket), 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.release_ticket(text, text, text[], text, text, integer) TO repair_bot;

-- functions/app.remove_file.sql
-- db.models.TicketFiles after a file was removed, by who brought it or a Manager.
-- A definer function: nobody but the web application is granted DELETE. It looks at what the asker sees.
CREATE FUNCTION app.remove_file(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_file integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    v_file   ticket_attachments;
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    v_file := app.find_file(p_file);
    PERFORM app.lock_ticket(v_file.ticket_id);
    IF app.user_role() <> 'Manager' AND v_file.uploaded_by <> app.user_id() THEN
        PERFORM app.refuse('file_not_yours', 'somebody else brought it',
                           jsonb_build_object('by', app.person_name(v_file.uploaded_by)));
    END IF;
    DELETE FROM ticket_attachments a WHERE a.id = p_file;
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'ticket', app.ticket_lines(ARRAY[v_file.ticket_id]) -> 0,
                                                     'type', v_file.file_type, 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.remove_file(text, text, text[], text, text, integer) TO repair_bot;

-- functions/app.renew_access.sql
-- What the Managers read of a request for access is out of date: their messages are edited.
CREATE FUNCTION app.renew_access(p_request integer) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE notifications n
       SET version = n.version + 1, state = 'waiting', updated_at = now(),
           due = CASE n.state WHEN 'waiting' THEN n.due ELSE now() END
     WHERE n.request_id = p_request AND n.kind = 'access_requested' AND n.state IN ('waiting', 'sent');
    PERFORM pg_notify('notifications', '');    -- heard at commit
END $$;

-- functions/app.reopen_ticket.sql
-- db.models.TicketChanged: open again, with who had it if they still work here, else in the queue. Why, if it
-- is said, becomes a note.
CREATE FUNCTION app.reopen_ticket(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer,
                                  p_why text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    t tickets;
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    PERFORM app.hold_technician(x.tech) FROM tickets x WHERE x.id = p_ticket;
    t := app.lock_ticket(p_ticket);
    IF NOT t.completed THEN
        PERFORM app.refuse_ticket('ticket_open', p_ticket);
    ELSIF app.user_role() = 'Technician' AND t.tech <> app.user_email() THEN
        PERFORM app.refuse_ticket('ticket_not_yours', p_ticket, t.tech);
    END IF;
    PERFORM app.refuse_inactive_customer(t);
    IF btrim(COALESCE(p_why, ''), E' \t\r\n') <> '' THEN
        PERFORM app.check_text(p_why, 10000, 'ticket_reopening_check');
        INSERT INTO ticket_notes (ticket_id, body) VALUES (p_ticket, p_why);
    END IF;
    UPDATE tickets SET completed = false WHERE id = p_ticket;
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'ticket', app.ticket_document(p_ticket), 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.reopen_ticket(text, text, text[], text, text, integer, text) TO repair_bot;

-- functions/app.repost_card.sql
-- A reply found no card to stand under: somebody has deleted it. The card is posted anew, and the reply waits for that.
-- False: the claim p_attempts was lost.
CREATE FUNCTION app.repost_card(p_id bigint, p_attempts integer) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.revise_notification(c.id)
       FROM notifications n JOIN notifications c ON c.dedupe_key = 'card:' || n.ticket_id
      WHERE n.id = p_id AND n.attempts = p_attempts AND n.state = 'waiting';
    RETURN app.postpone_notification(p_id, p_attempts, interval '0', 'no card to stand under', false, false);
END $$;
GRANT EXECUTE ON FUNCTION app.repost_card(bigint, integer) TO repair_bot;

-- functions/app.request_access.sql
-- Asks the Managers to let a Slack account in, or answers what became of it (bot.errors.Asked); NULL where nobody can be
-- let in by such an address. Who was refused is not asked about again for 30 days: long enough to be an answer, short
-- enough for somebody who starts at the shop next month. The caller has checked the account.
CREATE FUNCTION app.request_access(p_user text, p_email text, p_name text, p_obstacle text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_name  text := left(btrim(p_name), 255);
    v_first boolean := false;
    r       app.access_requests;
BEGIN
    DELETE FROM app.access_requests x
     WHERE x.slack_user_id = p_user
       AND (x.state = 'approved' OR x.state = 'refused'
            AND (x.decided_by IS NULL OR x.decided_at < now() - interval '30 days'));
    SELECT * INTO r FROM app.access_requests x WHERE x.slack_user_id = p_user;
    IF r.id IS NULL THEN
        INSERT INTO app.access_requests (slack_user_id, name, email, obstacle)
        VALUES (p_user, v_name, p_email, p_obstacle)
        ON CONFLICT (slack_user_id) DO NOTHING;
        v_first := FOUND;
        SELECT * INTO r FROM app.access_requests x WHERE x.slack_user_id = p_user;
        PERFORM app.announce_access();
    ELSIF r.state = 'open' AND (r.name, r.email, r.obstacle) IS DISTINCT FROM (v_name, p_email, p_obstacle) THEN
        UPDATE app.access_requests x SET name = v_name, email = p_email, obstacle = p_obstacle WHERE x.id = r.id;
        PERFORM app.renew_access(r.id);
    END IF;
    RETURN jsonb_build_object(
        'state', r.state,
        'first', v_first,
        'on', app.shop_today(COALESCE(r.decided_at, r.asked_at)),
        'by', (SELECT u.display_name FROM user_permissions u WHERE u.id = r.decided_by),
        'managers', (SELECT count(*) FROM user_permissions u WHERE u.role = 'Manager' AND app.may_be_told(u)));
EXCEPTION WHEN check_violation OR string_data_right_truncation THEN
    RETURN NULL;                                   -- an address that user_permissions can't hold either
END $$;

-- functions/app.resume_repair.sql
-- A ticket that waited for its customer's word need not wait any longer.
CREATE FUNCTION app.resume_repair(p_ticket integer) RETURNS void
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
    UPDATE tickets SET bench_status = CASE tech WHEN 'unassigned' THEN 'diagnosing' ELSE 'in_repair' END
     WHERE id = p_ticket AND bench_status = 'waiting_approval'
$$;

-- functions/app.retry_notification.sql
-- db.models.Undelivered: has a message that was given up said after all (NULL: all of them), and tells what is left.
-- One that somebody else has retried meanwhile is left alone.
CREATE FUNCTION app.retry_notification(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_id bigint) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor   jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer  jsonb;
    v_retried integer;
BEGIN
    PERFORM app.require_role('Manager');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;
    v_retried := app.revive_notifications(p_id);
    RETURN app.end_request(p_key, app.undelivered_document(NULL)
                                  || jsonb_build_object('actor', v_actor, 'retried', v_retried, 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.retry_notification(text, text, text[], text, text, bigint) TO repair_bot;

-- functions/app.return_open_tickets.sql
-- Somebody no longer works: their open tickets (held by app.hold_open_tickets) go back to the queue, and the Managers
-- hear of it.
CREATE FUNCTION app.return_open_tickets() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE n integer;
BEGIN
    UPDATE tickets t SET tech = 'unassigned' WHERE t.tech = NEW.email AND NOT t.completed;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n > 0 THEN
        PERFORM app.notify_managers_of_return(NEW.display_name, n, NEW.id);
    END IF;
    RETURN NULL;
END $$;

-- functions/app.reveal_passcode.sql
-- A ticket's device passcode in clear, for its technician or a Manager; NULL if it has none. Each showing is logged.
-- The session and app.encryption_key are set before, in the same transaction.
CREATE FUNCTION app.reveal_passcode(p_ticket integer) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE t tickets; v_passcode text;
BEGIN
    PERFORM app.require_role('Manager', 'Technician');
    SELECT x.* INTO t FROM tickets x WHERE x.id = p_ticket;
    IF NOT FOUND OR NOT app.sees_ticket(t.tech, t.created_by, t.completed) THEN
        PERFORM app.refuse_ticket('ticket_not_found', p_ticket);
    ELSIF app.user_role() <> 'Manager' AND t.tech = 'unassigned' THEN
        PERFORM app.refuse_ticket('ticket_in_queue', p_ticket);
    ELSIF app.user_role() <> 'Manager' AND t.tech IS DISTINCT FROM app.user_email() THEN
        PERFORM app.refuse_ticket('ticket_not_yours', p_ticket, t.tech);
    END IF;
    SELECT app.decrypt(s.device_passcode) INTO v_passcode FROM ticket_secrets s WHERE s.ticket_id = p_ticket;
    IF FOUND THEN
        INSERT INTO activity_log (user_id, action, resource_type, resource_id, ip_address, user_agent)
        VALUES (COALESCE(app.user_id(), 'system'), 'REVEAL_PASSCODE', 'ticket', p_ticket, app.client_ip(),
                app.user_agent());
    END IF;
    RETURN v_passcode;
END $$;
GRANT EXECUTE ON FUNCTION app.reveal_passcode(integer) TO authenticated_users;

-- functions/app.review_approval.sql
-- Whether a ticket's estimate needs its customer's word, as things are now: asks for that, asks anew where the terms are others by
-- now, and withdraws what isn't needed any more. The repair waits or goes on accordingly. What the customer has agreed to covers
-- whatever costs no more.
CREATE FUNCTION app.review_approval(p_ticket integer) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  integer := (SELECT u.id FROM user_permissions u WHERE u.kinde_user_id = app.user_id());
    v_needed boolean;
    n approvals;                     -- what would be asked now
    a approvals;                     -- what is asked
    t tickets;
BEGIN
    SELECT * INTO t FROM tickets x WHERE x.id = p_ticket FOR NO KEY UPDATE;
    SELECT * INTO a FROM approvals x WHERE x.ticket_id = p_ticket AND x.state = 'open';
    n.customer_id := t.customer_id;
    n.hours := t.estimated_hours;
    n.amount := app.estimated_cost(t.estimated_hours);
    n.spending_limit := app.spending_limit((SELECT c.approval_limit FROM customers c WHERE c.id = t.customer_id));
    v_needed := COALESCE(n.amount > n.spending_limit, false) AND NOT t.completed AND NOT COALESCE((
        SELECT x.state = 'approved' AND x.amount >= n.amount
               AND app.is_one_person(x.customer_id, n.customer_id)                 -- nobody agrees for another
          FROM approvals x WHERE x.ticket_id = p_ticket AND x.state IN ('approved', 'declined')
         ORDER BY x.id DESC LIMIT 1), false);
    IF v_needed AND (a.hours, a.amount, a.spending_limit) = (n.hours, n.amount, n.spending_limit)
       AND app.is_one_person(a.customer_id, n.customer_id) THEN RETURN; END IF;

    PERFORM app.settle_approval(a.id, 'withdrawn', v_actor);
    IF v_needed THEN
        INSERT INTO approvals (ticket_id, customer_id, hours, amount, spending_limit, requested_by)
        VALUES (p_ticket, n.customer_id, n.hours, n.amount, n.spending_limit, CASE WHEN a.hours = n.hours THEN a.requested_by ELSE v_actor END);
        UPDATE tickets SET bench_status = 'waiting_approval'
         WHERE id = p_ticket AND 'waiting_approval' = ANY (app.bench_steps(bench_status));
        PERFORM app.announce_approvals();
    ELSIF a.id IS NOT NULL THEN
        PERFORM app.resume_repair(p_ticket);
    END IF;
END $$;

-- functions/app.review_customer_estimates.sql
-- A customer lets the shop spend more or less than before: that counts for each of their open tickets.
CREATE FUNCTION app.review_customer_estimates() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.review_approval(x.id)
       FROM (SELECT t.id FROM tickets t
              WHERE t.customer_id = NEW.id AND NOT t.completed AND t.estimated_hours IS NOT NULL ORDER BY t.id) x;
    RETURN NULL;                                                            -- AFTER trigger
END $$;

-- functions/app.review_estimate.sql
CREATE FUNCTION app.review_estimate() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.review_approval(NEW.id);
    RETURN NULL;                                                            -- AFTER trigger
END $$;

-- functions/app.review_estimates.sql
-- Another price or limit of the shop: what is being asked is asked anew, or not any more. What isn't asked stays so, since nobody
-- wants every ticket to stop on the day on which the shop's price rises.
CREATE FUNCTION app.review_estimates() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.review_approval(x.ticket_id)
       FROM (SELECT a.ticket_id FROM approvals a WHERE a.state = 'open' ORDER BY a.ticket_id) x;
    RETURN NULL;                                                            -- AFTER trigger
END $$;

-- functions/app.revise_notification.sql
-- A message has to be said anew, with other facts where they are given: it is edited if it stands. It keeps its place
-- if it still waits.
CREATE FUNCTION app.revise_notification(p_id bigint, p_facts jsonb DEFAULT NULL) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE notifications n
       SET version = n.version + 1, facts = COALESCE(p_facts, n.facts), state = 'waiting',
           due = CASE n.state WHEN 'waiting' THEN n.due ELSE now() END,
           failures = CASE n.state WHEN 'waiting' THEN n.failures ELSE 0 END,
           error = NULL, updated_at = now()
     WHERE n.id = p_id;
    SELECT pg_notify('notifications', '')    -- heard at commit
$$;

-- functions/app.revive_notifications.sql
-- Has given-up messages said after all, as things are now: p_id alone (NULL: any), and only what ended by one of
-- p_errors (NULL: by anything). A reply brings back the card that it has to stand under. Returns how many.
CREATE FUNCTION app.revive_notifications(p_id bigint, p_errors text[] DEFAULT NULL) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_ids bigint[];
BEGIN
    v_ids := ARRAY(SELECT n.id FROM notifications n
                    WHERE n.state = 'dead'
                      AND (p_id IS NULL OR n.id = p_id
                           OR n.dedupe_key = (SELECT 'card:' || r.ticket_id FROM notifications r WHERE r.id = p_id AND r.kind = 'thread'))
                      AND (p_errors IS NULL OR n.error = ANY (p_errors))
                    ORDER BY n.id FOR UPDATE);
    PERFORM app.revise_notification(i) FROM unnest(v_ids) AS i;
    RETURN cardinality(v_ids);
END $$;
GRANT EXECUTE ON FUNCTION app.revive_notifications(bigint, text[]) TO repair_bot;

-- functions/app.rotate_passcodes.sql
-- Encrypts the next passcodes after this ticket's with the first key, whichever of the two they are under. For
-- `python -m db rotate-key`, which calls it until nothing is left: {last, changed, kept, unreadable}; last NULL: the end.
CREATE FUNCTION app.rotate_passcodes(p_after integer, p_encryption_keys text[], p_limit integer DEFAULT 100) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    s            ticket_secrets;
    v_last       integer;
    v_changed    integer := 0;
    v_kept       integer := 0;
    v_unreadable integer[] := '{}';
BEGIN
    PERFORM app.use_encryption_keys(p_encryption_keys), set_config('app.user_agent', 'rotate-key', true);
    FOR s IN SELECT x.* FROM ticket_secrets x WHERE x.ticket_id > p_after ORDER BY x.ticket_id LIMIT p_limit FOR UPDATE LOOP
        v_last := s.ticket_id;
        IF app.is_sealed_with(p_encryption_keys[1], s.device_passcode) THEN
            v_kept := v_kept + 1;
        ELSIF app.is_sealed_with(p_encryption_keys[2], s.device_passcode) THEN
            UPDATE ticket_secrets x SET device_passcode = encrypt_sensitive_data(app.decrypt(x.device_passcode)) WHERE x.ticket_id = s.ticket_id;
            v_changed := v_changed + 1;
        ELSE
            v_unreadable := v_unreadable || s.ticket_id;
        END IF;
    END LOOP;
    RETURN jsonb_build_object('last', v_last, 'changed', v_changed, 'kept', v_kept, 'unreadable', v_unreadable);
END $$;

-- functions/app.run_due_maintenance.sql
-- Runs perform_maintenance() when it is due, and returns what it says; NULL when nothing is due. The ledger's key sees to
-- it that each Sunday's runs once, so it may be called at any time, by any number of processes. While nobody called it,
-- nothing ran: the latest Sunday's is made up for.
CREATE FUNCTION app.run_due_maintenance() RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_sunday date := app.maintenance_sunday(now()); v_result text;
BEGIN
    IF EXISTS (SELECT FROM app.maintenance_runs r WHERE r.due_on >= v_sunday)
       OR NOT pg_try_advisory_xact_lock(hashtext('perform_maintenance'))       -- another run, or python -m db maintain
       OR EXISTS (SELECT FROM app.maintenance_runs r WHERE r.due_on >= v_sunday) THEN   -- done just before the lock was free
        RETURN NULL;
    END IF;
    v_result := perform_maintenance();
    INSERT INTO app.maintenance_runs (due_on, result) VALUES (v_sunday, v_result);
    RETURN v_result;
END $$;
GRANT EXECUTE ON FUNCTION app.run_due_maintenance() TO repair_bot;

-- functions/app.save_checklist.sql
-- db.models.ChecklistSeen: with these checks in this order. p_seen: app.put_checklist().
CREATE FUNCTION app.save_checklist(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_category text,
                                   p_items text[], p_seen jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
BEGIN
    PERFORM app.require_role('Manager');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    PERFORM app.put_checklist(p_category, p_items, p_seen);
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'checklist', app.checklist_document(p_category), 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.save_checklist(text, text, text[], text, text, text, text[], jsonb) TO repair_bot;

-- functions/app.save_hours.sql
-- db.models.HoursSaved: when the shop is open from now on, the next of its holidays, and the settings counted in its hours.
-- p_seen: what the asker's form showed (app.shown()); what stands in it as it did stays as it is by now, and what somebody else
-- has changed, too, is not overwritten.
CREATE FUNCTION app.save_hours(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_seen jsonb,
                               p_hours jsonb, p_holidays jsonb, p_settings jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    v_now    jsonb;
    v_wanted jsonb;
    v_others jsonb;                               -- what they have changed
BEGIN
    PERFORM app.require_role('Manager');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    LOCK TABLE shop_hours, shop_holidays, shop_settings IN SHARE ROW EXCLUSIVE MODE;   -- whoever is writing them is waited for
    v_now := app.hours_compared(app.hours_document());
    v_wanted := app.touched(p_seen, p_settings || jsonb_build_object('hours', p_hours, 'holidays', p_holidays));
    v_others := app.overtaken(p_seen, v_now, v_wanted);
    IF v_others IS NOT NULL THEN
        PERFORM app.refuse('hours_changed', 'the shop''s hours or settings have been changed meanwhile', jsonb_build_object(
            'changes', (SELECT jsonb_agg(c || CASE c ->> 'field' WHEN 'hours' THEN app.last_change('system', 'shop_hours')
                                                                 WHEN 'holidays' THEN app.last_change('system', 'shop_holidays')
                                                                 ELSE app.last_change('system', 'shop_settings', c ->> 'field') END)
                          FROM jsonb_array_elements(v_others) c)), 'object_not_in_prerequisite_state');
    END IF;
    DELETE FROM shop_hours h WHERE NOT v_wanted -> 'hours' ? h.weekday::text;
    INSERT INTO shop_hours AS h (weekday, opens, closes)
    SELECT d.key::smallint, (d.value ->> 0)::time, (d.value ->> 1)::time FROM jsonb_each(v_wanted -> 'hours') d
    ON CONFLICT (weekday) DO UPDATE SET opens = EXCLUDED.opens, closes = EXCLUDED.closes
     WHERE (h.opens, h.closes) <> (EXCLUDED.opens, EXCLUDED.closes);
    DELETE FROM shop_holidays x                               -- of those that app.hours_document() shows
     WHERE x.day >= app.shop_today() AND NOT v_wanted -> 'holidays' ? x.day::text
       AND x.day <= COALESCE((SELECT y.day FROM shop_holidays y WHERE y.day >= app.shop_today() ORDER BY y.day OFFSET 13 LIMIT 1), x.day);
    INSERT INTO shop_holidays AS x (day, name) SELECT d.key::date, d.value FROM jsonb_each_text(v_wanted -> 'holidays') d
    ON CONFLICT (day) DO UPDATE SET name = EXCLUDED.name WHERE x.name <> EXCLUDED.name;
    INSERT INTO shop_settings AS s (key, value) SELECT d.key, d.value FROM jsonb_each_text(v_wanted - '{hours,holidays}'::text[]) d WHERE d.key ~ '^((due_hours|remind|labour)_|(hourly_rate|approval_limit|summary_time|time_zone)$)'
    ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value WHERE s.value <> EXCLUDED.value;
    RETURN app.end_request(p_key, app.hours_document() || jsonb_build_object('actor', v_actor, 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.save_hours(text, text, text[], text, text, jsonb, jsonb, jsonb, jsonb) TO repair_bot;

-- functions/app.save_settings.sql
-- db.models.SettingsSaved: how the asker wants to be told from now on. p_seen: what their form showed (app.preferences_document());
-- what stands in it as it did stays as it is by now, and what was changed elsewhere, too, is not overwritten. p_heard: the kinds
-- of notification that they want, of those which app.kinds_told() names for their role; what a role of theirs may hear besides
-- stays as it is, and so does the summary's hour of who gets none.
CREATE FUNCTION app.save_settings(
    p_team text, p_user text, p_roles text[], p_source text, p_key text, p_seen jsonb,
    p_quiet_from time, p_quiet_until time, p_urgent_passes boolean, p_time_zone text, p_summary_at time, p_heard text[]
) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_told   text[] := app.kinds_told(v_actor ->> 'role');
    v_answer jsonb;
    v_now    jsonb;
    v_wanted jsonb;
    v_others jsonb;                               -- what was changed elsewhere
    v_muted  text[];
BEGIN
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    PERFORM pg_advisory_xact_lock(hashtext('preferences'), (v_actor ->> 'id')::integer),    -- there may be no row yet
            (SELECT 1 FROM preferences p WHERE p.user_id = (v_actor ->> 'id')::integer FOR NO KEY UPDATE);
    v_now := app.preferences_document() -> 'shown';
    v_wanted := app.touched(p_seen, jsonb_build_object(
        'quiet_hours', CASE WHEN COALESCE(p_quiet_from, p_quiet_until) IS NOT NULL THEN jsonb_build_array(p_quiet_from, p_quiet_until) END,
        'urgent_passes', p_urgent_passes, 'time_zone', p_time_zone,
        'summary_at', CASE WHEN 'summary' = ANY (v_told) THEN p_summary_at END,
        'heard', ARRAY(SELECT k FROM unnest(v_told) k WHERE k = ANY (p_heard))));
    v_others := app.overtaken(p_seen, v_now, v_wanted);
    IF v_others IS NOT NULL THEN
        PERFORM app.refuse('settings_changed', 'these settings have been changed elsewhere meanwhile', jsonb_build_object(
            'changes', (SELECT jsonb_agg(c || jsonb_build_object('at', (SELECT p.updated_at FROM preferences p
                                                                         WHERE p.user_id = (v_actor ->> 'id')::integer)))
                          FROM jsonb_array_elements(v_others) c)), 'object_not_in_prerequisite_state');
    END IF;
    v_now := v_now || v_wanted;
    v_muted := ARRAY(SELECT k FROM unnest(v_told) k WHERE NOT v_now -> 'heard' ? k);
    INSERT INTO preferences AS p (user_id, quiet_from, quiet_until, urgent_passes, time_zone, summary_at, muted)
    VALUES ((v_actor ->> 'id')::integer, (v_now #>> '{quiet_hours,0}')::time, (v_now #>> '{quiet_hours,1}')::time,
            (v_now ->> 'urgent_passes')::boolean, v_now ->> 'time_zone', (v_now ->> 'summary_at')::time, v_muted)
    ON CONFLICT (user_id) DO UPDATE
       SET quiet_from = EXCLUDED.quiet_from, quiet_until = EXCLUDED.quiet_until, urgent_passes = EXCLUDED.urgent_passes,
           time_zone = EXCLUDED.time_zone,
           summary_at = CASE WHEN 'summary' = ANY (v_told) THEN EXCLUDED.summary_at ELSE p.summary_at END,
           muted = ARRAY(SELECT k FROM unnest(p.muted) k WHERE k <> ALL (v_told)) || EXCLUDED.muted;
    RETURN app.end_request(p_key, jsonb_build_object(
        'actor', v_actor, 'preferences', app.preferences_document(), 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.save_settings(text, text, text[], text, text, jsonb, time, time, boolean, text, time, text[]) TO repair_bot;

-- functions/app.schedule_reminders.sql
-- Writes into the outbox what people are to be reminded of, in the hours in which the shop is open: the technician, after
-- remind_managers_after Managers as well, and Managers at once where nobody works on it. For each person and ticket the gravest
-- thing alone, once (app.ticket_reminders) and at most remind_most a day, unless they have snoozed it. All for one person is one
-- message, together with what still waits to be said to them. Any number of processes may call it at any time.
-- News of a ticket are its changes and notes. Returns how many messages were written.
CREATE FUNCTION app.schedule_reminders(p_now timestamptz DEFAULT now()) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp SET jit = off AS $$
DECLARE
    v_day       timestamptz := app.shop_today(p_now)::timestamp AT TIME ZONE app.shop_time_zone();
    v_later     interval := app.setting_hours('remind_managers_after');
    v_soon      timestamptz := app.shop_time(p_now, app.setting_hours('remind_due_soon'));
    v_untouched timestamptz := app.shop_time(p_now, -app.setting_hours('remind_untouched'));
    v_approval  timestamptz := app.shop_time(p_now, -app.setting_hours('remind_approval'));
    v_silent    timestamptz := app.shop_time(p_now, -app.setting_hours('remind_silent'));
    v_written   integer;
BEGIN
    IF app.shop_time(p_now, '0') IS DISTINCT FROM p_now THEN RETURN 0; END IF;
    WITH open AS MATERIALIZED (
        SELECT t.id, t.tech, t.priority, t.bench_status, t.due_at,
               GREATEST(t.updated_at, (SELECT max(n.created_at) FROM ticket_notes n WHERE n.ticket_id = t.id)) AS news_at
          FROM tickets t
         WHERE NOT t.completed
           AND (t.due_at <= GREATEST(v_soon, p_now) OR t.updated_at <= GREATEST(v_untouched, v_approval, v_silent))),
    needs AS (
        SELECT o.id, o.tech, 1 AS gravity, 'overdue' AS why, o.due_at AS since, v_day AS about,
               o.due_at <= app.shop_time(p_now, -v_later) AS late
          FROM open o WHERE o.due_at <= p_now
        UNION ALL
        SELECT o.id, o.tech, 2, 'untouched', o.news_at, v_day, true
          FROM open o WHERE o.tech = 'unassigned' AND o.priority = 'urgent' AND o.news_at <= v_untouched
        UNION ALL
        SELECT o.id, o.tech, 3, 'approval', o.news_at, v_day, o.news_at <= app.shop_time(v_approval, -v_later)
          FROM open o WHERE o.bench_status = 'waiting_approval' AND o.news_at <= v_approval
        UNION ALL
        SELECT o.id, o.tech, 4, 'due_soon', o.due_at, o.due_at, false
          FROM open o WHERE o.due_at > p_now AND o.due_at <= v_soon
        UNION ALL
        SELECT o.id, o.tech, 5, 'silent', o.news_at, v_day, o.news_at <= app.shop_time(v_silent, -v_later)
          FROM open o WHERE o.tech <> 'unassigned' AND o.news_at <= v_silent),
    gravest AS (
        SELECT DISTINCT ON (n.id, u.id) n.id AS ticket_id, u.id AS user_id, n.gravity, n.why, n.since, n.about
          FROM needs n
          JOIN user_permissions u ON app.may_be_told(u) AND (u.email = n.tech OR (u.role = 'Manager' AND (n.late OR n.tech = 'unassigned')))
         ORDER BY n.id, u.id, n.gravity),
    claimed AS (
        INSERT INTO app.ticket_reminders (ticket_id, user_id, why, about, reminded_at)
        SELECT g.ticket_id, g.user_id, g.why, g.about, p_now FROM gravest g
         WHERE NOT EXISTS (SELECT FROM app.ticket_snoozes s
                            WHERE (s.ticket_id, s.user_id) = (g.ticket_id, g.user_id) AND s.snoozed_until > p_now)
           AND (SELECT count(*) FROM app.ticket_reminders r
                 WHERE (r.ticket_id, r.user_id) = (g.ticket_id, g.user_id) AND r.reminded_at >= v_day AND r.why <> 'nudged')
               < app.setting('remind_most')::integer
         ORDER BY g.ticket_id, g.user_id
        ON CONFLICT DO NOTHING
        RETURNING ticket_id, user_id),
    told AS (
        SELECT c.user_id, jsonb_agg(jsonb_build_object('ticket', g.ticket_id, 'why', g.why, 'since', g.since)
                                    ORDER BY g.gravity, g.since, g.ticket_id) AS reminders
          FROM claimed c JOIN gravest g USING (ticket_id, user_id)
         GROUP BY c.user_id),
    overtaken AS (
        UPDATE notifications n SET state = 'dropped', error = 'overtaken', updated_at = now()
          FROM told
         WHERE n.recipient_id = told.user_id AND n.kind = 'reminder' AND n.state = 'waiting'
           AND n.ts IS NULL AND n.uncertain_since IS NULL AND NOT n.facts -> 'reminders' @> '[{"why": "nudged"}]'
        RETURNING n.recipient_id, n.facts -> 'reminders' AS reminders),
    whole AS (
        SELECT told.user_id, told.reminders || COALESCE((SELECT jsonb_agg(x.value) FROM overtaken o, jsonb_array_elements(o.reminders) x
                                                          WHERE o.recipient_id = told.user_id), '[]') AS reminders
          FROM told)
    INSERT INTO notifications (kind, ticket_id, recipient_id, facts)
    SELECT 'reminder', CASE WHEN jsonb_array_length(w.reminders) = 1 THEN (w.reminders -> 0 ->> 'ticket')::integer END,
           w.user_id, jsonb_build_object('reminders', w.reminders)
      FROM whole w ORDER BY w.user_id;
    GET DIAGNOSTICS v_written = ROW_COUNT;
    IF v_written > 0 THEN
        PERFORM pg_notify('notifications', '');    -- heard at commit
    END IF;
    RETURN v_written;
END $$;
GRANT EXECUTE ON FUNCTION app.schedule_reminders(timestamptz) TO repair_bot;

-- functions/app.schedule_summaries.sql
-- Writes each Manager's daily summary into the outbox when its time has come: at their own hour by their own clock, or
-- else at the shop's by the shop's, about the shop's day before. The unique key names the person and the shop's date after
-- that day: it is the ledger, so this may be called at any time, by any number of processes, and who changes their hour
-- gets no day twice. A time that the clocks skip is the same time by the old offset, one that they pass twice counts the
-- second time. While nobody called it, nothing was written: the latest is made up for within 12 hours of its time, or of
-- the moment at which its reader last changed how they are told. Whoever is linked after the hour gets it at once. A
-- summary that still waits is overtaken by the next one. What is written waits p_patience for its picture. Returns
-- db.models.SummariesWritten: for how many Managers, and the days, with the flow of two weeks, of which a picture is wanted.
CREATE FUNCTION app.schedule_summaries(p_now timestamptz DEFAULT now(), p_patience interval DEFAULT '0') RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_time time := app.setting('summary_time')::time;
    v_told integer;
    v_days date[];
BEGIN
    WITH due AS (
        SELECT DISTINCT ON (u.id) u.id, CASE z.zone WHEN app.shop_time_zone() THEN l.date ELSE app.shop_today(d.at) END - 1 AS day, r.since
          FROM user_permissions u
          LEFT JOIN preferences p ON p.user_id = u.id
         CROSS JOIN LATERAL (SELECT COALESCE(CASE WHEN p.summary_at IS NOT NULL THEN COALESCE(p.time_zone, u.slack_time_zone) END,
                                             app.shop_time_zone()) AS zone) z
         CROSS JOIN generate_series(0, 1) ago
         CROSS JOIN LATERAL (SELECT (p_now AT TIME ZONE z.zone)::date - ago AS date) l
         CROSS JOIN LATERAL (SELECT (l.date + COALESCE(p.summary_at, v_time)) AT TIME ZONE z.zone AS at) d
         CROSS JOIN LATERAL (SELECT greatest(d.at, CASE WHEN p.updated_at <= p_now THEN p.updated_at END) AS since) r
         WHERE u.role = 'Manager' AND app.may_be_told(u)
           AND d.at <= p_now AND r.since > p_now - interval '12 hours'
         ORDER BY u.id, d.at DESC),
    written AS (
        INSERT INTO notifications (kind, recipient_id, due, dedupe_key, facts)
        SELECT 'summary', due.id, now() + p_patience, app.summary_key(due.id, due.day), jsonb_build_object('day', due.day, 'due_at', due.since)
          FROM due
         ORDER BY due.id
        ON CONFLICT (dedupe_key) DO NOTHING
        RETURNING recipient_id, (facts ->> 'day')::date AS day),
    overtaken AS (
        UPDATE notifications n SET state = 'dropped', error = 'overtaken', updated_at = now()
          FROM written w
         WHERE n.destination = w.recipient_id AND n.kind = 'summary' AND n.state = 'waiting'
           AND n.ts IS NULL AND n.uncertain_since IS NULL AND (n.facts ->> 'day')::date < w.day)
    SELECT count(*), array_agg(DISTINCT w.day) INTO v_told, v_days FROM written w;
    IF v_told > 0 THEN
        PERFORM pg_notify('notifications', '');    -- heard at commit
    END IF;
    PERFORM app.set_service_session();    -- a day's flow is a Manager's
    RETURN jsonb_build_object('managers', v_told, 'charts', COALESCE((
        SELECT jsonb_agg(jsonb_build_object('day', d.day, 'flow', app.flow(d.day - 13, d.day)) ORDER BY d.day)
          FROM unnest(v_days) AS d (day)), '[]'));
END $$;
GRANT EXECUTE ON FUNCTION app.schedule_summaries(timestamptz, interval) TO repair_bot;

-- functions/app.seal.sql
-- A code over a text that only who has the key can make: a changed text, or another key, gives another code.
CREATE FUNCTION app.seal(p_text text, p_key text) RETURNS text LANGUAGE sql IMMUTABLE
SET search_path = public, pg_temp AS $$
    SELECT encode(hmac(convert_to(p_text, 'UTF8'), hmac('seal', p_key, 'sha256'), 'sha256'), 'hex')
$$;
GRANT EXECUTE ON FUNCTION app.seal(text, text) TO authenticated_users;

-- functions/app.search.sql
-- db.models.TicketHits: of the hundred newest tickets with these words the ten that they fit best, a title's words first.
CREATE FUNCTION app.search(p_team text, p_user text, p_roles text[], p_source text, p_words text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb   := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_query  tsquery := app.words_query(COALESCE(p_words, ''));
    v_wanted tsquery := NULLIF(querytree(v_query), 'T')::tsquery;          -- without "-words", which would spoil the rank
    v_ids    integer[];
BEGIN
    v_ids := ARRAY(
        SELECT t.id FROM tickets t WHERE t.id = ANY (ARRAY(SELECT app.pick_tickets(100, v_query)))
         ORDER BY ts_rank(t.search, v_wanted) DESC, t.created_at DESC, t.id DESC LIMIT 11);
    RETURN jsonb_build_object('actor', v_actor, 'tickets', app.lines_in_order(v_ids[1:10]), 'more', cardinality(v_ids) > 10);
END $$;
GRANT EXECUTE ON FUNCTION app.search(text, text, text[], text, text) TO repair_bot;

-- functions/app.security_self_check.sql
-- The bot calls this at start and refuses to run if any value is false. What the login may become (SET ROLE), it is.
-- CREATE in our schemas would let it put a better-fitting function or operator before a definer function's.
CREATE FUNCTION app.security_self_check() RETURNS TABLE (check_name text, ok boolean)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH mine AS MATERIALIZED (
        SELECT r.* FROM pg_roles r WHERE pg_has_role(session_user, r.oid, 'MEMBER')),
    ours AS MATERIALIZED (
        SELECT n.oid, n.nspowner FROM pg_namespace n WHERE n.nspname IN ('public', 'app', 'test')),
    tables AS MATERIALIZED (
        SELECT c.oid, c.relname FROM pg_class c
         WHERE c.relnamespace IN (SELECT o.oid FROM ours o) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
           AND c.relname <> 'alembic_version')
    SELECT 'is no superuser', NOT EXISTS (SELECT FROM mine m WHERE m.rolsuper)
    UNION ALL SELECT 'has no BYPASSRLS', NOT EXISTS (SELECT FROM mine m WHERE m.rolbypassrls)
    UNION ALL SELECT 'owns nothing here', NOT EXISTS (
        SELECT FROM mine m
         WHERE m.oid IN (SELECT o.nspowner FROM ours o
                         UNION ALL SELECT c.relowner FROM pg_class c WHERE c.relnamespace IN (SELECT o.oid FROM ours o)
                         UNION ALL SELECT p.proowner FROM pg_proc p WHERE p.pronamespace IN (SELECT o.oid FROM ours o)))
    UNION ALL SELECT 'creates nothing here', NOT EXISTS (
        SELECT FROM ours o WHERE has_schema_privilege(session_user, o.oid, 'CREATE'))
    UNION ALL SELECT 'makes no roles and copies no server', NOT EXISTS (
        SELECT FROM mine m WHERE m.rolcreaterole OR m.rolreplication)
    UNION ALL SELECT 'is not the web application''s', NOT EXISTS (SELECT FROM mine m WHERE m.rolname = 'repair_web')
    UNION ALL SELECT 'logs in with nobody asking', COALESCE(app.user_id(), app.user_email(), app.user_role()) IS NULL
    UNION ALL SELECT 'is no member of ' || r.rolname, NOT pg_has_role(session_user, r.oid, 'MEMBER')
      FROM pg_roles r
     WHERE r.rolname IN ('pg_read_all_data', 'pg_write_all_data', 'pg_read_server_files', 'pg_write_server_files',
                         'pg_execute_server_program')
    UNION ALL SELECT 'may not truncate, delete from, refer to or put triggers on ' || t.relname,
                     NOT has_table_privilege(session_user, t.oid, 'TRUNCATE, DELETE, REFERENCES, TRIGGER')
      FROM tables t
    UNION ALL SELECT 'is under row-level security on ' || t.relname, row_security_active(t.oid) FROM tables t
$$;
GRANT EXECUTE ON FUNCTION app.security_self_check() TO authenticated_users;

-- functions/app.server_settings.sql
-- What the seed would set by ALTER SYSTEM, which a migration can't: says what the server lacks. A definer function:
-- shared_preload_libraries is hidden from ordinary roles.
CREATE FUNCTION app.server_settings() RETURNS TABLE (name text, wanted text, actual text, ok boolean, needs_restart boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT w.name, w.wanted,
           CASE s.unit WHEN '8kB' THEN pg_size_pretty(s.setting::bigint * 8192) WHEN 'kB' THEN pg_size_pretty(s.setting::bigint * 1024)
                       ELSE concat_ws(' ', s.setting, s.unit) END,
           CASE WHEN s.name IS NULL THEN false
                WHEN w.name = 'shared_preload_libraries' THEN 'pg_stat_statements' = ANY (string_to_array(replace(s.setting, ' ', ''), ','))
                WHEN s.unit = '8kB' THEN s.setting::bigint * 8192 >= pg_size_bytes(w.wanted)
                WHEN s.unit = 'kB'  THEN s.setting::bigint * 1024 >= pg_size_bytes(w.wanted)
                ELSE s.setting = w.wanted END,
           COALESCE(s.context = 'postmaster', true)
      FROM (VALUES ('shared_preload_libraries', 'pg_stat_statements'), ('pg_stat_statements.track', 'all'), ('work_mem', '4MB'),
                   ('maintenance_work_mem', '64MB'), ('shared_buffers', '256MB'), ('effective_cache_size', '1GB'),
                   ('log_min_duration_statement', '1000'), ('log_statement_stats', 'off')) w(name, wanted)
      LEFT JOIN pg_settings s ON s.name = w.name
$$;
GRANT EXECUTE ON FUNCTION app.server_settings() TO authenticated_users;

-- functions/app.set_bench_status.sql
-- db.models.TicketChanged: the repair goes a step on (app.bench_steps). The worker and Managers; a machine of a completed
-- ticket is handed back ('collected') by who filed the ticket, too. What was there before it was declined is kept, for
-- app.undo_completion(). p_note: such as who collected it.
CREATE FUNCTION app.set_bench_status(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer,
                                     p_status text, p_note text DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    v_hours  numeric;                             -- with those of a timer that the step has stopped
    t tickets;
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    IF p_status <> 'collected' THEN
        PERFORM app.require_role('Manager', 'Technician');
    END IF;
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    t := app.lock_ticket(p_ticket);
    IF app.user_role() = 'Technician' AND t.tech = 'unassigned' AND NOT t.completed THEN
        PERFORM app.refuse_ticket('ticket_in_queue', p_ticket);
    ELSIF app.user_role() = 'Technician' AND t.tech <> app.user_email() THEN
        PERFORM app.refuse_ticket('ticket_not_yours', p_ticket, t.tech);
    ELSIF p_status <> ALL (app.bench_steps(t.bench_status)) THEN
        PERFORM app.refuse_bench_step(t, p_status);
    END IF;
    IF p_note IS NOT NULL THEN
        PERFORM app.check_text(p_note, 10000, 'ticket_note_check');
        INSERT INTO ticket_notes (ticket_id, body) VALUES (p_ticket, p_note);
    END IF;
    UPDATE tickets SET bench_status = p_status WHERE id = p_ticket RETURNING actual_hours INTO v_hours;
    IF p_status = 'declined' THEN
        PERFORM app.keep_completion(t, v_hours, v_hours IS DISTINCT FROM t.actual_hours, NULL, NULL);
    END IF;
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'ticket', app.ticket_document(p_ticket), 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.set_bench_status(text, text, text[], text, text, integer, text, text) TO repair_bot;

-- functions/app.set_due_date.sql
-- When a ticket is due, unless somebody says so: by its priority (the settings due_hours_...), in hours in which the shop is open,
-- from the filing on, or from when it got another priority or was opened again (a completion taken back is as if it had not been). A date that somebody wrote stays as it is.
CREATE FUNCTION app.set_due_date() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.due_by_default = NEW.due_at IS NULL;
    ELSIF NEW.due_at IS DISTINCT FROM OLD.due_at THEN
        NEW.due_by_default = false;
    ELSIF NEW.priority = OLD.priority AND (NEW.completed >= OLD.completed OR app.is_taken_back(NEW.id)) THEN
        RETURN NEW;
    END IF;
    IF NEW.due_by_default AND NOT NEW.completed THEN
        NEW.due_at = date_trunc('minute', app.shop_time(CASE TG_OP WHEN 'INSERT' THEN NEW.created_at ELSE now() END,
                                                        app.setting_hours('due_hours_' || NEW.priority)));
    END IF;
    RETURN NEW;
END $$;

-- functions/app.set_service_session.sql
-- For scheduled jobs: acts as 'system' with a Manager's rights. Granted to repair_bot itself, not to the group.
CREATE FUNCTION app.set_service_session() RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM set_config('app.current_user_id', '', true), set_config('app.current_user_email', '', true),
            set_config('app.user_role', 'Manager', true), set_config('app.client_ip', '', true),
            set_config('app.user_agent', 'job', true);
END $$;
GRANT EXECUTE ON FUNCTION app.set_service_session() TO repair_bot;

-- functions/app.set_session.sql
-- For the web application: it gives only its own user's id; role and e-mail come from the table, so neither a stale
-- cache nor a role in the request can grant anything. The settings last until the end of the transaction.
CREATE FUNCTION app.set_session(p_user_id text, p_client_ip text DEFAULT NULL)
RETURNS TABLE (kinde_user_id varchar, email varchar, role varchar)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE u user_permissions;
BEGIN
    SELECT x.* INTO u FROM user_permissions x WHERE x.kinde_user_id = p_user_id;
    IF u.id IS NULL OR NOT u.is_active THEN
        RAISE EXCEPTION 'user is unknown or inactive' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM app.open_session(u, p_client_ip, app.user_agent());
    RETURN QUERY SELECT u.kinde_user_id, u.email, u.role;
END $$;
GRANT EXECUTE ON FUNCTION app.set_session(text, text) TO authenticated_users;

-- functions/app.set_slack_session.sql
-- For a Slack request: checks workspace, link, state and whether the role is among those that the request needs
-- (p_roles), says who is asking for the rest of the transaction, and returns them as db.models.Actor.
CREATE FUNCTION app.set_slack_session(p_team text, p_user text, p_roles text[], p_source text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE u user_permissions; v_reason text;
BEGIN
    SELECT x.* INTO u FROM user_permissions x WHERE x.slack_user_id = p_user;
    v_reason := CASE WHEN (p_team = app.setting('slack_team_id')) IS NOT TRUE THEN 'other_workspace'
                     WHEN u.id IS NULL THEN 'unknown'
                     WHEN NOT u.is_active THEN 'inactive'
                     WHEN u.slack_state <> 'member' THEN u.slack_state END;
    IF v_reason IS NOT NULL THEN
        PERFORM app.refuse('not_linked', 'this Slack account has no access', jsonb_build_object('reason', v_reason));
    ELSIF (u.role = ANY (p_roles)) IS NOT TRUE THEN
        PERFORM app.refuse('role_forbidden', format('role %L may not do this', u.role), jsonb_build_object('role', u.role));
    END IF;
    PERFORM app.open_session(u, NULL, p_source);
    RETURN app.actor_document(u);
END $$;
GRANT EXECUTE ON FUNCTION app.set_slack_session(text, text, text[], text) TO repair_bot;

-- functions/app.setting.sql
CREATE FUNCTION app.setting(p_key text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$ SELECT value FROM shop_settings WHERE key = p_key $$;
GRANT EXECUTE ON FUNCTION app.setting(text) TO authenticated_users;

-- functions/app.setting_hours.sql
-- A setting of hours in which the shop is open; NULL: it is off.
CREATE FUNCTION app.setting_hours(p_key text) RETURNS interval
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT make_interval(secs => (NULLIF(app.setting(p_key), 'off')::numeric * 3600)::double precision)
$$;

-- functions/app.settle_access.sql
-- Ends an open request for access. p_decided_by NULL: nobody had to decide any more, and the person need not be told.
-- Messages that stand are edited, what was not said yet is not said any more.
CREATE FUNCTION app.settle_access(p_request integer, p_state text, p_role text, p_decided_by integer) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE app.access_requests r
       SET state = p_state, role = p_role, decided_by = p_decided_by, decided_at = now()
     WHERE r.id = p_request AND r.state = 'open';
    IF NOT FOUND THEN RETURN; END IF;
    UPDATE notifications n SET state = 'dropped', error = 'overtaken', updated_at = now()
     WHERE n.request_id = p_request AND n.state = 'waiting' AND n.ts IS NULL AND n.uncertain_since IS NULL;
    PERFORM app.renew_access(p_request);
    IF p_decided_by IS NOT NULL THEN
        INSERT INTO notifications (kind, request_id, dedupe_key, actor_name)
        SELECT 'access_decided', p_request, 'access:' || p_request, u.display_name
          FROM user_permissions u WHERE u.id = p_decided_by;
    END IF;
END $$;

-- functions/app.settle_approval.sql
-- Ends an open request for approval. Messages that stand are edited, what was not said yet is not said any more.
CREATE FUNCTION app.settle_approval(p_approval integer, p_state text, p_by integer, p_how text DEFAULT NULL, p_said text DEFAULT NULL)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE v_ticket integer;
BEGIN
    UPDATE approvals SET state = p_state, decided_by = p_by, decided_at = now(), asked_how = p_how, said = p_said
     WHERE id = p_approval AND state = 'open' RETURNING ticket_id INTO v_ticket;
    UPDATE notifications n SET state = 'dropped', error = 'overtaken', updated_at = now()
     WHERE n.ticket_id = v_ticket AND n.kind = 'approval_requested' AND n.state = 'waiting' AND n.ts IS NULL AND n.uncertain_since IS NULL;
    PERFORM app.revise_notification(n.id) FROM notifications n
      WHERE n.ticket_id = v_ticket AND n.kind = 'approval_requested' AND (n.facts ->> 'approval')::integer = p_approval
        AND n.state IN ('waiting', 'sent');
END $$;

-- functions/app.shop_time.sql
-- The moment at which the shop has been open for p_time since p_from, or, where p_time is negative, before it; with nothing, the
-- first moment from p_from on at which it is open. Open is what shop_hours says, by the shop's clock, holidays apart: a time that
-- the clocks skip is the same time by the old offset, one that they pass twice counts the second time. NULL: p_time is, or three
-- years are not enough.
CREATE FUNCTION app.shop_time(p_from timestamptz, p_time interval) RETURNS timestamptz
LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_zone  text := app.shop_time_zone();
    v_step  integer := CASE WHEN p_time < '0' THEN -1 ELSE 1 END;
    v_left  interval := p_time * v_step;
    v_day   date := (p_from AT TIME ZONE v_zone)::date;
    v_begin timestamptz;
    v_end   timestamptz;
BEGIN
    IF NOT EXISTS (SELECT FROM shop_hours) THEN RETURN NULL; END IF;
    FOR n IN 0 .. 1100 LOOP
        SELECT (v_day + h.opens) AT TIME ZONE v_zone, (v_day + h.closes) AT TIME ZONE v_zone INTO v_begin, v_end
          FROM shop_hours h
         WHERE h.weekday = extract(isodow FROM v_day) AND NOT EXISTS (SELECT FROM shop_holidays x WHERE x.day = v_day);
        IF FOUND THEN
            IF v_step > 0 THEN v_begin := GREATEST(v_begin, p_from); ELSE v_end := LEAST(v_end, p_from); END IF;
            IF v_end > v_begin THEN
                IF v_end - v_begin >= v_left THEN
                    RETURN CASE WHEN v_step > 0 THEN v_begin + v_left ELSE v_end - v_left END;
                END IF;
                v_left := v_left - (v_end - v_begin);
            END IF;
        END IF;
        v_day := v_day + v_step;
    END LOOP;
    RETURN NULL;
END $$;

-- functions/app.shop_time_zone.sql
-- The shop's time zone; UTC until the first start has written it.
CREATE FUNCTION app.shop_time_zone() RETURNS text LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN COALESCE(app.setting('time_zone'), 'UTC');
END $$;
GRANT EXECUTE ON FUNCTION app.shop_time_zone() TO authenticated_users;

-- functions/app.shop_today.sql
-- The date that it is in the shop.
CREATE FUNCTION app.shop_today(p_now timestamptz DEFAULT now()) RETURNS date
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (p_now AT TIME ZONE app.shop_time_zone())::date;
END $$;
GRANT EXECUTE ON FUNCTION app.shop_today(timestamptz) TO authenticated_users;

-- functions/app.show_passcode.sql
-- db.models.PasscodeShown. Without a request key, since its answer would be kept: each call is a showing of its own.
CREATE FUNCTION app.show_passcode(p_team text, p_user text, p_roles text[], p_source text, p_ticket integer,
                                  p_encryption_keys text[]) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
BEGIN
    PERFORM app.use_encryption_keys(p_encryption_keys);
    RETURN jsonb_build_object('actor', v_actor, 'passcode', app.reveal_passcode(p_ticket),
                              'ticket', app.ticket_lines(ARRAY[p_ticket]) -> 0);
END $$;
GRANT EXECUTE ON FUNCTION app.show_passcode(text, text, text[], text, integer, text[]) TO repair_bot;

-- functions/app.shown.sql
-- What a form carries of the values that it shows, for app.overtaken(): Slack lets it carry 3,000 characters, so a long one is
-- there as a mark.
CREATE FUNCTION app.shown(p_values jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT COALESCE(jsonb_object_agg(v.key, CASE WHEN length(v.value::text) > 1000 THEN to_jsonb('md5:' || md5(v.value::text))
                                                 ELSE v.value END), '{}')
      FROM jsonb_each(p_values) v
$$;
GRANT EXECUTE ON FUNCTION app.shown(jsonb) TO repair_bot;

-- functions/app.slow_queries.sql
-- The statements that take longer than p_min_ms on average, the costliest first. A definer function: pg_stat_statements
-- hides other users' text from whoever runs it, view owner or not. It replaces the constants of queries by $1, $2, but
-- keeps them where an entry was thrown away while its statement ran: so they are masked here. Of other commands it keeps
-- the whole text, a password included: these are left out.
CREATE FUNCTION app.slow_queries(p_min_ms double precision DEFAULT 100)
RETURNS TABLE (query text, calls bigint, total_time double precision, mean_time double precision, rows bigint, hit_percent numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.require_role('Manager');
    IF to_regclass('public.pg_stat_statements') IS NULL THEN RETURN; END IF;
    RETURN QUERY EXECUTE
        $q$SELECT regexp_replace(regexp_replace(s.query, $r$'(?:[^']|'')*'|[$]([a-z_]*)[$].*?[$]\1[$]$r$, '''…''', 'gi'),
                                 $r$(?<![$\w.])\d[\d.]*$r$, '…', 'g'),
                  s.calls, s.total_exec_time, s.mean_exec_time, s.rows,
                  (100.0 * s.shared_blks_hit / nullif(s.shared_blks_hit + s.shared_blks_read, 0))::numeric(5,2)
             FROM public.pg_stat_statements s
            WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND s.mean_exec_time > $1
              AND s.query ~* '^\s*(select|insert|update|delete|merge|with|values)\M'
            ORDER BY s.total_exec_time DESC$q$ USING p_min_ms;
EXCEPTION WHEN object_not_in_prerequisite_state THEN
    RAISE NOTICE 'pg_stat_statements is not in shared_preload_libraries';
END $$;
GRANT EXECUTE ON FUNCTION app.slow_queries(double precision) TO authenticated_users;

-- functions/app.snooze_reminders.sql
-- db.models.Snoozed: the asker wants no more reminders of the open tickets that a reminder of theirs told of, for an hour, until
-- the shop opens tomorrow, or next week. Of a later press the later moment counts.
CREATE FUNCTION app.snooze_reminders(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_notification bigint,
                                     p_until text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_me     integer := (v_actor ->> 'id')::integer;
    v_today  date := app.shop_today();
    v_day    timestamptz := CASE p_until WHEN 'tomorrow' THEN v_today + 1 WHEN 'week' THEN date_trunc('week', v_today)::date + 7 END::timestamp
                            AT TIME ZONE app.shop_time_zone();
    v_until  timestamptz := CASE WHEN v_day IS NULL THEN now() + interval '1 hour'
                                 ELSE COALESCE(app.shop_time(v_day, '0'), v_day + interval '9 hours') END;
    v_answer jsonb;
    v_number integer;
BEGIN
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    IF NOT EXISTS (SELECT FROM notifications n WHERE n.id = p_notification AND n.kind = 'reminder' AND n.recipient_id = v_me) THEN
        PERFORM app.refuse('reminder_gone', 'there is no such reminder', '{}', 'no_data_found');
    END IF;
    INSERT INTO app.ticket_snoozes AS s (ticket_id, user_id, snoozed_until)
    SELECT DISTINCT t.id, v_me, v_until
      FROM notifications n
     CROSS JOIN jsonb_array_elements(n.facts -> 'reminders') r
      JOIN tickets t ON t.id = (r.value ->> 'ticket')::integer AND NOT t.completed
     WHERE n.id = p_notification
     ORDER BY t.id
    ON CONFLICT (ticket_id, user_id) DO UPDATE SET snoozed_until = GREATEST(s.snoozed_until, EXCLUDED.snoozed_until);
    GET DIAGNOSTICS v_number = ROW_COUNT;
    RETURN app.end_request(p_key, jsonb_build_object(
        'actor', v_actor, 'tickets', v_number, 'until', v_until, 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.snooze_reminders(text, text, text[], text, text, bigint, text) TO repair_bot;

-- functions/app.spending_limit.sql
-- What a repair may cost before its customer is asked, in dollars: what they said, else what the shop has. NULL: anything.
CREATE FUNCTION app.spending_limit(p_said numeric) RETURNS numeric
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT COALESCE(p_said, NULLIF(app.setting('approval_limit'), 'off')::numeric)
$$;
GRANT EXECUTE ON FUNCTION app.spending_limit(numeric) TO repair_bot;

-- functions/app.spoken_value.sql
-- A ticket's column as people read it in its history: names instead of an e-mail or a customer's number, NULL for nobody.
-- Long texts are cut.
CREATE FUNCTION app.spoken_value(p_column text, p_value text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN CASE WHEN p_value IS NULL THEN NULL
                WHEN p_column = 'tech' AND p_value = 'unassigned' THEN NULL
                WHEN p_column = 'tech' THEN COALESCE(app.worker_name(p_value), 'a former colleague')
                WHEN p_column = 'customer_id' THEN app.customer_name(p_value::integer)
                WHEN length(p_value) > 500 THEN left(p_value, 499) || '…'
                ELSE p_value END;
END $$;
GRANT EXECUTE ON FUNCTION app.spoken_value(text, text) TO repair_bot;

-- functions/app.start_timer.sql
-- db.models.TimerStarted: the asker's timer runs on this ticket, which they work on. Where it runs on another one it goes
-- on there, and the answer says so (asks), unless p_switch: then it is stopped and booked first.
CREATE FUNCTION app.start_timer(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer,
                                p_switch boolean) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor   jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer  jsonb;
    v_running jsonb;
    v_other   integer;
    v_booked  numeric;
    t tickets;
BEGIN
    PERFORM app.require_role('Manager', 'Technician');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    PERFORM app.hold_timer();
    v_other := (app.timer_document() -> 'ticket' ->> 'id')::integer;
    IF v_other < p_ticket THEN PERFORM app.lock_ticket(v_other); END IF;      -- in the order of their numbers
    t := app.lock_ticket(p_ticket);
    IF t.completed THEN
        PERFORM app.refuse_ticket('ticket_completed', p_ticket);
    ELSIF t.tech = 'unassigned' THEN
        PERFORM app.refuse_ticket('ticket_in_queue', p_ticket);
    ELSIF t.tech <> app.user_email() THEN
        PERFORM app.refuse_ticket('ticket_not_yours', p_ticket, t.tech);
    END IF;
    IF v_other > p_ticket THEN PERFORM app.lock_ticket(v_other); END IF;
    v_running := app.timer_document();                                        -- what somebody else stopped meanwhile is gone
    v_other := (v_running -> 'ticket' ->> 'id')::integer;
    IF v_other <> p_ticket AND p_switch THEN
        v_booked := app.end_timer(v_other);
        PERFORM app.book_hours(v_other, v_booked);
    END IF;
    IF v_other IS NULL OR v_booked IS NOT NULL THEN
        PERFORM app.begin_labour(p_ticket);
    END IF;
    RETURN app.end_request(p_key, jsonb_build_object(
        'actor', v_actor, 'ticket', app.ticket_document(p_ticket), 'repeated', false,
        'other', CASE WHEN v_other <> p_ticket THEN v_running END, 'booked', v_booked, 'ran_already', v_other IS NOT DISTINCT FROM p_ticket,
        'asks', COALESCE(v_other <> p_ticket AND NOT p_switch, false)));
END $$;
GRANT EXECUTE ON FUNCTION app.start_timer(text, text, text[], text, text, integer, boolean) TO repair_bot;

-- functions/app.steps_to_approve.sql
-- Where a technician brings no repair that waits for its customer's word.
CREATE FUNCTION app.steps_to_approve() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN '{in_repair,quality_check,ready}'::text[];
GRANT EXECUTE ON FUNCTION app.steps_to_approve() TO repair_bot;

-- functions/app.stop_labour.sql
-- A ticket that is done, or somebody else's now, has no timer running: what it measured is booked, unless the hours are
-- written in the same change.
CREATE FUNCTION app.stop_labour() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_hours numeric := app.end_labour(NEW.id, NULL, CASE WHEN NOT NEW.completed THEN NEW.tech END);
BEGIN
    IF v_hours > 0 AND NEW.actual_hours IS NOT DISTINCT FROM OLD.actual_hours THEN
        NEW.actual_hours = LEAST(COALESCE(OLD.actual_hours, 0) + v_hours, 999.99);
    END IF;
    RETURN NEW;
END $$;

-- functions/app.stop_timer.sql
-- db.models.TimerStopped: the asker's timer is stopped, and its hours are booked, or p_hours in their place. p_ticket: only
-- if it runs on this one, as an old button says it; NULL: wherever it runs.
CREATE FUNCTION app.stop_timer(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer,
                               p_hours numeric) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    v_ticket integer;
    v_hours  numeric;
BEGIN
    PERFORM app.require_role('Manager', 'Technician');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    PERFORM app.check_hours(p_hours, 'tickets_actual_hours_check'), app.hold_timer();
    v_ticket := (app.timer_document() -> 'ticket' ->> 'id')::integer;
    IF v_ticket = COALESCE(p_ticket, v_ticket) THEN
        PERFORM app.lock_ticket(v_ticket);
        v_hours := app.end_timer(v_ticket, p_hours);                         -- NULL: somebody else was quicker
    END IF;
    IF v_hours IS NULL THEN
        PERFORM app.refuse('timer_not_running', 'no timer runs', jsonb_build_object('ticket', p_ticket),
                           'object_not_in_prerequisite_state');
    END IF;
    PERFORM app.book_hours(v_ticket, v_hours);
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'ticket', app.ticket_document(v_ticket), 'repeated', false,
                                                     'booked', v_hours));
END $$;
GRANT EXECUTE ON FUNCTION app.stop_timer(text, text, text[], text, text, integer, numeric) TO repair_bot;

-- functions/app.store_file.sql
-- A claimed file is in the storage: writes the row, in the name of who brought it. False: the claim is lost, or the ticket gone.
CREATE FUNCTION app.store_file(p_id bigint, p_attempts integer, p_name text, p_type text, p_size integer) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    e app.file_errands;
    u user_permissions;
BEGIN
    UPDATE app.file_errands x SET state = 'done', reason = NULL, updated_at = now()
     WHERE x.id = p_id AND x.attempts = p_attempts AND x.state = 'waiting' AND x.errand = 'fetch'
    RETURNING x.* INTO e;
    IF NOT FOUND THEN RETURN false; END IF;
    SELECT x.* INTO u FROM user_permissions x WHERE x.id = e.person_id;
    PERFORM set_config('app.current_user_id', u.kinde_user_id, true), set_config('app.current_user_email', u.email, true),
            set_config('app.user_role', u.role, true), set_config('app.user_agent', e.source, true);
    INSERT INTO ticket_attachments (ticket_id, file_name, file_path, file_type, file_size, uploaded_by)
    VALUES (e.ticket_id, p_name, e.file_path, p_type, p_size, u.kinde_user_id);
    RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION app.store_file(bigint, integer, text, text, integer) TO repair_bot;

-- functions/app.suggest_customers.sql
-- db.models.CustomerOptions: who the term may mean, best first; without a term the newest customers.
CREATE FUNCTION app.suggest_customers(p_team text, p_user text, p_roles text[], p_source text, p_term text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_ids   integer[];
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    IF btrim(COALESCE(p_term, '')) = '' THEN
        v_ids := ARRAY(SELECT c.id FROM customers c WHERE c.active ORDER BY c.created_at DESC, c.id DESC LIMIT 10);
    ELSE
        v_ids := ARRAY(SELECT s.id FROM search_customers(p_term) WITH ORDINALITY AS s (id, first_name, last_name, email, phone, rank, n)
                        ORDER BY s.n LIMIT 20);
    END IF;
    RETURN jsonb_build_object('actor', v_actor, 'customers', app.customer_options(v_ids));
END $$;
GRANT EXECUTE ON FUNCTION app.suggest_customers(text, text, text[], text, text) TO repair_bot;

-- functions/app.summary_key.sql
-- The key under which the summary of a day is written for somebody: it names the shop's date on which the day is over.
CREATE FUNCTION app.summary_key(p_user integer, p_day date) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN format('summary:%s:%s', p_user, to_char(p_day + 1, 'YYYY-MM-DD'));    -- whatever DateStyle is
END $$;

-- functions/app.swap_emails.sql
-- Two customers get each other's e-mail address: neither is lost, and each stays one customer's.
CREATE FUNCTION app.swap_emails(p_one integer, p_other integer) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_one   text := (SELECT c.email FROM customers c WHERE c.id = p_one);
    v_other text := (SELECT c.email FROM customers c WHERE c.id = p_other);
BEGIN
    UPDATE customers c SET email = format('swapped-%s@swap.invalid', p_other) WHERE c.id = p_other;
    UPDATE customers c SET email = v_other WHERE c.id = p_one;
    UPDATE customers c SET email = v_one WHERE c.id = p_other;
END $$;

-- functions/app.take_ticket.sql
-- db.models.TicketChanged: from the queue to who asks.
CREATE FUNCTION app.take_ticket(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    t tickets;
BEGIN
    PERFORM app.require_role('Manager', 'Technician');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    PERFORM app.hold_technician(app.user_email());
    PERFORM app.refuse_missed_ticket(p_ticket);
    t := app.lock_ticket(p_ticket);
    IF t.completed THEN
        PERFORM app.refuse_ticket('ticket_completed', p_ticket);
    ELSIF t.tech <> 'unassigned' THEN
        PERFORM app.refuse_ticket('ticket_taken', p_ticket, t.tech);
    END IF;
    UPDATE tickets SET tech = app.user_email() WHERE id = p_ticket;
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'ticket', app.ticket_document(p_ticket), 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.take_ticket(text, text, text[], text, text, integer) TO repair_bot;

-- functions/app.technicians.sql
-- Whom a form offers for a ticket, by name, as an array of db.models.Person.
CREATE FUNCTION app.technicians() RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN COALESCE((
        SELECT jsonb_agg(jsonb_build_object('id', s.id, 'name', s.display_name, 'slack_user_id', s.slack_user_id,
                                            'role', s.role, 'is_active', s.is_active) ORDER BY lower(s.display_name), s.id)
          FROM (SELECT * FROM staff_directory d WHERE d.is_active AND d.role = 'Technician'
                 ORDER BY lower(d.display_name), d.id LIMIT 100) s), '[]');
END $$;
GRANT EXECUTE ON FUNCTION app.technicians() TO repair_bot;

-- functions/app.technicians_figures.sql
-- What everybody completed on the local days of the shop from p_from to p_to, and has open now, by name: an array of
-- db.models.SummaryLine. Active technicians, and whoever else completed or has something.
CREATE FUNCTION app.technicians_figures(p_from date, p_to date) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET jit = off AS $$
DECLARE
    v_from timestamptz := p_from::timestamp AT TIME ZONE app.shop_time_zone();
    v_to   timestamptz := (p_to + 1)::timestamp AT TIME ZONE app.shop_time_zone();
BEGIN
    PERFORM app.require_role('Manager', 'Viewer');
    RETURN (
        WITH done AS MATERIALIZED (
            SELECT t.tech, count(*) AS n, COALESCE(sum(t.actual_hours), 0) AS hours FROM tickets t
             WHERE t.completed AND t.completed_at >= v_from AND t.completed_at < v_to
             GROUP BY t.tech),
        open AS MATERIALIZED (
            SELECT t.tech, count(*) AS n FROM tickets t WHERE NOT t.completed GROUP BY t.tech)
        SELECT COALESCE(jsonb_agg(jsonb_build_object('name', u.display_name, 'completed', COALESCE(d.n, 0),
                                                     'hours', COALESCE(d.hours, 0), 'open', COALESCE(o.n, 0))
                                  ORDER BY lower(u.display_name), u.id), '[]')
          FROM user_permissions u
          LEFT JOIN done d ON d.tech = u.email
          LEFT JOIN open o ON o.tech = u.email
         WHERE (u.role = 'Technician' AND u.is_active) OR d.n > 0 OR o.n > 0);
END $$;
GRANT EXECUTE ON FUNCTION app.technicians_figures(date, date) TO authenticated_users;

-- functions/app.tell_caches.sql
-- Tells every process that keeps answers (db/caches.py) which row changed, as 'table:id', at commit. The arguments are pairs of
-- a table and the column that names its row: a ticket shows in its customer's profile, so its change is that customer's, too.
-- Without arguments, where a row shows in many answers, and after a hundred rows of one transaction: 'all', once, and nothing more.
CREATE FUNCTION app.tell_caches() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    v_told integer := COALESCE(NULLIF(current_setting('app.told_caches', true), '')::integer, 0);
    v_rows jsonb[];
BEGIN
    IF v_told > 100 THEN RETURN NULL; END IF;
    IF TG_NARGS = 0 THEN v_told := 100; END IF;
    PERFORM set_config('app.told_caches', (v_told + 1)::text, true);
    IF v_told = 100 THEN
        PERFORM pg_notify('row_changes', 'all');
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN v_rows := v_rows || to_jsonb(OLD); END IF;
    IF TG_OP <> 'DELETE' THEN v_rows := v_rows || to_jsonb(NEW); END IF;
    FOR i IN 0 .. TG_NARGS / 2 - 1 LOOP
        PERFORM pg_notify('row_changes', TG_ARGV[2 * i] || ':' || x.id)
           FROM (SELECT DISTINCT r ->> TG_ARGV[2 * i + 1] AS id FROM unnest(v_rows) r) x WHERE x.id IS NOT NULL;
    END LOOP;
    RETURN NULL;                                                            -- AFTER trigger
END $$;

-- functions/app.tell_customers_apart.sql
-- db.models.Duplicates: these two are two people, however alike, and no pair any more; the others that are left.
CREATE FUNCTION app.tell_customers_apart(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_one integer,
                                         p_other integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
BEGIN
    PERFORM app.require_role('Manager');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;
    PERFORM app.pair_document(p_one, p_other);
    INSERT INTO app.distinct_customers (first_id, second_id) VALUES (LEAST(p_one, p_other), GREATEST(p_one, p_other))
        ON CONFLICT DO NOTHING;
    RETURN app.end_request(p_key, app.duplicates_document(NULL, NULL) || jsonb_build_object('actor', v_actor, 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.tell_customers_apart(text, text, text[], text, text, integer, integer) TO repair_bot;

-- functions/app.tell_person.sql
-- Tells a Slack account what has become of its access: p_change is 'given', 'role' or 'taken'. It goes to the account, not
-- to whoever is linked by now: who has lost their access has no link any more. What was not said yet is not said any more.
-- Nobody is told of what they did themselves, nor of an approval, which is answered on its own (app.settle_access).
CREATE FUNCTION app.tell_person(p_person integer, p_account text, p_change text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_actor user_permissions;
BEGIN
    SELECT * INTO v_actor FROM user_permissions u WHERE u.kinde_user_id = app.user_id();
    IF v_actor.id = p_person OR EXISTS (SELECT FROM app.access_requests r
                                         WHERE r.slack_user_id = p_account AND r.decided_by IS NOT NULL AND r.decided_at = now())
    THEN
        RETURN;
    END IF;
    UPDATE notifications n SET state = 'dropped', error = 'overtaken', updated_at = now()
     WHERE n.kind = 'access_changed' AND n.destination = p_person AND n.facts ->> 'account' = p_account
       AND n.state = 'waiting' AND n.ts IS NULL AND n.uncertain_since IS NULL;
    INSERT INTO notifications (kind, recipient_id, facts, actor_name)
    SELECT 'access_changed', u.id, jsonb_build_object('account', p_account, 'change', p_change, 'role', u.role), v_actor.display_name
      FROM user_permissions u WHERE u.id = p_person;
    PERFORM pg_notify('notifications', '');    -- heard at commit
END $$;

-- functions/app.telling_tickets.sql
-- Which tickets of a customer name them, in what stands in them now or in the lines of their history.
CREATE FUNCTION app.telling_tickets(p_customer integer, p_traces jsonb) RETURNS integer[]
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN ARRAY(
        SELECT t.id FROM tickets t
         WHERE t.customer_id = p_customer
           AND (app.tells_of(concat_ws(E'\n', t.title, t.description, t.category, t.device_type, t.device_model, t.device_condition,
                                       t.device_accessories), p_traces)
                OR EXISTS (SELECT FROM ticket_notes n WHERE n.ticket_id = t.id AND app.tells_of(n.body, p_traces))
                OR EXISTS (SELECT FROM activity_log a
                            WHERE a.resource_type = 'ticket' AND a.resource_id = t.id
                              AND app.tells_of(concat_ws(E'\n', a.metadata ->> 'old', a.metadata ->> 'new'), p_traces)))
         ORDER BY t.id);
END $$;

-- functions/app.tells_of.sql
-- Whether a text names whom app.person_traces() describes: a name as a word, or an address or a number anywhere.
CREATE FUNCTION app.tells_of(p_text text, p_traces jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT p_text <> '' AND (
        EXISTS (SELECT FROM jsonb_array_elements_text(p_traces -> 'texts') t WHERE position(t IN lower(p_text)) > 0)
        OR EXISTS (SELECT FROM jsonb_array_elements_text(p_traces -> 'phones') t
                    WHERE position(t IN regexp_replace(p_text, '\D', '', 'g')) > 0)
        OR EXISTS (SELECT FROM jsonb_array_elements_text(p_traces -> 'words') t
                    WHERE to_tsvector('simple', p_text) @@ phraseto_tsquery('simple', t)))
$$;

-- functions/app.ticket_document.sql
-- A ticket in full as db.models.Ticket; NULL if the asker doesn't see it.
CREATE FUNCTION app.ticket_document(p_ticket integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (
        SELECT app.ticket_lines(ARRAY[t.id]) -> 0 || jsonb_build_object(
                   'description', t.description,
                   'customer', jsonb_build_object('id', t.customer_id, 'name', app.customer_name(t.customer_id),
                                                  'phone', c.phone, 'email', c.email),
                   'filed_by_name', app.person_name(t.created_by),
                   'worker_slack_user_id', app.worker_slack_user_id(t.tech),
                   'estimated_hours', t.estimated_hours, 'actual_hours', t.actual_hours,
                   'device', jsonb_build_object('type', t.device_type, 'model', t.device_model, 'serial', t.device_serial,
                                                'condition', t.device_condition, 'accessories', t.device_accessories),
                   'version', t.version, 'updated_at', t.updated_at, 'completed_at', t.completed_at,
                   'timer_since', w.started_at, 'timer_hours', app.booked_hours(now() - w.started_at),
                   'same_machine', (SELECT count(*) FROM tickets o WHERE o.device_key = t.device_key AND o.id <> t.id),
                   'steps', (SELECT COALESCE(jsonb_agg(s.step ORDER BY s.n), '[]')
                               FROM unnest(app.bench_steps(t.bench_status)) WITH ORDINALITY s (step, n)
                              WHERE app.user_role() <> 'Technician' OR o.id IS NULL OR s.step <> ALL (app.steps_to_approve())),
                   'estimated_cost', app.estimated_cost(t.estimated_hours),
                   'approval', app.approval_document(COALESCE(o.id, (SELECT max(x.id) FROM approvals x
                                                                      WHERE x.ticket_id = t.id AND x.state <> 'withdrawn'))),
                   'undoable', app.may_undo(t.id),
                   'checks', app.check_documents(t),
                   'has_passcode', app.has_passcode(t.id),
                   'notes', COALESCE((
                       SELECT jsonb_agg(jsonb_build_object('author', COALESCE(app.person_name(x.author), 'the system'),
                                                           'kind', CASE WHEN x.withdrawn THEN 'withdrawn' ELSE x.kind END, 'body', x.body, 'created_at', x.created_at)
                                        ORDER BY x.created_at, x.id)
                         FROM (SELECT y.*, EXISTS (SELECT FROM ticket_completions c WHERE c.note_id = y.id AND c.undone_at IS NOT NULL) AS withdrawn
                                 FROM ticket_notes y WHERE y.ticket_id = t.id
                                ORDER BY y.created_at DESC, y.id DESC LIMIT 5) x), '[]'),
                   'files', COALESCE((
                       SELECT jsonb_agg(jsonb_build_object('type', f.file_type, 'count', f.n, 'size', f.size) ORDER BY f.file_type)
                         FROM (SELECT a.file_type, count(*) AS n, sum(a.file_size) AS size FROM ticket_attachments a
                                WHERE a.ticket_id = t.id GROUP BY a.file_type) f), '[]'),
                   'coming_files', app.coming_files(t.id),
                   'watched', EXISTS (SELECT FROM ticket_watchers w JOIN user_permissions u ON u.id = w.user_id
                                       WHERE w.ticket_id = t.id AND w.watches AND u.kinde_user_id = app.user_id()),
                   'relations', to_jsonb(r.found))
          FROM tickets t
          LEFT JOIN customers c ON c.id = t.customer_id            -- not for Viewers, by its policy
          LEFT JOIN approvals o ON o.ticket_id = t.id AND o.state = 'open'
          LEFT JOIN labour_entries w ON w.ticket_id = t.id AND w.stopped_at IS NULL   -- its technician's: others have none
         CROSS JOIN LATERAL (SELECT array_remove(ARRAY[
                   CASE WHEN t.tech = app.user_email() THEN 'worker' END,
                   CASE WHEN t.created_by = app.user_id() THEN 'filer' END,
                   CASE WHEN t.tech = app.user_email() THEN NULL
                        WHEN t.tech = 'unassigned' AND NOT t.completed THEN 'queue' ELSE 'other' END], NULL) AS found) r
         WHERE t.id = p_ticket);
END $$;
GRANT EXECUTE ON FUNCTION app.ticket_document(integer) TO repair_bot;

-- functions/app.ticket_lines.sql
-- Tickets in a list, as an array of db.models.TicketLine, most urgent first, then oldest; only those the asker sees.
CREATE FUNCTION app.ticket_lines(p_ids integer[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN COALESCE((
        SELECT jsonb_agg(jsonb_build_object(
                   'id', t.id, 'title', t.title, 'priority', t.priority, 'category', t.category, 'completed', t.completed,
                   'bench_status', t.bench_status, 'due_at', t.due_at,
                   'due_in', CASE WHEN NOT t.completed THEN floor(extract(epoch FROM t.due_at - now())) END,
                   'created_at', t.created_at, 'customer_name', app.customer_name(t.customer_id),
                   'worker_name', app.worker_name(t.tech)) ORDER BY t.priority_rank, t.created_at, t.id)
          FROM tickets t
         WHERE t.id = ANY (p_ids)), '[]');
END $$;
GRANT EXECUTE ON FUNCTION app.ticket_lines(integer[]) TO repair_bot;

-- functions/app.ticket_trail.sql
-- What the audit trail has of a ticket from p_since on, for whoever sees the ticket; of where a change came from only
-- what people may read: by Slack, or from the web application (no address, no browser).
CREATE FUNCTION app.ticket_trail(p_ticket integer, p_since timestamptz DEFAULT '-infinity')
RETURNS TABLE (id bigint, at timestamptz, user_id varchar, source text, action varchar, changed text, old jsonb, new jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT a.id, a.created_at, a.user_id,
           CASE WHEN a.user_agent LIKE 'slack:%' THEN a.user_agent
                WHEN a.user_agent <> 'job' OR a.ip_address IS NOT NULL THEN 'web' END,
           a.action, a.metadata ->> 'table', a.metadata -> 'old', a.metadata -> 'new'
      FROM activity_log a
     WHERE a.resource_type = 'ticket' AND a.resource_id = p_ticket AND a.created_at >= p_since
       AND a.action IN ('INSERT', 'UPDATE', 'DELETE', 'REVEAL_PASSCODE')
       AND (a.user_agent = 'rotate-key' AND a.metadata ->> 'table' = 'ticket_secrets') IS NOT TRUE     -- another key is no other passcode
       AND EXISTS (SELECT FROM tickets t WHERE t.id = p_ticket AND app.sees_ticket(t.tech, t.created_by, t.completed));
END $$;
GRANT EXECUTE ON FUNCTION app.ticket_trail(integer, timestamptz) TO repair_bot;

-- functions/app.tickets_of_month.sql
-- The numbers of the tickets that were filed or completed in a month by the shop's clock.
CREATE FUNCTION app.tickets_of_month(p_month date) RETURNS SETOF integer
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_from timestamptz := p_month::timestamp AT TIME ZONE app.shop_time_zone();
    v_to   timestamptz := (p_month + interval '1 month') AT TIME ZONE app.shop_time_zone();
BEGIN
    RETURN QUERY SELECT t.id FROM tickets t WHERE t.created_at >= v_from AND t.created_at < v_to
                  UNION
                 SELECT t.id FROM tickets t WHERE t.completed AND t.completed_at >= v_from AND t.completed_at < v_to;
END $$;

-- functions/app.timer_document.sql
-- The asker's running timer as db.models.Timer: the ticket, since when, and what it would book now; NULL: none runs.
CREATE FUNCTION app.timer_document() RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT jsonb_build_object('ticket', app.ticket_lines(ARRAY[e.ticket_id]) -> 0, 'since', e.started_at,
                              'hours', app.booked_hours(now() - e.started_at))
      FROM labour_entries e
      JOIN user_permissions u ON u.id = e.user_id
     WHERE u.kinde_user_id = app.user_id() AND e.stopped_at IS NULL
$$;
GRANT EXECUTE ON FUNCTION app.timer_document() TO repair_bot;

-- functions/app.touched.sql
-- What of p_wanted, all that stood in a form when it was sent, is something else than what the form showed (p_seen: app.shown()).
CREATE FUNCTION app.touched(p_seen jsonb, p_wanted jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT COALESCE(jsonb_object_agg(w.key, p_wanted -> w.key), '{}')
      FROM jsonb_each(app.shown(p_wanted)) w
     WHERE w.value IS DISTINCT FROM p_seen -> w.key
$$;
GRANT EXECUTE ON FUNCTION app.touched(jsonb, jsonb) TO repair_bot;

-- functions/app.try_hold_technician.sql
-- As app.hold_technician(), but doesn't wait, so that it may be called with a ticket's row locked: whether this person
-- takes tickets, and will until the end of the transaction. False also for who is being switched off or renamed now.
CREATE FUNCTION app.try_hold_technician(p_email text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM user_permissions u
      WHERE u.email = p_email AND pg_try_advisory_xact_lock_shared(hashtext('technician'), u.id);
    RETURN FOUND AND EXISTS (SELECT FROM user_permissions u WHERE u.email = p_email AND app.may_work(u.role, u.is_active));
END $$;

-- functions/app.undelivered_document.sql
-- What was given up, the newest first, ten a page, from below p_before (NULL: the first page): db.models.Undelivered
-- without its actor.
CREATE FUNCTION app.undelivered_document(p_before bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH found AS MATERIALIZED (
        SELECT n.* FROM notifications n
         WHERE n.state = 'dead' AND (p_before IS NULL OR n.id < p_before)
         ORDER BY n.id DESC LIMIT 11),
    page AS (SELECT f.* FROM found f ORDER BY f.id DESC LIMIT 10)
    SELECT jsonb_build_object(
        'total', (SELECT count(*) FROM notifications n WHERE n.state = 'dead'),
        'has_next', (SELECT count(*) > 10 FROM found),
        'has_previous', p_before IS NOT NULL,
        'messages', COALESCE((
            SELECT jsonb_agg(jsonb_build_object(
                       'id', p.id, 'kind', p.kind, 'ticket_id', p.ticket_id, 'title', t.title, 'destination', p.destination,
                       'to', app.destination_name(p.destination), 'error', p.error, 'given_up_at', p.updated_at)
                       ORDER BY p.id DESC)
              FROM page p LEFT JOIN tickets t ON t.id = p.ticket_id), '[]'))
$$;

-- functions/app.undo_completion.sql
-- db.models.CompletionUndone: the completion is taken back, and the ticket is as it was before, but that its timer isn't
-- started again: what it had measured is in the hours. Only within ten minutes and as long as nothing else has changed.
CREATE FUNCTION app.undo_completion(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    v_why    text;
    c ticket_completions;
    t tickets;
BEGIN
    PERFORM app.require_role('Manager', 'Technician');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    PERFORM app.hold_technician(x.tech) FROM tickets x WHERE x.id = p_ticket;
    t := app.lock_ticket(p_ticket);
    c := app.last_completion(p_ticket);
    IF NOT t.completed THEN
        PERFORM app.refuse_ticket('ticket_open', p_ticket);
    ELSIF app.user_role() = 'Technician' AND t.tech <> app.user_email() THEN
        PERFORM app.refuse_ticket('ticket_not_yours', p_ticket, t.tech);
    END IF;
    v_why := CASE WHEN c.id IS NULL THEN 'elsewhere'
                  WHEN c.version <> t.version THEN 'changed'
                  WHEN c.completed_at <= now() - interval '10 minutes' THEN 'late'
                  WHEN NOT app.may_undo(p_ticket) THEN 'anothers' END;
    IF v_why IS NOT NULL THEN
        PERFORM app.refuse('completion_stays', format('the completion of ticket %s can''t be taken back: %s', p_ticket, v_why),
                           jsonb_build_object('ticket', p_ticket, 'why', v_why), 'object_not_in_prerequisite_state');
    END IF;
    PERFORM app.refuse_inactive_customer(t), app.withdraw_completion(c.id);
    UPDATE tickets SET completed = false, bench_status = c.bench_status, actual_hours = c.actual_hours WHERE id = p_ticket;
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'ticket', app.ticket_document(p_ticket), 'repeated', false,
                                                     'timed', c.timed));
END $$;
GRANT EXECUTE ON FUNCTION app.undo_completion(text, text, text[], text, text, integer) TO repair_bot;

-- functions/app.undo_merge.sql
-- db.models.CustomersMerged: the two are two again, as of the customer who had been merged. What was moved goes back, and what
-- was taken over, unless it was changed since: left and left_fields say what stays. Tickets filed since stay, too.
-- A definer function, as app.merge_customers.
CREATE FUNCTION app.undo_merge(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_merge integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor   jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer  jsonb;
    v_merge   app.customer_merges;
    v_back    integer[];
    v_same    text[];
    k customers;
    m customers;
BEGIN
    PERFORM app.require_role('Manager');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    SELECT x.* INTO v_merge FROM app.customer_merges x WHERE x.id = p_merge FOR UPDATE;
    IF NOT FOUND OR v_merge.undone_at IS NOT NULL THEN
        PERFORM app.refuse('merge_undone', 'there is no such merge to undo');
    END IF;
    PERFORM FROM tickets t WHERE t.id = ANY (v_merge.tickets) ORDER BY t.id FOR NO KEY UPDATE;
    PERFORM FROM customers c WHERE c.id IN (v_merge.kept_id, v_merge.merged_id) ORDER BY c.id FOR UPDATE;
    SELECT c.* INTO k FROM customers c WHERE c.id = v_merge.kept_id;
    SELECT c.* INTO m FROM customers c WHERE c.id = v_merge.merged_id;
    IF k.merged_into IS NOT NULL THEN
        PERFORM app.refuse('merge_not_last', 'who stayed has been merged since', jsonb_build_object('customer', k.id));
    END IF;

    UPDATE customers c SET active = true, merged_into = NULL WHERE c.id = m.id;
    UPDATE customers c SET merged_into = m.id
     WHERE c.id IN (SELECT x.merged_id FROM app.customer_merges x WHERE x.kept_id = m.id AND x.undone_at IS NULL);
    WITH moved AS (
        UPDATE tickets t SET customer_id = m.id WHERE t.id = ANY (v_merge.tickets) AND t.customer_id = k.id RETURNING t.id)
    SELECT COALESCE(array_agg(moved.id), '{}') INTO v_back FROM moved;
    UPDATE customer_contacts n SET customer_id = m.id WHERE n.id = ANY (v_merge.contacts) AND n.customer_id = k.id;
    v_same := ARRAY(SELECT x.key FROM jsonb_each(v_merge.new) x WHERE to_jsonb(k) -> x.key = x.value ORDER BY x.key);
    IF 'email' = ANY (v_same) THEN
        PERFORM app.swap_emails(k.id, m.id);
    ELSIF v_merge.new ? 'email' AND NOT EXISTS (SELECT FROM customers c WHERE c.email = v_merge.new ->> 'email') THEN
        PERFORM app.put_customer(m.id, jsonb_build_object('email', v_merge.new -> 'email'));       -- their own, free again
    END IF;
    PERFORM app.put_customer(k.id, (SELECT COALESCE(jsonb_object_agg(c, v_merge.old -> c), '{}') FROM unnest(v_same) c WHERE c <> 'email'));
    UPDATE app.customer_merges x SET undone_at = now() WHERE x.id = v_merge.id;
    RETURN app.end_request(p_key, app.customer_document(m.id) || jsonb_build_object(
        'actor', v_actor, 'repeated', false, 'merge_id', v_merge.id, 'merged_id', k.id, 'moved', cardinality(v_back),
        'left', to_jsonb(ARRAY(SELECT x FROM unnest(v_merge.tickets) x WHERE x <> ALL (v_back) ORDER BY x)),
        'left_fields', to_jsonb(ARRAY(SELECT x FROM jsonb_object_keys(v_merge.new) x WHERE x <> ALL (v_same) ORDER BY x))));
END $$;
GRANT EXECUTE ON FUNCTION app.undo_merge(text, text, text[], text, text, integer) TO repair_bot;

-- functions/app.unknown_files.sql
-- Which of these names no row and no errand has: nobody will ever ask for them.
CREATE FUNCTION app.unknown_files(p_paths text[]) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT COALESCE(array_agg(p.path ORDER BY p.path), '{}') FROM unnest(p_paths) p (path)
     WHERE NOT EXISTS (SELECT FROM ticket_attachments a WHERE a.file_path = p.path)
       AND NOT EXISTS (SELECT FROM app.file_errands e WHERE e.file_path = p.path AND e.state = 'waiting')
$$;
GRANT EXECUTE ON FUNCTION app.unknown_files(text[]) TO repair_bot;

-- functions/app.use_encryption_keys.sql
-- Sets the present key, and the one before it if there is one, for the rest of this transaction.
CREATE FUNCTION app.use_encryption_keys(p_keys text[]) RETURNS void LANGUAGE plpgsql VOLATILE
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM set_config('app.encryption_key', COALESCE(p_keys[1], ''), true),
            set_config('app.encryption_key_previous', COALESCE(p_keys[2], ''), true);
END $$;
GRANT EXECUTE ON FUNCTION app.use_encryption_keys(text[]) TO repair_bot;

-- functions/app.wait_for_approval.sql
-- A technician repairs and completes nothing that waits for its customer's word; Managers, the web application and plain SQL may.
CREATE FUNCTION app.wait_for_approval() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE a approvals;
BEGIN
    IF app.user_role() = 'Technician' AND NEW.bench_status = ANY (app.steps_to_approve()) THEN
        SELECT * INTO a FROM approvals x WHERE x.ticket_id = NEW.id AND x.state = 'open';
        IF FOUND THEN
            PERFORM app.refuse('approval_open', format('ticket %s waits for approval', NEW.id),
                               jsonb_build_object('ticket', NEW.id, 'amount', a.amount, 'limit', a.spending_limit),
                               'object_not_in_prerequisite_state');
        END IF;
    END IF;
    RETURN NEW;
END $$;

-- functions/app.watch_ticket.sql
-- db.models.TicketChanged: whether the asker is told of what happens to a ticket that they see.
CREATE FUNCTION app.watch_ticket(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer,
                                 p_watches boolean) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
BEGIN
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    IF NOT EXISTS (SELECT FROM tickets t WHERE t.id = p_ticket) THEN
        PERFORM app.refuse_ticket('ticket_not_found', p_ticket);
    END IF;
    INSERT INTO ticket_watchers AS w (ticket_id, user_id, watches) VALUES (p_ticket, (v_actor ->> 'id')::integer, p_watches)
    ON CONFLICT (ticket_id, user_id) DO UPDATE SET watches = EXCLUDED.watches WHERE w.watches <> EXCLUDED.watches;
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'ticket', app.ticket_document(p_ticket), 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.watch_ticket(text, text, text[], text, text, integer, boolean) TO repair_bot;

-- functions/app.withdraw_completion.sql
-- Marks a completion as taken back, for who made it or a Manager. The ticket's change follows in the same transaction: by
-- that app.is_taken_back() knows what the change is.
CREATE FUNCTION app.withdraw_completion(p_completion integer) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE ticket_completions c SET undone_at = now()
     WHERE c.id = p_completion AND c.undone_at IS NULL
       AND (app.user_role() = 'Manager' OR EXISTS (SELECT FROM user_permissions u WHERE u.id = c.user_id AND u.kinde_user_id = app.user_id()))
$$;
GRANT EXECUTE ON FUNCTION app.withdraw_completion(integer) TO repair_bot;

-- functions/app.withdraw_ticket_notifications.sql
-- A ticket was removed: what was not said yet is not said any more, and a card that stands is edited to say so.
CREATE FUNCTION app.withdraw_ticket_notifications(p_ticket_id integer, p_title text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE notifications n SET state = 'dropped', error = 'ticket removed', updated_at = now()
     WHERE n.ticket_id = p_ticket_id AND n.state = 'waiting' AND n.ts IS NULL AND n.uncertain_since IS NULL;
    IF EXISTS (SELECT FROM notifications n WHERE n.dedupe_key = 'card:' || p_ticket_id AND n.state <> 'dropped') THEN
        PERFORM app.add_notification('card', p_ticket_id, NULL, jsonb_build_object('title', p_title));
    END IF;
END $$;

-- functions/app.without_values.sql
-- A line of the audit trail that still says which of these columns changed, but not from what to what; all of them for NULL.
CREATE FUNCTION app.without_values(p_metadata jsonb, p_columns text[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT CASE
        WHEN NOT p_metadata ? 'table' THEN '{"erased": true}'               -- somebody's own words: log_activity()
        ELSE p_metadata || COALESCE((
            SELECT jsonb_object_agg(side.key, (
                       SELECT jsonb_object_agg(x.key, CASE WHEN x.value <> 'null' AND (x.key = ANY (p_columns)) IS NOT FALSE
                                                           THEN '"(erased)"' ELSE x.value END)
                         FROM jsonb_each(side.value) x))
              FROM jsonb_each(p_metadata) side
             WHERE side.key IN ('old', 'new') AND jsonb_typeof(side.value) = 'object'), '{}') END
$$;

-- functions/app.words_query.sql
-- What somebody looks for in tickets: words, "phrases", or, -without.
CREATE FUNCTION app.words_query(p_words text) RETURNS tsquery
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN websearch_to_tsquery('english', p_words);
EXCEPTION WHEN internal_error THEN             -- "tsquery stack too small": more than 32 of "or" or of quotes
    RETURN plainto_tsquery('english', p_words);
END $$;
GRANT EXECUTE ON FUNCTION app.words_query(text) TO repair_bot;

-- functions/app.worker_email.sql
-- The e-mail, as tickets.tech has it, of a person of the staff directory who takes tickets.
CREATE FUNCTION app.worker_email(p_id integer) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    RETURN (SELECT u.email FROM user_permissions u WHERE u.id = p_id AND app.may_work(u.role, u.is_active));
END $$;
GRANT EXECUTE ON FUNCTION app.worker_email(integer) TO repair_bot;

-- functions/app.worker_name.sql
-- The name of the technician with this e-mail, for whoever is linked: they have it from a ticket that they see.
CREATE FUNCTION app.worker_name(p_email text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (SELECT u.display_name FROM user_permissions u WHERE u.email = p_email AND app.user_role() IS NOT NULL);
END $$;
GRANT EXECUTE ON FUNCTION app.worker_name(text) TO authenticated_users;

-- functions/app.worker_slack_user_id.sql
CREATE FUNCTION app.worker_slack_user_id(p_email text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (SELECT u.slack_user_id FROM user_permissions u WHERE u.email = p_email AND app.user_role() IS NOT NULL);
END $$;
GRANT EXECUTE ON FUNCTION app.worker_slack_user_id(text) TO authenticated_users;

-- functions/assign_ticket.sql
-- Gives a ticket to a technician by e-mail, or 'unassigned': Managers any, technicians take from the queue or hand over
-- their own. A definer function: after handing over one may not see the ticket any more.
CREATE FUNCTION assign_ticket(ticket_id integer, technician text) RETURNS varchar
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE t tickets; v_tech varchar(255) := lower(btrim(technician));
BEGIN
    PERFORM app.require_role('Manager', 'Technician');
    PERFORM app.hold_technician(v_tech);
    t := app.lock_ticket(assign_ticket.ticket_id);
    IF t.completed THEN
        PERFORM app.refuse_ticket('ticket_completed', t.id);
    ELSIF app.user_role() = 'Technician' AND t.tech = 'unassigned' AND v_tech IS DISTINCT FROM app.user_email() THEN
        PERFORM app.refuse_ticket('ticket_in_queue', t.id);
    ELSIF app.user_role() = 'Technician' AND t.tech NOT IN ('unassigned', app.user_email()) THEN
        PERFORM app.refuse_ticket('ticket_not_yours', t.id, t.tech);
    END IF;
    IF v_tech IS NULL THEN                         -- the column's own refusal would show the whole row
        RAISE EXCEPTION 'nobody to assign to' USING ERRCODE = 'check_violation', CONSTRAINT = 'tickets_tech_active';
    END IF;
    UPDATE tickets x SET tech = v_tech WHERE x.id = t.id AND x.tech IS DISTINCT FROM v_tech;
    RETURN v_tech;
END $$;
GRANT EXECUTE ON FUNCTION assign_ticket(integer, text) TO authenticated_users;

-- functions/audit_trigger.sql
-- TG_ARGV[0]: resource_type, TG_ARGV[1]: the column that holds resource_id (default id), or, where it's no number, the metadata's key; from TG_ARGV[2] on: columns whose
-- values are not shown, only that they changed.
CREATE FUNCTION audit_trigger() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_old jsonb; v_new jsonb; v_row jsonb; v_was jsonb; v_is jsonb; v_id jsonb;
    v_skip text[] := '{search,search_text,phone_digits,name_key,phone_key,email_key,priority_rank,device_key,tech_ref,version,due_by_default}';   -- generated, counted
    v_hidden text;
BEGIN
    IF TG_OP <> 'INSERT' THEN v_old := to_jsonb(OLD) - v_skip; END IF;
    IF TG_OP <> 'DELETE' THEN v_new := to_jsonb(NEW) - v_skip; END IF;
    v_row := COALESCE(v_new, v_old);
    v_id := v_row -> COALESCE(TG_ARGV[1], 'id');
    IF TG_OP = 'UPDATE' THEN                                                -- only what changed; nothing for a no-op
        SELECT jsonb_object_agg(o.key, o.value), jsonb_object_agg(o.key, v_new -> o.key) INTO v_was, v_is
          FROM jsonb_each(v_old) o
         WHERE o.value IS DISTINCT FROM v_new -> o.key AND o.key NOT IN ('updated_at', 'last_login', 'slack_told_at', 'slack_time_zone');
        IF v_was IS NULL THEN RETURN NULL; END IF;
        v_old := v_was; v_new := v_is;
    END IF;
    FOREACH v_hidden IN ARRAY TG_ARGV[2:] LOOP
        IF v_old ->> v_hidden IS NOT NULL THEN v_old := jsonb_set(v_old, ARRAY[v_hidden], '"(not shown)"'); END IF;
        IF v_new ->> v_hidden IS NOT NULL THEN v_new := jsonb_set(v_new, ARRAY[v_hidden], '"(not shown)"'); END IF;
    END LOOP;
    INSERT INTO activity_log (user_id, action, resource_type, resource_id, metadata, ip_address, user_agent)
    VALUES (COALESCE(app.user_id(), 'system'), TG_OP, TG_ARGV[0], CASE WHEN jsonb_typeof(v_id) = 'number' THEN v_id::integer END,
            jsonb_build_object('table', TG_TABLE_NAME, 'old', v_old, 'new', v_new)
            || CASE WHEN jsonb_typeof(v_id) = 'string' THEN jsonb_build_object('key', v_id) ELSE '{}' END,
            app.client_ip(), app.user_agent());
    RETURN NULL;                                                            -- AFTER trigger
END $$;

-- functions/auto_assign_ticket.sql
-- Gives a queue ticket to the least busy technician and returns them; 'unassigned': nobody is available. One's own goes
-- to another technician, or stays where there is none; what somebody else has already, stays with them. From the queue,
-- technicians and front desk: tickets that they filed.
CREATE FUNCTION auto_assign_ticket(ticket_id integer) RETURNS varchar
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE t tickets; v_tech varchar(255);
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    PERFORM pg_advisory_xact_lock(hashtext('auto_assign_ticket'));          -- before the row's
    t := app.lock_ticket(auto_assign_ticket.ticket_id);
    IF t.completed THEN
        PERFORM app.refuse_ticket('ticket_completed', t.id);
    ELSIF t.tech NOT IN ('unassigned', app.user_email()) THEN
        RETURN t.tech;
    ELSIF app.user_role() = 'Technician' AND t.tech = 'unassigned' AND t.created_by IS DISTINCT FROM app.user_id() THEN
        PERFORM app.refuse_ticket('ticket_in_queue', t.id);
    END IF;
    v_tech := app.least_busy_technician(t.tech);
    IF v_tech IS NULL THEN RETURN 'unassigned'; END IF;
    UPDATE tickets x SET tech = v_tech WHERE x.id = t.id;
    RETURN v_tech;
END $$;
GRANT EXECUTE ON FUNCTION auto_assign_ticket(integer) TO authenticated_users;

-- functions/change_user_email.sql
-- tickets.tech is an e-mail: changing one carries its tickets along. The tickets are locked before the person's row is
-- so that nobody can refer to it: who has one of them meanwhile refers to the person, too (foreign keys).
CREATE FUNCTION change_user_email(p_kinde_user_id text, p_email text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_id integer; v_old varchar; v_new varchar; n integer;
BEGIN
    PERFORM app.require_role('Manager');
    SELECT u.id, u.email INTO v_id, v_old FROM user_permissions u WHERE u.kinde_user_id = p_kinde_user_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN RAISE EXCEPTION 'user not found' USING ERRCODE = 'no_data_found'; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('technician'), v_id);   -- who assigns to them now, is waited for
    PERFORM 1 FROM tickets t WHERE t.tech = v_old ORDER BY t.id FOR NO KEY UPDATE;
    SET CONSTRAINTS tickets_tech_fk DEFERRED;
    UPDATE user_permissions u SET email = p_email WHERE u.id = v_id RETURNING u.email INTO v_new;
    UPDATE tickets t SET tech = v_new WHERE t.tech = v_old;
    GET DIAGNOSTICS n = ROW_COUNT;
    SET CONSTRAINTS tickets_tech_fk IMMEDIATE;
    RETURN n;
END $$;
GRANT EXECUTE ON FUNCTION change_user_email(text, text) TO authenticated_users;

-- functions/create_activity_log_partition.sql
-- Makes a month's partition; NULL if it is there. Months are UTC's whatever the caller's zone.
CREATE FUNCTION create_activity_log_partition(p_month date) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO' SET lock_timeout = '5s' AS $$
DECLARE
    v_from timestamptz := date_trunc('month', p_month::timestamp);     -- UTC months whatever the caller's zone
    v_to   timestamptz := date_trunc('month', p_month::timestamp) + interval '1 month';
    v_name text := 'activity_log_y' || to_char(v_from, 'YYYY') || 'm' || to_char(v_from, 'MM');
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('activity_log_partitions'));
    IF to_regclass('public.' || v_name) IS NOT NULL THEN
        RETURN NULL;
    END IF;
    IF EXISTS (SELECT 1 FROM activity_log_default d WHERE d.created_at >= v_from AND d.created_at < v_to) THEN
        -- rows are parked in the default partition: move them, or PARTITION OF is refused
        ALTER TABLE activity_log DETACH PARTITION activity_log_default;
        EXECUTE format('CREATE TABLE %I PARTITION OF activity_log FOR VALUES FROM (%L) TO (%L)', v_name, v_from, v_to);
        INSERT INTO activity_log SELECT * FROM activity_log_default d WHERE d.created_at >= v_from AND d.created_at < v_to;
        DELETE FROM activity_log_default d WHERE d.created_at >= v_from AND d.created_at < v_to;
        ALTER TABLE activity_log ATTACH PARTITION activity_log_default DEFAULT;
    ELSE
        EXECUTE format('CREATE TABLE %I PARTITION OF activity_log FOR VALUES FROM (%L) TO (%L)', v_name, v_from, v_to);
    END IF;
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', v_name);
    RETURN v_name;
END $$;

-- functions/daily_summary.sql
-- The figures of a local day of the shop, today unless said otherwise, as a row: app.figures() has more.
CREATE FUNCTION daily_summary(p_day date DEFAULT NULL)
RETURNS TABLE (day date, opened bigint, completed bigint, open_total bigint, open_unassigned bigint, open_urgent bigint, hours numeric)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT f.day, f.opened, f.completed, f.open, f.unassigned, f.urgent, f.hours
      FROM jsonb_to_record(app.figures(COALESCE(p_day, app.shop_today())))
        AS f (day date, opened bigint, completed bigint, open bigint, unassigned bigint, urgent bigint, hours numeric)
$$;
GRANT EXECUTE ON FUNCTION daily_summary(date) TO authenticated_users;

-- functions/deactivate_customer.sql
CREATE FUNCTION deactivate_customer(customer_id integer)
RETURNS TABLE (success boolean, message text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_active boolean; v_open integer;
BEGIN
    PERFORM app.require_role('Manager');
    SELECT c.active INTO v_active FROM customers c WHERE c.id = deactivate_customer.customer_id FOR UPDATE;  -- blocks new tickets
    IF NOT FOUND THEN
        RETURN QUERY SELECT false, 'Customer not found'; RETURN;
    ELSIF NOT v_active THEN
        RETURN QUERY SELECT false, 'Customer is already inactive'; RETURN;
    END IF;
    SELECT count(*) INTO v_open FROM tickets t WHERE t.customer_id = deactivate_customer.customer_id AND NOT t.completed;
    IF v_open > 0 THEN
        RETURN QUERY SELECT false, 'Cannot deactivate customer with open tickets: ' || v_open; RETURN;
    END IF;
    UPDATE customers c SET active = false WHERE c.id = deactivate_customer.customer_id;
    RETURN QUERY SELECT true, 'Customer deactivated successfully';
END $$;
GRANT EXECUTE ON FUNCTION deactivate_customer(integer) TO authenticated_users;

-- functions/decrypt_sensitive_data.sql
CREATE FUNCTION decrypt_sensitive_data(encrypted_data text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.require_role('Manager');
    RETURN app.decrypt(encrypted_data);
END $$;
GRANT EXECUTE ON FUNCTION decrypt_sensitive_data(text) TO authenticated_users;

-- functions/drop_old_activity_log_partitions.sql
CREATE FUNCTION drop_old_activity_log_partitions(p_keep interval DEFAULT NULL) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '5s' AS $$
DECLARE
    v_keep interval := COALESCE(p_keep, app.setting('activity_log_keep')::interval, interval '90 days');
    n integer := 0; r record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('activity_log_partitions'));
    FOR r IN SELECT c.relname,
                    (to_date(substr(c.relname, 15, 4) || substr(c.relname, 20, 2), 'YYYYMM') + interval '1 month')::timestamptz AS v_end
               FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
              WHERE i.inhparent = 'public.activity_log'::regclass AND c.relname ~ '^activity_log_y\d{4}m\d{2}$'
    LOOP
        IF r.v_end <= now() - v_keep THEN
            EXECUTE format('DROP TABLE public.%I', r.relname);          -- no dead tuples, no index churn
            n := n + 1;
        END IF;
    END LOOP;
    DELETE FROM activity_log_default d WHERE d.created_at < now() - v_keep;
    RETURN n;
END $$;

-- functions/encrypt_sensitive_data.sql
-- 'v1:', the data under AES-256 with a random salt, ':', a seal over all before it. The key (32 characters or more) is in
-- app.encryption_key, set for the transaction by the caller; app.encryption_key_previous while rotating.
CREATE FUNCTION encrypt_sensitive_data(data text) RETURNS text LANGUAGE plpgsql VOLATILE
SET search_path = public, pg_temp AS $$
DECLARE
    k text := NULLIF(current_setting('app.encryption_key', true), '');
    v text;
BEGIN
    IF data IS NULL THEN RETURN NULL; END IF;
    IF k IS NULL OR length(k) < 32 THEN
        RAISE EXCEPTION 'app.encryption_key is not set or is shorter than 32 characters' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    v := 'v1:' || translate(encode(pgp_sym_encrypt(data, k, 'cipher-algo=aes256, compress-algo=0, unicode-mode=1'), 'base64'), E'\n', '');
    RETURN v || ':' || app.seal(v, k);
END $$;
GRANT EXECUTE ON FUNCTION encrypt_sensitive_data(text) TO authenticated_users;

-- functions/ensure_activity_log_partitions.sql
-- The coming months' partitions, and those of months for which rows are parked in the default one. Returns how many it made.
CREATE FUNCTION ensure_activity_log_partitions(p_months_ahead integer DEFAULT 3) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE n integer := 0; v_month date;
BEGIN
    FOREACH v_month IN ARRAY ARRAY(             -- an array: while a query reads it, the default partition can't be detached
        SELECT date_trunc('month', (now() AT TIME ZONE 'UTC') + make_interval(months => i))::date FROM generate_series(0, p_months_ahead) i
        UNION SELECT date_trunc('month', d.created_at AT TIME ZONE 'UTC')::date FROM activity_log_default d WHERE isfinite(d.created_at)
        ORDER BY 1)
    LOOP
        IF create_activity_log_partition(v_month) IS NOT NULL THEN
            n := n + 1;
        END IF;
    END LOOP;
    RETURN n;
END $$;

-- functions/log_activity.sql
-- A line of one's own in the audit trail. What triggers and functions write of changes and showings can't be said by hand:
-- histories are told from it.
CREATE FUNCTION log_activity(p_action text, p_resource_type text, p_resource_id integer DEFAULT NULL, p_metadata jsonb DEFAULT NULL)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    IF upper(btrim(p_action)) IN ('INSERT', 'UPDATE', 'DELETE', 'REVEAL_PASSCODE', 'REFUSE_ACCESS', 'MAINTENANCE', 'ERASE_CUSTOMER', 'EXPORT') THEN
        PERFORM app.refuse('activity_log_action_reserved', format('%s is logged by the database itself', p_action));
    END IF;
    INSERT INTO activity_log (user_id, action, resource_type, resource_id, metadata, ip_address, user_agent)
    VALUES (COALESCE(app.user_id(), 'system'), p_action, p_resource_type, p_resource_id, p_metadata, app.client_ip(),
            app.user_agent());
END $$;
GRANT EXECUTE ON FUNCTION log_activity(text, text, integer, jsonb) TO authenticated_users;

-- functions/perform_maintenance.sql
-- What a function may do. VACUUM and REINDEX CONCURRENTLY may not: maintenance_statements lists them, to be run one by
-- one outside a transaction.
CREATE FUNCTION perform_maintenance() RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_made integer; v_dropped integer; v_result text;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('perform_maintenance')) THEN
        RETURN 'Another run is in progress.';
    END IF;
    REFRESH MATERIALIZED VIEW CONCURRENTLY customer_ticket_stats;
    ANALYZE customers; ANALYZE tickets; ANALYZE user_permissions; ANALYZE ticket_attachments; ANALYZE activity_log;
    v_made := ensure_activity_log_partitions(3);          -- last: these lock activity_log until the commit
    v_dropped := drop_old_activity_log_partitions();
    v_result := format('Log partitions: %s created, %s dropped. Customer statistics refreshed. Statistics updated.', v_made, v_dropped);
    INSERT INTO activity_log (user_id, action, resource_type, metadata)
    VALUES ('system', 'MAINTENANCE', 'system', jsonb_build_object('result', v_result));
    RETURN v_result;
END $$;
GRANT EXECUTE ON FUNCTION perform_maintenance() TO repair_bot;

-- functions/reactivate_customer.sql
CREATE FUNCTION reactivate_customer(customer_id integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.require_role('Manager');
    UPDATE customers c SET active = true WHERE c.id = reactivate_customer.customer_id AND NOT c.active AND c.merged_into IS NULL AND c.erased_at IS NULL;
    RETURN FOUND;
END $$;
GRANT EXECUTE ON FUNCTION reactivate_customer(integer) TO authenticated_users;

-- functions/refresh_customer_stats.sql
CREATE FUNCTION refresh_customer_stats() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF pg_try_advisory_xact_lock(hashtext('refresh_customer_stats')) THEN
        REFRESH MATERIALIZED VIEW CONCURRENTLY customer_ticket_stats;
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION refresh_customer_stats() TO repair_bot;

-- functions/search_customers.sql
-- Active customers by name, e-mail or phone, best first, at most 50; for Managers who ask for it the others after them.
-- Where the term stands in more than 200, the newest 200 are compared: ranking takes longer than finding.
-- A Viewer searches and gets names alone. What a merged customer was called leads the others to the one who stays.
-- What many have is soon found among the newest 2,000 (customers_created_at_idx), what few have by the other indexes.
-- SECURITY DEFINER: @@ and LIKE are not leakproof, so under row-level security they can't use their indexes. The rule of
-- who sees what is applied here instead.
CREATE FUNCTION search_customers(search_term text, with_inactive boolean DEFAULT false)
RETURNS TABLE (id integer, first_name varchar, last_name varchar, email varchar, phone varchar, rank real)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off AS $$
DECLARE
    v_names  boolean := app.user_role() = 'Viewer';
    v_term   text := lower(btrim(COALESCE(search_term, '')));
    v_query  tsquery := app.prefix_tsquery(v_term, CASE WHEN v_names THEN 'A' ELSE '' END);
    v_like   text := CASE WHEN length(v_term) >= 3 THEN app.like_pattern(v_term) END;
    v_digits text := regexp_replace(v_term, '\D', '', 'g');
    v_phone  text := CASE WHEN NOT v_names AND length(v_digits) >= 3 AND v_term ~ '^[0-9 ()+./-]+$' THEN '%' || v_digits || '%' END;
    v_all    boolean := with_inactive AND app.user_role() = 'Manager';
    v_since  timestamptz;
    v_found  integer[];
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User', 'Viewer');
    IF v_query IS NULL AND v_like IS NULL AND v_phone IS NULL THEN
        RETURN;                                    -- nothing to search for: no rows, not all rows
    END IF;
    SELECT c.created_at INTO v_since FROM customers c ORDER BY c.created_at DESC OFFSET 2000 LIMIT 1;
    LOOP
        v_found := ARRAY(
            WITH hit AS MATERIALIZED (
                SELECT c.id, c.active, c.created_at FROM customers c
                 WHERE (c.active OR (v_all AND v_since IS NULL) OR (c.merged_into IS NOT NULL AND NOT v_names))
                   AND (v_since IS NULL OR c.created_at > v_since)
                   AND (c.search @@ v_query OR c.search_text LIKE v_like OR c.phone_digits LIKE v_phone)
                   AND (NOT v_names OR c.search @@ v_query OR lower(c.first_name || ' ' || c.last_name) LIKE v_like))
            SELECT h.id FROM hit h ORDER BY h.active DESC, h.created_at DESC, h.id DESC LIMIT 200);
        EXIT WHEN v_since IS NULL OR cardinality(v_found) = 200;
        v_since := NULL;
    END LOOP;
    RETURN QUERY
    SELECT c.id, c.first_name, c.last_name, CASE WHEN NOT v_names THEN c.email END, CASE WHEN NOT v_names THEN c.phone END,
           CASE WHEN v_names THEN similarity(lower(c.first_name || ' ' || c.last_name), v_term)
                ELSE COALESCE(ts_rank(c.search, v_query), 0) + similarity(c.search_text, v_term) END::real AS rank
      FROM customers c
     WHERE c.id IN (SELECT COALESCE(x.merged_into, x.id) FROM customers x WHERE x.id = ANY (v_found))
       AND (c.active OR v_all)
     ORDER BY c.active DESC, 6 DESC, c.last_name, c.first_name, c.id
     LIMIT 50;
END $$;
GRANT EXECUTE ON FUNCTION search_customers(text, boolean) TO authenticated_users;

-- functions/search_tickets.sql
-- Tickets by the words in title and description, newest first; only those that the asker sees, and a customer's name
-- only where customer_names would show it. SECURITY DEFINER, as app.pick_tickets().
CREATE FUNCTION search_tickets(search_term text, max_rows integer DEFAULT 25)
RETURNS TABLE (id integer, customer_id integer, customer_name text, title varchar, tech varchar, priority varchar,
               completed boolean, created_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT t.id, t.customer_id, (SELECT c.name FROM customer_names c WHERE c.id = t.customer_id), t.title, t.tech, t.priority,
           t.completed, t.created_at
      FROM app.pick_tickets(LEAST(GREATEST(max_rows, 1), 100), app.words_query(COALESCE(search_term, '')))
               WITH ORDINALITY m (id, n)
      JOIN tickets t ON t.id = m.id
     ORDER BY m.n;
END $$;
GRANT EXECUTE ON FUNCTION search_tickets(text, integer) TO authenticated_users;

-- functions/test.create_test_customer.sql
CREATE FUNCTION test.create_test_customer(p_first_name varchar DEFAULT 'Test', p_last_name varchar DEFAULT 'Customer',
                                          p_email varchar DEFAULT NULL)
RETURNS integer LANGUAGE sql SET search_path = public, pg_temp AS $$
    INSERT INTO customers (first_name, last_name, email, phone, address1, city, state, zip, country)
    VALUES (p_first_name, p_last_name, COALESCE(p_email, 'test+' || gen_random_uuid() || '@example.com'),
            '555-0123', '123 Test St', 'Test City', 'CA', '90210', 'US')
    RETURNING id
$$;

-- functions/test.test_query_performance.sql
CREATE FUNCTION test.test_query_performance() RETURNS TABLE (query_name text, execution_time numeric)
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE t0 timestamptz;
BEGIN
    PERFORM app.set_service_session();
    t0 := clock_timestamp();
    PERFORM * FROM search_customers('test');
    RETURN QUERY SELECT 'customer_search', round((extract(epoch FROM clock_timestamp() - t0) * 1000)::numeric, 3);
    t0 := clock_timestamp();
    PERFORM * FROM tickets t JOIN customers c ON c.id = t.customer_id WHERE NOT t.completed ORDER BY t.created_at DESC, t.id DESC LIMIT 50;
    RETURN QUERY SELECT 'ticket_listing', round((extract(epoch FROM clock_timestamp() - t0) * 1000)::numeric, 3);
END $$;

-- functions/update_ticket_completed_at.sql
CREATE FUNCTION update_ticket_completed_at() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.completed AND NEW.completed_at IS NULL THEN
            NEW.completed_at = greatest(now(), NEW.created_at);
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.completed AND NOT OLD.completed THEN
        NEW.completed_at = greatest(now(), NEW.created_at);
    ELSIF NOT NEW.completed THEN
        NEW.completed_at = NULL;
    ELSE
        NEW.completed_at = COALESCE(NEW.completed_at, OLD.completed_at);
    END IF;
    NEW.updated_at = now();
    NEW.version = OLD.version + 1;
    RETURN NEW;
END $$;

-- functions/update_updated_at_column.sql
CREATE FUNCTION update_updated_at_column() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    NEW.updated_at = now();
    RETURN NEW;
END $$;

-- triggers/announce_tickets.sql
CREATE TRIGGER announce_tickets AFTER INSERT OR UPDATE OR DELETE ON tickets
    FOR EACH ROW EXECUTE FUNCTION app.announce_ticket();

-- triggers/approvals.sql
CREATE TRIGGER approvals_audit_trigger AFTER INSERT OR UPDATE ON approvals
    FOR EACH ROW EXECUTE FUNCTION audit_trigger('ticket', 'ticket_id', 'said');

-- triggers/checklist_items.sql
CREATE TRIGGER checklist_items_audit_trigger AFTER INSERT OR UPDATE OR DELETE ON checklist_items
    FOR EACH ROW EXECUTE FUNCTION audit_trigger('system');
CREATE TRIGGER tell_caches AFTER INSERT OR UPDATE OR DELETE ON checklist_items
    FOR EACH ROW EXECUTE FUNCTION app.tell_caches();

-- triggers/customer_contacts.sql
CREATE TRIGGER customer_contacts_audit_trigger AFTER INSERT OR UPDATE OR DELETE ON customer_contacts
    FOR EACH ROW EXECUTE FUNCTION audit_trigger('customer', 'customer_id', 'body');

-- triggers/customers.sql
CREATE TRIGGER normalize_customers_email BEFORE INSERT OR UPDATE OF email ON customers
    FOR EACH ROW EXECUTE FUNCTION app.normalize_email();
CREATE TRIGGER keep_open_tickets_customer BEFORE UPDATE OF active ON customers
    FOR EACH ROW EXECUTE FUNCTION app.keep_open_tickets_customer();
CREATE TRIGGER update_customers_updated_at BEFORE UPDATE ON customers
    FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER customers_audit_trigger AFTER INSERT OR UPDATE OR DELETE ON customers
    FOR EACH ROW EXECUTE FUNCTION audit_trigger('customer', 'id', 'email', 'phone', 'address1', 'address2', 'city', 'state',
                                           'zip', 'notes');
CREATE TRIGGER guard_approval_limit BEFORE UPDATE OF approval_limit ON customers
    FOR EACH ROW WHEN (NEW.approval_limit IS DISTINCT FROM OLD.approval_limit) EXECUTE FUNCTION app.guard_approval_limit();
CREATE TRIGGER review_estimates AFTER UPDATE ON customers
    FOR EACH ROW WHEN (NEW.approval_limit IS DISTINCT FROM OLD.approval_limit) EXECUTE FUNCTION app.review_customer_estimates();

-- triggers/labour_entries.sql
CREATE TRIGGER tell_caches AFTER INSERT OR UPDATE OR DELETE ON labour_entries
    FOR EACH ROW EXECUTE FUNCTION app.tell_caches('tickets', 'ticket_id');

-- triggers/preferences.sql
CREATE TRIGGER check_preferences BEFORE INSERT OR UPDATE OF time_zone ON preferences
    FOR EACH ROW EXECUTE FUNCTION app.check_preferences();
CREATE TRIGGER follow_preferences AFTER INSERT OR UPDATE OR DELETE ON preferences
    FOR EACH ROW EXECUTE FUNCTION app.follow_preferences();
CREATE TRIGGER update_preferences_updated_at BEFORE UPDATE ON preferences
    FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

-- triggers/shop_holidays.sql
CREATE TRIGGER shop_holidays_audit_trigger AFTER INSERT OR UPDATE OR DELETE ON shop_holidays
    FOR EACH ROW EXECUTE FUNCTION audit_trigger('system', 'day');

-- triggers/shop_hours.sql
CREATE TRIGGER shop_hours_audit_trigger AFTER INSERT OR UPDATE OR DELETE ON shop_hours
    FOR EACH ROW EXECUTE FUNCTION audit_trigger('system', 'weekday');

-- triggers/shop_settings.sql
CREATE TRIGGER check_shop_settings BEFORE INSERT OR UPDATE ON shop_settings
    FOR EACH ROW EXECUTE FUNCTION app.check_setting();
CREATE TRIGGER shop_settings_audit_trigger AFTER INSERT OR UPDATE OR DELETE ON shop_settings
    FOR EACH ROW EXECUTE FUNCTION audit_trigger('system', 'key');
CREATE TRIGGER review_estimates AFTER UPDATE ON shop_settings
    FOR EACH ROW WHEN (NEW.key::text IN ('hourly_rate', 'approval_limit')) EXECUTE FUNCTION app.review_estimates();

-- triggers/tell_caches.sql
CREATE TRIGGER tell_caches AFTER INSERT OR UPDATE OR DELETE ON customers
    FOR EACH ROW EXECUTE FUNCTION app.tell_caches('customers', 'id');
CREATE TRIGGER tell_caches AFTER INSERT OR UPDATE OR DELETE ON tickets
    FOR EACH ROW EXECUTE FUNCTION app.tell_caches('tickets', 'id', 'customers', 'customer_id');
CREATE TRIGGER tell_caches AFTER INSERT OR UPDATE OR DELETE ON ticket_notes
    FOR EACH ROW EXECUTE FUNCTION app.tell_caches('tickets', 'ticket_id');
CREATE TRIGGER tell_caches AFTER INSERT OR UPDATE OR DELETE ON ticket_attachments
    FOR EACH ROW EXECUTE FUNCTION app.tell_caches('tickets', 'ticket_id');
-- not for last_login, which is written all the time
CREATE TRIGGER tell_caches AFTER INSERT OR DELETE
    OR UPDATE OF kinde_user_id, slack_user_id, slack_state, display_name, email, role, is_active ON user_permissions
    FOR EACH ROW EXECUTE FUNCTION app.tell_caches('user_permissions', 'id');
-- a kept ticket says whether there is a passcode, never which
CREATE TRIGGER tell_caches AFTER INSERT OR DELETE ON ticket_secrets
    FOR EACH ROW EXECUTE FUNCTION app.tell_caches('tickets', 'ticket_id');
CREATE TRIGGER tell_caches AFTER INSERT OR UPDATE OR DELETE ON ticket_watchers
    FOR EACH ROW EXECUTE FUNCTION app.tell_caches('tickets', 'ticket_id');
CREATE TRIGGER tell_caches AFTER INSERT OR UPDATE OR DELETE ON customer_contacts
    FOR EACH ROW EXECUTE FUNCTION app.tell_caches('customers', 'customer_id');
CREATE TRIGGER tell_caches AFTER INSERT OR UPDATE OR DELETE ON approvals
    FOR EACH ROW EXECUTE FUNCTION app.tell_caches('tickets', 'ticket_id');

-- triggers/ticket_attachments.sql
CREATE TRIGGER ticket_attachments_audit_trigger AFTER INSERT OR UPDATE OR DELETE ON ticket_attachments
    FOR EACH ROW EXECUTE FUNCTION audit_trigger('ticket', 'ticket_id');
CREATE TRIGGER announce_ticket_attachments AFTER INSERT OR DELETE ON ticket_attachments
    FOR EACH ROW EXECUTE FUNCTION app.announce_attachment();

-- triggers/ticket_checks.sql
CREATE TRIGGER tell_caches AFTER INSERT OR UPDATE OR DELETE ON ticket_checks
    FOR EACH ROW EXECUTE FUNCTION app.tell_caches();

-- triggers/ticket_completions.sql
CREATE TRIGGER tell_caches AFTER INSERT OR UPDATE OR DELETE ON ticket_completions
    FOR EACH ROW EXECUTE FUNCTION app.tell_caches('tickets', 'ticket_id');

-- triggers/ticket_notes.sql
CREATE TRIGGER ticket_notes_audit_trigger AFTER INSERT OR UPDATE OR DELETE ON ticket_notes
    FOR EACH ROW EXECUTE FUNCTION audit_trigger('ticket', 'ticket_id');
CREATE TRIGGER announce_ticket_notes AFTER INSERT ON ticket_notes
    FOR EACH ROW EXECUTE FUNCTION app.announce_note();
CREATE TRIGGER name_mentioned_people BEFORE INSERT ON ticket_notes
    FOR EACH ROW EXECUTE FUNCTION app.name_mentioned_people();

-- triggers/ticket_secrets.sql
CREATE TRIGGER ticket_secrets_audit_trigger AFTER INSERT OR UPDATE OR DELETE ON ticket_secrets
    FOR EACH ROW EXECUTE FUNCTION audit_trigger('ticket', 'ticket_id', 'device_passcode');

-- triggers/ticket_watchers.sql
CREATE TRIGGER update_ticket_watchers_updated_at BEFORE UPDATE ON ticket_watchers
    FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

-- triggers/tickets.sql
-- Those of one moment run by name: guard before check, which may put a reopened ticket into the queue.
CREATE TRIGGER a_guard_tickets BEFORE UPDATE ON tickets
    FOR EACH ROW EXECUTE FUNCTION app.guard_ticket_change();
CREATE TRIGGER check_tickets_refs BEFORE INSERT OR UPDATE OF tech, customer_id, completed ON tickets
    FOR EACH ROW EXECUTE FUNCTION app.check_ticket_refs();
CREATE TRIGGER keep_tickets_bench_status BEFORE INSERT OR UPDATE OF completed, bench_status ON tickets
    FOR EACH ROW EXECUTE FUNCTION app.keep_bench_status();
CREATE TRIGGER stop_tickets_labour BEFORE UPDATE ON tickets
    FOR EACH ROW WHEN (NEW.tech <> OLD.tech OR (NEW.completed AND NOT OLD.completed)) EXECUTE FUNCTION app.stop_labour();
CREATE TRIGGER set_tickets_due_date BEFORE INSERT OR UPDATE ON tickets
    FOR EACH ROW EXECUTE FUNCTION app.set_due_date();
CREATE TRIGGER update_tickets_completed_at BEFORE INSERT OR UPDATE ON tickets
    FOR EACH ROW EXECUTE FUNCTION update_ticket_completed_at();
CREATE TRIGGER tickets_audit_trigger AFTER INSERT OR UPDATE OR DELETE ON tickets
    FOR EACH ROW EXECUTE FUNCTION audit_trigger('ticket');
-- after keep_tickets_bench_status, which may say where the repair goes
CREATE TRIGGER wait_for_approval BEFORE UPDATE ON tickets
    FOR EACH ROW WHEN (NEW.bench_status <> OLD.bench_status) EXECUTE FUNCTION app.wait_for_approval();
-- after announce_tickets: the estimate is told before what follows from it
CREATE TRIGGER review_estimates AFTER INSERT ON tickets
    FOR EACH ROW WHEN (NEW.estimated_hours IS NOT NULL) EXECUTE FUNCTION app.review_estimate();
CREATE TRIGGER review_changed_estimates AFTER UPDATE ON tickets
    FOR EACH ROW WHEN (NEW.estimated_hours IS DISTINCT FROM OLD.estimated_hours OR NEW.customer_id <> OLD.customer_id
                       OR NEW.completed <> OLD.completed) EXECUTE FUNCTION app.review_estimate();

-- triggers/user_permissions.sql
CREATE TRIGGER announce_person AFTER UPDATE OF slack_user_id, role, is_active ON user_permissions
    FOR EACH ROW EXECUTE FUNCTION app.announce_person();
CREATE TRIGGER fill_user_permissions_display_name BEFORE INSERT OR UPDATE OF display_name ON user_permissions
    FOR EACH ROW EXECUTE FUNCTION app.fill_display_name();
CREATE TRIGGER follow_access AFTER INSERT OR UPDATE OF slack_user_id, slack_state, role, is_active ON user_permissions
    FOR EACH ROW EXECUTE FUNCTION app.follow_access();
CREATE TRIGGER hold_open_tickets BEFORE UPDATE OF role, is_active ON user_permissions
    FOR EACH ROW WHEN (app.may_work(OLD.role, OLD.is_active) AND NOT app.may_work(NEW.role, NEW.is_active))
    EXECUTE FUNCTION app.hold_open_tickets();
CREATE TRIGGER keep_last_manager BEFORE UPDATE OF role, is_active OR DELETE ON user_permissions
    FOR EACH ROW WHEN (OLD.role = 'Manager' AND OLD.is_active) EXECUTE FUNCTION app.keep_last_manager();
CREATE TRIGGER normalize_user_permissions_email BEFORE INSERT OR UPDATE OF email ON user_permissions
    FOR EACH ROW EXECUTE FUNCTION app.normalize_email();
CREATE TRIGGER refresh_homes AFTER UPDATE OF slack_user_id, slack_state, role, is_active OR DELETE ON user_permissions
    FOR EACH ROW EXECUTE FUNCTION app.refresh_homes();
CREATE TRIGGER return_open_tickets AFTER UPDATE OF role, is_active ON user_permissions
    FOR EACH ROW WHEN (app.may_work(OLD.role, OLD.is_active) AND NOT app.may_work(NEW.role, NEW.is_active))
    EXECUTE FUNCTION app.return_open_tickets();
CREATE TRIGGER update_user_permissions_updated_at BEFORE UPDATE ON user_permissions
    FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER user_permissions_audit_trigger AFTER INSERT OR UPDATE OR DELETE ON user_permissions
    FOR EACH ROW EXECUTE FUNCTION audit_trigger('user');

-- views/10_customer_ticket_stats.sql
-- The seed's index on a view needs a materialized one. It has no row-level security, so nobody is granted it: the views
-- over it carry the rule of who sees what.
CREATE MATERIALIZED VIEW customer_ticket_stats AS
SELECT c.id AS customer_id,
       count(t.id)                                              AS total_tickets,
       count(t.id) FILTER (WHERE NOT t.completed)               AS open_tickets,
       count(t.id) FILTER (WHERE t.completed)                   AS completed_tickets,
       max(t.created_at)                                        AS last_ticket_date,
       COALESCE(sum(t.actual_hours), 0)                         AS total_hours_billed,
       COALESCE(sum(t.actual_hours) FILTER (WHERE t.completed), 0) AS completed_hours,
       min(t.created_at) FILTER (WHERE t.completed)             AS first_completed_ticket_date,
       max(t.created_at) FILTER (WHERE t.completed)             AS last_completed_ticket_date
  FROM customers c LEFT JOIN tickets t ON t.customer_id = c.id
 GROUP BY c.id;
CREATE UNIQUE INDEX customer_ticket_stats_pk         ON customer_ticket_stats (customer_id);      -- REFRESH .. CONCURRENTLY
CREATE INDEX customer_summary_total_tickets_idx      ON customer_ticket_stats (total_tickets DESC, customer_id);
CREATE INDEX customer_ticket_stats_hours_idx         ON customer_ticket_stats (completed_hours DESC, customer_id);

-- views/20_customer_names.sql
-- A definer view: everybody linked may see customers' names, whoever may see the rest. Deactivated ones: Managers.
CREATE VIEW customer_names WITH (security_barrier = true) AS
SELECT c.id, c.first_name || ' ' || c.last_name AS name, c.active
  FROM customers c
 WHERE (c.active AND (SELECT app.user_role() IS NOT NULL)) OR (SELECT app.user_role() = 'Manager');
GRANT SELECT ON customer_names TO authenticated_users;

-- views/20_staff_directory.sql
-- A definer view: what everybody linked may know of colleagues.
CREATE VIEW staff_directory WITH (security_barrier = true) AS
SELECT u.id, u.display_name, u.slack_user_id, u.role, u.is_active
  FROM user_permissions u
 WHERE (SELECT app.user_role() IS NOT NULL);
GRANT SELECT ON staff_directory TO authenticated_users;

-- views/connection_metrics.sql
CREATE VIEW connection_metrics WITH (security_invoker = true) AS SELECT * FROM app.connection_metrics();
GRANT SELECT ON connection_metrics TO authenticated_users;

-- views/customer_lifetime_value.sql
-- A definer view like customer_summary, for Managers and Viewers; the order is estimated_revenue's, and indexed.
CREATE VIEW customer_lifetime_value WITH (security_barrier = true) AS
SELECT c.id, c.first_name || ' ' || c.last_name AS customer_name,
       CASE WHEN (SELECT app.user_role() <> 'Viewer') THEN c.email END AS email,
       s.completed_tickets AS total_tickets, s.completed_hours AS total_hours,
       s.completed_hours * (SELECT app.setting('hourly_rate')::numeric) AS estimated_revenue,
       s.first_completed_ticket_date AS first_ticket_date, s.last_completed_ticket_date AS last_ticket_date
  FROM customer_ticket_stats s JOIN customers c ON c.id = s.customer_id
 WHERE c.active AND s.completed_tickets > 0 AND (SELECT app.user_role() IN ('Manager', 'Viewer'))
 ORDER BY s.completed_hours DESC, s.customer_id;
GRANT SELECT ON customer_lifetime_value TO authenticated_users;

-- views/customer_summary.sql
-- A definer view, since the numbers are of all tickets whoever looks; as old as the last refresh of the statistics,
-- an hour at most while a worker runs (app.keep_house).
-- A Viewer gets no contact data. No function of total_tickets here: its index stays usable.
CREATE VIEW customer_summary WITH (security_barrier = true) AS
SELECT c.id, c.first_name, c.last_name,
       CASE WHEN (SELECT app.user_role() <> 'Viewer') THEN c.email END AS email,
       CASE WHEN (SELECT app.user_role() <> 'Viewer') THEN c.phone END AS phone,
       c.active, c.created_at,
       s.total_tickets, s.open_tickets, s.completed_tickets, s.last_ticket_date, s.total_hours_billed
  FROM customer_ticket_stats s JOIN customers c ON c.id = s.customer_id
 WHERE c.active AND (SELECT app.user_role() IS NOT NULL);
GRANT SELECT ON customer_summary TO authenticated_users;

-- views/customer_summary_live.sql
-- customer_summary with the numbers of this moment: for one customer, not for a list.
CREATE VIEW customer_summary_live WITH (security_barrier = true) AS
SELECT c.id, c.first_name, c.last_name,
       CASE WHEN (SELECT app.user_role() <> 'Viewer') THEN c.email END AS email,
       CASE WHEN (SELECT app.user_role() <> 'Viewer') THEN c.phone END AS phone,
       c.active, c.created_at,
       count(t.id) AS total_tickets,
       count(t.id) FILTER (WHERE NOT t.completed) AS open_tickets,
       count(t.id) FILTER (WHERE t.completed) AS completed_tickets,
       max(t.created_at) AS last_ticket_date,
       COALESCE(sum(t.actual_hours), 0) AS total_hours_billed
  FROM customers c LEFT JOIN tickets t ON t.customer_id = c.id
 WHERE c.active AND (SELECT app.user_role() IS NOT NULL)
 GROUP BY c.id;
GRANT SELECT ON customer_summary_live TO authenticated_users;

-- views/index_usage.sql
CREATE VIEW index_usage WITH (security_invoker = true) AS
SELECT s.schemaname, s.relname AS tablename, s.indexrelname AS indexname, s.idx_tup_read, s.idx_tup_fetch, s.idx_scan
  FROM pg_stat_user_indexes s WHERE s.schemaname = 'public';
GRANT SELECT ON index_usage TO authenticated_users;

-- views/maintenance_statements.sql
-- What python -m db maintain runs, one by one, outside a transaction. The tables that change most; the indexes that the
-- schema document names. From 100 on: what a broken REINDEX CONCURRENTLY left behind.
CREATE VIEW maintenance_statements WITH (security_invoker = true) AS
SELECT * FROM (VALUES
    (1, 'VACUUM (ANALYZE) public.customers'),
    (2, 'VACUUM (ANALYZE) public.tickets'),
    (3, 'VACUUM (ANALYZE) public.ticket_attachments'),
    (4, 'VACUUM (ANALYZE) public.customer_ticket_stats'),
    (5, 'VACUUM (ANALYZE) public.notifications'),
    (6, 'VACUUM (ANALYZE) app.request_keys'),
    (7, 'REINDEX INDEX CONCURRENTLY public.customers_email_idx'),
    (8, 'REINDEX INDEX CONCURRENTLY public.tickets_customer_id_idx')) v(ord, statement)
UNION ALL
SELECT 100, format('DROP INDEX CONCURRENTLY IF EXISTS %I.%I', c.relnamespace::regnamespace, c.relname)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
 WHERE NOT i.indisvalid AND c.relname ~ '_cc(new|old)\d*$' AND c.relnamespace = 'public'::regnamespace;
GRANT SELECT ON maintenance_statements TO authenticated_users;

-- views/monthly_performance.sql
-- Month edges are on the shop's wall clock: subtracting months from a timestamptz is an hour off across DST. One index
-- range a month, no date_trunc() a row.
CREATE VIEW monthly_performance WITH (security_invoker = true) AS
SELECT m.first_day AT TIME ZONE m.zone AS month,
       x.total_tickets, x.completed_tickets, x.avg_hours, x.unique_customers, x.active_technicians
  FROM (SELECT z.zone, date_trunc('month', now() AT TIME ZONE z.zone) - make_interval(months => g) AS first_day
          FROM (SELECT app.shop_time_zone() AS zone OFFSET 0) z, generate_series(0, 11) g OFFSET 0) m
 CROSS JOIN LATERAL
       (SELECT count(*) AS total_tickets,
               count(*) FILTER (WHERE t.completed) AS completed_tickets,
               avg(t.actual_hours) FILTER (WHERE t.completed) AS avg_hours,
               count(DISTINCT t.customer_id) AS unique_customers,
               count(DISTINCT t.tech) FILTER (WHERE t.tech <> 'unassigned') AS active_technicians
          FROM tickets t
         WHERE t.created_at >= m.first_day AT TIME ZONE m.zone
           AND t.created_at < (m.first_day + interval '1 month') AT TIME ZONE m.zone) x
 WHERE x.total_tickets > 0
 ORDER BY m.first_day DESC;
GRANT SELECT ON monthly_performance TO authenticated_users;

-- views/server_settings_check.sql
CREATE VIEW server_settings_check WITH (security_invoker = true) AS SELECT * FROM app.server_settings();
GRANT SELECT ON server_settings_check TO authenticated_users;

-- views/slow_queries.sql
CREATE VIEW slow_queries WITH (security_invoker = true) AS SELECT * FROM app.slow_queries(100);
GRANT SELECT ON slow_queries TO authenticated_users;

-- views/storage_analytics.sql
CREATE VIEW storage_analytics WITH (security_invoker = true) AS
SELECT c.relname AS tablename, pg_size_pretty(pg_table_size(c.oid)) AS table_size, pg_size_pretty(pg_indexes_size(c.oid)) AS index_size,
       pg_total_relation_size(c.oid) AS total_bytes, s.n_live_tup, s.n_dead_tup, s.last_autovacuum, s.last_autoanalyze
  FROM pg_class c JOIN pg_stat_user_tables s ON s.relid = c.oid WHERE c.relnamespace = 'public'::regnamespace;
GRANT SELECT ON storage_analytics TO authenticated_users;

-- views/technician_performance.sql
-- now() - interval, not CURRENT_DATE: a timestamptz compared with a timestamp is not leakproof and loses its index.
CREATE VIEW technician_performance WITH (security_invoker = true) AS
SELECT t.tech,
       count(*) AS total_tickets,
       count(*) FILTER (WHERE t.completed) AS completed_tickets,
       count(*) FILTER (WHERE NOT t.completed) AS open_tickets,
       round(count(*) FILTER (WHERE t.completed) * 100.0 / count(*), 2) AS completion_rate,
       avg(t.actual_hours) FILTER (WHERE t.completed) AS avg_hours_per_ticket,
       avg(extract(epoch FROM t.completed_at - t.created_at) / 3600) FILTER (WHERE t.completed) AS avg_completion_time_hours
  FROM tickets t
 WHERE t.tech <> 'unassigned' AND t.created_at >= now() - interval '30 days'
 GROUP BY t.tech;
GRANT SELECT ON technician_performance TO authenticated_users;

-- views/unused_indexes.sql
-- Never a unique or primary key's index: those are constraints. A partitioned index counts as one, with all its months.
-- An index that is dropped while the view is read has no size any more: NULL, which counts as 0.
CREATE VIEW unused_indexes WITH (security_invoker = true) AS
SELECT n.nspname AS schemaname, t.relname AS tablename, c.relname AS indexname, s.idx_scan, pg_size_pretty(s.bytes) AS size
  FROM (SELECT COALESCE(pg_partition_root(u.indexrelid)::oid, u.indexrelid) AS indexrelid,
               sum(u.idx_scan)::bigint AS idx_scan, COALESCE(sum(pg_relation_size(u.indexrelid)), 0)::bigint AS bytes
          FROM pg_stat_user_indexes u WHERE u.schemaname = 'public' GROUP BY 1) s
  JOIN pg_index i ON i.indexrelid = s.indexrelid
  JOIN pg_class c ON c.oid = i.indexrelid
  JOIN pg_class t ON t.oid = i.indrelid
  JOIN pg_namespace n ON n.oid = t.relnamespace
 WHERE s.idx_scan = 0 AND NOT i.indisunique;
GRANT SELECT ON unused_indexes TO authenticated_users;

-- policies/activity_log.sql
-- Managers alone: lines hold the address from which somebody worked. A ticket's history is for whoever sees the ticket, by
-- app.ticket_trail(). No write policy: triggers and log_activity() alone.
CREATE POLICY activity_log_policy ON activity_log FOR SELECT TO authenticated_users
    USING ((SELECT app.user_role() = 'Manager'));
CREATE POLICY activity_log_web_policy ON activity_log FOR SELECT TO repair_web USING (true);
GRANT SELECT ON activity_log TO authenticated_users;

-- policies/approvals.sql
-- Whoever sees the ticket sees what it may cost and what was agreed. Written by app.review_approval and app.decide_approval alone.
CREATE POLICY approvals_policy ON approvals FOR SELECT TO authenticated_users
    USING (EXISTS (SELECT FROM tickets t WHERE t.id = ticket_id));
CREATE POLICY approvals_web_policy ON approvals FOR SELECT TO repair_web USING (true);
GRANT SELECT ON approvals TO authenticated_users, repair_web;

-- policies/checklist_items.sql
-- Everybody here reads them. Managers change them, by app.put_checklist alone.
CREATE POLICY checklist_items_policy ON checklist_items FOR SELECT TO authenticated_users
    USING ((SELECT app.user_role() IS NOT NULL));
CREATE POLICY checklist_items_web_policy ON checklist_items FOR ALL TO repair_web USING (true);
GRANT SELECT ON checklist_items TO authenticated_users;
GRANT SELECT, INSERT, UPDATE, DELETE ON checklist_items TO repair_web;

-- policies/customer_contacts.sql
-- As the customer's contact data: whoever sees the customer's row, so no Viewer. About a ticket of theirs that one sees.
CREATE POLICY customer_contacts_policy ON customer_contacts FOR SELECT TO authenticated_users
    USING (EXISTS (SELECT FROM customers c WHERE c.id = customer_id));
CREATE POLICY customer_contacts_insert_policy ON customer_contacts FOR INSERT TO authenticated_users
    WITH CHECK (author = (SELECT app.user_id()) AND EXISTS (SELECT FROM customers c WHERE c.id = customer_id)
                AND (ticket_id IS NULL OR EXISTS (SELECT FROM tickets t WHERE t.id = ticket_id
                                                     AND t.customer_id = customer_contacts.customer_id)));
CREATE POLICY customer_contacts_web_policy ON customer_contacts FOR ALL TO repair_web USING (true);
GRANT SELECT, INSERT (customer_id, ticket_id, way, body, happened_at) ON customer_contacts TO authenticated_users;
GRANT SELECT, INSERT, UPDATE, DELETE ON customer_contacts TO repair_web;

-- policies/customers.sql
-- Every (SELECT ..) is an InitPlan: once a query, not once a row. Keep the comparison inside it: a boolean InitPlan is
-- estimated at 50 %, while (SELECT role) = 'Manager' is estimated at 0.5 % and wrecks Managers' plans.
-- No DELETE for anybody but the web application; active only through (de|re)activate_customer. Viewers: customer_names.
CREATE POLICY customers_policy ON customers FOR SELECT TO authenticated_users
    USING ((active AND (SELECT app.user_role() IN ('Technician', 'Regular User'))) OR (SELECT app.user_role() = 'Manager'));
CREATE POLICY customers_insert_policy ON customers FOR INSERT TO authenticated_users
    WITH CHECK (active AND (SELECT app.user_role() IN ('Manager', 'Technician', 'Regular User')));
CREATE POLICY customers_update_policy ON customers FOR UPDATE TO authenticated_users
    USING ((active AND (SELECT app.user_role() = 'Technician')) OR (SELECT app.user_role() = 'Manager'));
CREATE POLICY customers_web_policy ON customers FOR ALL TO repair_web USING (true);
GRANT SELECT,
      INSERT (first_name, last_name, email, phone, address1, address2, city, state, zip, country, notes, approval_limit),
      UPDATE (first_name, last_name, email, phone, address1, address2, city, state, zip, country, notes, approval_limit)
      ON customers TO authenticated_users;
GRANT SELECT, INSERT, UPDATE, DELETE ON customers TO repair_web;

-- policies/labour_entries.sql
-- Whoever sees the ticket sees the time on it. Timers are started and stopped by app.start_timer and app.stop_timer alone.
CREATE POLICY labour_entries_policy ON labour_entries FOR SELECT TO authenticated_users
    USING (EXISTS (SELECT FROM tickets t WHERE t.id = ticket_id));
CREATE POLICY labour_entries_web_policy ON labour_entries FOR ALL TO repair_web USING (true);
GRANT SELECT ON labour_entries TO authenticated_users;
GRANT SELECT, INSERT, UPDATE, DELETE ON labour_entries TO repair_web;

-- policies/preferences.sql
-- One's own, Viewers too. user_permissions' policy shows one's own row.
CREATE POLICY preferences_policy ON preferences FOR ALL TO authenticated_users
    USING (user_id = (SELECT u.id FROM user_permissions u WHERE u.kinde_user_id = (SELECT app.user_id())));
CREATE POLICY preferences_web_policy ON preferences FOR ALL TO repair_web USING (true);
GRANT SELECT, INSERT (user_id, quiet_from, quiet_until, summary_at, time_zone, muted, urgent_passes),
      UPDATE (quiet_from, quiet_until, summary_at, time_zone, muted, urgent_passes) ON preferences TO authenticated_users;
GRANT SELECT, INSERT, UPDATE, DELETE ON preferences TO repair_web;

-- policies/shop_holidays.sql
-- People read and change them by functions alone.
CREATE POLICY shop_holidays_web_policy ON shop_holidays FOR ALL TO repair_web USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON shop_holidays TO repair_web;

-- policies/shop_hours.sql
-- People read and change them by functions alone.
CREATE POLICY shop_hours_web_policy ON shop_hours FOR ALL TO repair_web USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON shop_hours TO repair_web;

-- policies/shop_settings.sql
-- Managers change settings, but the served workspace is the first start's: another would lock everybody out.
CREATE POLICY shop_settings_policy ON shop_settings FOR SELECT TO authenticated_users
    USING ((SELECT app.user_role() = 'Manager'));
CREATE POLICY shop_settings_insert_policy ON shop_settings FOR INSERT TO authenticated_users
    WITH CHECK ((SELECT app.user_role() = 'Manager') AND key <> 'slack_team_id');
CREATE POLICY shop_settings_update_policy ON shop_settings FOR UPDATE TO authenticated_users
    USING ((SELECT app.user_role() = 'Manager') AND key <> 'slack_team_id');
CREATE POLICY shop_settings_web_policy ON shop_settings FOR ALL TO repair_web USING (true);
GRANT SELECT, INSERT (key, value), UPDATE (value) ON shop_settings TO authenticated_users;
GRANT SELECT, INSERT, UPDATE, DELETE ON shop_settings TO repair_web;

-- policies/ticket_attachments.sql
-- The tickets' own policies apply inside the EXISTS. Not for Viewers: what was photographed may show a customer's contact data.
CREATE POLICY ticket_attachments_policy ON ticket_attachments FOR SELECT TO authenticated_users
    USING ((SELECT app.user_role() <> 'Viewer') AND EXISTS (SELECT FROM tickets t WHERE t.id = ticket_id));
CREATE POLICY ticket_attachments_insert_policy ON ticket_attachments FOR INSERT TO authenticated_users
    WITH CHECK (uploaded_by = (SELECT app.user_id()) AND (SELECT app.user_role() <> 'Viewer')
                AND EXISTS (SELECT FROM tickets t WHERE t.id = ticket_id));
CREATE POLICY ticket_attachments_web_policy ON ticket_attachments FOR ALL TO repair_web USING (true);
GRANT SELECT, INSERT (ticket_id, file_name, file_path, file_type, file_size) ON ticket_attachments TO authenticated_users;
GRANT SELECT, INSERT, UPDATE, DELETE ON ticket_attachments TO repair_web;

-- policies/ticket_checks.sql
-- Whoever sees the completion sees what was checked. Written by app.keep_completion alone.
CREATE POLICY ticket_checks_policy ON ticket_checks FOR SELECT TO authenticated_users
    USING (EXISTS (SELECT FROM ticket_completions c WHERE c.id = completion_id));
CREATE POLICY ticket_checks_web_policy ON ticket_checks FOR ALL TO repair_web USING (true);
GRANT SELECT ON ticket_checks TO authenticated_users;
GRANT SELECT, INSERT, UPDATE, DELETE ON ticket_checks TO repair_web;

-- policies/ticket_completions.sql
-- Whoever sees the ticket sees how it was completed. Written by app.keep_completion and app.withdraw_completion alone.
CREATE POLICY ticket_completions_policy ON ticket_completions FOR SELECT TO authenticated_users
    USING (EXISTS (SELECT FROM tickets t WHERE t.id = ticket_id));
CREATE POLICY ticket_completions_web_policy ON ticket_completions FOR ALL TO repair_web USING (true);
GRANT SELECT ON ticket_completions TO authenticated_users;
GRANT SELECT, INSERT, UPDATE, DELETE ON ticket_completions TO repair_web;

-- policies/ticket_events.sql
CREATE POLICY ticket_events_policy ON ticket_events FOR SELECT TO authenticated_users
    USING ((SELECT app.user_role() = 'Manager') OR EXISTS (SELECT FROM tickets t WHERE t.id = ticket_id));
CREATE POLICY ticket_events_web_policy ON ticket_events FOR SELECT TO repair_web USING (true);
GRANT SELECT ON ticket_events TO authenticated_users;

-- policies/ticket_notes.sql
-- Whoever sees the ticket, not Viewers, may write on it; what was done, only its technician or a Manager.
CREATE POLICY ticket_notes_policy ON ticket_notes FOR SELECT TO authenticated_users
    USING (EXISTS (SELECT FROM tickets t WHERE t.id = ticket_id));
CREATE POLICY ticket_notes_insert_policy ON ticket_notes FOR INSERT TO authenticated_users
    WITH CHECK (author = (SELECT app.user_id()) AND (SELECT app.user_role() <> 'Viewer')
                AND EXISTS (SELECT FROM tickets t WHERE t.id = ticket_id
                               AND (kind = 'note' OR (SELECT app.user_role() = 'Manager') OR t.tech = (SELECT app.tech_email()))));
CREATE POLICY ticket_notes_web_policy ON ticket_notes FOR ALL TO repair_web USING (true);
GRANT SELECT, INSERT (ticket_id, kind, body) ON ticket_notes TO authenticated_users;
GRANT SELECT, INSERT, UPDATE, DELETE ON ticket_notes TO repair_web;

-- policies/ticket_secrets.sql
-- Put in by whoever files or sees the ticket; read by nobody, see app.reveal_passcode().
CREATE POLICY ticket_secrets_insert_policy ON ticket_secrets FOR INSERT TO authenticated_users
    WITH CHECK ((SELECT app.user_role() <> 'Viewer') AND EXISTS (SELECT FROM tickets t WHERE t.id = ticket_id));
CREATE POLICY ticket_secrets_web_policy ON ticket_secrets FOR ALL TO repair_web USING (true);
GRANT INSERT ON ticket_secrets TO authenticated_users;
GRANT INSERT, UPDATE, DELETE ON ticket_secrets TO repair_web;

-- policies/ticket_watchers.sql
-- One's own, Viewers too: a person's own setting. Only what one sees can be watched.
CREATE POLICY ticket_watchers_policy ON ticket_watchers FOR ALL TO authenticated_users
    USING (user_id = (SELECT u.id FROM user_permissions u WHERE u.kinde_user_id = (SELECT app.user_id())))
    WITH CHECK (user_id = (SELECT u.id FROM user_permissions u WHERE u.kinde_user_id = (SELECT app.user_id()))
                AND (NOT watches OR EXISTS (SELECT FROM tickets t WHERE t.id = ticket_id)));
CREATE POLICY ticket_watchers_web_policy ON ticket_watchers FOR ALL TO repair_web USING (true);
GRANT SELECT, INSERT (ticket_id, user_id, watches), UPDATE (watches) ON ticket_watchers TO authenticated_users;
GRANT SELECT, INSERT, UPDATE, DELETE ON ticket_watchers TO repair_web;

-- policies/tickets.sql
-- Who sees a ticket: the same as app.sees_ticket(). Which change each role may make of one that it may change:
-- app.guard_ticket_change().
CREATE POLICY tickets_manager_policy ON tickets FOR ALL TO authenticated_users
    USING ((SELECT app.user_role() = 'Manager'));
CREATE POLICY tickets_policy ON tickets FOR SELECT TO authenticated_users
    USING ((SELECT app.user_role() = 'Viewer')
           OR tech = (SELECT app.tech_email())                                      -- NULL unless a technician
           OR (created_by = (SELECT app.user_id()) AND (SELECT app.user_role() IS NOT NULL))
           OR (tech = 'unassigned' AND NOT completed AND (SELECT app.user_role() = 'Technician')));
CREATE POLICY tickets_insert_policy ON tickets FOR INSERT TO authenticated_users
    WITH CHECK (created_by = (SELECT app.user_id()) AND (SELECT app.user_role() IN ('Technician', 'Regular User'))
                AND NOT completed AND actual_hours IS NULL AND bench_status = 'received');
CREATE POLICY tickets_update_policy ON tickets FOR UPDATE TO authenticated_users
    USING (tech = (SELECT app.tech_email())
           OR (tech = 'unassigned' AND NOT completed AND (SELECT app.user_role() = 'Technician'))
           OR (created_by = (SELECT app.user_id()) AND (SELECT app.user_role() = 'Regular User')))
    WITH CHECK ((SELECT app.user_role() IN ('Technician', 'Regular User')));
CREATE POLICY tickets_web_policy ON tickets FOR ALL TO repair_web USING (true);
GRANT SELECT,
      INSERT (customer_id, title, description, completed, tech, priority, category, estimated_hours, actual_hours, bench_status,
              device_type, device_model, device_serial, device_condition, device_accessories, due_at),
      UPDATE (customer_id, title, description, completed, tech, priority, category, estimated_hours, actual_hours, bench_status,
              device_type, device_model, device_serial, device_condition, device_accessories, due_at)
      ON tickets TO authenticated_users;
GRANT SELECT, INSERT, UPDATE, DELETE ON tickets TO repair_web;

-- policies/user_permissions.sql
CREATE POLICY user_permissions_policy ON user_permissions FOR SELECT TO authenticated_users
    USING (kinde_user_id = (SELECT app.user_id()) AND (SELECT app.user_role() IS NOT NULL));
CREATE POLICY user_permissions_manager_policy ON user_permissions FOR ALL TO authenticated_users
    USING ((SELECT app.user_role() = 'Manager'));
CREATE POLICY user_permissions_web_policy ON user_permissions FOR ALL TO repair_web USING (true);
GRANT SELECT,
      INSERT (kinde_user_id, slack_user_id, display_name, email, role, permissions, is_active),
      UPDATE (slack_user_id, display_name, role, permissions, is_active)       -- e-mail: change_user_email()
      ON user_permissions TO authenticated_users;
GRANT SELECT, INSERT, UPDATE, DELETE ON user_permissions TO repair_web;

-- data/activity_log.sql
SELECT create_activity_log_partition(DATE '2024-01-01');               -- the seed's activity_log_y2024m01
SELECT ensure_activity_log_partitions(3);

-- data/maintenance_runs.sql
-- A new database needs no maintenance before the next Sunday.
INSERT INTO app.maintenance_runs (due_on, result)
SELECT d.today - extract(dow FROM d.today)::integer, 'The schema was made.' FROM (SELECT (now() AT TIME ZONE 'UTC')::date) d (today);

-- data/shop_hours.sql
INSERT INTO shop_hours SELECT d, '09:00', '18:00' FROM generate_series(1, 5) d;
INSERT INTO shop_hours VALUES (6, '10:00', '16:00');
-- in hours in which the shop is open, or 'off'
INSERT INTO shop_settings (key, value) VALUES
    ('due_hours_urgent', '4'), ('due_hours_high', '8'), ('due_hours_medium', '27'), ('due_hours_low', '45'),   -- when a ticket is due
    ('remind_due_soon', '4'),            -- before it is due
    ('remind_untouched', '1'),           -- urgent, and in the queue for so long
    ('remind_approval', '9'),            -- waiting for approval, without news
    ('remind_silent', '27'),             -- with a technician, without news
    ('remind_managers_after', '4'),      -- after the technician
    ('remind_most', '2');                -- times a day, a person and ticket

-- data/shop_settings.sql
INSERT INTO shop_settings (key, value) VALUES ('hourly_rate', '75'), ('approval_limit', '150'), ('activity_log_keep', '90 days'),
    ('labour_rounding_minutes', '6'), ('labour_ask_hours', '4');

RESET ROLE;

-- schedule/pg_cron.sql
-- Where pg_cron is there: it keeps the same ledger as the bot's worker, so neither does what the other has done, and the
-- shop's clock counts instead of pg_cron's. VACUUM by UTC, on Sundays.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') THEN
        PERFORM cron.schedule('database-maintenance', '*/5 * * * *', 'SELECT app.run_due_maintenance()');
        PERFORM cron.schedule('database-vacuum-customers', '20 2 * * 0', 'VACUUM (ANALYZE) customers');
        PERFORM cron.schedule('database-vacuum-tickets', '25 2 * * 0', 'VACUUM (ANALYZE) tickets');
        PERFORM cron.schedule('customer-stats', '*/5 * * * *', 'SELECT refresh_customer_stats()');
    END IF;
END $$;

RESET search_path;
