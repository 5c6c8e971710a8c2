-- How many files are on their way to a ticket that the asker sees.
CREATE FUNCTION app.coming_files(p_ticket integer) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*)::integer FROM app.file_errands e JOIN tickets t ON t.id = e.ticket_id
     WHERE e.ticket_id = p_ticket AND e.errand = 'fetch' AND e.state = 'waiting'
       AND app.user_role() <> 'Viewer' AND app.sees_ticket(t.tech, t.created_by, t.completed)
$$;
GRANT EXECUTE ON FUNCTION app.coming_files(integer) TO repair_bot;
