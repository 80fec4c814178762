-- The version of the program that serves, how often it has begun to read again what older versions could
-- not read, and whether it has ended (core/upgrade.h). One row at most.
CREATE TABLE upgrade (
	one INTEGER PRIMARY KEY CHECK (one = 1),
	version TEXT NOT NULL,
	begun INTEGER NOT NULL,
	ended INTEGER NOT NULL
);
