-- Who is meant by a user_permissions.id, a Slack id, a name, a part of it or an e-mail's local part: the one whom it
-- fits best, those who take tickets before others, the active before the rest. works: tickets may be assigned.
CREATE FUNCTION app.find_colleague(p_who text, OUT email text, OUT name text, OUT works boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_typed text := left(btrim(regexp_replace(COALESCE(p_who, ''), '\s+', ' ', 'g'), ' @'), 100);
    v_who   text := lower(v_typed);
    v_best  user_permissions[];
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User', 'Viewer');
    v_best := ARRAY(
        SELECT b.person FROM (
            SELECT u AS person, rank() OVER (ORDER BY f.fits = 0 DESC, app.may_work(u.role, u.is_active) DESC,
                                                      u.is_active DESC, f.fits) AS n
              FROM user_permissions u,
                   LATERAL (SELECT CASE WHEN v_who IN (u.id::text, lower(u.slack_user_id)) THEN 0
                                        WHEN v_who IN (lower(u.display_name), split_part(u.email, '@', 1)) THEN 1
                                        WHEN v_who = ANY (string_to_array(lower(u.display_name), ' ')) THEN 2 END AS fits) f
             WHERE f.fits IS NOT NULL) b
         WHERE b.n = 1 ORDER BY lower((b.person).display_name), (b.person).id);
    IF cardinality(v_best) = 0 THEN
        PERFORM app.refuse('person_unknown', 'nobody is called this', jsonb_build_object('who', v_typed), 'no_data_found');
    ELSIF cardinality(v_best) > 1 THEN
        PERFORM app.refuse('person_ambiguous', 'more than one person is called this', jsonb_build_object('who', v_typed,
            'names', (SELECT jsonb_agg(p.display_name) FROM unnest(v_best[1:5]) p)), 'cardinality_violation');
    END IF;
    email := v_best[1].email;
    name  := v_best[1].display_name;
    works := app.may_work(v_best[1].role, v_best[1].is_active);
END $$;
GRANT EXECUTE ON FUNCTION app.find_colleague(text) TO repair_bot;
