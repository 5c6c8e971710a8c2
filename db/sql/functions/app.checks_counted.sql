-- How much of the checklist was ticked at a completion, as a change of a ticket's history; [] where there was none.
CREATE FUNCTION app.checks_counted(p_ticket integer, p_at timestamptz) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN count(*) = 0 THEN '[]'
                ELSE jsonb_build_array(jsonb_build_object('field', 'checks', 'old', NULL,
                                                          'new', format('%s of %s', count(*) FILTER (WHERE k.ticked), count(*)))) END
      FROM ticket_completions c JOIN ticket_checks k ON k.completion_id = c.id
     WHERE c.ticket_id = p_ticket AND c.completed_at = p_at
$$;
GRANT EXECUTE ON FUNCTION app.checks_counted(integer, timestamptz) TO repair_bot;
