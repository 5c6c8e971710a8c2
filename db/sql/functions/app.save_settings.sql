-- db.models.SettingsSaved: how the asker wants to be told from now on. p_seen: what their form showed (app.preferences_document());
-- what stands in it as it did stays as it is by now, and what was changed elsewhere, too, is not overwritten. p_heard: the kinds
-- of notification that they want, of those which app.kinds_told() names for their role; what a role of theirs may hear besides
-- stays as it is, and so does the summary's hour of who gets none.
CREATE FUNCTION app.save_settings(
    p_team text, p_user text, p_roles text[], p_source text, p_key text, p_seen jsonb,
    p_quiet_from time, p_quiet_until time, p_urgent_passes boolean, p_time_zone text, p_summary_at time, p_heard text[]
) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_told   text[] := app.kinds_told(v_actor ->> 'role');
    v_answer jsonb;
    v_now    jsonb;
    v_wanted jsonb;
    v_others jsonb;                               -- what was changed elsewhere
    v_muted  text[];
BEGIN
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    PERFORM pg_advisory_xact_lock(hashtext('preferences'), (v_actor ->> 'id')::integer),    -- there may be no row yet
            (SELECT 1 FROM preferences p WHERE p.user_id = (v_actor ->> 'id')::integer FOR NO KEY UPDATE);
    v_now := app.preferences_document() -> 'shown';
    v_wanted := app.touched(p_seen, jsonb_build_object(
        'quiet_hours', CASE WHEN COALESCE(p_quiet_from, p_quiet_until) IS NOT NULL THEN jsonb_build_array(p_quiet_from, p_quiet_until) END,
        'urgent_passes', p_urgent_passes, 'time_zone', p_time_zone,
        'summary_at', CASE WHEN 'summary' = ANY (v_told) THEN p_summary_at END,
        'heard', ARRAY(SELECT k FROM unnest(v_told) k WHERE k = ANY (p_heard))));
    v_others := app.overtaken(p_seen, v_now, v_wanted);
    IF v_others IS NOT NULL THEN
        PERFORM app.refuse('settings_changed', 'these settings have been changed elsewhere meanwhile', jsonb_build_object(
            'changes', (SELECT jsonb_agg(c || jsonb_build_object('at', (SELECT p.updated_at FROM preferences p
                                                                         WHERE p.user_id = (v_actor ->> 'id')::integer)))
                          FROM jsonb_array_elements(v_others) c)), 'object_not_in_prerequisite_state');
    END IF;
    v_now := v_now || v_wanted;
    v_muted := ARRAY(SELECT k FROM unnest(v_told) k WHERE NOT v_now -> 'heard' ? k);
    INSERT INTO preferences AS p (user_id, quiet_from, quiet_until, urgent_passes, time_zone, summary_at, muted)
    VALUES ((v_actor ->> 'id')::integer, (v_now #>> '{quiet_hours,0}')::time, (v_now #>> '{quiet_hours,1}')::time,
            (v_now ->> 'urgent_passes')::boolean, v_now ->> 'time_zone', (v_now ->> 'summary_at')::time, v_muted)
    ON CONFLICT (user_id) DO UPDATE
       SET quiet_from = EXCLUDED.quiet_from, quiet_until = EXCLUDED.quiet_until, urgent_passes = EXCLUDED.urgent_passes,
           time_zone = EXCLUDED.time_zone,
           summary_at = CASE WHEN 'summary' = ANY (v_told) THEN EXCLUDED.summary_at ELSE p.summary_at END,
           muted = ARRAY(SELECT k FROM unnest(p.muted) k WHERE k <> ALL (v_told)) || EXCLUDED.muted;
    RETURN app.end_request(p_key, jsonb_build_object(
        'actor', v_actor, 'preferences', app.preferences_document(), 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.save_settings(text, text, text[], text, text, jsonb, time, time, boolean, text, time, text[]) TO repair_bot;
