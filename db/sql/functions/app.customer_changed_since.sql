-- Who changed any of these columns of a customer after its updated_at was p_seen, and which: {who, fields}; NULL: nobody.
-- A definer function: the audit trail is the Managers'. It tells neither old nor new values, and of a customer that the asker edits.
CREATE FUNCTION app.customer_changed_since(p_customer integer, p_seen timestamptz, p_columns text[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_updated_at timestamptz := (SELECT c.updated_at FROM customers c WHERE c.id = p_customer);
BEGIN
    PERFORM app.require_role('Manager', 'Technician');
    IF p_seen IS NULL OR v_updated_at = p_seen THEN RETURN NULL; END IF;
    RETURN (
        SELECT jsonb_build_object(
                   'who', COALESCE(app.person_name(a.user_id), 'The system'),
                   'fields', (SELECT jsonb_agg(c ORDER BY c) FROM unnest(p_columns) c WHERE a.metadata -> 'new' ? c))
          FROM activity_log a
         WHERE a.resource_type = 'customer' AND a.resource_id = p_customer AND a.action = 'UPDATE'
           AND a.created_at >= LEAST(p_seen, v_updated_at) AND (a.created_at > p_seen OR a.created_at = v_updated_at)
           AND a.metadata ->> 'table' = 'customers' AND a.metadata -> 'new' ?| p_columns
         ORDER BY a.id DESC LIMIT 1);
END $$;
GRANT EXECUTE ON FUNCTION app.customer_changed_since(integer, timestamptz, text[]) TO repair_bot;
