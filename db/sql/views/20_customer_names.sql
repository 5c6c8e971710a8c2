-- A definer view: everybody linked may see customers' names, whoever may see the rest. Deactivated ones: Managers.
CREATE VIEW customer_names WITH (security_barrier = true) AS
SELECT c.id, c.first_name || ' ' || c.last_name AS name, c.active
  FROM customers c
 WHERE (c.active AND (SELECT app.user_role() IS NOT NULL)) OR (SELECT app.user_role() = 'Manager');
GRANT SELECT ON customer_names TO authenticated_users;
