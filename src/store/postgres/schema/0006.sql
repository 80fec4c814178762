-- What was sent to a device about time, and about when to call: the zone its clock runs in, how the clock
-- is set, and the options it read last, when, and the offset from UTC in them.
ALTER TABLE device ADD COLUMN clock_zone bytea, ADD COLUMN clock bytea;
ALTER TABLE device_attendance ADD COLUMN told_ms bigint, ADD COLUMN told_offset_s bigint,
	ADD COLUMN told_options bytea;
