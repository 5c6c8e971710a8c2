-- [{name, why}] of those whom a note on a ticket that the asker sees mentions and who are not told of it.
CREATE FUNCTION app.missed_mentions(p_ticket integer, p_body text) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    RETURN COALESCE((SELECT jsonb_agg(jsonb_build_object('name', m.name, 'why', m.missed))
                       FROM app.mentioned_people(p_ticket, p_body) m
                      WHERE m.missed IS NOT NULL
                        AND EXISTS (SELECT FROM tickets t
                                     WHERE t.id = p_ticket AND app.sees_ticket(t.tech, t.created_by, t.completed))), '[]');
END $$;
GRANT EXECUTE ON FUNCTION app.missed_mentions(integer, text) TO repair_bot;
