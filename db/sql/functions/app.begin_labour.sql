-- Starts the asker's timer on a ticket that they work on.
CREATE FUNCTION app.begin_labour(p_ticket integer) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO labour_entries (ticket_id, user_id, started_at, ask_at)
    SELECT t.id, u.id, now(), now() + app.setting('labour_ask_hours')::numeric * interval '1 hour'
      FROM tickets t JOIN user_permissions u ON u.email = t.tech
     WHERE t.id = p_ticket AND NOT t.completed AND u.kinde_user_id = app.user_id();
END $$;
GRANT EXECUTE ON FUNCTION app.begin_labour(integer) TO repair_bot;
