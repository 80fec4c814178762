-- Templates and photos of people of the roster. Their bytes are shared with photos of devices in the table picture.
-- Their numbers begin above those of cards, because one list has both.
CREATE TABLE credential (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	people INTEGER NOT NULL REFERENCES people(id),
	kind TEXT NOT NULL,
	type INTEGER NOT NULL,
	no INTEGER NOT NULL,
	part INTEGER NOT NULL,
	major_ver INTEGER NOT NULL,
	minor_ver INTEGER,
	form TEXT,
	format TEXT,
	valid INTEGER,
	duress INTEGER,
	size INTEGER,
	content_fault TEXT,
	origin INTEGER,
	arrived_ms INTEGER,
	picture INTEGER,
	UNIQUE (people, kind, type, no, part, major_ver)
);
CREATE INDEX credential_picture ON credential (picture);
INSERT INTO sqlite_sequence (name, seq) VALUES ('credential', 1099511627776);
DROP TRIGGER photo_deleted;
DROP TRIGGER photo_changed;
CREATE TRIGGER photo_deleted AFTER DELETE ON photo WHEN OLD.picture IS NOT NULL BEGIN
	DELETE FROM picture WHERE id = OLD.picture
		AND NOT EXISTS (SELECT 1 FROM photo WHERE picture = OLD.picture)
		AND NOT EXISTS (SELECT 1 FROM credential WHERE picture = OLD.picture);
END;
CREATE TRIGGER photo_changed AFTER UPDATE OF picture ON photo
	WHEN OLD.picture IS NOT NULL AND OLD.picture IS NOT NEW.picture BEGIN
	DELETE FROM picture WHERE id = OLD.picture
		AND NOT EXISTS (SELECT 1 FROM photo WHERE picture = OLD.picture)
		AND NOT EXISTS (SELECT 1 FROM credential WHERE picture = OLD.picture);
END;
CREATE TRIGGER credential_deleted AFTER DELETE ON credential WHEN OLD.picture IS NOT NULL BEGIN
	DELETE FROM picture WHERE id = OLD.picture
		AND NOT EXISTS (SELECT 1 FROM photo WHERE picture = OLD.picture)
		AND NOT EXISTS (SELECT 1 FROM credential WHERE picture = OLD.picture);
END;
CREATE TRIGGER credential_changed AFTER UPDATE OF picture ON credential
	WHEN OLD.picture IS NOT NULL AND OLD.picture IS NOT NEW.picture BEGIN
	DELETE FROM picture WHERE id = OLD.picture
		AND NOT EXISTS (SELECT 1 FROM photo WHERE picture = OLD.picture)
		AND NOT EXISTS (SELECT 1 FROM credential WHERE picture = OLD.picture);
END;
