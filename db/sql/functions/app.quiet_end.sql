-- When the quiet hours end in which a moment lies; NULL: it lies in none. They begin and end by the wall clock of the time
-- zone; where p_until is the earlier one they last over midnight. A time that the clocks skip is the same time by the old
-- offset, one that they pass twice counts the second time, so the hours may be longer or shorter on such a day.
CREATE FUNCTION app.quiet_end(p_from time, p_until time, p_zone text, p_at timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT max(q.ends)
      FROM (SELECT (d.day + p_from) AT TIME ZONE p_zone AS starts,
                   (d.day + (p_until < p_from)::integer + p_until) AT TIME ZONE p_zone AS ends
              FROM (SELECT (p_at AT TIME ZONE p_zone)::date - n AS day FROM generate_series(0, 1) n) d) q
     WHERE q.starts <= p_at AND p_at < q.ends
$$;
