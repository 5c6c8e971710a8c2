CREATE VIEW index_usage WITH (security_invoker = true) AS
SELECT s.schemaname, s.relname AS tablename, s.indexrelname AS indexname, s.idx_tup_read, s.idx_tup_fetch, s.idx_scan
  FROM pg_stat_user_indexes s WHERE s.schemaname = 'public';
GRANT SELECT ON index_usage TO authenticated_users;
