-- Entities that belong to no device (model/entity.def), and what joins them with devices and with
-- each other. The first area is where all devices stand that are in no other.
CREATE TABLE area (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL UNIQUE,
	parent INTEGER REFERENCES area(id),
	namespace TEXT
);
CREATE INDEX area_parent ON area (parent);

CREATE TABLE tag (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL UNIQUE
);

CREATE TABLE device_tag (
	device INTEGER NOT NULL REFERENCES device(id),
	tag INTEGER NOT NULL REFERENCES tag(id),
	PRIMARY KEY (device, tag)
) WITHOUT ROWID;
CREATE INDEX device_tag_tag ON device_tag (tag);

INSERT INTO area (id, name, namespace) VALUES (1, 'default', 'default');

ALTER TABLE device ADD COLUMN area INTEGER REFERENCES area(id);
CREATE INDEX device_area ON device (area);
UPDATE device SET area = 1 WHERE deleted = 0;
