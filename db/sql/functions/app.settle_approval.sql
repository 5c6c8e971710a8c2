-- Ends an open request for approval. Messages that stand are edited, what was not said yet is not said any more.
CREATE FUNCTION app.settle_approval(p_approval integer, p_state text, p_by integer, p_how text DEFAULT NULL, p_said text DEFAULT NULL)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE v_ticket integer;
BEGIN
    UPDATE approvals SET state = p_state, decided_by = p_by, decided_at = now(), asked_how = p_how, said = p_said
     WHERE id = p_approval AND state = 'open' RETURNING ticket_id INTO v_ticket;
    UPDATE notifications n SET state = 'dropped', error = 'overtaken', updated_at = now()
     WHERE n.ticket_id = v_ticket AND n.kind = 'approval_requested' AND n.state = 'waiting' AND n.ts IS NULL AND n.uncertain_since IS NULL;
    PERFORM app.revise_notification(n.id) FROM notifications n
      WHERE n.ticket_id = v_ticket AND n.kind = 'approval_requested' AND (n.facts ->> 'approval')::integer = p_approval
        AND n.state IN ('waiting', 'sent');
END $$;
