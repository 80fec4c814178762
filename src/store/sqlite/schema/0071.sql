-- People have a privilege, a code and a namespace, in which their PIN and their cards are theirs alone. A key cannot
-- be changed in place: what refers to people is laid aside first, and so no reference is ever without its row. Numbers
-- that were given out are not given again.
CREATE TABLE kept_people AS SELECT * FROM people;
CREATE TABLE kept_card AS SELECT * FROM card;
CREATE TABLE kept_level AS SELECT * FROM access_level_people;
CREATE TABLE kept_first AS SELECT * FROM first_card_people;
CREATE TABLE kept_verify AS SELECT * FROM verify_schedule_people;
CREATE TABLE kept_super AS SELECT * FROM super_user_people;
CREATE TABLE kept_number AS SELECT name, seq FROM sqlite_sequence WHERE name IN ('people', 'card');
DROP TABLE access_level_people;
DROP TABLE first_card_people;
DROP TABLE verify_schedule_people;
DROP TABLE super_user_people;
DROP TABLE card;
DROP TABLE people;

CREATE TABLE people (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	pin TEXT NOT NULL,
	name TEXT,
	cards TEXT,
	password TEXT,
	valid_from INTEGER,
	valid_to INTEGER,
	disabled INTEGER,
	version INTEGER,
	member_group INTEGER,
	department TEXT,
	position TEXT,
	privilege INTEGER,
	code TEXT,
	namespace TEXT NOT NULL,
	UNIQUE (pin, namespace)
);
INSERT INTO people (id, pin, name, cards, password, valid_from, valid_to, disabled, version, member_group, department,
	position, privilege, namespace)
SELECT id, pin, name, cards, password, valid_from, valid_to, disabled, version, member_group, department, position,
	0, coalesce((SELECT namespace FROM area WHERE id = 1), 'default') FROM kept_people;
CREATE INDEX people_department ON people (department);
CREATE INDEX people_position ON people (position);
-- The orders of the list of people: by PIN and by name, as store/sql/rows_text.c asks for them.
CREATE INDEX people_by_pin ON people (substr(pin, 1, 200), id);
CREATE INDEX people_by_name ON people (substr(coalesce(name, ''), 1, 200), id);

CREATE TABLE card (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	number TEXT NOT NULL,
	people INTEGER REFERENCES people(id),
	lost INTEGER,
	bits INTEGER,
	site_code INTEGER,
	imie TEXT,
	namespace TEXT NOT NULL,
	UNIQUE (number, namespace)
);
INSERT INTO card (id, number, people, lost, bits, site_code, imie, namespace)
SELECT id, number, people, lost, bits, site_code, imie,
	coalesce((SELECT namespace FROM area WHERE id = 1), 'default') FROM kept_card;
CREATE INDEX card_people ON card (people);

CREATE TABLE access_level_people (
	access_level INTEGER NOT NULL REFERENCES access_level(id),
	people INTEGER NOT NULL REFERENCES people(id),
	PRIMARY KEY (access_level, people)
) WITHOUT ROWID;
CREATE INDEX access_level_people_people ON access_level_people (people);
INSERT INTO access_level_people SELECT * FROM kept_level;

CREATE TABLE first_card_people (
	first_card INTEGER NOT NULL REFERENCES first_card(id),
	people INTEGER NOT NULL REFERENCES people(id),
	PRIMARY KEY (first_card, people)
) WITHOUT ROWID;
CREATE INDEX first_card_people_people ON first_card_people (people);
INSERT INTO first_card_people SELECT * FROM kept_first;

CREATE TABLE verify_schedule_people (
	verify_schedule INTEGER NOT NULL REFERENCES verify_schedule(id),
	people INTEGER NOT NULL REFERENCES people(id),
	PRIMARY KEY (verify_schedule, people)
) WITHOUT ROWID;
CREATE INDEX verify_schedule_people_people ON verify_schedule_people (people);
INSERT INTO verify_schedule_people SELECT * FROM kept_verify;

CREATE TABLE super_user_people (
	super_user INTEGER NOT NULL REFERENCES super_user(id),
	people INTEGER NOT NULL REFERENCES people(id),
	PRIMARY KEY (super_user, people)
) WITHOUT ROWID;
CREATE INDEX super_user_people_people ON super_user_people (people);
INSERT INTO super_user_people SELECT * FROM kept_super;

DELETE FROM sqlite_sequence WHERE name IN ('people', 'card');
INSERT INTO sqlite_sequence (name, seq) SELECT name, seq FROM kept_number;
DROP TABLE kept_people;
DROP TABLE kept_card;
DROP TABLE kept_level;
DROP TABLE kept_first;
DROP TABLE kept_verify;
DROP TABLE kept_super;
DROP TABLE kept_number;
