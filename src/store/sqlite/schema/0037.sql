-- Plans: what would be sent to access units, and the numbers that owners have on them.
CREATE TABLE device_plan (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	kind TEXT,
	requested_by TEXT,
	note TEXT,
	state INTEGER,
	flags INTEGER,
	items INTEGER,
	commands INTEGER,
	row_count INTEGER,
	acknowledged INTEGER,
	failed INTEGER,
	refusals INTEGER,
	created_ms INTEGER,
	ended_ms INTEGER
);

CREATE TABLE plan_unit (
	plan INTEGER NOT NULL,
	device INTEGER NOT NULL REFERENCES device(id),
	state INTEGER NOT NULL,
	flags INTEGER NOT NULL,
	at INTEGER NOT NULL,
	good_until INTEGER NOT NULL,
	commands INTEGER NOT NULL,
	bytes INTEGER NOT NULL,
	added INTEGER NOT NULL,
	changed INTEGER NOT NULL,
	removed INTEGER NOT NULL,
	row_count INTEGER NOT NULL,
	acknowledged INTEGER NOT NULL,
	failed INTEGER NOT NULL,
	foreigns INTEGER NOT NULL,
	refusals INTEGER NOT NULL,
	extra TEXT NOT NULL,
	refusal TEXT NOT NULL,
	digest TEXT NOT NULL,
	note TEXT NOT NULL,
	PRIMARY KEY (plan, device)
) WITHOUT ROWID;
CREATE INDEX plan_unit_state ON plan_unit (state, plan, device);

CREATE TABLE plan_step (
	plan INTEGER NOT NULL,
	device INTEGER NOT NULL REFERENCES device(id),
	step INTEGER NOT NULL,
	verb INTEGER NOT NULL,
	state INTEGER NOT NULL,
	takes INTEGER NOT NULL,
	row_count INTEGER NOT NULL,
	left_out INTEGER NOT NULL,
	command INTEGER,
	return_code INTEGER,
	name TEXT NOT NULL,
	words TEXT NOT NULL,
	before TEXT NOT NULL,
	PRIMARY KEY (plan, device, step)
);
CREATE INDEX plan_step_open ON plan_step (plan, device, step) WHERE state < 2;
CREATE INDEX plan_step_failed ON plan_step (plan, device, step) WHERE state = 3;

CREATE TABLE device_slot (
	device INTEGER NOT NULL REFERENCES device(id),
	slot INTEGER NOT NULL,
	owner INTEGER NOT NULL,
	part INTEGER NOT NULL,
	state INTEGER NOT NULL,
	freed INTEGER NOT NULL,
	kind TEXT NOT NULL,
	PRIMARY KEY (device, kind, slot)
) WITHOUT ROWID;
