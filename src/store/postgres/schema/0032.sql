-- What access units hold in their tables, as far as the server has it (model/unit_row.h).
CREATE TABLE device_table (
	device bigint NOT NULL,
	origin bigint NOT NULL,
	as_of_ms bigint NOT NULL,
	unit bytea NOT NULL,
	name bytea NOT NULL,
	key bytea NOT NULL,
	row bytea NOT NULL,
	PRIMARY KEY (device, unit, name, key)
);
