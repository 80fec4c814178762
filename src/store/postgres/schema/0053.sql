-- When an access unit was ordered to send its stored events, and did (core/access/account.h).
ALTER TABLE device_access ADD COLUMN accounted_ms bigint;
