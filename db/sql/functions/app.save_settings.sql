-- db.models.SettingsSaved: how the asker wants to be told from now on. p_heard: the kinds of notification that they want, of
-- those which app.kinds_told() names for their role; what a role of theirs may hear besides stays as it is, and so does the
-- summary's hour of who gets none.
CREATE FUNCTION app.save_settings(
    p_team text, p_user text, p_roles text[], p_source text, p_key text,
    p_quiet_from time, p_quiet_until time, p_urgent_passes boolean, p_time_zone text, p_summary_at time, p_heard text[]
) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_told   text[] := app.kinds_told(v_actor ->> 'role');
    v_muted  text[] := ARRAY(SELECT k FROM unnest(v_told) k WHERE k <> ALL (p_heard));
    v_summary_at time := CASE WHEN 'summary' = ANY (v_told) THEN p_summary_at END;
    v_answer jsonb;
BEGIN
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    INSERT INTO preferences AS p (user_id, quiet_from, quiet_until, urgent_passes, time_zone, summary_at, muted)
    VALUES ((v_actor ->> 'id')::integer, p_quiet_from, p_quiet_until, p_urgent_passes, p_time_zone, v_summary_at, v_muted)
    ON CONFLICT (user_id) DO UPDATE
       SET quiet_from = EXCLUDED.quiet_from, quiet_until = EXCLUDED.quiet_until, urgent_passes = EXCLUDED.urgent_passes,
           time_zone = EXCLUDED.time_zone,
           summary_at = CASE WHEN 'summary' = ANY (v_told) THEN EXCLUDED.summary_at ELSE p.summary_at END,
           muted = ARRAY(SELECT k FROM unnest(p.muted) k WHERE k <> ALL (v_told)) || EXCLUDED.muted;
    RETURN app.end_request(p_key, jsonb_build_object(
        'actor', v_actor, 'preferences', app.preferences_document(), 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.save_settings(text, text, text[], text, text, time, time, boolean, text, time, text[]) TO repair_bot;
