-- Has given-up messages said after all, as things are now: p_id alone (NULL: any), and only what ended by one of
-- p_errors (NULL: by anything). A reply brings back the card that it has to stand under. Returns how many.
CREATE FUNCTION app.revive_notifications(p_id bigint, p_errors text[] DEFAULT NULL) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_ids bigint[];
BEGIN
    v_ids := ARRAY(SELECT n.id FROM notifications n
                    WHERE n.state = 'dead'
                      AND (p_id IS NULL OR n.id = p_id
                           OR n.dedupe_key = (SELECT 'card:' || r.ticket_id FROM notifications r WHERE r.id = p_id AND r.kind = 'thread'))
                      AND (p_errors IS NULL OR n.error = ANY (p_errors))
                    ORDER BY n.id FOR UPDATE);
    PERFORM app.revise_notification(i) FROM unnest(v_ids) AS i;
    RETURN cardinality(v_ids);
END $$;
GRANT EXECUTE ON FUNCTION app.revive_notifications(bigint, text[]) TO repair_bot;
