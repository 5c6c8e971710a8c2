-- db.models.TicketHits: of the hundred newest tickets with these words the ten that they fit best, a title's words first.
CREATE FUNCTION app.search(p_team text, p_user text, p_roles text[], p_source text, p_words text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb   := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_query  tsquery := app.words_query(COALESCE(p_words, ''));
    v_wanted tsquery := NULLIF(querytree(v_query), 'T')::tsquery;          -- without "-words", which would spoil the rank
    v_ids    integer[];
BEGIN
    v_ids := ARRAY(
        SELECT t.id FROM tickets t WHERE t.id = ANY (ARRAY(SELECT app.pick_tickets(100, v_query)))
         ORDER BY ts_rank(t.search, v_wanted) DESC, t.created_at DESC, t.id DESC LIMIT 11);
    RETURN jsonb_build_object('actor', v_actor, 'tickets', app.lines_in_order(v_ids[1:10]), 'more', cardinality(v_ids) > 10);
END $$;
GRANT EXECUTE ON FUNCTION app.search(text, text, text[], text, text) TO repair_bot;
