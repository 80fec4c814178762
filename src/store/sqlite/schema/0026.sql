-- Punches that were removed for their age: those up to the floor. 8 bytes of each are kept, so that a device
-- that sends them again brings back none (sql/punch_removed.h).
ALTER TABLE ledger ADD COLUMN floor INTEGER NOT NULL DEFAULT 0;

CREATE TABLE punch_removed (
	device INTEGER NOT NULL,
	day INTEGER NOT NULL,
	part INTEGER NOT NULL,
	n INTEGER NOT NULL,
	hashes BLOB NOT NULL,
	PRIMARY KEY (device, day, part)
) WITHOUT ROWID;
