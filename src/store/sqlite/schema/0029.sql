-- Access events: a ledger of its own. The natural key is that of the index that the event is in:
-- with a number of the unit's record, and without one (model/access_event.def). Absent numbers of a key
-- are -1, because NULLs are never equal.
CREATE TABLE access_event (
	seq INTEGER PRIMARY KEY,
	device INTEGER NOT NULL,
	unit TEXT NOT NULL,
	record_index INTEGER NOT NULL,
	time INTEGER NOT NULL,
	event_group INTEGER NOT NULL,
	event_text TEXT NOT NULL,
	pin TEXT NOT NULL,
	event INTEGER NOT NULL,
	address INTEGER NOT NULL,
	card TEXT NOT NULL,
	direction INTEGER NOT NULL,
	verify_raw TEXT NOT NULL,
	card_number INTEGER,
	door INTEGER,
	reader INTEGER,
	verify_form INTEGER,
	verify INTEGER,
	linkage_id INTEGER,
	linkage_trigger INTEGER,
	site_code INTEGER,
	bit_count INTEGER,
	mask INTEGER,
	temperature TEXT,
	temperature_as_shown TEXT,
	alarm_type INTEGER,
	zone INTEGER NOT NULL,
	utc INTEGER,
	received_ms INTEGER NOT NULL,
	source INTEGER NOT NULL,
	index_epoch INTEGER NOT NULL,
	same_as INTEGER NOT NULL,
	punch_seq INTEGER NOT NULL,
	first_request INTEGER NOT NULL,
	flags INTEGER NOT NULL
);

-- In orders in which a device that uploads its records as they come always adds at the same place.
CREATE UNIQUE INDEX access_event_indexed ON access_event
	(device, record_index, time, event_group, pin, unit, event_text) WHERE record_index > 0;
CREATE UNIQUE INDEX access_event_plain ON access_event
	(device, time, event_group, pin, unit, event_text, address, card, direction, verify_raw)
	WHERE record_index = 0;

-- How far the numbers of a unit's records have come since they began again, which was `epoch` times.
CREATE TABLE access_unit (
	device INTEGER NOT NULL,
	unit TEXT NOT NULL,
	highest INTEGER NOT NULL,
	epoch INTEGER NOT NULL,
	PRIMARY KEY (device, unit)
) WITHOUT ROWID;

INSERT INTO ledger (stream, id) SELECT 'access', id FROM ledger WHERE stream = 'punch';

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
		WHEN 3 THEN 'access' END AS source,
	p.extra AS extra
FROM punch p LEFT JOIN device d ON d.id = p.device LEFT JOIN zone z ON z.id = p.zone;

CREATE VIEW v_access_event AS
SELECT a.seq AS seq, d.sn AS device_serial, nullif(a.unit, '') AS unit,
	nullif(a.record_index, 0) AS record_index,
	printf('%04d-%02d-%02d %02d:%02d:%02d', a.time / 10000000000,
		a.time / 100000000 % 100, a.time / 1000000 % 100, a.time / 10000 % 100,
		a.time / 100 % 100, a.time % 100) AS timestamp,
	z.name AS zone, strftime('%Y-%m-%dT%H:%M:%SZ', a.utc, 'unixepoch') AS utc,
	strftime('%Y-%m-%dT%H:%M:%S', a.received_ms / 1000, 'unixepoch')
		|| printf('.%03dZ', a.received_ms % 1000) AS received_at,
	nullif(a.event, -1) AS event, nullif(a.event_text, '') AS event_text,
	nullif(a.pin, '') AS pin, nullif(a.card, '') AS card, a.door AS door, a.reader AS reader,
	CASE a.direction WHEN 0 THEN 'in' WHEN 1 THEN 'out' END AS direction,
	nullif(a.verify_raw, '') AS verify_type, nullif(a.punch_seq, 0) AS punch_seq,
	CASE a.source WHEN 0 THEN 'live' WHEN 1 THEN 'stored' WHEN 2 THEN 'account'
		WHEN 3 THEN 'identification' END AS source,
	a.flags AS flags
FROM access_event a LEFT JOIN device d ON d.id = a.device LEFT JOIN zone z ON z.id = a.zone;

-- Which of its access events become punches; empty: as the server's setting is.
ALTER TABLE device_access ADD COLUMN access_punches TEXT;
