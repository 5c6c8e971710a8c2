-- One's own, Viewers too: a person's own setting. Only what one sees can be watched.
CREATE POLICY ticket_watchers_policy ON ticket_watchers FOR ALL TO authenticated_users
    USING (user_id = (SELECT u.id FROM user_permissions u WHERE u.kinde_user_id = (SELECT app.user_id())))
    WITH CHECK (user_id = (SELECT u.id FROM user_permissions u WHERE u.kinde_user_id = (SELECT app.user_id()))
                AND (NOT watches OR EXISTS (SELECT FROM tickets t WHERE t.id = ticket_id)));
CREATE POLICY ticket_watchers_web_policy ON ticket_watchers FOR ALL TO repair_web USING (true);
GRANT SELECT, INSERT (ticket_id, user_id, watches), UPDATE (watches) ON ticket_watchers TO authenticated_users;
GRANT SELECT, INSERT, UPDATE, DELETE ON ticket_watchers TO repair_web;
