CREATE TRIGGER customer_contacts_audit_trigger AFTER INSERT OR UPDATE OR DELETE ON customer_contacts
    FOR EACH ROW EXECUTE FUNCTION audit_trigger('customer', 'customer_id', 'body');
