-- db.models.Check: of an open ticket what is to be checked, of a completed one what was checked when it was.
CREATE FUNCTION app.check_documents(p_ticket tickets) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    IF p_ticket.completed THEN
        RETURN (SELECT COALESCE(jsonb_agg(jsonb_build_object('id', k.position, 'text', k.text, 'ticked', k.ticked) ORDER BY k.position), '[]')
                  FROM app.last_completion(p_ticket.id) c JOIN ticket_checks k ON k.completion_id = c.id);
    END IF;
    RETURN (SELECT COALESCE(jsonb_agg(jsonb_build_object('id', i.id, 'text', i.text, 'common', i.category IS NULL) ORDER BY i.n), '[]')
              FROM app.checklist_of(p_ticket.category) WITH ORDINALITY i (id, category, position, text, active, n));
END $$;
GRANT EXECUTE ON FUNCTION app.check_documents(tickets) TO repair_bot;
