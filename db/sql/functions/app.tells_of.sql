-- Whether a text names whom app.person_traces() describes: a name as a word, or an address or a number anywhere.
CREATE FUNCTION app.tells_of(p_text text, p_traces jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT p_text <> '' AND (
        EXISTS (SELECT FROM jsonb_array_elements_text(p_traces -> 'texts') t WHERE position(t IN lower(p_text)) > 0)
        OR EXISTS (SELECT FROM jsonb_array_elements_text(p_traces -> 'phones') t
                    WHERE position(t IN regexp_replace(p_text, '\D', '', 'g')) > 0)
        OR EXISTS (SELECT FROM jsonb_array_elements_text(p_traces -> 'words') t
                    WHERE to_tsvector('simple', p_text) @@ phraseto_tsquery('simple', t)))
$$;
