CREATE TRIGGER shop_hours_audit_trigger AFTER INSERT OR UPDATE OR DELETE ON shop_hours
    FOR EACH ROW EXECUTE FUNCTION audit_trigger('system', 'weekday');
