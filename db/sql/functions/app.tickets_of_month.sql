-- The numbers of the tickets that were filed or completed in a month by the shop's clock.
CREATE FUNCTION app.tickets_of_month(p_month date) RETURNS SETOF integer
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_from timestamptz := p_month::timestamp AT TIME ZONE app.shop_time_zone();
    v_to   timestamptz := (p_month + interval '1 month') AT TIME ZONE app.shop_time_zone();
BEGIN
    RETURN QUERY SELECT t.id FROM tickets t WHERE t.created_at >= v_from AND t.created_at < v_to
                  UNION
                 SELECT t.id FROM tickets t WHERE t.completed AND t.completed_at >= v_from AND t.completed_at < v_to;
END $$;
