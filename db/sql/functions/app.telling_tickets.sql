-- Which tickets of a customer name them, in what stands in them now or in the lines of their history.
CREATE FUNCTION app.telling_tickets(p_customer integer, p_traces jsonb) RETURNS integer[]
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN ARRAY(
        SELECT t.id FROM tickets t
         WHERE t.customer_id = p_customer
           AND (app.tells_of(concat_ws(E'\n', t.title, t.description, t.category, t.device_type, t.device_model, t.device_condition,
                                       t.device_accessories), p_traces)
                OR EXISTS (SELECT FROM ticket_notes n WHERE n.ticket_id = t.id AND app.tells_of(n.body, p_traces))
                OR EXISTS (SELECT FROM activity_log a
                            WHERE a.resource_type = 'ticket' AND a.resource_id = t.id
                              AND app.tells_of(concat_ws(E'\n', a.metadata ->> 'old', a.metadata ->> 'new'), p_traces)))
         ORDER BY t.id);
END $$;
