-- db.models.ErasureFacts: what there is to erase of a customer, and which of their tickets name them.
-- A definer function: it looks into the merges and the audit trail.
CREATE FUNCTION app.read_erasure(p_team text, p_user text, p_roles text[], p_source text, p_customer integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_id    integer;
    v_ids   integer[];
BEGIN
    PERFORM app.require_role('Manager');
    v_id := app.customer_who_stays(p_customer);
    PERFORM app.check_erasable(v_id);
    v_ids := ARRAY(SELECT c.id FROM customers c WHERE v_id IN (c.id, c.merged_into));
    RETURN jsonb_build_object(
        'actor', v_actor, 'customer', app.customer_document(v_id) -> 'customer',
        'telling', to_jsonb(app.telling_tickets(v_id, app.person_traces(v_ids))),
        'merged', cardinality(v_ids) - 1,
        'contacts', (SELECT count(*) FROM customer_contacts n WHERE n.customer_id = v_id),
        'passcodes', (SELECT count(*) FROM ticket_secrets s JOIN tickets t ON t.id = s.ticket_id WHERE t.customer_id = v_id),
        'attachments', (SELECT count(*) FROM ticket_attachments a JOIN tickets t ON t.id = a.ticket_id WHERE t.customer_id = v_id));
END $$;
GRANT EXECUTE ON FUNCTION app.read_erasure(text, text, text[], text, integer) TO repair_bot;
