-- db.models.Undelivered: has a message that was given up said after all (NULL: all of them), and tells what is left.
-- One that somebody else has retried meanwhile is left alone.
CREATE FUNCTION app.retry_notification(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_id bigint) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor   jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer  jsonb;
    v_retried integer;
BEGIN
    PERFORM app.require_role('Manager');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;
    v_retried := app.revive_notifications(p_id);
    RETURN app.end_request(p_key, app.undelivered_document(NULL)
                                  || jsonb_build_object('actor', v_actor, 'retried', v_retried, 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.retry_notification(text, text, text[], text, text, bigint) TO repair_bot;
