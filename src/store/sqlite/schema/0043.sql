-- Access events that were removed for their age: those up to the floor. 8 bytes of each are kept, so that a
-- unit that sends them again brings back none (sql/access_removed.h).
CREATE TABLE access_removed (
	device INTEGER NOT NULL,
	day INTEGER NOT NULL,
	part INTEGER NOT NULL,
	n INTEGER NOT NULL,
	hashes BLOB NOT NULL,
	PRIMARY KEY (device, day, part)
) WITHOUT ROWID;
