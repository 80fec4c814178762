-- Whether a device may let the server verify people; absent: the server's setting.
ALTER TABLE device_attendance ADD COLUMN background_verification INTEGER;
