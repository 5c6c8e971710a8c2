CREATE TRIGGER tell_caches AFTER INSERT OR UPDATE OR DELETE ON customers
    FOR EACH ROW EXECUTE FUNCTION app.tell_caches('customers', 'id');
CREATE TRIGGER tell_caches AFTER INSERT OR UPDATE OR DELETE ON tickets
    FOR EACH ROW EXECUTE FUNCTION app.tell_caches('tickets', 'id', 'customers', 'customer_id');
CREATE TRIGGER tell_caches AFTER INSERT OR UPDATE OR DELETE ON ticket_notes
    FOR EACH ROW EXECUTE FUNCTION app.tell_caches('tickets', 'ticket_id');
CREATE TRIGGER tell_caches AFTER INSERT OR UPDATE OR DELETE ON ticket_attachments
    FOR EACH ROW EXECUTE FUNCTION app.tell_caches('tickets', 'ticket_id');
-- not for last_login, which is written all the time
CREATE TRIGGER tell_caches AFTER INSERT OR DELETE
    OR UPDATE OF kinde_user_id, slack_user_id, slack_state, display_name, email, role, is_active ON user_permissions
    FOR EACH ROW EXECUTE FUNCTION app.tell_caches('user_permissions', 'id');
-- a kept ticket says whether there is a passcode, never which
CREATE TRIGGER tell_caches AFTER INSERT OR DELETE ON ticket_secrets
    FOR EACH ROW EXECUTE FUNCTION app.tell_caches('tickets', 'ticket_id');
CREATE TRIGGER tell_caches AFTER INSERT OR UPDATE OR DELETE ON ticket_watchers
    FOR EACH ROW EXECUTE FUNCTION app.tell_caches('tickets', 'ticket_id');
CREATE TRIGGER tell_caches AFTER INSERT OR UPDATE OR DELETE ON customer_contacts
    FOR EACH ROW EXECUTE FUNCTION app.tell_caches('customers', 'customer_id');
CREATE TRIGGER tell_caches AFTER INSERT OR UPDATE OR DELETE ON approvals
    FOR EACH ROW EXECUTE FUNCTION app.tell_caches('tickets', 'ticket_id');
