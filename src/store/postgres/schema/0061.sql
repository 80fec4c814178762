-- How often the log of a device is compared, and how many punches it has room for.
ALTER TABLE device_attendance ADD COLUMN compare_h bigint;
ALTER TABLE device_comparison ADD COLUMN room bigint;
