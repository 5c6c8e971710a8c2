-- The asker's running timer as db.models.Timer: the ticket, since when, and what it would book now; NULL: none runs.
CREATE FUNCTION app.timer_document() RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT jsonb_build_object('ticket', app.ticket_lines(ARRAY[e.ticket_id]) -> 0, 'since', e.started_at,
                              'hours', app.booked_hours(now() - e.started_at))
      FROM labour_entries e
      JOIN user_permissions u ON u.id = e.user_id
     WHERE u.kinde_user_id = app.user_id() AND e.stopped_at IS NULL
$$;
GRANT EXECUTE ON FUNCTION app.timer_document() TO repair_bot;
