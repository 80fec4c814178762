-- The row of a device is its identity (model/device.def); what one dialect needs is a row beside it.
CREATE TABLE device_attendance (
	device bigint PRIMARY KEY,
	push_version bytea,
	language bytea,
	info bytea,
	delay_s bigint,
	error_delay_s bigint,
	trans_times bytea,
	trans_interval_min bigint,
	realtime bigint
) WITH (fillfactor = 50);
INSERT INTO device_attendance
SELECT id, push_version, language, info, delay_s, error_delay_s, trans_times, trans_interval_min,
	realtime
FROM device
WHERE num_nonnulls(push_version, language, info, delay_s, error_delay_s, trans_times,
	trans_interval_min, realtime) > 0;

CREATE TABLE device_terminal (
	device bigint PRIMARY KEY,
	call_address bytea,
	read_interval_s bigint,
	live bigint
);
INSERT INTO device_terminal SELECT id, terminal, read_interval_s, live FROM device
WHERE num_nonnulls(terminal, read_interval_s, live) > 0;

DROP VIEW v_device;
ALTER TABLE device DROP COLUMN push_version, DROP COLUMN language, DROP COLUMN info,
	DROP COLUMN delay_s, DROP COLUMN error_delay_s, DROP COLUMN trans_times,
	DROP COLUMN trans_interval_min, DROP COLUMN realtime, DROP COLUMN terminal,
	DROP COLUMN read_interval_s, DROP COLUMN live;

CREATE VIEW v_device AS
SELECT id, gh_text(sn) AS serial, gh_text(name) AS name,
	CASE state WHEN 0 THEN 'held' WHEN 1 THEN 'approved' WHEN 2 THEN 'blocked' END AS state,
	gh_text(zone) AS zone, gh_text(firmware) AS firmware, gh_text(push_version) AS push_version,
	gh_text(device_type) AS device_type, gh_text(language) AS language,
	gh_text(address) AS address,
	gh_moment(created_ms) AS created_at,
	gh_moment(nullif(seen_ms, 0)) AS last_seen
FROM device LEFT JOIN device_attendance ON device_attendance.device = device.id
WHERE deleted = 0;
