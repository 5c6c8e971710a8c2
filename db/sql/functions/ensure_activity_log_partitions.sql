CREATE FUNCTION ensure_activity_log_partitions(p_months_ahead integer DEFAULT 3) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE n integer := 0; i integer;
BEGIN
    FOR i IN 0 .. p_months_ahead LOOP
        IF create_activity_log_partition(((now() AT TIME ZONE 'UTC') + make_interval(months => i))::date) IS NOT NULL THEN
            n := n + 1;
        END IF;
    END LOOP;
    RETURN n;
END $$;
