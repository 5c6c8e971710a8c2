-- A customer with their tickets, open ones first, then the newest, and the last contacts, as db.models.CustomerSeen without
-- the actor; NULL if the asker doesn't see them.
CREATE FUNCTION app.customer_document(p_customer integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (
        SELECT jsonb_build_object(
                   'customer', jsonb_build_object(
                       'id', c.id, 'first_name', c.first_name, 'last_name', c.last_name, 'email', c.email, 'phone', c.phone,
                       'address1', c.address1, 'address2', c.address2, 'city', c.city, 'state', c.state, 'zip', c.zip,
                       'country', c.country, 'notes', c.notes, 'active', c.active, 'erased_at', c.erased_at,
                       'approval_limit', c.approval_limit, 'spending_limit', app.spending_limit(c.approval_limit),
                       'updated_at', c.updated_at,
                       'total_tickets', COALESCE(n.total_tickets, 0), 'open_tickets', COALESCE(n.open_tickets, 0),
                       'total_hours', COALESCE(n.total_hours, 0), 'value', n.value),
                   'contacts', app.contact_documents(c.id),
                   'merges', app.merge_documents(c.id),
                   'tickets', app.lines_in_order(ARRAY(
                       SELECT t.id FROM tickets t WHERE t.customer_id = c.id
                        ORDER BY t.completed, t.created_at DESC, t.id DESC LIMIT 10)))
          FROM customers c LEFT JOIN app.customer_ticket_counts(ARRAY[p_customer]) n ON n.customer_id = c.id
         WHERE c.id = p_customer);
END $$;
GRANT EXECUTE ON FUNCTION app.customer_document(integer) TO repair_bot;
