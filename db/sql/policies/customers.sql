-- Every (SELECT ..) is an InitPlan: once a query, not once a row. Keep the comparison inside it: a boolean InitPlan is
-- estimated at 50 %, while (SELECT role) = 'Manager' is estimated at 0.5 % and wrecks Managers' plans.
-- No DELETE for anybody but the web application; active only through (de|re)activate_customer. Viewers: customer_names.
CREATE POLICY customers_policy ON customers FOR SELECT TO authenticated_users
    USING ((active AND (SELECT app.user_role() IN ('Technician', 'Regular User'))) OR (SELECT app.user_role() = 'Manager'));
CREATE POLICY customers_insert_policy ON customers FOR INSERT TO authenticated_users
    WITH CHECK (active AND (SELECT app.user_role() IN ('Manager', 'Technician', 'Regular User')));
CREATE POLICY customers_update_policy ON customers FOR UPDATE TO authenticated_users
    USING ((active AND (SELECT app.user_role() = 'Technician')) OR (SELECT app.user_role() = 'Manager'));
CREATE POLICY customers_web_policy ON customers FOR ALL TO repair_web USING (true);
GRANT SELECT,
      INSERT (first_name, last_name, email, phone, address1, address2, city, state, zip, country, notes, approval_limit),
      UPDATE (first_name, last_name, email, phone, address1, address2, city, state, zip, country, notes, approval_limit)
      ON customers TO authenticated_users;
GRANT SELECT, INSERT, UPDATE, DELETE ON customers TO repair_web;
