-- When the clock of an access unit was set last, and where it showed how it reads the time.
ALTER TABLE device_access ADD COLUMN clock_set_ms INTEGER;
ALTER TABLE device_access ADD COLUMN clock_form_address TEXT;
