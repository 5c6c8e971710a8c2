-- Adds what a timer measured to the hours of a ticket.
CREATE FUNCTION app.book_hours(p_ticket integer, p_hours numeric) RETURNS void
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
    UPDATE tickets t SET actual_hours = LEAST(COALESCE(t.actual_hours, 0) + p_hours, 999.99) WHERE t.id = p_ticket AND p_hours > 0
$$;
GRANT EXECUTE ON FUNCTION app.book_hours(integer, numeric) TO repair_bot;
