-- Punches that were imported from a file (source 4): which devices have some, and how many. The log of a device
-- that it holds itself is counted without them.
CREATE INDEX punch_imported ON punch (device) WHERE source = 4;

DROP VIEW v_punch;
CREATE VIEW v_punch AS
SELECT p.seq AS seq, d.sn AS device_serial, p.pin AS pin,
	printf('%04d-%02d-%02d %02d:%02d:%02d', p.time / 10000000000,
		p.time / 100000000 % 100, p.time / 1000000 % 100, p.time / 10000 % 100,
		p.time / 100 % 100, p.time % 100) AS timestamp,
	nullif(p.status, -1) AS status, nullif(p.verify, -1) AS verify_type,
	p.work_code AS work_code, z.name AS zone,
	strftime('%Y-%m-%dT%H:%M:%SZ', p.utc, 'unixepoch') AS utc,
	strftime('%Y-%m-%dT%H:%M:%S', p.received_ms / 1000, 'unixepoch')
		|| printf('.%03dZ', p.received_ms % 1000) AS received_at,
	p.flags AS flags,
	CASE p.source WHEN 0 THEN 'pushed' WHEN 1 THEN 'live' WHEN 2 THEN 'read'
		WHEN 3 THEN 'access' WHEN 4 THEN 'imported' END AS source,
	p.extra AS extra
FROM punch p LEFT JOIN device d ON d.id = p.device LEFT JOIN zone z ON z.id = p.zone;
