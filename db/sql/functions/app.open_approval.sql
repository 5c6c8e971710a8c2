-- A request for approval that is still open, for whoever decides about it; refused with what became of it where it isn't.
CREATE FUNCTION app.open_approval(p_approval integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE v_approval jsonb := app.approval_document(p_approval);
BEGIN
    IF v_approval IS NULL THEN
        PERFORM app.refuse('approval_gone', 'there is no such request for approval', '{}', 'no_data_found');
    ELSIF v_approval ->> 'state' <> 'open' THEN
        PERFORM app.refuse('approval_settled', 'this request for approval is settled', jsonb_build_object(
            'ticket', v_approval -> 'ticket_id', 'state', v_approval -> 'state', 'by', v_approval -> 'decided_by'),
            'object_not_in_prerequisite_state');
    END IF;
    RETURN v_approval;
END $$;
GRANT EXECUTE ON FUNCTION app.open_approval(integer) TO repair_bot;
