CREATE TRIGGER normalize_customers_email BEFORE INSERT OR UPDATE OF email ON customers
    FOR EACH ROW EXECUTE FUNCTION app.normalize_email();
CREATE TRIGGER keep_open_tickets_customer BEFORE UPDATE OF active ON customers
    FOR EACH ROW EXECUTE FUNCTION app.keep_open_tickets_customer();
CREATE TRIGGER update_customers_updated_at BEFORE UPDATE ON customers
    FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER customers_audit_trigger AFTER INSERT OR UPDATE OR DELETE ON customers
    FOR EACH ROW EXECUTE FUNCTION audit_trigger('customer', 'id', 'email', 'phone', 'address1', 'address2', 'city', 'state',
                                           'zip', 'notes');
CREATE TRIGGER guard_approval_limit BEFORE UPDATE OF approval_limit ON customers
    FOR EACH ROW WHEN (NEW.approval_limit IS DISTINCT FROM OLD.approval_limit) EXECUTE FUNCTION app.guard_approval_limit();
CREATE TRIGGER review_estimates AFTER UPDATE ON customers
    FOR EACH ROW WHEN (NEW.approval_limit IS DISTINCT FROM OLD.approval_limit) EXECUTE FUNCTION app.review_customer_estimates();
