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
