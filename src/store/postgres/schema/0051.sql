-- When the clock of an access unit was set last, and where it showed how it reads the time.
ALTER TABLE device_access ADD COLUMN clock_set_ms bigint;
ALTER TABLE device_access ADD COLUMN clock_form_address bytea;
