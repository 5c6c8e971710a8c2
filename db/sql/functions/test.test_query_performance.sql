CREATE FUNCTION test.test_query_performance() RETURNS TABLE (query_name text, execution_time numeric)
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE t0 timestamptz;
BEGIN
    PERFORM app.set_service_session();
    t0 := clock_timestamp();
    PERFORM * FROM search_customers('test');
    RETURN QUERY SELECT 'customer_search', round((extract(epoch FROM clock_timestamp() - t0) * 1000)::numeric, 3);
    t0 := clock_timestamp();
    PERFORM * FROM tickets t JOIN customers c ON c.id = t.customer_id WHERE NOT t.completed ORDER BY t.created_at DESC, t.id DESC LIMIT 50;
    RETURN QUERY SELECT 'ticket_listing', round((extract(epoch FROM clock_timestamp() - t0) * 1000)::numeric, 3);
END $$;
