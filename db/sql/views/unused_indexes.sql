-- Never a unique or primary key's index: those are constraints. A partitioned index counts as one, with all its months.
-- An index that is dropped while the view is read has no size any more: NULL, which counts as 0.
CREATE VIEW unused_indexes WITH (security_invoker = true) AS
SELECT n.nspname AS schemaname, t.relname AS tablename, c.relname AS indexname, s.idx_scan, pg_size_pretty(s.bytes) AS size
  FROM (SELECT COALESCE(pg_partition_root(u.indexrelid)::oid, u.indexrelid) AS indexrelid,
               sum(u.idx_scan)::bigint AS idx_scan, COALESCE(sum(pg_relation_size(u.indexrelid)), 0)::bigint AS bytes
          FROM pg_stat_user_indexes u WHERE u.schemaname = 'public' GROUP BY 1) s
  JOIN pg_index i ON i.indexrelid = s.indexrelid
  JOIN pg_class c ON c.oid = i.indexrelid
  JOIN pg_class t ON t.oid = i.indrelid
  JOIN pg_namespace n ON n.oid = t.relnamespace
 WHERE s.idx_scan = 0 AND NOT i.indisunique;
GRANT SELECT ON unused_indexes TO authenticated_users;
