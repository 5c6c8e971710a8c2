-- The newest five contacts with a customer, as an array of db.models.Contact; the number of a ticket that the asker sees.
CREATE FUNCTION app.contact_documents(p_customer integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN COALESCE((
        SELECT jsonb_agg(jsonb_build_object(
                   'who', COALESCE(app.person_name(n.author), 'The system'), 'way', n.way, 'body', n.body, 'happened_at', n.happened_at,
                   'ticket_id', (SELECT t.id FROM tickets t WHERE t.id = n.ticket_id)) ORDER BY n.happened_at DESC, n.id DESC)
          FROM (SELECT * FROM customer_contacts x WHERE x.customer_id = p_customer
                 ORDER BY x.happened_at DESC, x.id DESC LIMIT 5) n), '[]');
END $$;
GRANT EXECUTE ON FUNCTION app.contact_documents(integer) TO repair_bot;
