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
