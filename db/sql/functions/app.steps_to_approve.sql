-- Where a technician brings no repair that waits for its customer's word.
CREATE FUNCTION app.steps_to_approve() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN '{in_repair,quality_check,ready}'::text[];
GRANT EXECUTE ON FUNCTION app.steps_to_approve() TO repair_bot;
