CREATE FUNCTION refresh_customer_stats() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF pg_try_advisory_xact_lock(hashtext('refresh_customer_stats')) THEN
        REFRESH MATERIALIZED VIEW CONCURRENTLY customer_ticket_stats;
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION refresh_customer_stats() TO repair_bot;
