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
