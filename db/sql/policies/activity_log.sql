-- Managers: all. A ticket's history: whoever sees the ticket. One's own doings: not a Viewer's, since somebody who was
-- more before would find customers' contact data there. No write policy: triggers and log_activity() alone.
CREATE POLICY activity_log_policy ON activity_log FOR SELECT TO authenticated_users
    USING ((SELECT app.user_role() = 'Manager')
           OR (user_id = (SELECT app.user_id()) AND (SELECT app.user_role() <> 'Viewer'))
           OR (resource_type = 'ticket' AND EXISTS (SELECT FROM tickets t WHERE t.id = resource_id)));
CREATE POLICY activity_log_web_policy ON activity_log FOR SELECT TO repair_web USING (true);
GRANT SELECT ON activity_log TO authenticated_users;
