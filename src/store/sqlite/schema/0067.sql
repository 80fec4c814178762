-- How many bytes of commands a reply to a device may have, and whether it reported a mobile network; absent: by its
-- network, and unknown.
ALTER TABLE device_attendance ADD COLUMN batch_bytes INTEGER;
ALTER TABLE device_attendance ADD COLUMN mobile INTEGER;
