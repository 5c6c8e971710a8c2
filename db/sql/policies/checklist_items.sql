-- Everybody here reads them. Managers change them, by app.put_checklist alone.
CREATE POLICY checklist_items_policy ON checklist_items FOR SELECT TO authenticated_users
    USING ((SELECT app.user_role() IS NOT NULL));
CREATE POLICY checklist_items_web_policy ON checklist_items FOR ALL TO repair_web USING (true);
GRANT SELECT ON checklist_items TO authenticated_users;
GRANT SELECT, INSERT, UPDATE, DELETE ON checklist_items TO repair_web;
