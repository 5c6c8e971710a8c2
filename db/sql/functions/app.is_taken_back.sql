-- Whether a ticket is being opened again because its completion is taken back: asked by triggers in that transaction.
CREATE FUNCTION app.is_taken_back(p_ticket integer) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM ticket_completions c WHERE c.ticket_id = p_ticket AND c.undone_at = now())
$$;
