-- Whether a device may request a person that it does not hold; absent: the server's setting.
ALTER TABLE device_attendance ADD COLUMN remote_attendance bigint;
