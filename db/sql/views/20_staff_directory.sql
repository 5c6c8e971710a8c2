-- A definer view: what everybody linked may know of colleagues.
CREATE VIEW staff_directory WITH (security_barrier = true) AS
SELECT u.id, u.display_name, u.slack_user_id, u.role, u.is_active
  FROM user_permissions u
 WHERE (SELECT app.user_role() IS NOT NULL);
GRANT SELECT ON staff_directory TO authenticated_users;
