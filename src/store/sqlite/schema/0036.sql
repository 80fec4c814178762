-- How an access unit reads the time that its clock is set to.
ALTER TABLE device_access ADD COLUMN clock_form TEXT;
