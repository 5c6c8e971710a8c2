-- One's own, Viewers too. user_permissions' policy shows one's own row.
CREATE POLICY preferences_policy ON preferences FOR ALL TO authenticated_users
    USING (user_id = (SELECT u.id FROM user_permissions u WHERE u.kinde_user_id = (SELECT app.user_id())));
CREATE POLICY preferences_web_policy ON preferences FOR ALL TO repair_web USING (true);
GRANT SELECT, INSERT (user_id, quiet_from, quiet_until, summary_at, time_zone, muted, urgent_passes),
      UPDATE (quiet_from, quiet_until, summary_at, time_zone, muted, urgent_passes) ON preferences TO authenticated_users;
GRANT SELECT, INSERT, UPDATE, DELETE ON preferences TO repair_web;
