-- Columns by the names the field uses: who requested a command; the options a device was sent last,
-- when, and the offset from UTC in them; the serial number a terminal reports itself.
ALTER TABLE command RENAME COLUMN asked_by TO requested_by;
ALTER VIEW v_command RENAME COLUMN asked_by TO requested_by;
ALTER TABLE device_attendance RENAME COLUMN told_ms TO options_sent_ms;
ALTER TABLE device_attendance RENAME COLUMN told_offset_s TO options_sent_offset_s;
ALTER TABLE device_attendance RENAME COLUMN told_options TO options_sent;
ALTER TABLE device_terminal RENAME COLUMN told_serial TO reported_serial;
