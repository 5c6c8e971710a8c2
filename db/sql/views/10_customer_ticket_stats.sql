-- The seed's index on a view needs a materialized one. It has no row-level security, so nobody is granted it: the views
-- over it carry the rule of who sees what.
CREATE MATERIALIZED VIEW customer_ticket_stats AS
SELECT c.id AS customer_id,
       count(t.id)                                              AS total_tickets,
       count(t.id) FILTER (WHERE NOT t.completed)               AS open_tickets,
       count(t.id) FILTER (WHERE t.completed)                   AS completed_tickets,
       max(t.created_at)                                        AS last_ticket_date,
       COALESCE(sum(t.actual_hours), 0)                         AS total_hours_billed,
       COALESCE(sum(t.actual_hours) FILTER (WHERE t.completed), 0) AS completed_hours,
       min(t.created_at) FILTER (WHERE t.completed)             AS first_completed_ticket_date,
       max(t.created_at) FILTER (WHERE t.completed)             AS last_completed_ticket_date
  FROM customers c LEFT JOIN tickets t ON t.customer_id = c.id
 GROUP BY c.id;
CREATE UNIQUE INDEX customer_ticket_stats_pk         ON customer_ticket_stats (customer_id);      -- REFRESH .. CONCURRENTLY
CREATE INDEX customer_summary_total_tickets_idx      ON customer_ticket_stats (total_tickets DESC, customer_id);
CREATE INDEX customer_ticket_stats_hours_idx         ON customer_ticket_stats (completed_hours DESC, customer_id);
