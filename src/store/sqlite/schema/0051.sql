-- What is known of the tables of access units besides their rows (model/unit_table_state.h), and when a unit was
-- made to count them last.
CREATE TABLE device_table_state (
	device INTEGER NOT NULL REFERENCES device(id),
	name TEXT NOT NULL,
	counted INTEGER,
	counted_ms INTEGER,
	known INTEGER,
	upto INTEGER,
	doubt INTEGER,
	query INTEGER,
	refused INTEGER,
	fields TEXT,
	trying INTEGER,
	refused_ms INTEGER,
	rows_most INTEGER,
	PRIMARY KEY (device, name)
) WITHOUT ROWID;
ALTER TABLE device_access ADD COLUMN counts_ms INTEGER;
