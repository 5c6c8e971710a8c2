-- A device's passcode, encrypted. Nobody is granted SELECT: app.reveal_passcode() shows it and logs each time.
CREATE TABLE ticket_secrets (
    ticket_id       integer PRIMARY KEY REFERENCES tickets (id) ON DELETE CASCADE,
    device_passcode text NOT NULL,
    CONSTRAINT ticket_secrets_device_passcode_check CHECK (device_passcode LIKE 'v1:%')   -- encrypt_sensitive_data()'s form
);
ALTER TABLE ticket_secrets ENABLE ROW LEVEL SECURITY;
