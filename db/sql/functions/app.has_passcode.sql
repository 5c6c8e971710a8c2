-- Whether a ticket that the asker sees has a passcode. Not for Viewers.
CREATE FUNCTION app.has_passcode(p_ticket integer) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT app.user_role() <> 'Viewer'
           AND EXISTS (SELECT FROM ticket_secrets s JOIN tickets t ON t.id = s.ticket_id
                        WHERE s.ticket_id = p_ticket AND app.sees_ticket(t.tech, t.created_by, t.completed))
$$;
GRANT EXECUTE ON FUNCTION app.has_passcode(integer) TO repair_bot;
