-- db.models.ExportAsked: the tickets of a month, those filed or completed in it by the shop's clock, and its report are to
-- be sent to the asker as files; a worker writes and sends them. Of a month without any, nothing is sent.
CREATE FUNCTION app.ask_for_export(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_month date) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor   jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer  jsonb;
    v_tickets integer;
BEGIN
    PERFORM app.require_role('Manager');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    v_tickets := (SELECT count(*) FROM app.tickets_of_month(p_month));
    IF v_tickets > 0 THEN
        INSERT INTO app.file_errands (errand, person_id, month)
        SELECT e, (v_actor ->> 'id')::integer, p_month FROM unnest('{tickets,report}'::text[]) e
        ON CONFLICT DO NOTHING;                                              -- they are on their way already
        INSERT INTO activity_log (user_id, action, resource_type, metadata, ip_address, user_agent)
        VALUES (app.user_id(), 'EXPORT', 'ticket', jsonb_build_object('month', p_month, 'tickets', v_tickets),
                app.client_ip(), app.user_agent());
    END IF;
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'month', p_month, 'tickets', v_tickets, 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.ask_for_export(text, text, text[], text, text, date) TO repair_bot;
