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
