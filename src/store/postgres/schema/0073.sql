-- People belong to areas, any number of them: those who are there, to the first one. An area has what its devices may do
-- to people; all but to delete them, as before.
ALTER TABLE area ADD COLUMN device_may_change bytea;
ALTER TABLE area ADD COLUMN spread_enrolments bigint;
ALTER TABLE area ADD COLUMN spread_deletions bigint;
ALTER TABLE area ADD COLUMN version bigint;
UPDATE area SET device_may_change = '["name","privilege","password","cards","group","validity","credentials","photo"]',
	spread_enrolments = 1, spread_deletions = 0, version = 1;
ALTER TABLE people ADD COLUMN areas bytea;
UPDATE people SET areas = '[1]';
CREATE TABLE people_area (
	people bigint NOT NULL,
	area bigint NOT NULL,
	PRIMARY KEY (people, area)
);
CREATE INDEX people_area_area ON people_area (area);
INSERT INTO people_area (people, area) SELECT id, 1 FROM people;
