-- People read and change them by functions alone.
CREATE POLICY shop_holidays_web_policy ON shop_holidays FOR ALL TO repair_web USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON shop_holidays TO repair_web;
