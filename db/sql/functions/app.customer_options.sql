-- Customers in the order given, as an array of db.models.CustomerOption; only those that the asker sees.
CREATE FUNCTION app.customer_options(p_ids integer[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN COALESCE((
        SELECT jsonb_agg(jsonb_build_object('id', c.id, 'name', c.first_name || ' ' || c.last_name, 'phone', c.phone, 'email', c.email,
                                            'active', c.active, 'total_tickets', COALESCE(n.total_tickets, 0),
                                            'open_tickets', COALESCE(n.open_tickets, 0))
                         ORDER BY array_position(p_ids, c.id))
          FROM customers c LEFT JOIN app.customer_ticket_counts(p_ids) n ON n.customer_id = c.id
         WHERE c.id = ANY (p_ids)), '[]');
END $$;
GRANT EXECUTE ON FUNCTION app.customer_options(integer[]) TO repair_bot;
