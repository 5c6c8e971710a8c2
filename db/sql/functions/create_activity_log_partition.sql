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
