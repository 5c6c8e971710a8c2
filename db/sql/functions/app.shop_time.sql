-- The moment at which the shop has been open for p_time since p_from, or, where p_time is negative, before it; with nothing, the
-- first moment from p_from on at which it is open. Open is what shop_hours says, by the shop's clock, holidays apart: a time that
-- the clocks skip is the same time by the old offset, one that they pass twice counts the second time. NULL: p_time is, or three
-- years are not enough.
CREATE FUNCTION app.shop_time(p_from timestamptz, p_time interval) RETURNS timestamptz
LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_zone  text := app.shop_time_zone();
    v_step  integer := CASE WHEN p_time < '0' THEN -1 ELSE 1 END;
    v_left  interval := p_time * v_step;
    v_day   date := (p_from AT TIME ZONE v_zone)::date;
    v_begin timestamptz;
    v_end   timestamptz;
BEGIN
    IF NOT EXISTS (SELECT FROM shop_hours) THEN RETURN NULL; END IF;
    FOR n IN 0 .. 1100 LOOP
        SELECT (v_day + h.opens) AT TIME ZONE v_zone, (v_day + h.closes) AT TIME ZONE v_zone INTO v_begin, v_end
          FROM shop_hours h
         WHERE h.weekday = extract(isodow FROM v_day) AND NOT EXISTS (SELECT FROM shop_holidays x WHERE x.day = v_day);
        IF FOUND THEN
            IF v_step > 0 THEN v_begin := GREATEST(v_begin, p_from); ELSE v_end := LEAST(v_end, p_from); END IF;
            IF v_end > v_begin THEN
                IF v_end - v_begin >= v_left THEN
                    RETURN CASE WHEN v_step > 0 THEN v_begin + v_left ELSE v_end - v_left END;
                END IF;
                v_left := v_left - (v_end - v_begin);
            END IF;
        END IF;
        v_day := v_day + v_step;
    END LOOP;
    RETURN NULL;
END $$;
