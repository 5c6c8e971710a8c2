-- Whether two customers are one person: the same, or merged, be it at this moment.
CREATE FUNCTION app.is_one_person(p_one integer, p_other integer) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_one   integer := COALESCE((SELECT c.merged_into FROM customers c WHERE c.id = p_one), p_one);
    v_other integer := COALESCE((SELECT c.merged_into FROM customers c WHERE c.id = p_other), p_other);
BEGIN
    RETURN v_one IS NOT DISTINCT FROM v_other OR app.is_untold('customer', v_one, v_other);
END $$;
