-- Whoever sees the ticket sees what it may cost and what was agreed. Written by app.review_approval and app.decide_approval alone.
CREATE POLICY approvals_policy ON approvals FOR SELECT TO authenticated_users
    USING (EXISTS (SELECT FROM tickets t WHERE t.id = ticket_id));
CREATE POLICY approvals_web_policy ON approvals FOR SELECT TO repair_web USING (true);
GRANT SELECT ON approvals TO authenticated_users, repair_web;
