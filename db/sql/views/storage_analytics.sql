CREATE VIEW storage_analytics WITH (security_invoker = true) AS
SELECT c.relname AS tablename, pg_size_pretty(pg_table_size(c.oid)) AS table_size, pg_size_pretty(pg_indexes_size(c.oid)) AS index_size,
       pg_total_relation_size(c.oid) AS total_bytes, s.n_live_tup, s.n_dead_tup, s.last_autovacuum, s.last_autoanalyze
  FROM pg_class c JOIN pg_stat_user_tables s ON s.relid = c.oid WHERE c.relnamespace = 'public'::regnamespace;
GRANT SELECT ON storage_analytics TO authenticated_users;
