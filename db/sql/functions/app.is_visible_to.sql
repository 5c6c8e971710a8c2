-- Whether a ticket is visible to a person, whoever asks: the rule of app.sees_ticket() and the policies (a test compares them).
CREATE FUNCTION app.is_visible_to(p_ticket tickets, p_person user_permissions) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT COALESCE(p_person.is_active
                    AND (p_person.role IN ('Manager', 'Viewer')
                         OR p_ticket.created_by = p_person.kinde_user_id
                         OR (p_person.role = 'Technician'
                             AND (p_ticket.tech = p_person.email OR (p_ticket.tech = 'unassigned' AND NOT p_ticket.completed)))), false)
$$;
