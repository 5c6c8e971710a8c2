CREATE TRIGGER ticket_secrets_audit_trigger AFTER INSERT OR UPDATE OR DELETE ON ticket_secrets
    FOR EACH ROW EXECUTE FUNCTION audit_trigger('ticket', 'ticket_id', 'device_passcode');
