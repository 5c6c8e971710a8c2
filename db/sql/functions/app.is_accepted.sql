-- Whether a ticket's technician has said that they have seen it, since it became theirs.
CREATE FUNCTION app.is_accepted(p_ticket integer) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT COALESCE((SELECT e.kind = 'accepted' FROM ticket_events e
                      WHERE e.ticket_id = p_ticket AND e.kind IN ('filed', 'assigned', 'released', 'accepted')
                      ORDER BY e.id DESC LIMIT 1), false)
$$;
