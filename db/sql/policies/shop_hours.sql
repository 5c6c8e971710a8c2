-- People read and change them by functions alone.
CREATE POLICY shop_hours_web_policy ON shop_hours FOR ALL TO repair_web USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON shop_hours TO repair_web;
