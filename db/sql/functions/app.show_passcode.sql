-- db.models.PasscodeShown. Without a request key, since its answer would be kept: each call is a showing of its own.
CREATE FUNCTION app.show_passcode(p_team text, p_user text, p_roles text[], p_source text, p_ticket integer,
                                  p_encryption_keys text[]) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
BEGIN
    PERFORM app.use_encryption_keys(p_encryption_keys);
    RETURN jsonb_build_object('actor', v_actor, 'passcode', app.reveal_passcode(p_ticket),
                              'ticket', app.ticket_lines(ARRAY[p_ticket]) -> 0);
END $$;
GRANT EXECUTE ON FUNCTION app.show_passcode(text, text, text[], text, integer, text[]) TO repair_bot;
