INSERT INTO shop_hours SELECT d, '09:00', '18:00' FROM generate_series(1, 5) d;
INSERT INTO shop_hours VALUES (6, '10:00', '16:00');
-- in hours in which the shop is open, or 'off'
INSERT INTO shop_settings (key, value) VALUES
    ('due_hours_urgent', '4'), ('due_hours_high', '8'), ('due_hours_medium', '27'), ('due_hours_low', '45'),   -- when a ticket is due
    ('remind_due_soon', '4'),            -- before it is due
    ('remind_untouched', '1'),           -- urgent, and in the queue for so long
    ('remind_approval', '9'),            -- waiting for approval, without news
    ('remind_silent', '27'),             -- with a technician, without news
    ('remind_managers_after', '4'),      -- after the technician
    ('remind_most', '2');                -- times a day, a person and ticket
