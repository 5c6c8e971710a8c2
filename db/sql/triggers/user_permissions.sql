CREATE TRIGGER announce_person AFTER UPDATE OF slack_user_id, role, is_active ON user_permissions
    FOR EACH ROW EXECUTE FUNCTION app.announce_person();
CREATE TRIGGER fill_user_permissions_display_name BEFORE INSERT OR UPDATE OF display_name ON user_permissions
    FOR EACH ROW EXECUTE FUNCTION app.fill_display_name();
CREATE TRIGGER follow_access AFTER INSERT OR UPDATE OF slack_user_id, slack_state, role, is_active ON user_permissions
    FOR EACH ROW EXECUTE FUNCTION app.follow_access();
CREATE TRIGGER hold_open_tickets BEFORE UPDATE OF role, is_active ON user_permissions
    FOR EACH ROW WHEN (app.may_work(OLD.role, OLD.is_active) AND NOT app.may_work(NEW.role, NEW.is_active))
    EXECUTE FUNCTION app.hold_open_tickets();
CREATE TRIGGER keep_last_manager BEFORE UPDATE OF role, is_active OR DELETE ON user_permissions
    FOR EACH ROW WHEN (OLD.role = 'Manager' AND OLD.is_active) EXECUTE FUNCTION app.keep_last_manager();
CREATE TRIGGER normalize_user_permissions_email BEFORE INSERT OR UPDATE OF email ON user_permissions
    FOR EACH ROW EXECUTE FUNCTION app.normalize_email();
CREATE TRIGGER refresh_homes AFTER UPDATE OF slack_user_id, slack_state, role, is_active OR DELETE ON user_permissions
    FOR EACH ROW EXECUTE FUNCTION app.refresh_homes();
CREATE TRIGGER return_open_tickets AFTER UPDATE OF role, is_active ON user_permissions
    FOR EACH ROW WHEN (app.may_work(OLD.role, OLD.is_active) AND NOT app.may_work(NEW.role, NEW.is_active))
    EXECUTE FUNCTION app.return_open_tickets();
CREATE TRIGGER update_user_permissions_updated_at BEFORE UPDATE ON user_permissions
    FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER user_permissions_audit_trigger AFTER INSERT OR UPDATE OR DELETE ON user_permissions
    FOR EACH ROW EXECUTE FUNCTION audit_trigger('user');
