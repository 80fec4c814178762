-- Texts are stored as TEXT where they are UTF-8 without NUL and as BLOB otherwise. SQLite
-- never finds the two equal, so every comparison is exact to the byte.
-- Civil times are integers YYYYMMDDHHMMSS; columns ending in _ms are milliseconds since 1970.

CREATE TABLE device (
	id INTEGER PRIMARY KEY,
	-- A deleted device keeps its row: should it come back, it gets its old number, and
	-- what it then sends again of its log is recognised.
	deleted INTEGER NOT NULL DEFAULT 0,
	sn TEXT NOT NULL UNIQUE,
	name TEXT,
	state INTEGER,
	zone TEXT,
	comm_key TEXT,
	push_version TEXT,
	language TEXT,
	device_type TEXT,
	address TEXT,
	firmware TEXT,
	info TEXT,
	charset TEXT,
	delay_s INTEGER,
	error_delay_s INTEGER,
	trans_times TEXT,
	trans_interval_min INTEGER,
	realtime INTEGER,
	created_ms INTEGER,
	seen_ms INTEGER
);

CREATE TABLE device_option (
	device INTEGER NOT NULL REFERENCES device(id),
	key TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (device, key)
) WITHOUT ROWID;

CREATE TABLE device_stamp (
	device INTEGER NOT NULL REFERENCES device(id),
	key TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (device, key)
) WITHOUT ROWID;

CREATE TABLE zone (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE
);

-- The ledger. Rows are only ever added, so the number SQLite gives a new row (the largest
-- plus one) leaves no gap. No foreign keys here: they would be looked up for every punch.
CREATE TABLE punch (
	seq INTEGER PRIMARY KEY,
	device INTEGER NOT NULL,
	time INTEGER NOT NULL,
	pin TEXT NOT NULL,
	status INTEGER NOT NULL,
	verify INTEGER NOT NULL,
	work_code TEXT NOT NULL,
	zone INTEGER NOT NULL,
	utc INTEGER,
	received_ms INTEGER NOT NULL,
	flags INTEGER NOT NULL,
	source INTEGER NOT NULL,
	extra TEXT
);

-- The natural key, in an order in which a device that sends its log in order of time always
-- adds at the same place.
CREATE UNIQUE INDEX punch_key ON punch (device, time, pin, status, verify, work_code);

CREATE TABLE person (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	device INTEGER NOT NULL REFERENCES device(id),
	received_ms INTEGER NOT NULL,
	pin TEXT NOT NULL,
	name TEXT,
	privilege INTEGER,
	password TEXT,
	card TEXT,
	group_id TEXT,
	time_zone TEXT,
	verify_mode INTEGER,
	vice_card TEXT,
	UNIQUE (device, pin)
);

CREATE TABLE template (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	device INTEGER NOT NULL REFERENCES device(id),
	received_ms INTEGER NOT NULL,
	pin TEXT NOT NULL,
	source TEXT NOT NULL,
	type INTEGER NOT NULL,
	no INTEGER NOT NULL,
	part INTEGER NOT NULL,
	valid INTEGER,
	duress INTEGER,
	major_ver INTEGER,
	minor_ver INTEGER,
	format TEXT,
	size INTEGER,
	data TEXT,
	UNIQUE (device, pin, source, type, no, part)
);

CREATE TABLE photo (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	device INTEGER NOT NULL REFERENCES device(id),
	received_ms INTEGER NOT NULL,
	pin TEXT NOT NULL,
	kind TEXT NOT NULL,
	type INTEGER NOT NULL,
	file_name TEXT NOT NULL,
	size INTEGER,
	result INTEGER,
	id_number TEXT,
	content BLOB,
	UNIQUE (device, pin, kind, type, file_name)
);

CREATE TABLE oplog (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	device INTEGER NOT NULL REFERENCES device(id),
	received_ms INTEGER NOT NULL,
	op INTEGER NOT NULL,
	admin TEXT NOT NULL,
	time INTEGER NOT NULL,
	value1 TEXT NOT NULL,
	value2 TEXT NOT NULL,
	value3 TEXT NOT NULL,
	value4 TEXT NOT NULL,
	UNIQUE (device, time, op, admin, value1, value2, value3, value4)
);

CREATE TABLE id_card (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	device INTEGER NOT NULL REFERENCES device(id),
	received_ms INTEGER NOT NULL,
	id_number TEXT NOT NULL,
	pin TEXT,
	serial_number TEXT,
	device_number TEXT,
	name TEXT,
	gender INTEGER,
	nation INTEGER,
	birthday TEXT,
	valid_info TEXT,
	address TEXT,
	additional_info TEXT,
	issuer TEXT,
	photo TEXT,
	fp_template1 TEXT,
	fp_template2 TEXT,
	reserve TEXT,
	notice TEXT,
	UNIQUE (device, id_number)
);

CREATE TABLE error_log (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	device INTEGER NOT NULL REFERENCES device(id),
	received_ms INTEGER NOT NULL,
	code TEXT NOT NULL,
	message TEXT NOT NULL,
	origin TEXT NOT NULL,
	command_id TEXT NOT NULL,
	additional TEXT NOT NULL,
	UNIQUE (device, code, message, origin, command_id, additional)
);

