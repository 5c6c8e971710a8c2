-- The e-mail, as tickets.tech has it, of a person of the staff directory who takes tickets.
CREATE FUNCTION app.worker_email(p_id integer) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    RETURN (SELECT u.email FROM user_permissions u WHERE u.id = p_id AND app.may_work(u.role, u.is_active));
END $$;
GRANT EXECUTE ON FUNCTION app.worker_email(integer) TO repair_bot;
