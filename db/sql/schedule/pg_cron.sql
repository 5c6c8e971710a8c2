-- Where pg_cron is there: it keeps the same ledger as the bot's worker, so neither does what the other has done, and the
-- shop's clock counts instead of pg_cron's. VACUUM by UTC, on Sundays.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') THEN
        PERFORM cron.schedule('database-maintenance', '*/5 * * * *', 'SELECT app.run_due_maintenance()');
        PERFORM cron.schedule('database-vacuum-customers', '20 2 * * 0', 'VACUUM (ANALYZE) customers');
        PERFORM cron.schedule('database-vacuum-tickets', '25 2 * * 0', 'VACUUM (ANALYZE) tickets');
        PERFORM cron.schedule('customer-stats', '*/5 * * * *', 'SELECT refresh_customer_stats()');
    END IF;
END $$;
