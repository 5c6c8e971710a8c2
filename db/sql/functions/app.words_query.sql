-- What somebody looks for in tickets: words, "phrases", or, -without.
CREATE FUNCTION app.words_query(p_words text) RETURNS tsquery
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN websearch_to_tsquery('english', p_words);
EXCEPTION WHEN internal_error THEN             -- "tsquery stack too small": more than 32 of "or" or of quotes
    RETURN plainto_tsquery('english', p_words);
END $$;
GRANT EXECUTE ON FUNCTION app.words_query(text) TO repair_bot;