CREATE TABLE work_code (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	device INTEGER NOT NULL REFERENCES device(id),
	received_ms INTEGER NOT NULL,
	code TEXT NOT NULL,
	slot TEXT,
	name TEXT,
	UNIQUE (device, code)
);

CREATE TABLE quarantine (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	device INTEGER NOT NULL REFERENCES device(id),
	received_ms INTEGER NOT NULL,
	source TEXT NOT NULL, -- the table as the device named it
	line INTEGER NOT NULL,
	offset INTEGER NOT NULL,
	reason TEXT NOT NULL,
	raw BLOB NOT NULL
);

CREATE TABLE raw_upload (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	device INTEGER NOT NULL REFERENCES device(id),
	received_ms INTEGER NOT NULL,
	source TEXT NOT NULL,
	target TEXT NOT NULL,
	body BLOB NOT NULL
);

CREATE TABLE command (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	device INTEGER NOT NULL REFERENCES device(id),
	state INTEGER NOT NULL, -- 0 queued, 1 sent, 2 deferred; above, it has ended
	tries INTEGER NOT NULL,
	created_ms INTEGER NOT NULL,
	sent_ms INTEGER NOT NULL,
	done_ms INTEGER NOT NULL,
	expires_ms INTEGER NOT NULL,
	return_code INTEGER,
	result TEXT NOT NULL,
	sub_serial TEXT NOT NULL,
	text TEXT NOT NULL
);

CREATE INDEX command_open ON command (device, id) WHERE state < 3;
CREATE INDEX command_state ON command (state);

CREATE TABLE command_event (
	id INTEGER PRIMARY KEY,
	command INTEGER NOT NULL REFERENCES command(id),
	at_ms INTEGER NOT NULL,
	state INTEGER NOT NULL,
	detail TEXT NOT NULL
);

CREATE INDEX command_event_command ON command_event (command);

CREATE TABLE token (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL,
	hash BLOB NOT NULL UNIQUE,
	scope INTEGER NOT NULL,
	created_ms INTEGER NOT NULL
);

-- The views are stable for those who read the database; the tables are not. Later
-- versions may add columns at the end, nothing else. NULL means "not known".

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
	CASE p.source WHEN 0 THEN 'pushed' WHEN 1 THEN 'live' WHEN 2 THEN 'read' END AS source,
	p.extra AS extra
FROM punch p LEFT JOIN device d ON d.id = p.device LEFT JOIN zone z ON z.id = p.zone;

CREATE VIEW v_device AS
SELECT id, sn AS serial, name,
	CASE state WHEN 0 THEN 'held' WHEN 1 THEN 'approved' WHEN 2 THEN 'blocked' END AS state,
	zone, firmware, push_version, device_type, language, address,
	strftime('%Y-%m-%dT%H:%M:%S', created_ms / 1000, 'unixepoch')
		|| printf('.%03dZ', created_ms % 1000) AS created_at,
	strftime('%Y-%m-%dT%H:%M:%S', nullif(seen_ms, 0) / 1000, 'unixepoch')
		|| printf('.%03dZ', seen_ms % 1000) AS last_seen
FROM device WHERE NOT deleted;

CREATE VIEW v_person AS
SELECT p.id AS id, d.sn AS device_serial, p.pin AS pin, p.name AS name,
	p.privilege AS privilege, p.card AS card, p.group_id AS group_id,
	p.time_zone AS time_zone, p.verify_mode AS verify_mode,
	strftime('%Y-%m-%dT%H:%M:%S', p.received_ms / 1000, 'unixepoch')
		|| printf('.%03dZ', p.received_ms % 1000) AS received_at
FROM person p JOIN device d ON d.id = p.device;

CREATE VIEW v_command AS
SELECT c.id AS id, d.sn AS device_serial, c.text AS command,
	CASE c.state WHEN 0 THEN 'queued' WHEN 1 THEN 'sent' WHEN 2 THEN 'deferred'
		WHEN 3 THEN 'acknowledged' WHEN 4 THEN 'failed' WHEN 5 THEN 'expired'
		WHEN 6 THEN 'cancelled' END AS status,
	c.return_code AS return_code, c.result AS result, c.sub_serial AS sub_serial,
	c.tries AS tries,
	strftime('%Y-%m-%dT%H:%M:%S', c.created_ms / 1000, 'unixepoch')
		|| printf('.%03dZ', c.created_ms % 1000) AS created_at,
	strftime('%Y-%m-%dT%H:%M:%S', nullif(c.sent_ms, 0) / 1000, 'unixepoch')
		|| printf('.%03dZ', c.sent_ms % 1000) AS sent_at,
	strftime('%Y-%m-%dT%H:%M:%S', nullif(c.done_ms, 0) / 1000, 'unixepoch')
		|| printf('.%03dZ', c.done_ms % 1000) AS done_at,
	strftime('%Y-%m-%dT%H:%M:%S', nullif(c.expires_ms, 0) / 1000, 'unixepoch')
		|| printf('.%03dZ', c.expires_ms % 1000) AS expires_at
FROM command c JOIN device d ON d.id = c.device;
