-- When a person announced a device, before its first call; NULL: it came by itself.
ALTER TABLE device ADD COLUMN announced_ms bigint;
