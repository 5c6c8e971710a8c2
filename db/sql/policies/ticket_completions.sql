-- Whoever sees the ticket sees how it was completed. Written by app.keep_completion and app.withdraw_completion alone.
CREATE POLICY ticket_completions_policy ON ticket_completions FOR SELECT TO authenticated_users
    USING (EXISTS (SELECT FROM tickets t WHERE t.id = ticket_id));
CREATE POLICY ticket_completions_web_policy ON ticket_completions FOR ALL TO repair_web USING (true);
GRANT SELECT ON ticket_completions TO authenticated_users;
GRANT SELECT, INSERT, UPDATE, DELETE ON ticket_completions TO repair_web;
