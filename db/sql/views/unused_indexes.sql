CREATE VIEW unused_indexes WITH (security_invoker = true) AS                       -- never a unique / primary-key index: those are constraints
SELECT s.schemaname, s.relname AS tablename, s.indexrelname AS indexname, s.idx_scan,
       pg_size_pretty(pg_relation_size(s.indexrelid)) AS size
  FROM pg_stat_user_indexes s JOIN pg_index i ON i.indexrelid = s.indexrelid
 WHERE s.idx_scan = 0 AND s.schemaname = 'public' AND NOT i.indisunique;
GRANT SELECT ON unused_indexes TO authenticated_users;
