-- Stops the timers that run on a ticket and returns the hours that are to be booked for them, NULL where none ran.
-- p_hours: what was worked as a person says it; NULL: as the timer says. p_but: this person's goes on. A question whether
-- a timer was forgotten then says that it was stopped.
CREATE FUNCTION app.end_labour(p_ticket integer, p_hours numeric DEFAULT NULL, p_but text DEFAULT NULL) RETURNS numeric
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    e labour_entries;
    v_hours numeric;
BEGIN
    FOR e IN
        UPDATE labour_entries x
           SET stopped_at = greatest(now(), x.started_at), ask_at = NULL,
               hours = COALESCE(p_hours, app.booked_hours(greatest(now() - x.started_at, interval '0')))
         WHERE x.ticket_id = p_ticket AND x.stopped_at IS NULL
           AND NOT EXISTS (SELECT FROM user_permissions u WHERE u.id = x.user_id AND u.email = p_but)
        RETURNING x.*
    LOOP
        v_hours := COALESCE(v_hours, 0) + e.hours;
        PERFORM app.revise_notification(n.id, n.facts || jsonb_build_object('hours', e.hours::text))
           FROM notifications n WHERE n.kind = 'timer' AND n.ticket_id = p_ticket AND (n.facts ->> 'entry')::bigint = e.id AND n.ts IS NOT NULL;
    END LOOP;
    RETURN v_hours;
END $$;
