-- Whoever sees the ticket, not Viewers, may write on it; what was done, only its technician or a Manager.
CREATE POLICY ticket_notes_policy ON ticket_notes FOR SELECT TO authenticated_users
    USING (EXISTS (SELECT FROM tickets t WHERE t.id = ticket_id));
CREATE POLICY ticket_notes_insert_policy ON ticket_notes FOR INSERT TO authenticated_users
    WITH CHECK (author = (SELECT app.user_id()) AND (SELECT app.user_role() <> 'Viewer')
                AND EXISTS (SELECT FROM tickets t WHERE t.id = ticket_id
                               AND (kind = 'note' OR (SELECT app.user_role() = 'Manager') OR t.tech = (SELECT app.tech_email()))));
CREATE POLICY ticket_notes_web_policy ON ticket_notes FOR ALL TO repair_web USING (true);
GRANT SELECT, INSERT (ticket_id, kind, body) ON ticket_notes TO authenticated_users;
GRANT SELECT, INSERT, UPDATE, DELETE ON ticket_notes TO repair_web;
