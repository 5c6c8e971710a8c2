-- What the audit trail has of a ticket from p_since on, for whoever sees the ticket; of where a change came from only
-- what people may read: by Slack, or from the web application (no address, no browser).
CREATE FUNCTION app.ticket_trail(p_ticket integer, p_since timestamptz DEFAULT '-infinity')
RETURNS TABLE (id bigint, at timestamptz, user_id varchar, source text, action varchar, changed text, old jsonb, new jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT a.id, a.created_at, a.user_id,
           CASE WHEN a.user_agent LIKE 'slack:%' THEN a.user_agent
                WHEN a.user_agent <> 'job' OR a.ip_address IS NOT NULL THEN 'web' END,
           a.action, a.metadata ->> 'table', a.metadata -> 'old', a.metadata -> 'new'
      FROM activity_log a
     WHERE a.resource_type = 'ticket' AND a.resource_id = p_ticket AND a.created_at >= p_since
       AND a.action IN ('INSERT', 'UPDATE', 'DELETE', 'REVEAL_PASSCODE')
       AND (a.user_agent = 'rotate-key' AND a.metadata ->> 'table' = 'ticket_secrets') IS NOT TRUE     -- another key is no other passcode
       AND EXISTS (SELECT FROM tickets t WHERE t.id = p_ticket AND app.sees_ticket(t.tech, t.created_by, t.completed));
END $$;
GRANT EXECUTE ON FUNCTION app.ticket_trail(integer, timestamptz) TO repair_bot;
