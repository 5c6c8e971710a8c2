-- db.models.Preferences: how the asker wants to be told; without a row, as everybody is. shown: what of it a form carries, by the
-- form's fields; all of it is short.
CREATE FUNCTION app.preferences_document() RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (
        SELECT jsonb_build_object(
                   'quiet_from', p.quiet_from, 'quiet_until', p.quiet_until,
                   'urgent_passes', COALESCE(p.urgent_passes, true),
                   'time_zone', p.time_zone, 'slack_time_zone', u.slack_time_zone, 'shop_time_zone', app.shop_time_zone(),
                   'summary_at', p.summary_at, 'shop_summary_at', app.setting('summary_time')::time,
                   'kinds', k.told,
                   'muted', ARRAY(SELECT kind FROM unnest(k.told) kind WHERE kind = ANY (p.muted)),
                   'shown', jsonb_build_object(
                       'quiet_hours', CASE WHEN p.quiet_from IS NOT NULL THEN jsonb_build_array(p.quiet_from, p.quiet_until) END,
                       'urgent_passes', COALESCE(p.urgent_passes, true),
                       'time_zone', p.time_zone,
                       'summary_at', CASE WHEN 'summary' = ANY (k.told) THEN p.summary_at END,
                       'heard', ARRAY(SELECT kind FROM unnest(k.told) kind WHERE kind <> ALL (COALESCE(p.muted, '{}')))))
          FROM user_permissions u
         CROSS JOIN app.kinds_told(u.role) AS k (told)
          LEFT JOIN preferences p ON p.user_id = u.id
         WHERE u.kinde_user_id = app.user_id());
END $$;
GRANT EXECUTE ON FUNCTION app.preferences_document() TO repair_bot;
