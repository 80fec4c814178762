-- Which dialect a device speaks, since when and by what it was seen. One that was served before this was
-- stored goes on as it was.
ALTER TABLE device ADD COLUMN dialect TEXT;
ALTER TABLE device ADD COLUMN dialect_since_ms INTEGER;
ALTER TABLE device ADD COLUMN dialect_why TEXT;
UPDATE device SET dialect = CASE WHEN lower(device_type) = 'acc' THEN 'access' ELSE 'attendance' END,
	dialect_since_ms = created_ms, dialect_why = 'served so before'
WHERE id IN (SELECT device FROM device_attendance WHERE push_version IS NOT NULL)
	OR lower(device_type) = 'acc';

-- What the access dialect needs of a device (Security PUSH 3.1.2, 4).
CREATE TABLE device_access (
	device INTEGER PRIMARY KEY REFERENCES device(id),
	registration INTEGER,
	registry_code TEXT,
	session_id TEXT,
	parameters TEXT,
	registered_ms INTEGER,
	configured_ms INTEGER,
	protocol TEXT,
	plain_only INTEGER,
	access_token TEXT
);
