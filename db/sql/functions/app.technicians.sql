-- Whom a form offers for a ticket, by name, as an array of db.models.Person.
CREATE FUNCTION app.technicians() RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN COALESCE((
        SELECT jsonb_agg(jsonb_build_object('id', s.id, 'name', s.display_name, 'slack_user_id', s.slack_user_id,
                                            'role', s.role, 'is_active', s.is_active) ORDER BY lower(s.display_name), s.id)
          FROM (SELECT * FROM staff_directory d WHERE d.is_active AND d.role = 'Technician'
                 ORDER BY lower(d.display_name), d.id LIMIT 100) s), '[]');
END $$;
GRANT EXECUTE ON FUNCTION app.technicians() TO repair_bot;
