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
