-- Outputs and inputs by time rule (model/entity.def).
CREATE TABLE scheduled_output (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL UNIQUE,
	place TEXT,
	output INTEGER,
	rule INTEGER REFERENCES time_rule(id),
	action INTEGER,
	version INTEGER
);
CREATE INDEX scheduled_output_rule ON scheduled_output (rule);

CREATE TABLE scheduled_input (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL UNIQUE,
	place TEXT,
	input INTEGER,
	rule INTEGER REFERENCES time_rule(id),
	version INTEGER
);
CREATE INDEX scheduled_input_rule ON scheduled_input (rule);
