-- The tickets' own policies apply inside the EXISTS. Not for Viewers: what was photographed may show a customer's contact data.
CREATE POLICY ticket_attachments_policy ON ticket_attachments FOR SELECT TO authenticated_users
    USING ((SELECT app.user_role() <> 'Viewer') AND EXISTS (SELECT FROM tickets t WHERE t.id = ticket_id));
CREATE POLICY ticket_attachments_insert_policy ON ticket_attachments FOR INSERT TO authenticated_users
    WITH CHECK (uploaded_by = (SELECT app.user_id()) AND (SELECT app.user_role() <> 'Viewer')
                AND EXISTS (SELECT FROM tickets t WHERE t.id = ticket_id));
CREATE POLICY ticket_attachments_web_policy ON ticket_attachments FOR ALL TO repair_web USING (true);
GRANT SELECT, INSERT (ticket_id, file_name, file_path, file_type, file_size) ON ticket_attachments TO authenticated_users;
GRANT SELECT, INSERT, UPDATE, DELETE ON ticket_attachments TO repair_web;
