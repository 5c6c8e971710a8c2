-- A device's serial number as it is compared: case, blanks and dashes don't count.
CREATE FUNCTION app.serial_key(p_serial text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN NULLIF(upper(regexp_replace(p_serial, '[\s._/:#-]+', '', 'g')), '');
GRANT EXECUTE ON FUNCTION app.serial_key(text) TO authenticated_users, repair_web;
