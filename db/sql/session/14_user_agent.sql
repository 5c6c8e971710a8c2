-- From where: 'slack:...' or the web application's user agent, for the audit trail. A client says the latter, at any length.
CREATE FUNCTION app.user_agent() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN left(NULLIF(current_setting('app.user_agent', true), ''), 500);
