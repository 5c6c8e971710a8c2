CREATE TRIGGER tell_caches AFTER INSERT OR UPDATE OR DELETE ON ticket_completions
    FOR EACH ROW EXECUTE FUNCTION app.tell_caches('tickets', 'ticket_id');
