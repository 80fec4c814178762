-- What devices sent of people and is still to be taken into the roster (core/roster_intake.h), with what the device was
-- known to hold before. And whether a record was written to the device since it sent something of it.
CREATE TABLE roster_intake (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	device INTEGER NOT NULL REFERENCES device(id),
	kind TEXT NOT NULL,
	pin TEXT NOT NULL,
	source TEXT NOT NULL,
	type INTEGER NOT NULL,
	no INTEGER NOT NULL,
	part INTEGER NOT NULL,
	arrived_ms INTEGER NOT NULL,
	known INTEGER,
	written INTEGER,
	name TEXT,
	privilege INTEGER,
	password TEXT,
	card TEXT,
	group_id TEXT,
	vice_card TEXT,
	expires INTEGER,
	valid_from TEXT,
	valid_to TEXT,
	UNIQUE (device, kind, pin, source, type, no, part)
);
ALTER TABLE person ADD COLUMN written INTEGER;
ALTER TABLE photo ADD COLUMN written INTEGER;
-- What became of people of the roster, and by whom: whether it was taken, or came when a newer one was there.
CREATE TABLE people_change (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	people INTEGER REFERENCES people(id),
	at_ms INTEGER,
	actor TEXT,
	done_by TEXT,
	field TEXT,
	was TEXT,
	becomes TEXT,
	taken INTEGER,
	actor_id INTEGER
);
CREATE INDEX people_change_people ON people_change (people, id);
-- What of a deleted person is still to be taken is found by the PIN.
CREATE INDEX roster_intake_pin ON roster_intake (pin);
