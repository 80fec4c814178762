-- The bytes of photos, each once, whichever devices sent it under whatever names. Photos that were stored before keep
-- theirs in their own row.
CREATE TABLE picture (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	hash BLOB NOT NULL UNIQUE,
	content BLOB NOT NULL
);
ALTER TABLE photo ADD COLUMN picture INTEGER;
CREATE INDEX photo_picture ON photo (picture);
CREATE TRIGGER photo_deleted AFTER DELETE ON photo WHEN OLD.picture IS NOT NULL BEGIN
	DELETE FROM picture WHERE id = OLD.picture
		AND NOT EXISTS (SELECT 1 FROM photo WHERE picture = OLD.picture);
END;
CREATE TRIGGER photo_changed AFTER UPDATE OF picture ON photo
	WHEN OLD.picture IS NOT NULL AND OLD.picture IS NOT NEW.picture BEGIN
	DELETE FROM picture WHERE id = OLD.picture
		AND NOT EXISTS (SELECT 1 FROM photo WHERE picture = OLD.picture);
END;
