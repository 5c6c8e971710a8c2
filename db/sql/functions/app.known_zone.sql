-- A time zone that Slack tells of an account, NULL where clocks can't be set by it.
CREATE FUNCTION app.known_zone(p_zone text) RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp
AS $$ SELECT left(p_zone, 64) WHERE app.is_time_zone(p_zone) $$;
