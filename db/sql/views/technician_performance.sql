-- now() - interval, not CURRENT_DATE: a timestamptz compared with a timestamp is not leakproof and loses its index.
CREATE VIEW technician_performance WITH (security_invoker = true) AS
SELECT t.tech,
       count(*) AS total_tickets,
       count(*) FILTER (WHERE t.completed) AS completed_tickets,
       count(*) FILTER (WHERE NOT t.completed) AS open_tickets,
       round(count(*) FILTER (WHERE t.completed) * 100.0 / count(*), 2) AS completion_rate,
       avg(t.actual_hours) FILTER (WHERE t.completed) AS avg_hours_per_ticket,
       avg(extract(epoch FROM t.completed_at - t.created_at) / 3600) FILTER (WHERE t.completed) AS avg_completion_time_hours
  FROM tickets t
 WHERE t.tech <> 'unassigned' AND t.created_at >= now() - interval '30 days'
 GROUP BY t.tech;
GRANT SELECT ON technician_performance TO authenticated_users;
