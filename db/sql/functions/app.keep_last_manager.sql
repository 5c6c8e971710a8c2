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
