CREATE POLICY user_permissions_policy ON user_permissions FOR SELECT TO authenticated_users
    USING (kinde_user_id = (SELECT app.user_id()) AND (SELECT app.user_role() IS NOT NULL));
CREATE POLICY user_permissions_manager_policy ON user_permissions FOR ALL TO authenticated_users
    USING ((SELECT app.user_role() = 'Manager'));
CREATE POLICY user_permissions_web_policy ON user_permissions FOR ALL TO repair_web USING (true);
GRANT SELECT,
      INSERT (kinde_user_id, slack_user_id, display_name, email, role, permissions, is_active),
      UPDATE (slack_user_id, display_name, role, permissions, is_active)       -- e-mail: change_user_email()
      ON user_permissions TO authenticated_users;
GRANT SELECT, INSERT, UPDATE, DELETE ON user_permissions TO repair_web;
