-- Month edges are on the shop's wall clock: subtracting months from a timestamptz is an hour off across DST. One index
-- range a month, no date_trunc() a row.
CREATE VIEW monthly_performance WITH (security_invoker = true) AS
SELECT m.first_day AT TIME ZONE m.zone AS month,
       x.total_tickets, x.completed_tickets, x.avg_hours, x.unique_customers, x.active_technicians
  FROM (SELECT z.zone, date_trunc('month', now() AT TIME ZONE z.zone) - make_interval(months => g) AS first_day
          FROM (SELECT app.shop_time_zone() AS zone OFFSET 0) z, generate_series(0, 11) g OFFSET 0) m
 CROSS JOIN LATERAL
       (SELECT count(*) AS total_tickets,
               count(*) FILTER (WHERE t.completed) AS completed_tickets,
               avg(t.actual_hours) FILTER (WHERE t.completed) AS avg_hours,
               count(DISTINCT t.customer_id) AS unique_customers,
               count(DISTINCT t.tech) FILTER (WHERE t.tech <> 'unassigned') AS active_technicians
          FROM tickets t
         WHERE t.created_at >= m.first_day AT TIME ZONE m.zone
           AND t.created_at < (m.first_day + interval '1 month') AT TIME ZONE m.zone) x
 WHERE x.total_tickets > 0
 ORDER BY m.first_day DESC;
GRANT SELECT ON monthly_performance TO authenticated_users;
