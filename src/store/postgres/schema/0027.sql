-- Which dialect a device speaks, since when and by what it was seen. One that was served before this was
-- stored goes on as it was.
ALTER TABLE device ADD COLUMN dialect bytea;
ALTER TABLE device ADD COLUMN dialect_since_ms bigint;
ALTER TABLE device ADD COLUMN dialect_why bytea;
UPDATE device SET dialect = CASE WHEN device_type IN ('acc', 'ACC') THEN 'access'::bytea ELSE 'attendance'::bytea END,
	dialect_since_ms = created_ms, dialect_why = 'served so before'
WHERE id IN (SELECT device FROM device_attendance WHERE push_version IS NOT NULL)
	OR device_type IN ('acc', 'ACC');

-- What the access dialect needs of a device (Security PUSH 3.1.2, 4).
CREATE TABLE device_access (
	device bigint PRIMARY KEY,
	registration bigint,
	registry_code bytea,
	session_id bytea,
	parameters bytea,
	registered_ms bigint,
	configured_ms bigint,
	protocol bytea,
	plain_only bigint,
	access_token bytea
) WITH (fillfactor = 50);
