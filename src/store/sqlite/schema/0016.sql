-- Whether a device may ask for a person it does not know; absent: the server's setting.
ALTER TABLE device_attendance ADD COLUMN remote_attendance INTEGER;
