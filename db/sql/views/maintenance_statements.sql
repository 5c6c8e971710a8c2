-- What python -m db maintain runs, one by one, outside a transaction. The tables that change most; the indexes that the
-- schema document names. From 100 on: what a broken REINDEX CONCURRENTLY left behind.
CREATE VIEW maintenance_statements WITH (security_invoker = true) AS
SELECT * FROM (VALUES
    (1, 'VACUUM (ANALYZE) public.customers'),
    (2, 'VACUUM (ANALYZE) public.tickets'),
    (3, 'VACUUM (ANALYZE) public.ticket_attachments'),
    (4, 'VACUUM (ANALYZE) public.customer_ticket_stats'),
    (5, 'VACUUM (ANALYZE) public.notifications'),
    (6, 'VACUUM (ANALYZE) app.request_keys'),
    (7, 'REINDEX INDEX CONCURRENTLY public.customers_email_idx'),
    (8, 'REINDEX INDEX CONCURRENTLY public.tickets_customer_id_idx')) v(ord, statement)
UNION ALL
SELECT 100, format('DROP INDEX CONCURRENTLY IF EXISTS %I.%I', c.relnamespace::regnamespace, c.relname)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
 WHERE NOT i.indisvalid AND c.relname ~ '_cc(new|old)\d*$' AND c.relnamespace = 'public'::regnamespace;
GRANT SELECT ON maintenance_statements TO authenticated_users;
