-- Asks later whether the asker's timer on this ticket was forgotten, as if it had not been asked yet; false: none runs.
CREATE FUNCTION app.put_off_timer(p_ticket integer) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE labour_entries e
       SET ask_at = now() + app.setting('labour_ask_hours')::numeric * interval '1 hour', asked = 0
      FROM user_permissions u
     WHERE u.id = e.user_id AND u.kinde_user_id = app.user_id() AND e.ticket_id = p_ticket AND e.stopped_at IS NULL;
    RETURN FOUND;
END $$;
GRANT EXECUTE ON FUNCTION app.put_off_timer(integer) TO repair_bot;
