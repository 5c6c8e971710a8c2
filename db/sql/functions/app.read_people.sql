-- db.models.People: ten of those in whose name, e-mail address or role each of the words stands, by name, the active
-- first; from after p_edge on, or before it (a person's id; NULL: the first page). Definer: requests for access are nobody's table.
CREATE FUNCTION app.read_people(p_team text, p_user text, p_roles text[], p_source text, p_words text,
                                p_edge integer DEFAULT NULL, p_backwards boolean DEFAULT false) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_words text[] := regexp_split_to_array(NULLIF(lower(btrim(p_words)), ''), '\s+');
    v_edge  user_permissions;
BEGIN
    PERFORM app.require_role('Manager');
    SELECT * INTO v_edge FROM user_permissions u WHERE u.id = p_edge;
    RETURN (
        WITH hit AS MATERIALIZED (
            SELECT u.id, NOT u.is_active AS off, lower(u.display_name) AS name
              FROM user_permissions u
             WHERE NOT EXISTS (SELECT FROM unnest(v_words) w
                                WHERE lower(concat_ws(' ', u.display_name, u.email, u.role)) NOT LIKE app.like_pattern(w))),
        near AS (
            SELECT h.*, row_number() OVER (ORDER BY CASE WHEN p_backwards THEN h.off END DESC, CASE WHEN p_backwards THEN h.name END DESC,
                                                    CASE WHEN p_backwards THEN h.id END DESC, h.off, h.name, h.id) AS n
              FROM hit h
             WHERE v_edge.id IS NULL
                OR CASE WHEN p_backwards
                        THEN (h.off, h.name, h.id) < (NOT v_edge.is_active, lower(v_edge.display_name), v_edge.id)
                        ELSE (h.off, h.name, h.id) > (NOT v_edge.is_active, lower(v_edge.display_name), v_edge.id) END)
        SELECT jsonb_build_object(
                   'actor', v_actor,
                   'people', COALESCE((SELECT jsonb_agg(app.person_document(p.id) ORDER BY p.off, p.name, p.id) FROM near p WHERE p.n <= 10), '[]'),
                   'total', (SELECT count(*) FROM hit),
                   'has_next', (p_backwards AND v_edge.id IS NOT NULL) OR (SELECT count(*) > 10 FROM near),
                   'has_previous', v_edge.id IS NOT NULL AND (NOT p_backwards OR (SELECT count(*) > 10 FROM near)),
                   'words', COALESCE(array_to_string(v_words, ' '), ''),
                   'requests', COALESCE((SELECT jsonb_agg(app.access_document(q.id) ORDER BY q.id)
                                           FROM (SELECT r.id FROM app.access_requests r WHERE r.state = 'open' ORDER BY r.id LIMIT 5) q), '[]'),
                   'requests_total', (SELECT count(*) FROM app.access_requests r WHERE r.state = 'open')));
END $$;
GRANT EXECUTE ON FUNCTION app.read_people(text, text, text[], text, text, integer, boolean) TO repair_bot;
