-- Whether the asker can take the completion of a ticket back now: a Manager or who made it, for ten minutes, as long as the
-- ticket is as it was left then. Notes and files don't count.
CREATE FUNCTION app.may_undo(p_ticket integer) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT COALESCE((
        SELECT c.version = t.version AND c.completed_at > now() - interval '10 minutes'
               AND (app.user_role() = 'Manager' OR (app.user_role() = 'Technician' AND t.tech = app.user_email() AND u.kinde_user_id = app.user_id()))
          FROM app.last_completion(p_ticket) c
          JOIN tickets t ON t.id = c.ticket_id
          LEFT JOIN user_permissions u ON u.id = c.user_id), false)
$$;
GRANT EXECUTE ON FUNCTION app.may_undo(integer) TO repair_bot;
