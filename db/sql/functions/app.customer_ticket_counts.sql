-- How many tickets these customers have, all of them, and the hours worked: under row-level security one would count
-- one's own. Deactivated customers' are the Managers', as their names are. value: as customer_lifetime_value has it, for
-- whom that view is for.
CREATE FUNCTION app.customer_ticket_counts(p_ids integer[])
RETURNS TABLE (customer_id integer, total_tickets bigint, open_tickets bigint, total_hours numeric, value numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User', 'Viewer');
    RETURN QUERY SELECT t.customer_id, count(*), count(*) FILTER (WHERE NOT t.completed), COALESCE(sum(t.actual_hours), 0),
                        CASE WHEN app.user_role() IN ('Manager', 'Viewer')
                             THEN COALESCE(sum(t.actual_hours) FILTER (WHERE t.completed), 0) * app.setting('hourly_rate')::numeric END
                   FROM tickets t JOIN customers c ON c.id = t.customer_id
                  WHERE t.customer_id = ANY (p_ids) AND (c.active OR app.user_role() = 'Manager')
                  GROUP BY t.customer_id;
END $$;
GRANT EXECUTE ON FUNCTION app.customer_ticket_counts(integer[]) TO authenticated_users;
