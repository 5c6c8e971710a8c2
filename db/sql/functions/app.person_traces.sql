-- What a text can name these customers by: {words}, their names, now or earlier, whole and each alone unless it is a word of
-- every text, such as Will; {texts} that are theirs alone; {phones} as digits.
CREATE FUNCTION app.person_traces(p_ids integer[]) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH known AS (
        SELECT to_jsonb(c) AS facts FROM customers c WHERE c.id = ANY (p_ids)
        UNION ALL
        SELECT x.facts FROM app.customer_merges m CROSS JOIN LATERAL (VALUES (m.old), (m.new)) x (facts)
         WHERE m.kept_id = ANY (p_ids) OR m.merged_id = ANY (p_ids)
        UNION ALL
        SELECT x.facts
          FROM activity_log a CROSS JOIN LATERAL (VALUES (a.metadata -> 'old'), (a.metadata -> 'new')) x (facts)
         WHERE a.resource_type = 'customer' AND a.resource_id = ANY (p_ids) AND jsonb_typeof(x.facts) = 'object'),
    part AS (
        SELECT DISTINCT p.key, lower(btrim(p.value)) AS value
          FROM known k CROSS JOIN LATERAL jsonb_each_text(k.facts) p
         WHERE p.key IN ('first_name', 'last_name', 'email', 'phone', 'address1')
           AND p.value <> '(not shown)' AND btrim(p.value) <> ''
        UNION
        SELECT 'name', lower(concat_ws(' ', k.facts ->> 'first_name', k.facts ->> 'last_name'))
          FROM known k WHERE k.facts ?& '{first_name,last_name}')
    SELECT jsonb_build_object(
        'words', COALESCE(jsonb_agg(value) FILTER (WHERE key = 'name' OR key IN ('first_name', 'last_name')
                                                               AND length(value) >= 2 AND numnode(plainto_tsquery('english', value)) > 0), '[]'),
        -- a script without blanks between words has no words to find
        'texts', COALESCE(jsonb_agg(value) FILTER (WHERE key IN ('email', 'address1') AND length(value) >= 5
                                                      OR value ~ '[^\u0001-\u024f]'), '[]'),
        'phones', COALESCE(jsonb_agg(right(regexp_replace(value, '\D', '', 'g'), 10))
                           FILTER (WHERE key = 'phone' AND length(regexp_replace(value, '\D', '', 'g')) >= 7), '[]'))
      FROM part
$$;
