-- What is known of the tables of access units besides their rows (model/unit_table_state.h), and when a unit was
-- made to count them last.
CREATE TABLE device_table_state (
	device bigint NOT NULL,
	name bytea NOT NULL,
	counted bigint,
	counted_ms bigint,
	known bigint,
	upto bigint,
	doubt bigint,
	query bigint,
	refused bigint,
	fields bytea,
	trying bigint,
	refused_ms bigint,
	rows_most bigint,
	PRIMARY KEY (device, name)
);
ALTER TABLE device_access ADD COLUMN counts_ms bigint;
