-- Marks a completion as taken back, for who made it or a Manager. The ticket's change follows in the same transaction: by
-- that app.is_taken_back() knows what the change is.
CREATE FUNCTION app.withdraw_completion(p_completion integer) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE ticket_completions c SET undone_at = now()
     WHERE c.id = p_completion AND c.undone_at IS NULL
       AND (app.user_role() = 'Manager' OR EXISTS (SELECT FROM user_permissions u WHERE u.id = c.user_id AND u.kinde_user_id = app.user_id()))
$$;
GRANT EXECUTE ON FUNCTION app.withdraw_completion(integer) TO repair_bot;
