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
