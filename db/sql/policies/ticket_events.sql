CREATE POLICY ticket_events_policy ON ticket_events FOR SELECT TO authenticated_users
    USING ((SELECT app.user_role() = 'Manager') OR EXISTS (SELECT FROM tickets t WHERE t.id = ticket_id));
CREATE POLICY ticket_events_web_policy ON ticket_events FOR SELECT TO repair_web USING (true);
GRANT SELECT ON ticket_events TO authenticated_users;
