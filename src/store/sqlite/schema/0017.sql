-- Columns by the names the field uses: who requested a command; the options a device was sent last,
-- when, and the offset from UTC in them; the serial number a terminal reports itself.
DROP VIEW v_command;
ALTER TABLE command RENAME COLUMN asked_by TO requested_by;
ALTER TABLE device_attendance RENAME COLUMN told_ms TO options_sent_ms;
ALTER TABLE device_attendance RENAME COLUMN told_offset_s TO options_sent_offset_s;
ALTER TABLE device_attendance RENAME COLUMN told_options TO options_sent;
ALTER TABLE device_terminal RENAME COLUMN told_serial TO reported_serial;

CREATE VIEW v_command AS
SELECT c.id AS id, d.sn AS device_serial, c.text AS command,
	CASE c.state WHEN 0 THEN 'queued' WHEN 1 THEN 'sent' WHEN 2 THEN 'deferred'
		WHEN 3 THEN 'acknowledged' WHEN 4 THEN 'failed' WHEN 5 THEN 'expired'
		WHEN 6 THEN 'cancelled' WHEN 7 THEN 'uncertain' END AS status,
	c.return_code AS return_code, c.result AS result, c.sub_serial AS sub_serial,
	c.tries AS tries,
	strftime('%Y-%m-%dT%H:%M:%S', c.created_ms / 1000, 'unixepoch')
		|| printf('.%03dZ', c.created_ms % 1000) AS created_at,
	strftime('%Y-%m-%dT%H:%M:%S', nullif(c.sent_ms, 0) / 1000, 'unixepoch')
		|| printf('.%03dZ', c.sent_ms % 1000) AS sent_at,
	strftime('%Y-%m-%dT%H:%M:%S', nullif(c.done_ms, 0) / 1000, 'unixepoch')
		|| printf('.%03dZ', c.done_ms % 1000) AS done_at,
	strftime('%Y-%m-%dT%H:%M:%S', nullif(c.expires_ms, 0) / 1000, 'unixepoch')
		|| printf('.%03dZ', c.expires_ms % 1000) AS expires_at,
	c.kind AS kind, nullif(c.requested_by, '') AS requested_by
FROM command c JOIN device d ON d.id = c.device;
