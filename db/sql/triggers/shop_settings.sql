CREATE TRIGGER check_shop_settings BEFORE INSERT OR UPDATE ON shop_settings
    FOR EACH ROW EXECUTE FUNCTION app.check_setting();
CREATE TRIGGER shop_settings_audit_trigger AFTER INSERT OR UPDATE OR DELETE ON shop_settings
    FOR EACH ROW EXECUTE FUNCTION audit_trigger('system', 'key');
CREATE TRIGGER review_estimates AFTER UPDATE ON shop_settings
    FOR EACH ROW WHEN (NEW.key::text IN ('hourly_rate', 'approval_limit')) EXECUTE FUNCTION app.review_estimates();
