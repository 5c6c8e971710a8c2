-- Whoever sees the completion sees what was checked. Written by app.keep_completion alone.
CREATE POLICY ticket_checks_policy ON ticket_checks FOR SELECT TO authenticated_users
    USING (EXISTS (SELECT FROM ticket_completions c WHERE c.id = completion_id));
CREATE POLICY ticket_checks_web_policy ON ticket_checks FOR ALL TO repair_web USING (true);
GRANT SELECT ON ticket_checks TO authenticated_users;
GRANT SELECT, INSERT, UPDATE, DELETE ON ticket_checks TO repair_web;
