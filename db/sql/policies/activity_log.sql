-- Managers alone: lines hold the address from which somebody worked. A ticket's history is for whoever sees the ticket, by
-- app.ticket_trail(). No write policy: triggers and log_activity() alone.
CREATE POLICY activity_log_policy ON activity_log FOR SELECT TO authenticated_users
    USING ((SELECT app.user_role() = 'Manager'));
CREATE POLICY activity_log_web_policy ON activity_log FOR SELECT TO repair_web USING (true);
GRANT SELECT ON activity_log TO authenticated_users;
