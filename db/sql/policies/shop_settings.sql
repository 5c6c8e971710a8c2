-- Managers change settings, but the served workspace is the first start's: another would lock everybody out.
CREATE POLICY shop_settings_policy ON shop_settings FOR SELECT TO authenticated_users
    USING ((SELECT app.user_role() = 'Manager'));
CREATE POLICY shop_settings_insert_policy ON shop_settings FOR INSERT TO authenticated_users
    WITH CHECK ((SELECT app.user_role() = 'Manager') AND key <> 'slack_team_id');
CREATE POLICY shop_settings_update_policy ON shop_settings FOR UPDATE TO authenticated_users
    USING ((SELECT app.user_role() = 'Manager') AND key <> 'slack_team_id');
CREATE POLICY shop_settings_web_policy ON shop_settings FOR ALL TO repair_web USING (true);
GRANT SELECT, INSERT (key, value), UPDATE (value) ON shop_settings TO authenticated_users;
GRANT SELECT, INSERT, UPDATE, DELETE ON shop_settings TO repair_web;
