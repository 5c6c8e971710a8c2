-- A definer view, since the numbers are of all tickets whoever looks; as old as the last refresh of the statistics,
-- an hour at most while a worker runs (app.keep_house).
-- A Viewer gets no contact data. No function of total_tickets here: its index stays usable.
CREATE VIEW customer_summary WITH (security_barrier = true) AS
SELECT c.id, c.first_name, c.last_name,
       CASE WHEN (SELECT app.user_role() <> 'Viewer') THEN c.email END AS email,
       CASE WHEN (SELECT app.user_role() <> 'Viewer') THEN c.phone END AS phone,
       c.active, c.created_at,
       s.total_tickets, s.open_tickets, s.completed_tickets, s.last_ticket_date, s.total_hours_billed
  FROM customer_ticket_stats s JOIN customers c ON c.id = s.customer_id
 WHERE c.active AND (SELECT app.user_role() IS NOT NULL);
GRANT SELECT ON customer_summary TO authenticated_users;
