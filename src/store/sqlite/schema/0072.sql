-- People belong to areas, any number of them: those who are there, to the first one. An area has what its devices may do
-- to people; all but to delete them, as before.
ALTER TABLE area ADD COLUMN device_may_change TEXT;
ALTER TABLE area ADD COLUMN spread_enrolments INTEGER;
ALTER TABLE area ADD COLUMN spread_deletions INTEGER;
ALTER TABLE area ADD COLUMN version INTEGER;
UPDATE area SET device_may_change = '["name","privilege","password","cards","group","validity","credentials","photo"]',
	spread_enrolments = 1, spread_deletions = 0, version = 1;
ALTER TABLE people ADD COLUMN areas TEXT;
UPDATE people SET areas = '[1]';
CREATE TABLE people_area (
	people INTEGER NOT NULL REFERENCES people(id),
	area INTEGER NOT NULL REFERENCES area(id),
	PRIMARY KEY (people, area)
) WITHOUT ROWID;
CREATE INDEX people_area_area ON people_area (area);
INSERT INTO people_area (people, area) SELECT id, 1 FROM people;
