-- What is decided about single doors, departments and lost cards (model/entity.def). Lists of doors are JSON.
CREATE TABLE first_card (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL UNIQUE,
	door TEXT,
	rule INTEGER REFERENCES time_rule(id),
	mode INTEGER,
	version INTEGER
);
CREATE INDEX first_card_rule ON first_card (rule);

CREATE TABLE multi_card (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL UNIQUE,
	door TEXT,
	member_groups TEXT,
	seconds INTEGER,
	version INTEGER
);

CREATE TABLE anti_passback (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL UNIQUE,
	doors TEXT,
	against TEXT,
	direction INTEGER,
	seconds INTEGER,
	version INTEGER
);

CREATE TABLE interlock (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL UNIQUE,
	doors TEXT,
	version INTEGER
);

CREATE TABLE linkage (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL UNIQUE,
	event INTEGER,
	place TEXT,
	output INTEGER,
	number INTEGER,
	seconds INTEGER,
	version INTEGER
);

CREATE TABLE verify_schedule (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL UNIQUE,
	week TEXT,
	holidays TEXT,
	doors TEXT,
	version INTEGER
);

CREATE TABLE super_user (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL UNIQUE,
	doors TEXT,
	version INTEGER
);

CREATE TABLE door_setting (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	door TEXT NOT NULL UNIQUE,
	name TEXT,
	max_open_seconds INTEGER,
	disabled INTEGER,
	masked INTEGER,
	drive_seconds INTEGER,
	long_drive_seconds INTEGER,
	delay_seconds INTEGER,
	swipe_seconds INTEGER,
	usable_rule INTEGER REFERENCES time_rule(id),
	normal_open_rule INTEGER REFERENCES time_rule(id),
	verify_mode TEXT,
	emergency_password TEXT,
	duress_password TEXT,
	sensor_type INTEGER,
	sensor_seconds INTEGER,
	close_and_lock INTEGER,
	sensor_supervised INTEGER,
	sensor_resistor INTEGER,
	exit_button INTEGER,
	exit_button_seconds INTEGER,
	exit_button_type INTEGER,
	exit_button_supervised INTEGER,
	exit_button_resistor INTEGER,
	reader_type INTEGER,
	automatic_wiegand INTEGER,
	wiegand_input INTEGER,
	wiegand_output INTEGER,
	version INTEGER
);
CREATE INDEX door_setting_usable_rule ON door_setting (usable_rule);
CREATE INDEX door_setting_normal_open_rule ON door_setting (normal_open_rule);

CREATE TABLE first_card_people (
	first_card INTEGER NOT NULL REFERENCES first_card(id),
	people INTEGER NOT NULL REFERENCES people(id),
	PRIMARY KEY (first_card, people)
) WITHOUT ROWID;
CREATE INDEX first_card_people_people ON first_card_people (people);

CREATE TABLE verify_schedule_people (
	verify_schedule INTEGER NOT NULL REFERENCES verify_schedule(id),
	people INTEGER NOT NULL REFERENCES people(id),
	PRIMARY KEY (verify_schedule, people)
) WITHOUT ROWID;
CREATE INDEX verify_schedule_people_people ON verify_schedule_people (people);

CREATE TABLE super_user_people (
	super_user INTEGER NOT NULL REFERENCES super_user(id),
	people INTEGER NOT NULL REFERENCES people(id),
	PRIMARY KEY (super_user, people)
) WITHOUT ROWID;
CREATE INDEX super_user_people_people ON super_user_people (people);

ALTER TABLE access_level ADD COLUMN departments TEXT;
ALTER TABLE people ADD COLUMN member_group INTEGER;
ALTER TABLE people ADD COLUMN department TEXT;
ALTER TABLE card ADD COLUMN lost INTEGER;
CREATE INDEX people_department ON people (department);
UPDATE people SET member_group = 1;
UPDATE card SET lost = 0;
