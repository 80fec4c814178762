-- A deleted device whose records are not removed yet: it may be many, so they go in pieces. Until then
-- nobody sees them, though the device may have come back meanwhile.
ALTER TABLE device ADD COLUMN clearing INTEGER NOT NULL DEFAULT 0;
CREATE INDEX device_clearing ON device (id) WHERE clearing = 1;

DROP VIEW v_person;
CREATE VIEW v_person AS
SELECT p.id AS id, d.sn AS device_serial, p.pin AS pin, p.name AS name,
	p.privilege AS privilege, p.card AS card, p.group_id AS group_id,
	p.time_zone AS time_zone, p.verify_mode AS verify_mode,
	strftime('%Y-%m-%dT%H:%M:%S', p.received_ms / 1000, 'unixepoch')
		|| printf('.%03dZ', p.received_ms % 1000) AS received_at
FROM person p JOIN device d ON d.id = p.device AND d.clearing = 0;
