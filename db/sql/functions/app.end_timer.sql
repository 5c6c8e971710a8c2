-- Stops the timer on a ticket for its technician or a Manager; returns the hours to be booked, NULL where none ran.
CREATE FUNCTION app.end_timer(p_ticket integer, p_hours numeric DEFAULT NULL) RETURNS numeric
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM tickets t WHERE t.id = p_ticket AND (app.user_role() = 'Manager' OR t.tech = app.tech_email());
    RETURN CASE WHEN FOUND THEN app.end_labour(p_ticket, p_hours) END;
END $$;
GRANT EXECUTE ON FUNCTION app.end_timer(integer, numeric) TO repair_bot;
