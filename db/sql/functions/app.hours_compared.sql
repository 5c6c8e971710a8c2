-- What of app.hours_document() is compared, as the form's fields: hours, holidays, and each setting.
CREATE FUNCTION app.hours_compared(p_facts jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT p_facts -> 'settings' || jsonb_build_object(
        'hours', p_facts -> 'hours',
        'holidays', COALESCE((SELECT jsonb_object_agg(d ->> 'day', d -> 'name') FROM jsonb_array_elements(p_facts -> 'holidays') d), '{}'))
$$;
