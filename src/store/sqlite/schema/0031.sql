-- Who may pass which doors, and when (model/entity.def). Ranges of days and lists of doors are JSON.
CREATE TABLE time_rule (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL UNIQUE,
	week TEXT,
	holidays TEXT,
	valid_from INTEGER,
	valid_to INTEGER,
	version INTEGER
);
INSERT INTO time_rule (id, name, week, holidays, version) VALUES (1, 'always',
	'{"mon-sun":["00:00-24:00"]}',
	'{"1":["00:00-24:00"],"2":["00:00-24:00"],"3":["00:00-24:00"]}', 1);

CREATE TABLE holiday (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT,
	date INTEGER,
	date_to INTEGER,
	type INTEGER,
	yearly INTEGER,
	version INTEGER
);

CREATE TABLE door_group (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL UNIQUE,
	doors TEXT,
	version INTEGER
);

CREATE TABLE access_level (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL UNIQUE,
	rule INTEGER REFERENCES time_rule(id),
	doors TEXT,
	door_groups TEXT,
	valid_from INTEGER,
	valid_to INTEGER,
	version INTEGER
);
CREATE INDEX access_level_rule ON access_level (rule);

CREATE TABLE people (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	pin TEXT NOT NULL UNIQUE,
	name TEXT,
	cards TEXT,
	password TEXT,
	valid_from INTEGER,
	valid_to INTEGER,
	disabled INTEGER,
	version INTEGER
);

CREATE TABLE card (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	number TEXT NOT NULL UNIQUE,
	people INTEGER REFERENCES people(id)
);
CREATE INDEX card_people ON card (people);

CREATE TABLE access_level_people (
	access_level INTEGER NOT NULL REFERENCES access_level(id),
	people INTEGER NOT NULL REFERENCES people(id),
	PRIMARY KEY (access_level, people)
) WITHOUT ROWID;
CREATE INDEX access_level_people_people ON access_level_people (people);

CREATE TABLE access_level_door_group (
	access_level INTEGER NOT NULL REFERENCES access_level(id),
	door_group INTEGER NOT NULL REFERENCES door_group(id),
	PRIMARY KEY (access_level, door_group)
) WITHOUT ROWID;
CREATE INDEX access_level_door_group_door_group ON access_level_door_group (door_group);
