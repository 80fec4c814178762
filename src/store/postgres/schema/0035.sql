-- With what access units answer their queries: a set of packets for each command (model/query_set.h).
CREATE TABLE query_set (
	command bigint PRIMARY KEY,
	device bigint NOT NULL,
	state bigint NOT NULL,
	packets bigint NOT NULL,
	stored bigint NOT NULL,
	bytes bigint NOT NULL,
	counted bigint NOT NULL,
	changed_ms bigint NOT NULL,
	mirrored bigint NOT NULL,
	name bytea NOT NULL
);
CREATE INDEX query_set_held ON query_set (device, command, bytes) WHERE bytes > 0;
CREATE INDEX query_set_device ON query_set (device);
CREATE INDEX query_set_due ON query_set (command) WHERE mirrored = 0;
CREATE TABLE query_packet (
	command bigint NOT NULL,
	number bigint NOT NULL,
	packed bigint NOT NULL,
	body bytea NOT NULL,
	PRIMARY KEY (command, number)
);
