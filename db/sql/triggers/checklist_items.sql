CREATE TRIGGER checklist_items_audit_trigger AFTER INSERT OR UPDATE OR DELETE ON checklist_items
    FOR EACH ROW EXECUTE FUNCTION audit_trigger('system');
CREATE TRIGGER tell_caches AFTER INSERT OR UPDATE OR DELETE ON checklist_items
    FOR EACH ROW EXECUTE FUNCTION app.tell_caches();
