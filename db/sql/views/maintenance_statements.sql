CREATE VIEW maintenance_statements WITH (security_invoker = true) AS
SELECT * FROM (VALUES
    (1, 'VACUUM (ANALYZE) public.customers'),
    (2, 'VACUUM (ANALYZE) public.tickets'),
    (3, 'VACUUM (ANALYZE) public.ticket_attachments'),
    (4, 'VACUUM (ANALYZE) public.customer_ticket_stats'),
    (5, 'REINDEX INDEX CONCURRENTLY public.customers_email_idx'),
    (6, 'REINDEX INDEX CONCURRENTLY public.tickets_customer_id_idx')) v(ord, statement)
UNION ALL        -- what a broken REINDEX CONCURRENTLY leaves behind
SELECT 100, format('DROP INDEX CONCURRENTLY %s', i.indexrelid::regclass)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
 WHERE NOT i.indisvalid AND c.relname ~ '_ccnew\d*$' AND c.relnamespace = 'public'::regnamespace;
GRANT SELECT ON maintenance_statements TO authenticated_users;
