-- A setting of hours in which the shop is open; NULL: it is off.
CREATE FUNCTION app.setting_hours(p_key text) RETURNS interval
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT make_interval(secs => (NULLIF(app.setting(p_key), 'off')::numeric * 3600)::double precision)
$$;
