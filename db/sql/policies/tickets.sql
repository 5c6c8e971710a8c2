-- Who sees a ticket: the same as app.sees_ticket(). Which change each role may make of one that it may change:
-- app.guard_ticket_change().
CREATE POLICY tickets_manager_policy ON tickets FOR ALL TO authenticated_users
    USING ((SELECT app.user_role() = 'Manager'));
CREATE POLICY tickets_policy ON tickets FOR SELECT TO authenticated_users
    USING ((SELECT app.user_role() = 'Viewer')
           OR tech = (SELECT app.tech_email())                                      -- NULL unless a technician
           OR (created_by = (SELECT app.user_id()) AND (SELECT app.user_role() IS NOT NULL))
           OR (tech = 'unassigned' AND NOT completed AND (SELECT app.user_role() = 'Technician')));
CREATE POLICY tickets_insert_policy ON tickets FOR INSERT TO authenticated_users
    WITH CHECK (created_by = (SELECT app.user_id()) AND (SELECT app.user_role() IN ('Technician', 'Regular User'))
                AND NOT completed AND actual_hours IS NULL AND bench_status = 'received');
CREATE POLICY tickets_update_policy ON tickets FOR UPDATE TO authenticated_users
    USING (tech = (SELECT app.tech_email())
           OR (tech = 'unassigned' AND NOT completed AND (SELECT app.user_role() = 'Technician'))
           OR (created_by = (SELECT app.user_id()) AND (SELECT app.user_role() = 'Regular User')))
    WITH CHECK ((SELECT app.user_role() IN ('Technician', 'Regular User')));
CREATE POLICY tickets_web_policy ON tickets FOR ALL TO repair_web USING (true);
GRANT SELECT,
      INSERT (customer_id, title, description, completed, tech, priority, category, estimated_hours, actual_hours, bench_status,
              device_type, device_model, device_serial, device_condition, device_accessories, due_at),
      UPDATE (customer_id, title, description, completed, tech, priority, category, estimated_hours, actual_hours, bench_status,
              device_type, device_model, device_serial, device_condition, device_accessories, due_at)
      ON tickets TO authenticated_users;
GRANT SELECT, INSERT, UPDATE, DELETE ON tickets TO repair_web;
