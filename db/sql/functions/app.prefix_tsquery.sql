-- What has a word beginning with each of the term's; with p_weight 'A' only where such a word has this weight.
CREATE FUNCTION app.prefix_tsquery(p_term text, p_weight text DEFAULT '') RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = public, pg_temp AS $$
    SELECT string_agg('''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || ''':*' || p_weight, ' & ')::tsquery
      FROM unnest(to_tsvector('simple', p_term))
$$;
