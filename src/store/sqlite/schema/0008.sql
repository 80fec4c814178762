-- The row of a device is its identity (model/device.def); what one dialect needs is a row beside it.
CREATE TABLE device_attendance (
	device INTEGER PRIMARY KEY REFERENCES device(id),
	push_version TEXT,
	language TEXT,
	info TEXT,
	delay_s INTEGER,
	error_delay_s INTEGER,
	trans_times TEXT,
	trans_interval_min INTEGER,
	realtime INTEGER
);
INSERT INTO device_attendance
SELECT id, push_version, language, info, delay_s, error_delay_s, trans_times, trans_interval_min,
	realtime
FROM device
WHERE coalesce(push_version, language, info, delay_s, error_delay_s, trans_times,
	trans_interval_min, realtime) IS NOT NULL;

CREATE TABLE device_terminal (
	device INTEGER PRIMARY KEY REFERENCES device(id),
	call_address TEXT,
	read_interval_s INTEGER,
	live INTEGER
);
INSERT INTO device_terminal SELECT id, terminal, read_interval_s, live FROM device
WHERE coalesce(terminal, read_interval_s, live) IS NOT NULL;

DROP VIEW v_device;
ALTER TABLE device DROP COLUMN push_version;
ALTER TABLE device DROP COLUMN language;
ALTER TABLE device DROP COLUMN info;
ALTER TABLE device DROP COLUMN delay_s;
ALTER TABLE device DROP COLUMN error_delay_s;
ALTER TABLE device DROP COLUMN trans_times;
ALTER TABLE device DROP COLUMN trans_interval_min;
ALTER TABLE device DROP COLUMN realtime;
ALTER TABLE device DROP COLUMN terminal;
ALTER TABLE device DROP COLUMN read_interval_s;
ALTER TABLE device DROP COLUMN live;

CREATE VIEW v_device AS
SELECT id, sn AS serial, name,
	CASE state WHEN 0 THEN 'held' WHEN 1 THEN 'approved' WHEN 2 THEN 'blocked' END AS state,
	zone, firmware, push_version, device_type, language, address,
	strftime('%Y-%m-%dT%H:%M:%S', created_ms / 1000, 'unixepoch')
		|| printf('.%03dZ', created_ms % 1000) AS created_at,
	strftime('%Y-%m-%dT%H:%M:%S', nullif(seen_ms, 0) / 1000, 'unixepoch')
		|| printf('.%03dZ', seen_ms % 1000) AS last_seen
FROM device LEFT JOIN device_attendance ON device_attendance.device = device.id
WHERE NOT deleted;
