-- A definer view like customer_summary, for Managers and Viewers; the order is estimated_revenue's, and indexed.
CREATE VIEW customer_lifetime_value WITH (security_barrier = true) AS
SELECT c.id, c.first_name || ' ' || c.last_name AS customer_name,
       CASE WHEN (SELECT app.user_role() <> 'Viewer') THEN c.email END AS email,
       s.completed_tickets AS total_tickets, s.completed_hours AS total_hours,
       s.completed_hours * (SELECT app.setting('hourly_rate')::numeric) AS estimated_revenue,
       s.first_completed_ticket_date AS first_ticket_date, s.last_completed_ticket_date AS last_ticket_date
  FROM customer_ticket_stats s JOIN customers c ON c.id = s.customer_id
 WHERE c.active AND s.completed_tickets > 0 AND (SELECT app.user_role() IN ('Manager', 'Viewer'))
 ORDER BY s.completed_hours DESC, s.customer_id;
GRANT SELECT ON customer_lifetime_value TO authenticated_users;
