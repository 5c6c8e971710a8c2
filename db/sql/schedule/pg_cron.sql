-- Where pg_cron is there; elsewhere the bot's worker runs perform_maintenance() and the maintenance_statements.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') THEN
        PERFORM cron.schedule('database-maintenance', '0 2 * * 0', 'SELECT perform_maintenance()');
        PERFORM cron.schedule('database-vacuum-customers', '20 2 * * 0', 'VACUUM (ANALYZE) customers');
        PERFORM cron.schedule('database-vacuum-tickets', '25 2 * * 0', 'VACUUM (ANALYZE) tickets');
        PERFORM cron.schedule('customer-stats', '*/5 * * * *', 'SELECT refresh_customer_stats()');
    END IF;
END $$;
