CREATE FUNCTION app.prefix_tsquery(p_term text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = public, pg_temp AS $$
    SELECT string_agg('''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || ''':*', ' & ')::tsquery
      FROM unnest(to_tsvector('simple', p_term))
$$;
