-- Put in by whoever files or sees the ticket; read by nobody, see app.reveal_passcode().
CREATE POLICY ticket_secrets_insert_policy ON ticket_secrets FOR INSERT TO authenticated_users
    WITH CHECK ((SELECT app.user_role() <> 'Viewer') AND EXISTS (SELECT FROM tickets t WHERE t.id = ticket_id));
CREATE POLICY ticket_secrets_web_policy ON ticket_secrets FOR ALL TO repair_web USING (true);
GRANT INSERT ON ticket_secrets TO authenticated_users;
GRANT INSERT, UPDATE, DELETE ON ticket_secrets TO repair_web;
