CREATE TRIGGER shop_holidays_audit_trigger AFTER INSERT OR UPDATE OR DELETE ON shop_holidays
    FOR EACH ROW EXECUTE FUNCTION audit_trigger('system', 'day');
