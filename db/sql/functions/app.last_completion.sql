-- The completion that a ticket owes its being completed to, if it was made in Slack and nothing has changed since.
CREATE FUNCTION app.last_completion(p_ticket integer) RETURNS ticket_completions
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT c.*
      FROM ticket_completions c JOIN tickets t ON t.id = c.ticket_id
     WHERE c.ticket_id = p_ticket AND t.completed AND c.undone_at IS NULL AND c.completed_at >= t.completed_at
     ORDER BY c.id DESC LIMIT 1
$$;
GRANT EXECUTE ON FUNCTION app.last_completion(integer) TO repair_bot;
