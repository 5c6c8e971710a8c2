-- As the customer's contact data: whoever sees the customer's row, so no Viewer. About a ticket of theirs that one sees.
CREATE POLICY customer_contacts_policy ON customer_contacts FOR SELECT TO authenticated_users
    USING (EXISTS (SELECT FROM customers c WHERE c.id = customer_id));
CREATE POLICY customer_contacts_insert_policy ON customer_contacts FOR INSERT TO authenticated_users
    WITH CHECK (author = (SELECT app.user_id()) AND EXISTS (SELECT FROM customers c WHERE c.id = customer_id)
                AND (ticket_id IS NULL OR EXISTS (SELECT FROM tickets t WHERE t.id = ticket_id
                                                     AND t.customer_id = customer_contacts.customer_id)));
CREATE POLICY customer_contacts_web_policy ON customer_contacts FOR ALL TO repair_web USING (true);
GRANT SELECT, INSERT (customer_id, ticket_id, way, body, happened_at) ON customer_contacts TO authenticated_users;
GRANT SELECT, INSERT, UPDATE, DELETE ON customer_contacts TO repair_web;
