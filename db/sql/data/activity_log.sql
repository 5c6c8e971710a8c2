SELECT create_activity_log_partition(DATE '2024-01-01');               -- the seed's activity_log_y2024m01
SELECT ensure_activity_log_partitions(3);
