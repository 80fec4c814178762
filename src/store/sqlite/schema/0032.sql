-- What access units hold in their tables, as far as the server has it (model/unit_row.h).
CREATE TABLE device_table (
	device INTEGER NOT NULL REFERENCES device(id),
	unit TEXT NOT NULL,
	name TEXT NOT NULL,
	key TEXT NOT NULL,
	row TEXT NOT NULL,
	origin INTEGER NOT NULL,
	as_of_ms INTEGER NOT NULL,
	PRIMARY KEY (device, unit, name, key)
) WITHOUT ROWID;
