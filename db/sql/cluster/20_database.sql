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
