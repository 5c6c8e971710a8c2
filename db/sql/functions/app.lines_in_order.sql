-- Tickets in a list as app.ticket_lines(), but in the order given.
CREATE FUNCTION app.lines_in_order(p_ids integer[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN COALESCE((SELECT jsonb_agg(x.line ORDER BY array_position(p_ids, (x.line -> 'id')::integer))
                       FROM jsonb_array_elements(app.ticket_lines(p_ids)) x (line)), '[]');
END $$;
GRANT EXECUTE ON FUNCTION app.lines_in_order(integer[]) TO repair_bot;
