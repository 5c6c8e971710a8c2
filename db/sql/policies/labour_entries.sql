-- Whoever sees the ticket sees the time on it. Timers are started and stopped by app.start_timer and app.stop_timer alone.
CREATE POLICY labour_entries_policy ON labour_entries FOR SELECT TO authenticated_users
    USING (EXISTS (SELECT FROM tickets t WHERE t.id = ticket_id));
CREATE POLICY labour_entries_web_policy ON labour_entries FOR ALL TO repair_web USING (true);
GRANT SELECT ON labour_entries TO authenticated_users;
GRANT SELECT, INSERT, UPDATE, DELETE ON labour_entries TO repair_web;
