-- customer_summary with the numbers of this moment: for one customer, not for a list.
CREATE VIEW customer_summary_live WITH (security_barrier = true) AS
SELECT c.id, c.first_name, c.last_name,
       CASE WHEN (SELECT app.user_role() <> 'Viewer') THEN c.email END AS email,
       CASE WHEN (SELECT app.user_role() <> 'Viewer') THEN c.phone END AS phone,
       c.active, c.created_at,
       count(t.id) AS total_tickets,
       count(t.id) FILTER (WHERE NOT t.completed) AS open_tickets,
       count(t.id) FILTER (WHERE t.completed) AS completed_tickets,
       max(t.created_at) AS last_ticket_date,
       COALESCE(sum(t.actual_hours), 0) AS total_hours_billed
  FROM customers c LEFT JOIN tickets t ON t.customer_id = c.id
 WHERE c.active AND (SELECT app.user_role() IS NOT NULL)
 GROUP BY c.id;
GRANT SELECT ON customer_summary_live TO authenticated_users;
