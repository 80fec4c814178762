-- A person of the roster is brought to the devices of their areas, and removed from them where they are so. Devices that
-- are there now are sent nothing by themselves until somebody says so.
ALTER TABLE person ADD COLUMN placed INTEGER;
UPDATE device_access SET sync = 'plan' WHERE coalesce(sync, '') = ''
	AND device IN (SELECT id FROM device WHERE deleted = 0 AND coalesce(dialect, '') <> 'access');
INSERT INTO device_access (device, sync) SELECT id, 'plan' FROM device
	WHERE deleted = 0 AND coalesce(dialect, '') <> 'access' AND id NOT IN (SELECT device FROM device_access);
