-- With what access units answer their queries: a set of packets for each command (model/query_set.h).
CREATE TABLE query_set (
	command INTEGER PRIMARY KEY,
	device INTEGER NOT NULL REFERENCES device(id),
	name TEXT NOT NULL,
	state INTEGER NOT NULL,
	packets INTEGER NOT NULL,
	stored INTEGER NOT NULL,
	bytes INTEGER NOT NULL,
	counted INTEGER NOT NULL,
	changed_ms INTEGER NOT NULL,
	mirrored INTEGER NOT NULL
);
CREATE INDEX query_set_held ON query_set (device, command, bytes) WHERE bytes > 0;
CREATE INDEX query_set_device ON query_set (device);
CREATE INDEX query_set_due ON query_set (command) WHERE mirrored = 0;
CREATE TABLE query_packet (
	command INTEGER NOT NULL,
	number INTEGER NOT NULL,
	packed INTEGER NOT NULL,
	body BLOB NOT NULL,
	PRIMARY KEY (command, number)
) WITHOUT ROWID;
